"""Writes StableTable.swift: exact values of what stabilised formulas compute, by mpmath.

Usage: python3 make_stable_table.py > StableTable.swift
"""

import math

import mpmath as mp

mp.mp.dps = 80
inf, nan = math.inf, math.nan
POINTS = [0.1, 1, 3, 40, 800, 1e10, inf]


def limits(low, high):
    """A function with its limits, and NaN at NaN."""
    def wrap(function):
        def at(x):
            if math.isnan(x):
                return nan
            if math.isinf(x):
                return high if x > 0 else low
            return function(mp.mpf(x))
        return at
    return wrap


def sigmoid(x):
    return 1 / (1 + mp.exp(-x)) if x > 0 else mp.exp(x) / (1 + mp.exp(x))


def softplus(x):
    return x + mp.log1p(mp.exp(-x)) if x > 0 else mp.log1p(mp.exp(x))


def series(x):
    """x·√π·e^(x²)·erfc(x) for large x."""
    term, total = mp.mpf(1), mp.mpf(1)
    for k in range(1, 40):
        term *= -(2 * k - 1) / (2 * x * x)
        total += term
    return total


def erfc(x):
    return mp.mpf(0) if x > 100 else mp.mpf(2) if x < -100 else mp.erfc(x)


def bell(x):
    return mp.mpf(0) if abs(x) > 100 else 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


def log_erfc(x):
    if x > 30:
        return mp.log(series(x) / (x * mp.sqrt(mp.pi))) - x * x
    return mp.log(2) if x < -100 else mp.log1p(-mp.erf(x)) if x < 1 else mp.log(mp.erfc(x))


def hazard(x):
    return 2 * x / series(x) if x > 30 else bell(x) / erfc(x)


def complement(x):
    if x > 0:
        return nan
    return mp.log(-mp.expm1(x)) if x > -1 else mp.log1p(-mp.exp(x))


FUNCTIONS = {
    "sigmoid": (limits(0, 1)(sigmoid), limits(0, 0)(lambda x: sigmoid(x) * sigmoid(-x))),
    "softplus": (limits(0, inf)(softplus), limits(0, 1)(sigmoid)),
    "erfc": (limits(2, 0)(erfc), limits(0, 0)(lambda x: -bell(x))),
    "log_erfc": (limits(math.log(2), -inf)(log_erfc), limits(0, -inf)(lambda x: -hazard(x))),
    "expm1": (limits(-1, inf)(lambda x: inf if x > 1e4 else mp.expm1(x)),
              limits(0, inf)(lambda x: inf if x > 1e4 else mp.exp(x))),
    "log1p": (limits(nan, inf)(lambda x: mp.log1p(x) if x > -1 else -inf if x == -1 else nan),
              limits(0, 0)(lambda x: 1 / (1 + x) if x != -1 else inf)),
    "log1mexp": (limits(0, nan)(complement),
                 limits(0, 1)(lambda x: -1 / mp.expm1(-x))),
}


def text(x):
    return repr(float(x))


def elementwise():
    for name, (value, slope) in FUNCTIONS.items():
        for x in [s * p for p in POINTS for s in (1, -1)] + [1e-20, -1e-20, nan]:
            yield f"{name} {text(x)} {text(value(x))} {text(slope(x))}"


def rows():
    """Of the row x, 0, -x/2: logsumexp, its slopes, and the logarithms of these."""
    for x in [0.1, -0.1, 1, -1, 40, -40, 800, -800, 1e10, -1e10]:
        row = [mp.mpf(x), mp.mpf(0), -mp.mpf(x) / 2]
        top = max(row)
        rest = [mp.exp(r - top) for r in row]
        place = row.index(top)
        log_sum = mp.log1p(sum(r for i, r in enumerate(rest) if i != place))
        shares = [r / sum(rest) for r in rest]
        numbers = [top + log_sum] + shares + [r - top - log_sum for r in row]
        yield " ".join(text(n) for n in [x] + numbers)


def print_table(name, doc, lines):
    print(f"  /// {doc}")
    print(f'  static let {name} = """')
    for line in lines:
        print("    " + line)
    print('    """')


print("// Made by make_stable_table.py; do not edit.")
print()
print("/// What stabilised formulas compute, to the last digit.")
print("enum StableTable {")
print_table("elementwise", "In each row a name, an argument, a value and a slope.", elementwise())
print()
print_table(
    "rows", "In each row x; then of the row x, 0, -x/2 logsumexp, softmax and log_softmax.",
    rows())
print("}")
