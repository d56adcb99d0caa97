"""The functions whose errors are measured: their values by MPFR, and where they are asked for."""
import math
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import Callable

import gmpy2
from gmpy2 import mpfr

BIG = 1.7e308


@dataclass
class Function:
    """A function of the language."""
    name: str
    #: The value at numbers of MPFR.
    value: Callable
    #: The range of each operand in `f64`.
    ranges: list = field(default_factory=lambda: [(-BIG, BIG)])
    #: The same in `f32`.
    single: list = None
    #: Where the arguments that are spread evenly lie, if not in the whole range.
    focus: tuple = None
    #: How many ulp it may be off.
    limit: float = 2
    #: Whether the value is slow, so that fewer are asked for.
    is_slow: bool = False

    @property
    def arity(self):
        return len(self.ranges)

    def range_in(self, dtype):
        """The ranges in a type."""
        if dtype == "f64":
            return self.ranges
        return self.single or [tuple(max(-3.4e38, min(3.4e38, x)) for x in r) for r in self.ranges]


def sigmoid(x):
    return 1 / (1 + gmpy2.exp(-x))


def silu(x):
    return mpfr("-0") if x == -math.inf else x * sigmoid(x)


def gelu(x):
    return mpfr("-0") if x == -math.inf else x * gmpy2.erfc(-x / gmpy2.sqrt(mpfr(2))) / 2


def softplus(x):
    return max(x, mpfr(0)) + gmpy2.log1p(gmpy2.exp(-abs(x)))


def logaddexp(x, y):
    if gmpy2.is_nan(x) or gmpy2.is_nan(y):
        return mpfr("nan")
    return x if x == y == math.inf or x == y == -math.inf else (
        max(x, y) + gmpy2.log1p(gmpy2.exp(-abs(x - y))))


def erfinv(x):
    """Newton's method from a value of few digits."""
    a = abs(x)
    if a == 0:
        return x
    if not a < 1:
        return x * math.inf if a == 1 else mpfr("nan")
    if a < 1e-8:
        y = x * gmpy2.sqrt(gmpy2.const_pi()) / 2
        return y + y ** 3 / 3 + y ** 5 * 7 / 30
    y = mpfr(-NormalDist().inv_cdf(float((1 - a) / 2)) / math.sqrt(2))
    slope = gmpy2.sqrt(gmpy2.const_pi()) / 2
    for _ in range(4):
        y += ((1 - a) - gmpy2.erfc(y)) * -slope * gmpy2.exp(y * y)
    return gmpy2.copy_sign(y, x)


def lgamma(x):
    return gmpy2.lgamma(x)[0]


EXPONENTS, SINGLE = [(-746, 711)], [(-104, 89.5)]
GAMMAS = [(-184, 171.7)], [(-44, 35.1)]
FUNCTIONS = [
    Function("exp", gmpy2.exp, EXPONENTS, SINGLE),
    Function("exp2", gmpy2.exp2, [(-1076, 1025)], [(-151, 129)]),
    Function("expm1", gmpy2.expm1, EXPONENTS, SINGLE),
    Function("log", gmpy2.log, [(0, BIG)]),
    Function("log2", gmpy2.log2, [(0, BIG)]),
    Function("log10", gmpy2.log10, [(0, BIG)]),
    Function("log1p", gmpy2.log1p, [(-1, BIG)]),
    Function("cbrt", gmpy2.cbrt),
    Function("sin", gmpy2.sin), Function("cos", gmpy2.cos), Function("tan", gmpy2.tan),
    Function("asin", gmpy2.asin, [(-1, 1)]),
    Function("acos", gmpy2.acos, [(-1, 1)]),
    Function("atan", gmpy2.atan),
    Function("sinh", gmpy2.sinh, [(-711, 711)], [(-89.5, 89.5)]),
    Function("cosh", gmpy2.cosh, [(-711, 711)], [(-89.5, 89.5)]),
    Function("tanh", gmpy2.tanh, [(-20, 20)], [(-10, 10)]),
    Function("asinh", gmpy2.asinh),
    Function("acosh", gmpy2.acosh, [(1, BIG)]),
    Function("atanh", gmpy2.atanh, [(-1, 1)]),
    Function("sigmoid", sigmoid, [(-746, 40)], [(-104, 20)], focus=(-20, 0), limit=4),
    Function("silu", silu, [(-746, 40)], [(-104, 20)]),
    Function("softplus", softplus, [(-746, 40)], [(-104, 20)]),
    Function("gelu", gelu, [(-38, 9)], [(-14, 6)], limit=4),
    Function("erf", gmpy2.erf, [(-6.1, 6.1)], [(-4.1, 4.1)]),
    Function("erfc", gmpy2.erfc, [(-6.1, 27.3)], [(-4.1, 10.1)], limit=4),
    Function("erfinv", erfinv, [(-1, 1)], focus=(0.8, 0.815), limit=4, is_slow=True),
    Function("gamma", gmpy2.gamma, *GAMMAS, limit=4),
    Function("lgamma", lgamma, [(0, 1e306)], [(0, 4e36)], focus=(0.5, 4), limit=4,
             is_slow=True),
    Function("digamma", gmpy2.digamma, [(0, 1e300)], [(0, 1e36)], focus=(0.5, 5), limit=4,
             is_slow=True),
    Function("pow", lambda x, y: x ** y, [(0, 1e4), (-80, 80)], [(0, 100), (-20, 20)]),
    Function("atan2", gmpy2.atan2, [(-1e9, 1e9)] * 2),
    Function("hypot", gmpy2.hypot, [(-1e9, 1e9)] * 2),
    Function("logaddexp", logaddexp, [(0, 800)] * 2, [(0, 100)] * 2),
]
