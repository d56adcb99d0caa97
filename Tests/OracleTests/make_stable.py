#!/usr/bin/env python3
"""Writes Stable/*.graph and Stable/*.json: formulas that overflow or cancel, in the spellings that
users write, with values, slopes and curvatures of 80 digits from mpmath.

Usage: python3 make_stable.py        (needs numpy and mpmath)
"""
import json
import math
import pathlib

import mpmath as mp
import numpy as np

mp.mp.dps = 80
FOLDER = pathlib.Path(__file__).parent / "Stable"
INF, NAN = mp.inf, mp.nan
TYPES = {"f64": np.float64, "f32": np.float32}
POINTS = [0, 0.1, 1, 3, 20.5, 40, 800, 1e10]


def near(x):
    """A number of mpmath as the nearest double, subnormal or infinite as it must be."""
    return float(x) if abs(x) < mp.mpf(2) ** 1024 or mp.isnan(x) else math.copysign(math.inf, x)


# MARK: Functions of one number

def exp(x):
    return INF if x > 1e5 else mp.exp(x)


def s(x):
    return 1 / (1 + mp.exp(-x)) if x > 0 else mp.exp(x) / (1 + mp.exp(x))


def sp(x):
    return x + mp.log1p(mp.exp(-x)) if x > 0 else mp.log1p(mp.exp(x))


def tanh(x):
    return mp.sign(x) * -mp.expm1(-2 * abs(x)) / (1 + mp.exp(-2 * abs(x)))


def sech2(x):
    e = mp.exp(-2 * abs(x))
    return 4 * e / (1 + e) ** 2


def tail(x):
    """x · √π · e^(x²) · erfc(x) for large x."""
    term, total = mp.mpf(1), mp.mpf(1)
    for k in range(1, 60):
        term *= -(2 * k - 1) / (2 * x * x)
        total += term
    return total


def bell(x):
    return 2 / mp.sqrt(mp.pi) * mp.exp(-x * x)


def erfc(x):
    return tail(x) / (x * mp.sqrt(mp.pi)) * mp.exp(-x * x) if x > 30 else mp.erfc(x)


def log_erfc(x):
    if x > 30:
        return mp.log(tail(x) / (x * mp.sqrt(mp.pi))) - x * x
    return mp.log(2) if x < -30 else mp.log1p(-mp.erf(x)) if x < 1 else mp.log(mp.erfc(x))


def hazard(x):
    return 2 * x / tail(x) if x > 30 else bell(x) / erfc(x)


def less(function):
    """A function of numbers below 0, with a value at 0."""
    def at(x):
        return function(x) if x < 0 else NAN
    return at


# MARK: Functions of rows

def total(numbers):
    """The logarithm of the sum of the exponentials of a row."""
    top = max(numbers)
    others = list(numbers)
    others.remove(top)
    return top + mp.log1p(sum(mp.exp(x - top) for x in others))


def complement(numbers, i):
    """1 less the share of an element."""
    return sum(mp.exp(x - total(numbers)) for j, x in enumerate(numbers) if j != i)


def share(numbers, i):
    return mp.exp(numbers[i] - total(numbers))


def log_share(numbers, i):
    top = max(numbers)
    others = list(numbers)
    others.remove(top)
    return numbers[i] - top - mp.log1p(sum(mp.exp(x - top) for x in others))


class Formula:
    """A function with its derivatives, their limits at both ends, and its spellings.

    domain: the points at which it is compared; results: v for values, g for slopes and h for
    curvatures, of which one less digit is asked.
    """

    def __init__(self, name, functions, low, high, spellings, domain=lambda x: True, results="vgh"):
        self.name = name
        self.results = results[:len(functions)]
        self.functions = functions
        self.low, self.high = low, high
        self.spellings = spellings
        self.domain = domain

    def at(self, x):
        if math.isnan(x):
            return [NAN] * len(self.functions)
        if math.isinf(x):
            return self.high if x > 0 else self.low
        return [f(mp.mpf(x)) for f in self.functions]


FORMULAS = [
    Formula("sigmoid", [s, lambda x: s(x) * s(-x), lambda x: -s(x) * s(-x) * tanh(x / 2)],
            [0, 0, 0], [1, 0, 0], [
        "1 / (1 + exp(-x))", "1 / (exp(-x) + 1)", "1.0 / (1.0 + exp(-1.0 * x))", "1 / (1 + exp(0 - x))",
        "exp(x) / (1 + exp(x))", "exp(x) / (exp(x) + 1)", "1 / (1 + 1 / exp(x))",
        "reciprocal(1 + exp(-x))", "(1 + exp(-x)) ** -1", "1 - sigmoid(-x)", "1 - 1 / (1 + exp(x))",
        "1 - exp(-x) / (1 + exp(-x))", "exp(-log(1 + exp(-x)))", "exp(-log1p(exp(-x)))",
        "exp(log(sigmoid(x)))", "exp(x - log(1 + exp(x)))", "exp(x) * sigmoid(-x)",
        "0.5 * (1 + tanh(x / 2))", "0.5 * tanh(0.5 * x) + 0.5", "(tanh(x / 2) + 1) / 2",
        "where(x >= 0, 1 / (1 + exp(-x)), exp(x) / (1 + exp(x)))", "sigmoid(x)"]),
    Formula("complement", [lambda x: s(-x), lambda x: -s(x) * s(-x),
                           lambda x: s(x) * s(-x) * tanh(x / 2)], [1, 0, 0], [0, 0, 0], [
        "1 - sigmoid(x)", "1 - 1 / (1 + exp(-x))", "1 - exp(x) / (1 + exp(x))",
        "-(sigmoid(x) - 1)", "exp(-x) / (1 + exp(-x))", "1 / (1 + exp(x))", "0.5 * (1 - tanh(x / 2))",
        "sigmoid(x) * exp(-x)"]),
    Formula("logistic_slope", [lambda x: s(x) * s(-x), lambda x: -s(x) * s(-x) * tanh(x / 2)],
            [0, 0], [0, 0], [
        "sigmoid(x) * (1 - sigmoid(x))", "exp(x) / (1 + exp(x)) ** 2", "exp(-x) / (1 + exp(-x)) ** 2",
        "sigmoid(x) - sigmoid(x) ** 2", "exp(-x) / ((1 + exp(-x)) * (1 + exp(-x)))"], results="vh"),
    Formula("softplus", [sp, s, lambda x: s(x) * s(-x)], [0, 0, 0], [INF, 1, 0], [
        "log(1 + exp(x))", "log(exp(x) + 1)", "log1p(exp(x))", "-log(sigmoid(-x))",
        "-log(1 - sigmoid(x))", "-log1p(-sigmoid(x))", "-log(1 / (1 + exp(x)))", "log(1 + exp(--x))",
        "x + log(1 + exp(-x))", "log(1 + exp(-x)) + x", "x - log(sigmoid(x))", "logaddexp(0.0, x)",
        "logaddexp(x, 0.0)", "-log(1 - 1 / (1 + exp(-x)))", "log(1 + 1 / exp(-x))",
        "-log(1 - exp(x) / (1 + exp(x)))", "softplus(x)"]),
    Formula("stable_softplus", [sp], [0], [INF], ["maximum(x, 0) + log1p(exp(-abs(x)))",
                                                  "maximum(x, 0) + log(1 + exp(-abs(x)))"]),
    Formula("log_sigmoid", [lambda x: -sp(-x), lambda x: s(-x), lambda x: -s(x) * s(-x)],
            [-INF, 1, 0], [0, 0, 0], [
        "log(sigmoid(x))", "-log(1 + exp(-x))", "log(1 / (1 + exp(-x)))", "log(exp(x) / (1 + exp(x)))",
        "x - log(1 + exp(x))", "log(1 - sigmoid(-x))", "log1p(-sigmoid(-x))",
        "log(1 - 1 / (1 + exp(x)))", "-softplus(-x)"]),
    Formula("expm1", [lambda x: INF if x > 1e5 else mp.expm1(x), exp, exp], [-1, 0, 0], [INF] * 3, [
        "exp(x) - 1", "-(1 - exp(x))", "-1 + exp(x)", "exp(x) + -1", "expm1(x)"]),
    Formula("log1p", [lambda x: mp.log1p(x), lambda x: 1 / (1 + x), lambda x: -1 / (1 + x) ** 2],
            [NAN] * 3, [INF, 0, 0], [
        "log(1 + x)", "log(x + 1)", "log(1 - (-x))", "-log(1 / (1 + x))", "log1p(x)"],
        domain=lambda x: x > -1),
    Formula("log1m", [lambda x: mp.log1p(-x), lambda x: -1 / (1 - x), lambda x: -1 / (1 - x) ** 2],
            [INF, 0, 0], [NAN] * 3, ["log(1 - x)", "log(-x + 1)", "log1p(-x)"],
            domain=lambda x: x < 1),
    Formula("log1mexp", [lambda x: mp.log(-mp.expm1(x)) if x > -1 else mp.log1p(-mp.exp(x)),
                         lambda x: -1 / mp.expm1(-x), lambda x: -1 / (4 * mp.sinh(x / 2) ** 2)],
            [0, 0, 0], [NAN] * 3, ["log(1 - exp(x))", "log(-expm1(x))", "log1p(-exp(x))",
                                   "log(-(exp(x) - 1))"], domain=lambda x: x < 0),
    Formula("log_exp", [lambda x: x, lambda x: mp.mpf(1), lambda x: mp.mpf(0)], [-INF, 1, 0],
            [INF, 1, 0], ["log(exp(x))", "log(1 / exp(-x))", "-log(exp(-x))",
                          "log(sigmoid(x) / sigmoid(-x))", "log(sigmoid(x) / (1 - sigmoid(x)))",
                          "log(sigmoid(x)) - log(1 - sigmoid(x))"]),
    Formula("log_square_exp", [lambda x: 2 * x, lambda x: mp.mpf(2), lambda x: mp.mpf(0)],
            [-INF, 2, 0], [INF, 2, 0], ["log(exp(x) ** 2)", "log(exp(x) * exp(x))", "log(exp(2 * x))"]),
    Formula("erfc", [erfc, lambda x: -bell(x)], [2, 0], [0, 0], [
        "1 - erf(x)", "-(erf(x) - 1)", "1 + erf(-x)", "erfc(x)", "2 - erfc(-x)", "1 - (1 - erfc(x))",
        "-erf(x) + 1"]),
    Formula("normal_tail", [lambda x: erfc(x) / 2], [1], [0], ["0.5 * (1 - erf(x))",
            "(1 - erf(x)) / 2", "0.5 - 0.5 * erf(x)", "1 - 0.5 * (1 + erf(x))"]),
    Formula("log_erfc", [log_erfc, lambda x: -hazard(x)], [mp.log(2), 0], [-INF, -INF], [
        "log(erfc(x))", "log(1 - erf(x))", "log1p(-erf(x))", "log(1 + erf(-x))"]),
    Formula("tanh", [tanh, sech2, lambda x: -2 * tanh(x) * sech2(x)], [-1, 0, 0], [1, 0, 0], [
        "tanh(x)", "(exp(2 * x) - 1) / (exp(2 * x) + 1)", "(1 - exp(-2 * x)) / (1 + exp(-2 * x))",
        "2 * sigmoid(2 * x) - 1", "2 / (1 + exp(-2 * x)) - 1", "1 - 2 / (exp(2 * x) + 1)"]),
    Formula("sech2", [sech2], [0], [0], ["1 - tanh(x) ** 2", "1 - tanh(x) * tanh(x)",
                                         "1 - square(tanh(x))", "(1 - tanh(x)) * (1 + tanh(x))"]),
    Formula("sqrt_square", [lambda x: x, lambda x: mp.mpf(1), lambda x: mp.mpf(0)], [NAN] * 3,
            [INF, 1, 0], ["sqrt(x) ** 2", "sqrt(x) * sqrt(x)", "square(sqrt(x))"],
            domain=lambda x: x >= 0),
    Formula("over_base", [lambda x: x, lambda x: mp.mpf(1)], [-INF, 1], [INF, 1], [
        "x * x / x", "x ** 2 / x", "square(x) / x", "-x * x / -x"]),
    Formula("cube_over_base", [lambda x: x * x, lambda x: 2 * x], [INF, -INF], [INF, INF], [
        "x ** 3 / x", "x * x * x / x"]),
    Formula("under_square", [lambda x: 1 / x, lambda x: -1 / (x * x)], [0, 0], [0, 0], [
        "x / (x * x)", "x / x ** 2"], domain=lambda x: x != 0),
    Formula("length", [lambda x: mp.sqrt(x * x + 9), lambda x: x / mp.sqrt(x * x + 9)],
            [INF, -1], [INF, 1], [
        "hypot(x, 3.0)", "hypot(3.0, x)"]),
]


# MARK: Files

def element(x):
    return int(x) if isinstance(x, (int, np.integer)) else repr(float(x))


def entry(a, dtype):
    a = np.asarray(a)
    return {"dtype": dtype, "shape": list(a.shape), "data": [element(v) for v in a.reshape(-1)]}


class Family:
    """The cases of one file."""

    def __init__(self, name):
        self.name = name
        self.text, self.cases = [], []

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            (FOLDER / f"{self.name}.graph").write_text("\n".join(self.text))
            (FOLDER / f"{self.name}.json").write_text(
                "[\n" + ",\n".join(json.dumps(c) for c in self.cases) + "\n]\n")

    def add(self, graph, parameters, body, inputs, results):
        """Adds a graph; inputs and results are of pairs of dtype and numbers, results by v, g, h for
        values, slopes and curvatures.
        """
        self.text += [f"graph {graph}({', '.join(parameters)}) -> ({', '.join(results)}) {{"]
        self.text += [f"    {line}" for line in body] + ["}", ""]
        self.cases.append({
            "graph": graph, "builtins": [], "ulps": 4, "whole": False,
            "inputs": {k: entry(v, t) for k, (t, v) in inputs.items()},
            "expect": {k: entry(v, t) for k, (t, v) in results.items()}})


def elementwise(formula):
    """Every spelling of a formula, at all points that it is defined at."""
    with Family(formula.name) as family:
        for dtype, kind in TYPES.items():
            points = [sign * p for p in POINTS for sign in ((1, -1) if p else (1,))]
            points = [float(kind(p)) for p in points if formula.domain(float(kind(p)))]
            points += [p for p in (math.inf, -math.inf) if formula.domain(p)] + [math.nan]
            columns = list(zip(*[[near(v) for v in formula.at(p)] for p in points]))
            results = {k: (dtype, [kind(v) for v in c]) for k, c in zip(formula.results, columns)}
            for number, spelling in enumerate(formula.spellings):
                body = [f"v = {spelling}"]
                for result, primal in zip(formula.results[1:], formula.results):
                    body.append(f"{result} = grad(sum({primal}), wrt: x, disconnected: zero)")
                family.add(f"{formula.name}_{number}_{dtype}", [f"x: {dtype}[{len(points)}]"], body,
                           {"x": (dtype, points)}, results)


ROWS = [0, 0.1, -0.1, 1, -1, 3, -3, 40, -40, 800, -800, 1e10, -1e10, INF, -INF, NAN]
LABELS = [0, 1, 2]


def standing_for(number):
    """A number of a row, for infinity one that is as good as its limit."""
    return mp.sign(number) * mp.mpf(10) ** 400 if math.isinf(number) else mp.mpf(number)


# In each entry the name, the spellings of a result for each row x of [n, 3] with its label y, the
# value, and the slope by each element.
ROW_FORMULAS = [
    ("logsumexp", [
        "log(sum(exp(x), axis: 1))", "log(sum(exp(x), axis: -1, keepdims: true))[:, 0]",
        "logsumexp(x, axis: 1)", "log(sum(exp(transpose(x)), axis: 0))",
        "max(x, axis: 1) + log(sum(exp(x - max(x, axis: 1)[:, new]), axis: 1))",
        "log(exp(x[:, 0]) + exp(x[:, 1]) + exp(x[:, 2]))",
        "(log(sum(exp(x - max(x, axis: 1, keepdims: true)), axis: 1, keepdims: true))"
        " + max(x, axis: 1, keepdims: true))[:, 0]",
    ], lambda x, y: total(x), lambda x, y, j: share(x, j)),
    ("softmax_of_label", [
        "(exp(x) / sum(exp(x), axis: 1, keepdims: true))[arange(n), y]",
        "(exp(x) / sum(exp(x), axis: 1)[:, new])[arange(n), y]",
        "softmax(x)[arange(n), y]", "exp(log_softmax(x))[arange(n), y]",
        "exp(x - logsumexp(x, axis: 1, keepdims: true))[arange(n), y]",
        "(exp(x - max(x, axis: 1, keepdims: true)) / sum(exp(x - max(x, axis: 1, keepdims: true)),"
        " axis: 1, keepdims: true))[arange(n), y]",
    ], lambda x, y: share(x, y),
     lambda x, y, j: share(x, y) * (complement(x, y) if j == y else -share(x, j))),
    ("cross_entropy_of_label", [
        "-log(softmax(x))[arange(n), y]", "-log(softmax(x)[arange(n), y])",
        "-log_softmax(x)[arange(n), y]", "logsumexp(x, axis: 1) - x[arange(n), y]",
        "log(sum(exp(x), axis: 1)) - x[arange(n), y]",
        "-log(exp(x) / sum(exp(x), axis: 1, keepdims: true))[arange(n), y]",
        "-log((exp(x) / sum(exp(x), axis: 1, keepdims: true))[arange(n), y])",
        "-sum(one_hot(y, 3) * log(softmax(x)), axis: 1)",
        "-(x - max(x, axis: 1, keepdims: true) - log(sum(exp(x - max(x, axis: 1, keepdims: true)),"
        " axis: 1, keepdims: true)))[arange(n), y]",
    ], lambda x, y: -log_share(x, y),
     lambda x, y, j: -complement(x, y) if j == y else share(x, j)),
]


def rows(name, spellings, value, slope):
    """Every spelling of a formula of rows, at the rows p, 0, -p/2 with each label.

    Not at infinities where a label is a row of zeros and ones: 0 times infinity is no number.
    """
    def table(dtype, kind, points):
        numbers = [[float(kind(p)), 0.0, float(kind(-p / 2))] for p in points for _ in LABELS]
        labels = LABELS * len(points)
        exact = [[standing_for(v) for v in row] for row in numbers]
        values = [kind(near(value(r, y))) for r, y in zip(exact, labels)]
        slopes = [[kind(near(slope(r, y, j))) for j in LABELS] for r, y in zip(exact, labels)]
        return ({"x": (dtype, numbers), "y": ("i64", labels)},
                {"v": (dtype, values), "g": (dtype, slopes)})

    with Family(name) as family:
        for dtype, kind in TYPES.items():
            whole = table(dtype, kind, ROWS)
            finite = table(dtype, kind, [p for p in ROWS if not math.isinf(p)])
            for number, spelling in enumerate(spellings):
                inputs, results = finite if "one_hot" in spelling else whole
                count = len(inputs["y"][1])
                spelling = spelling.replace("arange(n)", f"arange({count})")
                family.add(f"{name}_{number}_{dtype}", [f"x: {dtype}[{count}, 3]", f"y: i64[{count}]"],
                           [f"v = {spelling}", "g = grad(sum(v), wrt: x)"], inputs, results)


# The same of blocks of two axes, and of the axes in front: softmax_i and its logarithm in spellings
# that keep the axes, put them back, or transpose; `x` is [n, 2, 2], and z the same as [2, 2, n].
MAX = "max(x, axis: [1, 2], keepdims: true)"
BLOCK_FORMULAS = [
    ("softmax_of_block", [
        "exp(x) / sum(exp(x), axis: [1, 2], keepdims: true)",
        "exp(x) / sum(exp(x), axis: [1, 2])[:, new, new]",
        "exp(x) / expand_dims(sum(exp(x), axis: [1, 2]), axis: [1, 2])",
        "exp(x) / reshape(sum(exp(x), axis: [1, 2]), [n, 1, 1])",
        "exp(x) * (1 / sum(exp(x), axis: [1, 2], keepdims: true))",
        "exp(x) / sum(sum(exp(x), axis: 2, keepdims: true), axis: 1, keepdims: true)",
        "exp(x) / sum(sum(exp(x), axis: 2), axis: 1)[:, new, new]",
        f"exp(x - {MAX}) / sum(exp(x - {MAX}), axis: [1, 2], keepdims: true)",
        f"exp(x - stop_gradient({MAX})) / sum(exp(x - stop_gradient({MAX})), axis: [1, 2],"
        " keepdims: true)",
        "exp(x - logsumexp(x, axis: [1, 2], keepdims: true))",
        "exp(x - log(sum(exp(x), axis: [1, 2], keepdims: true)))",
        "transpose(exp(z) / sum(exp(z), axis: [0, 1]), [2, 0, 1])",
        "transpose(exp(z) / sum(exp(z), axis: [0, 1], keepdims: true), [2, 0, 1])",
        "reshape(softmax(reshape(x, [n, 4])), [n, 2, 2])",
    ], share, lambda x, y, j: share(x, y) * (complement(x, y) if j == y else -share(x, j))),
    ("log_softmax_of_block", [
        "log(exp(x) / sum(exp(x), axis: [1, 2], keepdims: true))",
        "log(exp(x) / sum(exp(x), axis: [1, 2])[:, new, new])",
        "log(exp(x) / reshape(sum(exp(x), axis: [1, 2]), [n, 1, 1]))",
        "log(exp(x) / sum(sum(exp(x), axis: 2, keepdims: true), axis: 1, keepdims: true))",
        f"log(exp(x - {MAX}) / sum(exp(x - {MAX}), axis: [1, 2], keepdims: true))",
        "x - log(sum(exp(x), axis: [1, 2], keepdims: true))",
        "x - log(sum(exp(x), axis: [1, 2]))[:, new, new]",
        "x - logsumexp(x, axis: [1, 2], keepdims: true)",
        "x - reshape(logsumexp(x, axis: [1, 2]), [n, 1, 1])",
        f"x - {MAX} - log(sum(exp(x - {MAX}), axis: [1, 2], keepdims: true))",
        f"x - ({MAX} + log(sum(exp(x - {MAX}), axis: [1, 2], keepdims: true)))",
        "transpose(z - log(sum(exp(z), axis: [0, 1])), [2, 0, 1])",
        "-log(sum(exp(x), axis: [1, 2], keepdims: true) / exp(x))",
        "reshape(log(softmax(reshape(x, [n, 4]))), [n, 2, 2])",
        "log(reshape(softmax(reshape(x, [n, 4])), [n, 2, 2]))",
        "-(logsumexp(x, axis: [1, 2], keepdims: true) - x)",
        "-(log(sum(exp(x), axis: [1, 2]))[:, new, new] - x)",
    ], log_share, lambda x, y, j: complement(x, y) if j == y else -share(x, j)),
]


def blocks(name, spellings, value, slope):
    """Every spelling of a formula of blocks, with the slopes of one of its elements."""
    with Family(name) as family:
        for dtype, kind in TYPES.items():
            # Of two that are infinite, none is the larger.
            numbers = [[float(kind(p)), 0.0, float(kind(-p / 2)),
                        float(kind(0 if math.isinf(p) else p / 4))] for p in ROWS for _ in range(4)]
            labels = [0, 1, 2, 3] * len(ROWS)
            exact = [[standing_for(v) for v in row] for row in numbers]
            count = len(numbers)
            results = {
                "v": (dtype, [[[kind(near(value(r, j))) for j in pair] for pair in ((0, 1), (2, 3))]
                              for r in exact]),
                "g": (dtype, [[[kind(near(slope(r, y, j))) for j in pair]
                               for pair in ((0, 1), (2, 3))] for r, y in zip(exact, labels)])}
            inputs = {"x": (dtype, np.array(numbers).reshape(-1, 2, 2)),
                      "i": ("i64", [y // 2 for y in labels]), "j": ("i64", [y % 2 for y in labels])}
            for number, spelling in enumerate(spellings):
                spelling = spelling.replace("[n,", f"[{count},")
                body = ["z = transpose(x, [1, 2, 0])"] if "z" in spelling else []
                body += [f"v = {spelling}", f"g = grad(sum(v[arange({count}), i, j]), wrt: x)"]
                family.add(f"{name}_{number}_{dtype}",
                           [f"x: {dtype}[{count}, 2, 2]", f"i: i64[{count}]", f"j: i64[{count}]"],
                           body, inputs, results)


DISTRIBUTIONS = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.25, 0.25], [0.125, 0.125, 0.75]]
CROSS_ENTROPY = [
    "-sum(p * log(softmax(x)), axis: 1)", "-sum(p * log_softmax(x), axis: 1)",
    "-sum(log(softmax(x)) * p, axis: -1)", "sum(-p * log(softmax(x)), axis: 1)",
    "-sum(p * log(exp(x) / sum(exp(x), axis: 1, keepdims: true)), axis: 1)",
    "-sum(p * log(exp(x) / sum(exp(x), axis: 1)[:, new]), axis: 1)",
    "-sum(p * (x - logsumexp(x, axis: 1, keepdims: true)), axis: 1)",
    "sum(p * (logsumexp(x, axis: 1, keepdims: true) - x), axis: 1)",
    "-sum(p * (x - log(sum(exp(x), axis: 1, keepdims: true))), axis: 1)",
    "-sum(p * (x - max(x, axis: 1, keepdims: true) - log(sum(exp(x - max(x, axis: 1,"
    " keepdims: true)), axis: 1, keepdims: true))), axis: 1)",
    "-einsum(\"ij,ij->i\", p, log(softmax(x)))",
]


def cross_entropy():
    """Cross-entropy of logits and any distribution, also that of one label.

    Left out is what lies so near its distribution that the slope, a difference of the two, shows
    how the probabilities are rounded; and infinite logits of what has probability 0, since 0 times
    infinity is no number.
    """
    def slope(x, p, j):
        return sum(p[k] * (share(x, j) if k != j else -complement(x, j)) for k in LABELS)

    def is_compared(x, p):
        if any(map(math.isnan, x)):
            return True
        if any(map(math.isinf, x)) and 0 in p:
            return False
        exact = [standing_for(v) for v in x]
        return all(abs(slope(exact, p, j)) > p[j] / 2 for j in LABELS if p[j] < 1)

    with Family("cross_entropy") as family:
        for dtype, kind in TYPES.items():
            pairs = [([float(kind(r)), 0.0, float(kind(-r / 2))], p)
                     for r in ROWS for p in DISTRIBUTIONS]
            pairs = [(x, p) for x, p in pairs if is_compared(x, p)]
            exact = [([standing_for(v) for v in x], p) for x, p in pairs]
            count = len(pairs)
            results = {
                "v": (dtype, [kind(near(sum(-log_share(x, j) * p[j] for j in LABELS)))
                              for x, p in exact]),
                "g": (dtype, [[kind(near(slope(x, p, j))) for j in LABELS] for x, p in exact])}
            for number, spelling in enumerate(CROSS_ENTROPY):
                family.add(f"cross_entropy_{number}_{dtype}",
                           [f"x: {dtype}[{count}, 3]", f"p: {dtype}[{count}, 3]"],
                           [f"v = {spelling}", "g = grad(sum(v), wrt: x)"],
                           {"x": (dtype, [x for x, _ in pairs]), "p": (dtype, [p for _, p in pairs])},
                           results)


BINARY = [
    "-(y * log(sigmoid(x)) + (1 - y) * log(1 - sigmoid(x)))",
    "-y * log(1 / (1 + exp(-x))) - (1 - y) * log(1 - 1 / (1 + exp(-x)))",
    "y * log(1 + exp(-x)) + (1 - y) * log(1 + exp(x))",
    "where(y == 1, -log(sigmoid(x)), -log(1 - sigmoid(x)))",
    "where(y == 1, log(1 + exp(-x)), x + log(1 + exp(-x)))",
]


def binary():
    """Cross-entropy of a probability, for either truth, from finite logits."""
    with Family("binary_cross_entropy") as family:
        for dtype, kind in TYPES.items():
            points = [float(kind(sign * p)) for p in POINTS for sign in (1, -1)] * 2
            truths = [float(i < len(points) // 2) for i in range(len(points))]
            signs = [1 if y == 0 else -1 for y in truths]
            results = {
                "v": (dtype, [kind(near(sp(c * mp.mpf(p)))) for p, c in zip(points, signs)]),
                "g": (dtype, [kind(near(c * s(c * mp.mpf(p)))) for p, c in zip(points, signs)])}
            for number, spelling in enumerate(BINARY):
                shape = f"{dtype}[{len(points)}]"
                family.add(f"binary_cross_entropy_{number}_{dtype}", [f"x: {shape}", f"y: {shape}"],
                           [f"v = {spelling}", "g = grad(sum(v), wrt: x)"],
                           {"x": (dtype, points), "y": (dtype, truths)}, results)


LITERALS = [
    ("log(1 + exp(800))", 800), ("log(exp(800.0))", 800), ("log(sigmoid(-800.0))", -800),
    ("1 - sigmoid(40.0)", s(mp.mpf(-40))), ("1 - erf(10.0)", mp.erfc(10)),
    ("log(erfc(40.0))", log_erfc(mp.mpf(40))), ("exp(1e-20) - 1", mp.mpf(1e-20)),
    ("1 / (1 + exp(800.0))", 0), ("exp(800.0) / (1 + exp(800.0))", 1),
    ("log(exp(800.0) + exp(801.0))", 801 + mp.log1p(mp.exp(-1))), ("log(exp(-800.0) * 2)", mp.log(2) - 800),
    ("log(sum(exp([800.0, 800.0])))", 800 + mp.log(2)),
]


def literals():
    """Formulas of literals alone, which must not be computed before they are stable."""
    with Family("literals") as family:
        for number, (text, value) in enumerate(LITERALS):
            family.add(f"literals_{number}", [], [f"v = {text}"], {}, {"v": ("f64", near(value))})


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    with np.errstate(over="ignore", under="ignore"):
        for formula in FORMULAS:
            elementwise(formula)
        for formula in ROW_FORMULAS:
            rows(*formula)
        for formula in BLOCK_FORMULAS:
            blocks(*formula)
        cross_entropy()
        binary()
    literals()
