#!/usr/bin/env python3
"""Prints the greatest errors of the functions of the language, in units of the last place.

Usage: GRADC=gradc python3 measure.py [--count N] [--only NAME,…] [--write FILE] [--verbose]

Needs numpy and gmpy2, which is MPFR. Compiles one graph with every function in f32 and f64, for
this machine and for one without fused products, calls it with dense and special arguments, and
compares with values of 160 bits. With --write the arguments that were hardest, some special and
some plain ones go into a file with their values, which the tests hold every build to.
"""
import argparse
import ctypes
import os
import subprocess
import sys
import tempfile

import gmpy2
import numpy as np

from functions import FUNCTIONS

gmpy2.get_context().precision = 160
NUMPY = {"f32": np.float32, "f64": np.float64}
BITS = {"f32": np.uint32, "f64": np.uint64}

def dense(function, dtype, count, random):
    """Arguments in the ranges of a function, half of them spread evenly, half over exponents."""
    number, columns = NUMPY[dtype], []
    for low, high in function.range_in(dtype):
        whole = (low, high) if high - low < 1e6 else (max(low, -100), min(high, 100))
        start, end = function.focus or whole
        even = start + (end - start) * random.random(count // 2)
        top = np.log(max(abs(low), abs(high)))
        # Most functions are plain where numbers are tiny.
        least = np.maximum(np.log(np.finfo(number).tiny), -random.exponential(30, count))
        spread = np.exp(least + (top - least) * random.random(count))
        signs = np.where(random.random(count) < 0.5, -1, 1)
        spread = spread * signs if low < 0 else spread
        if low == -1 or low == 1:
            # Many near the ends.
            spread[::2] = low + np.abs(np.exp(-random.exponential(10, spread[::2].size)))
        values = np.concatenate([even, spread])
        random.shuffle(values)
        columns.append(values[(values >= low) & (values <= high)].astype(number))
    shortest = min(column.size for column in columns)
    return [np.ascontiguousarray(column[:shortest]) for column in columns]


def special(dtype, arity):
    """Zeros, subnormal numbers, powers of two and their neighbours, multiples of π/4, the greatest
    numbers and infinities, of two operands all pairs."""
    number, info = NUMPY[dtype], np.finfo(NUMPY[dtype])
    ones = [0, info.smallest_subnormal, info.tiny, info.tiny / 2, info.max, np.inf, np.nan]
    ones += [2.0 ** k for k in range(-30, 31)] + [k * np.pi / 4 for k in range(1, 60)]
    ones += list(range(1, 200)) + [k + 0.5 for k in range(200)] + [10.0 ** k for k in range(-37, 38)]
    base = np.array(ones).astype(number)
    if arity == 2:
        base = np.array(ones[:20] + ones[40:90:4]).astype(number)
    with np.errstate(all="ignore"):
        below, above = np.nextafter(base, number(0)), np.nextafter(base, number(np.inf))
    near = np.concatenate([base, below, above])
    values = np.concatenate([near, -near])
    if arity == 1:
        return [values]
    left, right = np.meshgrid(values, values)
    return [left.ravel(), right.ravel()]


def compiled(functions, folder, cpu):
    """The library with all functions for a CPU."""
    source = os.path.join(folder, "all.graph")
    with open(source, "w") as file:
        for f in functions:
            names = "xy"[:f.arity]
            for dtype in NUMPY:
                inputs = ", ".join("%s: %s[n]" % (name, dtype) for name in names)
                file.write("graph %s_%s(%s) -> (r: %s[n]) {\n  r = %s\n}\n" % (
                    f.name, dtype, inputs, dtype, "%s(%s)" % (f.name, ", ".join(names))))
    target = os.path.join(folder, cpu + ".o")
    gradc = os.environ.get("GRADC", "gradc")
    subprocess.run([gradc, source, "-o", target, "-mcpu=" + cpu], check=True)
    library = os.path.join(folder, cpu + ".so")
    subprocess.run(["cc", "-shared", target, "-o", library, "-lm"], check=True)
    return ctypes.CDLL(library)


def call(library, name, columns):
    """The values of a compiled function."""
    columns = [np.ascontiguousarray(column) for column in columns]
    result = np.empty_like(columns[0])
    pointers = [a.ctypes.data_as(ctypes.c_void_p) for a in columns + [result]]
    status = getattr(library, name)(
        ctypes.c_int64(result.size), *pointers, None, ctypes.c_size_t(0))
    if status != 0:
        sys.exit("%s ends with status %d" % (name, status))
    return result


def exact_values(function, columns):
    """The values as sums of two floats."""
    upper, lower = np.empty(columns[0].size), np.empty(columns[0].size)
    for place, row in enumerate(zip(*[column.tolist() for column in columns])):
        exact = function.value(*[gmpy2.mpfr(x) for x in row])
        upper[place] = float(exact)
        lower[place] = float(exact - gmpy2.mpfr(upper[place])) if np.isfinite(upper[place]) else 0
    return upper, lower


def units(values, dtype):
    """The units of the last place of numbers."""
    info = np.finfo(dtype)
    exponent = np.frexp(np.abs(np.where(np.abs(values) < info.tiny, info.tiny, values)))[1] - 1
    return np.ldexp(1.0, np.maximum(exponent, info.minexp) - info.nmant)


def errors(values, upper, lower):
    """The errors of values in ulp, infinite where NaN, an infinity or the sign of a zero is wrong."""
    with np.errstate(all="ignore"):
        rounded = upper.astype(values.dtype)
        off = np.abs((values.astype(np.float64) - upper) - lower) / units(upper, values.dtype)
        same = (values == rounded) & ((values != 0) | (np.signbit(values) == np.signbit(upper)))
        off = np.where(np.isfinite(rounded) & np.isfinite(values), off, np.inf)
        off = np.where((values == 0) & (rounded == 0) & ~same, np.inf, off)
        off = np.where(same & ~np.isfinite(rounded), 0, off)
        return np.where(np.isnan(values) & np.isnan(upper), 0, off)


class Measurement:
    """The errors of a function in a type."""

    def __init__(self, function, dtype, libraries, options):
        random = np.random.default_rng(11)
        count = options.count // (2 if function.is_slow else 1)
        self.function, self.dtype, self.random = function, dtype, random
        parts = [dense(function, dtype, count, random), special(dtype, function.arity)]
        self.plain = parts[0][0].size
        columns = [np.concatenate(column) for column in zip(*parts)]
        inside = np.all([~np.isfinite(c) | ((c >= r[0]) & (c <= r[1])) | (c == 0)
                         for c, r in zip(columns, function.range_in(dtype))], axis=0)
        self.columns = [column[inside] for column in columns]
        self.upper, self.lower = exact_values(function, self.columns)
        name = "%s_%s" % (function.name, dtype)
        self.off = np.max([errors(call(library, name, self.columns), self.upper, self.lower)
                           for library in libraries], axis=0)
        self.worst = int(np.argmax(self.off))
        if options.verbose:
            for place in np.argsort(-self.off)[:8]:
                print("  ", name, self.off[place], [float(c[place]) for c in self.columns],
                      self.upper[place], file=sys.stderr)

    @property
    def bound(self):
        """The greatest error, rounded up to a tenth."""
        return np.ceil(self.off[self.worst] * 10) / 10

    def rows(self):
        """Lines of a file: arguments, value and what the value lacks in thousandths of its ulp."""
        size = self.off.size
        chosen = list(np.argsort(-self.off, kind="stable")[:24])
        chosen += list(self.random.choice(min(self.plain, size), 12, replace=False))
        chosen += list(self.plain + self.random.choice(size - self.plain, 24, replace=False))
        number, bits = NUMPY[self.dtype], BITS[self.dtype]
        for place in sorted(set(chosen)):
            with np.errstate(all="ignore"):
                value = self.upper[place].astype(number)
                rest = (self.upper[place] - np.float64(value)) + self.lower[place]
                rest = rest / units(np.float64(value), number) if np.isfinite(value) else 0
            numbers = [column[place] for column in self.columns] + [value]
            words = ["%x" % number.view(bits) for number in numbers]
            yield " ".join(words + ["%d" % round(float(rest) * 1000)])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--only", default="")
    parser.add_argument("--write", default="")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    only = options.only.split(",") if options.only else None
    functions = [f for f in FUNCTIONS if not only or f.name in only]
    lines, missed = [], []
    with tempfile.TemporaryDirectory() as folder:
        libraries = [compiled(functions, folder, cpu) for cpu in ("native", "x86-64-v2")]
        print("| Function | f32 | f64 | Range of f64 | Hardest f64 argument |")
        print("|---|---|---|---|---|")
        for function in functions:
            both = [Measurement(function, dtype, libraries, options) for dtype in NUMPY]
            double = both[1]
            where = ", ".join(repr(float(column[double.worst])) for column in double.columns)
            ranges = ", ".join("%g … %g" % r for r in function.ranges)
            print("| `%s` | %.2f | %.2f | %s | %s |" % (
                function.name, both[0].off.max(), double.off.max(), ranges, where), flush=True)
            for each in both:
                lines.append("# %s %s %.1f" % (function.name, each.dtype, each.bound))
                lines += each.rows()
                if each.bound > function.limit:
                    missed.append("%s %s: %.2f" % (function.name, each.dtype, each.off.max()))
    if options.write:
        with open(options.write, "w") as file:
            file.write("\n".join(lines) + "\n")
    if missed:
        sys.exit("above the limit: " + "; ".join(missed))


if __name__ == "__main__":
    main()
