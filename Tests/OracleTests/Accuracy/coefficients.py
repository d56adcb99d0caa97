#!/usr/bin/env python3
"""Prints coefficients of Sources/Mathematics: minimax polynomials by the exchange algorithm of Remez
(E. Y. Remez, 1934; J.-M. Muller, Elementary Functions, chapter 3), each coefficient rounded before
those of higher powers are found.

Usage: python3 coefficients.py [NAME…]      (needs mpmath)
"""
import sys

import mpmath as mp

mp.mp.dps = 36


def value(coefficients, x):
    return mp.polyval(coefficients[::-1], x)


def solution(points, f, weight, fixed, free):
    """The free coefficients whose weighted error at the points is ± one level, and that."""
    rows, right = mp.matrix(free + 1, free + 1), mp.matrix(free + 1, 1)
    for i, x in enumerate(points):
        for j in range(free):
            rows[i, j] = x ** (j + len(fixed))
        rows[i, free] = (-1) ** i / weight(x)
        right[i] = f(x) - (value(fixed, x) if fixed else 0)
    found = mp.lu_solve(rows, right)
    return [found[j] for j in range(free)], abs(found[free])


def extrema(grid, errors, count):
    """Where errors of alternating sign are greatest."""
    found = []
    for x, e in zip(grid, errors):
        if found and (e > 0) == (found[-1][1] > 0):
            if abs(e) > abs(found[-1][1]):
                found[-1] = (x, e)
        else:
            found.append((x, e))
    while len(found) > count:
        found.pop(0 if abs(found[0][1]) < abs(found[-1][1]) else -1)
    return [x for x, _ in found]


def minimax(f, weight, low, high, degree, fixed):
    """The polynomial of a degree with given first coefficients for which |weight·(p − f)| is least."""
    free = degree + 1 - len(fixed)
    middle, radius = (low + high) / 2, (high - low) / 2
    points = [middle - radius * mp.cos(mp.pi * (k + mp.mpf(1) / 2) / (free + 1))
              for k in range(free + 1)]
    steps = 12 * (free + 1)
    grid = [middle - radius * mp.cos(mp.pi * k / steps) for k in range(steps + 1)]
    target = [(f(x), weight(x)) for x in grid]
    for _ in range(6):
        rest, level = solution(points, f, weight, fixed, free)
        errors = [w * (value(fixed + rest, x) - t) for x, (t, w) in zip(grid, target)]
        points = extrema(grid, errors, free + 1)
        if len(points) < free + 1 or max(map(abs, errors)) < level * mp.mpf("1.1"):
            break
    return fixed + rest


def rounded(x, bits):
    m, e = mp.frexp(x)
    return mp.ldexp(mp.nint(mp.ldexp(m, bits)), e - bits)


def show(name, f, weight, low, high, degree, bits, first=()):
    """Prints a polynomial and the greatest weighted error."""
    low, high, fixed = mp.mpf(low), mp.mpf(high), list(first)
    while len(fixed) <= degree:
        found = minimax(f, weight, low, high, degree, fixed)
        # What rounding takes from coefficients of higher powers hardly matters.
        end = degree + 1 if len(fixed) >= 3 else len(fixed) + 1
        fixed += [rounded(c, bits) for c in found[len(fixed):end]]
    places = [low + (high - low) * k / 400 for k in range(401)]
    worst = max(abs(weight(x) * (value(fixed, x) - f(x))) for x in places)
    print("%s, degree %d, %d bits, error 2^%.1f" % (name, degree, bits, mp.log(worst, 2)))
    print("  [" + ", ".join(float(c).hex() for c in fixed) + "]", flush=True)


def excess(f, first, second):
    """(f(√z)/√z − 1)/z, with the first terms of its series near 0."""
    def at(z):
        if z < mp.mpf(10) ** -14:
            return mp.mpf(first) + z * mp.mpf(second)
        r = mp.sqrt(z)
        return (f(r) / r - 1) / z
    return at


def stirling(w):
    """(Γ(x)·eˣ / (√(2π)·x^(x − ½)) − 1)·x for x = 1/w."""
    x = 1 / w
    if x > 60:
        terms = (12, -360, 1260, -1680, 1188, -mp.mpf(360360) / 691, 156)
        return mp.expm1(sum(w ** (2 * k + 1) / t for k, t in enumerate(terms))) * x
    power = mp.exp((x - mp.mpf(1) / 2) * mp.log(x) - x)
    return (mp.gamma(x) / (mp.sqrt(2 * mp.pi) * power) - 1) * x


def digamma(w):
    """(ψ(x) − ln x + 1/(2x))·x² for x = 1/w."""
    x = 1 / w
    if x > 60:
        terms = (-12, 120, -252, 240, -132, mp.mpf(32760) / 691, -12)
        return sum(w ** (2 * k) / t for k, t in enumerate(terms))
    return (mp.digamma(x) - mp.log(x) + w / 2) * x * x


def identity(z):
    return z


QUARTER = (mp.pi / 4) ** 2 * mp.mpf("1.001")
ROOT = mp.sqrt(mp.mpf(1) / 2) * mp.mpf("0.999")
THIRD = mp.mpf(1) / 3
FAMILIES = {
    "tan": [(excess(mp.tan, THIRD, mp.mpf(2) / 15), identity, 0, QUARTER, 14, 53),
            (excess(mp.tan, THIRD, mp.mpf(2) / 15), identity, 0, QUARTER, 6, 24)],
    "atan": [(excess(mp.atan, -THIRD, mp.mpf(1) / 5), identity, 0, 1, 20, 53),
             (excess(mp.atan, -THIRD, mp.mpf(1) / 5), identity, 0, 1, 9, 24)],
    "asin": [(excess(mp.asin, THIRD / 2, mp.mpf(3) / 40), identity, 0, 0.25, 12, 53),
             (excess(mp.asin, THIRD / 2, mp.mpf(3) / 40), identity, 0, 0.25, 5, 24)],
    "atanh": [(excess(mp.atanh, THIRD, mp.mpf(1) / 5), identity, 0, 0.25, 12, 53),
              (excess(mp.atanh, THIRD, mp.mpf(1) / 5), identity, 0, 0.25, 5, 24)],
    "cbrt": [(lambda m: m ** -THIRD, lambda m: m ** THIRD, ROOT, 1 / ROOT, 4, 53)],
    "gamma": [(lambda t: mp.rgamma(2 + t), lambda t: mp.gamma(2 + t), -0.5, 0.50001, 15, 53, (1,)),
              (stirling, identity, mp.mpf(10) ** -6, 0.4, 13, 53)],
    "digamma": [(digamma, lambda w: w * w / abs(mp.digamma(1 / w)), mp.mpf(10) ** -6, 0.5, 15, 53)],
}

if __name__ == "__main__":
    for name in sys.argv[1:] or FAMILIES:
        for family in FAMILIES[name]:
            show(name, *family)
