#!/usr/bin/env python3
"""Writes ElementwiseTable.swift: values of elementwise functions and of their slopes from mpmath,
rounded from 60 digits.

Usage: python3 make_elementwise_table.py > ElementwiseTable.swift
"""
import math
import struct

import mpmath as mp
import numpy as np

mp.mp.dps = 60
rng = np.random.default_rng(7)
# Functions that came later draw their own, so that the rows of the others stay.
later = np.random.default_rng(8)
LATER = {"log_erfc", "erfc_hazard", "log1mexp", "sigmoid_slope", "tanh_slope"}
inf, nan = math.inf, math.nan

MAGNITUDES = [
    5e-324, 1e-310, 2.2250738585072014e-308, 1e-300, 1e-150, 1e-20, 1.1102230246251565e-16, 1e-10,
    1e-5, 0.001, 0.1, 0.25, 0.3465735902799726, 0.3466, 0.4142135623730951, 0.45, 0.5, 0.6, 0.7,
    0.7071067811865476, 0.8, 0.9, 0.99, 0.9999999, 1 - 2.0 ** -53, 1, 1 + 2.0 ** -52, 1.0000001,
    1.25, 1.4142135623730951, 1.4616321449683622, 1.4616321449683625, 1.5, 1.9999999, 2, 2.5, 2.6,
    3, 3.141592653589793, 4.5, 6.1, 7.999, 8, 9.99, 10, 13.7, 20, 22.1, 26.5, 27.2, 36.9, 40.5, 88.5,
    100, 103.5, 170.5, 304.2, 705.3, 709.7, 709.8, 740.25, 745.1, 746.5, 1000, 12345.678, 1e6,
    4503599627370497.5, 1e16, 1e22, 1e100, 1e155, 1e300, 1.7976931348623157e308]

FLOAT_MAGNITUDES = [
    1e-45, 1e-40, 1.1754944e-38, 1e-30, 1e-10, 1e-4, 0.01, 0.1, 0.3, 0.3465736, 0.4142, 0.45, 0.5,
    0.6, 0.70710677, 0.8, 0.9, 0.999, 1 - 2.0 ** -24, 1, 1 + 2.0 ** -23, 1.2, 1.4142135, 1.4616321,
    1.5, 2, 2.6, 3.1415927, 5, 7.9, 8.3, 9.1, 10.1, 15.2, 16.7, 34.5, 35.1, 50.3, 87.3, 88.72, 88.73,
    95.5, 103.9, 104.1, 1000, 65504, 1e7, 1e10, 1e18, 1e19, 1e30, 3.4028235e38]


def single(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def rounded(v):
    """The nearest double, also below the normal numbers, where mpmath rounds twice."""
    if isinstance(v, mp.mpc):
        return nan
    v = mp.mpf(v)
    if mp.isnan(v):
        return nan
    if mp.isinf(v) or abs(v) >= mp.mpf(2) ** 1024 - mp.mpf(2) ** 970:
        return inf if v > 0 else -inf
    if abs(v) < mp.mpf(2) ** -1022:
        return math.copysign(float(int(mp.nint(abs(v) * mp.mpf(2) ** 1074))) * 5e-324,
                             -1 if v < 0 else 1)
    return float(v)


def text(x):
    if math.isnan(x):
        return "nan"
    if math.isinf(x):
        return "inf" if x > 0 else "-inf"
    return repr(float(x)).removesuffix(".0")


def erfinv(x):
    if abs(x) > 1:
        return mp.nan
    if abs(x) == 1:
        return x * mp.inf
    if abs(x) < mp.mpf("0.9"):
        return mp.erfinv(x)
    d = 1 - abs(x)
    r = mp.sqrt(-mp.log(d))
    return mp.sign(x) * mp.findroot(lambda y: mp.log(mp.erfc(y)) - mp.log(d), r - mp.mpf("0.2"))


def normal(x):
    return mp.erfc(-x / mp.sqrt(2)) / 2


def sigmoid(x):
    return 1 / (1 + mp.exp(-x))


def lgamma(x):
    return mp.inf if x <= 0 and x == int(x) else mp.log(abs(mp.gamma(x))) if abs(x) < 1e5 \
        else mp.re(mp.loggamma(x)) if x > 0 else mp.nan


# name: the function, its slope, the greatest argument for which mpmath is asked, and its values at
# −∞, −0, 0 and ∞ where those are no limits.
def asymptotic(x):
    """x·√π·e^(x²)·erfc x for x ≥ 50."""
    term, total = mp.mpf(1), mp.mpf(1)
    for k in range(1, 40):
        term *= -(2 * k - 1) / (2 * x * x)
        total += term
    return total


def log_erfc(x):
    if x >= 50:
        return mp.log(asymptotic(x) / (x * mp.sqrt(mp.pi))) - x * x
    if x <= -50:
        return mp.log(2)
    return mp.log1p(-mp.erf(x)) if x < 1 else mp.log(mp.erfc(x))


def hazard(x):
    if x >= 50:
        return 2 * x / asymptotic(x)
    if x <= -50:
        return mp.mpf(0)
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x) / mp.erfc(x)


def log1mexp(x):
    if x > 0:
        return mp.nan
    return mp.log(-mp.expm1(x)) if x > -1 else mp.log1p(-mp.exp(x))


FUNCTIONS = {
    "exp": (mp.exp, mp.exp), "exp2": (lambda x: mp.mpf(2) ** x, lambda x: mp.log(2) * mp.mpf(2) ** x),
    "expm1": (mp.expm1, mp.exp),
    "log": (mp.log, lambda x: 1 / x), "log2": (lambda x: mp.log(x) / mp.log(2),
                                              lambda x: 1 / (x * mp.log(2))),
    "log10": (mp.log10, lambda x: 1 / (x * mp.log(10))),
    "log1p": (lambda x: mp.log1p(x) if x > -1 else mp.nan, lambda x: 1 / (1 + x)),
    "sqrt": (mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x))),
    "rsqrt": (lambda x: 1 / mp.sqrt(x), lambda x: -1 / (2 * x * mp.sqrt(x))),
    "cbrt": (lambda x: mp.sign(x) * mp.cbrt(abs(x)), lambda x: 1 / (3 * mp.cbrt(abs(x)) ** 2)),
    "square": (lambda x: x * x, lambda x: 2 * x), "reciprocal": (lambda x: 1 / x, lambda x: -1 / x ** 2),
    "sin": (mp.sin, mp.cos), "cos": (mp.cos, lambda x: -mp.sin(x)),
    "tan": (mp.tan, lambda x: 1 + mp.tan(x) ** 2),
    "asin": (mp.asin, lambda x: 1 / mp.sqrt((1 - x) * (1 + x))),
    "acos": (mp.acos, lambda x: -1 / mp.sqrt((1 - x) * (1 + x))),
    "atan": (mp.atan, lambda x: 1 / (1 + x * x)),
    "sinh": (mp.sinh, mp.cosh), "cosh": (mp.cosh, mp.sinh), "tanh": (mp.tanh, None),
    "asinh": (mp.asinh, lambda x: 1 / mp.sqrt(1 + x * x)),
    "acosh": (mp.acosh, lambda x: 1 / mp.sqrt((x - 1) * (x + 1))),
    "atanh": (mp.atanh, lambda x: 1 / ((1 - x) * (1 + x))),
    "sigmoid": (sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "softplus": (lambda x: mp.log1p(mp.exp(x)) if x < 0 else x + mp.log1p(mp.exp(-x)), sigmoid),
    "silu": (lambda x: x * sigmoid(x), lambda x: sigmoid(x) * (1 + x * sigmoid(-x))),
    "gelu": (lambda x: x * normal(x), lambda x: normal(x) + x * mp.npdf(x)),
    "erf": (mp.erf, lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "erfc": (mp.erfc, lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x)),
    "erfinv": (erfinv, lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(erfinv(x) ** 2)),
    "gamma": (mp.gamma, lambda x: mp.gamma(x) * mp.digamma(x)),
    "lgamma": (lgamma, mp.digamma), "digamma": (mp.digamma, lambda x: mp.polygamma(1, x)),
    "polygamma1": (lambda x: mp.polygamma(1, x), lambda x: mp.polygamma(2, x)),
    "polygamma2": (lambda x: mp.polygamma(2, x), lambda x: mp.polygamma(3, x)),
    "polygamma5": (lambda x: mp.polygamma(5, x), None),
    "log_erfc": (log_erfc, lambda x: -hazard(x)),
    "erfc_hazard": (hazard, lambda x: hazard(x) * (hazard(x) - 2 * x)),
    "log1mexp": (log1mexp, lambda x: -1 / mp.expm1(-x)),
    "sigmoid_slope": (lambda x: sigmoid(x) * sigmoid(-x),
                      lambda x: -sigmoid(x) * sigmoid(-x) * mp.tanh(x / 2)),
    "tanh_slope": (lambda x: 4 * sigmoid(2 * x) * sigmoid(-2 * x),
                   lambda x: -8 * sigmoid(2 * x) * sigmoid(-2 * x) * mp.tanh(x)),
}

POSITIVE = {"log", "log2", "log10", "sqrt", "rsqrt", "acosh"}
BOUNDED = {"asin", "acos", "atanh", "erfinv"}
# Beyond these magnitudes mpmath would take too long, or the value is a limit.
GREATEST = {"gamma": 1000, "lgamma": 1e305, "digamma": 1e300, "erf": 30, "erfc": 40, "gelu": 60,
            "exp": 2e4, "exp2": 2e4, "expm1": 2e4, "sinh": 2e4, "cosh": 2e4, "tanh": 2e3,
            "sigmoid": 2e4, "softplus": 2e4, "silu": 2e4, "polygamma1": 1e150,
            "polygamma2": 1e100, "polygamma5": 1e40, "log_erfc": 1e150, "erfc_hazard": 1e150,
            "log1mexp": 600, "sigmoid_slope": 2e4, "tanh_slope": 2e4}

# Values at −∞, −0, 0 and ∞.
LIMITS = {
    "exp": (0, 1, 1, inf), "exp2": (0, 1, 1, inf), "expm1": (-1, -0.0, 0, inf),
    "log": (nan, -inf, -inf, inf), "log2": (nan, -inf, -inf, inf), "log10": (nan, -inf, -inf, inf),
    "log1p": (nan, -0.0, 0, inf), "sqrt": (nan, -0.0, 0, inf), "rsqrt": (nan, -inf, inf, 0),
    "cbrt": (-inf, -0.0, 0, inf), "square": (inf, 0, 0, inf), "reciprocal": (-0.0, -inf, inf, 0),
    "sin": (nan, -0.0, 0, nan), "cos": (nan, 1, 1, nan), "tan": (nan, -0.0, 0, nan),
    "asin": (nan, -0.0, 0, nan), "acos": (nan, math.pi / 2, math.pi / 2, nan),
    "atan": (-math.pi / 2, -0.0, 0, math.pi / 2), "sinh": (-inf, -0.0, 0, inf),
    "cosh": (inf, 1, 1, inf), "tanh": (-1, -0.0, 0, 1), "asinh": (-inf, -0.0, 0, inf),
    "acosh": (nan, nan, nan, inf), "atanh": (nan, -0.0, 0, nan), "sigmoid": (0, 0.5, 0.5, 1),
    "softplus": (0, math.log(2), math.log(2), inf), "silu": (-0.0, -0.0, 0, inf),
    "gelu": (-0.0, -0.0, 0, inf), "erf": (-1, -0.0, 0, 1), "erfc": (2, 1, 1, 0),
    "erfinv": (nan, -0.0, 0, nan), "gamma": (nan, -inf, inf, inf), "lgamma": (inf, inf, inf, inf),
    "digamma": (nan, inf, -inf, inf), "polygamma1": (nan, inf, inf, 0),
    "polygamma2": (nan, inf, -inf, -0.0), "polygamma5": (nan, inf, inf, 0),
    "log_erfc": (math.log(2), 0, 0, -inf), "erfc_hazard": (0, 2 / math.sqrt(math.pi),
    2 / math.sqrt(math.pi), inf), "log1mexp": (-0.0, -inf, -inf, nan), "sigmoid_slope": (0, 0.25, 0.25, 0),
    "tanh_slope": (0, 1, 1, 0),
}


def arguments(name, magnitudes, least, greatest):
    source = later if name in LATER else rng
    drawn = np.exp(source.uniform(math.log(least), math.log(greatest), 12))
    near = source.uniform(0, 6, 12)
    if name in BOUNDED:
        magnitudes = [m for m in magnitudes if m <= 1]
        drawn, near = np.exp(rng.uniform(math.log(least), 0, 8)), rng.uniform(0, 1, 16)
    values = list(magnitudes) + list(drawn) + list(near)
    signs = (1,) if name in POSITIVE else (1, -1)
    return [s * float(m) for m in values for s in signs]


def row(name, function, x):
    try:
        y = function(mp.mpf(x))
    except (ValueError, ZeroDivisionError, OverflowError):
        return None
    y = rounded(y)
    return None if math.isnan(y) else f"{name} {text(x)} {text(y)}"


def in_reach(name, x):
    if abs(x) > GREATEST.get(name, inf):
        return False
    if name in ("gamma", "lgamma", "digamma") or name.startswith("polygamma"):
        # Below 0 near poles and zeros only the absolute error is small.
        return x > 0 or (x > -40 and abs(x) >= 1e-3 and x != int(x))
    if name in ("acosh",):
        return x >= 1
    if name == "log1p":
        return x > -1
    if name == "log1mexp":
        return x < 0
    return True


def values():
    for name, (function, _) in FUNCTIONS.items():
        for x in arguments(name, MAGNITUDES, 1e-300, 1e300):
            if in_reach(name, x):
                yield row(name, function, x)
        for x, y in zip((-inf, -0.0, 0.0, inf), LIMITS[name]):
            yield f"{name} {text(x)} {text(y)}"
        yield f"{name} nan nan"


def float_values():
    for name, (function, _) in FUNCTIONS.items():
        for x in arguments(name, FLOAT_MAGNITUDES, 1e-37, 1e37):
            if in_reach(name, single(x)):
                yield row(name, function, single(x))


def slopes():
    points = [1e-300, 1e-10, 0.01, 0.5, 0.999999999, 1, 1.4616321449683622, 2, 5, 20, 40, 100, 600]
    for name, (_, slope) in FUNCTIONS.items():
        if slope is None:
            continue
        for m in points:
            for x in (m, -m):
                if not in_reach(name, x) or (name in POSITIVE and x < 0):
                    continue
                if name in BOUNDED and (m >= 1 or name == "erfinv" and m > 0.99):
                    continue
                if name in ("gamma",) and m > 100 or "amma" in name and x < 0:
                    continue
                made = row(name, slope, x)
                if made and not made.endswith("inf"):
                    yield made


def print_table(name, doc, rows):
    print(f"  /// {doc}")
    print(f'  static let {name} = """')
    for line in rows:
        if line:
            print("    " + line)
    print('    """')


if __name__ == "__main__":
    print("// Made by make_elementwise_table.py; do not edit.")
    print()
    print("/// Values of elementwise functions: in each row a name, an argument and a value.")
    print("enum ElementwiseTable {")
    print_table("values", "Values at arguments of type `f64`.", values())
    print()
    print_table("floatValues", "Values at arguments of type `f32`, as `f64`.", float_values())
    print()
    print_table("slopes", "Values of the first derivative.", slopes())
    print("}")
