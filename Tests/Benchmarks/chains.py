"""Long graphs: compile time and memory as they grow."""

import ctypes
import math
import os

import numpy as np

from measure import Unmeasured, build, least

WIDTH = 8


def factor(step):
    """No two steps are equal, so that none is shared."""
    return 1 + 1e-4 * step


def graph(lines, last, scalar):
    """A graph of some lines, whose result is a value and its gradient."""
    size = str(WIDTH) if scalar else "n"
    result = "%s + 0" % last if scalar else "sum(%s)" % last
    return "\n".join(
        ["graph chain(x: f64[%s]) -> (y: f64, g: f64[%s]) {" % (size, size)]
        + ["    " + line for line in lines]
        + ["    y = " + result, "    g = grad(y, wrt: x)", "}", ""])


def element(step, scalar):
    """What a step takes from the input: one of 8 scalars, or all of a vector."""
    return "x[%d]" % (step % WIDTH) if scalar else "x"


def chain(steps, scalar):
    """Each step takes the one before, in 3 operations."""
    lines = ["s%d = sin(%s) + %.17g * %s" % (
        i, "s%d" % (i - 1) if i else element(0, scalar), factor(i), element(i, scalar))
        for i in range(steps)]
    return graph(lines, "s%d" % (steps - 1), scalar)


def sharing(steps, scalar):
    """Each step takes the one before and one that is far back, which others take as well, in 3
    operations."""
    lines = ["s0 = " + element(0, scalar)] + [
        "s%d = sin(s%d) + %.17g * s%d" % (i, i - 1, decay(i), i // 2) for i in range(1, steps)]
    return graph(lines, "s%d" % (steps - 1), scalar)


def decay(step):
    """Factors of shared values: below 1, since there are very many paths."""
    return 0.1 + 1e-7 * step


def tree(steps, scalar):
    """Leaves that are added up in pairs, in about 2 operations a step."""
    row = ["a%d" % i for i in range(2 * steps // 3)]
    lines = ["a%d = sin(%.17g * %s)" % (i, factor(i), element(i, scalar))
             for i in range(len(row))]
    while len(row) > 1:
        pairs = ["s%d" % (len(lines) + i) for i in range(len(row) // 2)]
        lines += ["%s = %s + %s" % (name, row[2 * i], row[2 * i + 1])
                  for i, name in enumerate(pairs)]
        row = pairs + row[2 * len(pairs):]
    return graph(lines, row[0], scalar)


# The operations of a step, as the language counts them.
OPERATIONS = {chain: 3, sharing: 3, tree: 2}


def reference(make, steps, scalar, x):
    """Value and gradient in NumPy, by the chain rule."""
    at = (lambda i: x[i % WIDTH]) if scalar else (lambda i: x)
    gradient = np.zeros_like(x)

    def add(i, amount):
        gradient[i % WIDTH if scalar else slice(None)] += amount

    one = 1.0 if scalar else np.ones_like(x)
    if make is tree:
        y = 0.0
        for i in range(2 * steps // 3):
            y = y + np.sin(factor(i) * at(i))
            add(i, factor(i) * np.cos(factor(i) * at(i)))
    elif make is chain:
        y, inputs = at(0), []
        for i in range(steps):
            inputs.append(y)
            y = np.sin(y) + factor(i) * at(i)
        back = one
        for i in reversed(range(steps)):
            add(i, factor(i) * back)
            back = back * np.cos(inputs[i])
        add(0, back)
    else:
        values = [at(0)]
        for i in range(1, steps):
            values.append(np.sin(values[i - 1]) + decay(i) * values[i // 2])
        back = [0.0 * one for _ in values]
        back[-1] = one
        for i in reversed(range(1, steps)):
            back[i - 1] = back[i - 1] + back[i] * np.cos(values[i - 1])
            back[i // 2] = back[i // 2] + back[i] * decay(i)
        y = values[-1]
        add(0, back[0])
    return np.sum(y), gradient


def check(make, steps, scalar, folder):
    """Calls what was compiled, and compares."""
    library = os.path.join(folder, "chain.so")
    build(["cc", "-shared", "-o", library, os.path.join(folder, "chain.o"), "-lm"], "linking")
    x = np.random.default_rng(0).random(WIDTH)
    y, g = np.full(1, np.nan), np.full(WIDTH, np.nan)
    pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)
    sizes = [] if scalar else [ctypes.c_int64(WIDTH)]
    status = ctypes.CDLL(library).chain(
        *sizes, pointer(x), pointer(y), pointer(g), None, ctypes.c_size_t(0))
    value, gradient = reference(make, steps, scalar, x)
    good = status == 0 and np.isclose(y[0], value, rtol=1e-9) and np.allclose(
        g, gradient, rtol=1e-7, atol=1e-12)
    if not good:
        raise Unmeasured("wrong: status %d, value %r, expected %r" % (status, y[0], value))


def rows(gradc, folder, limit, lengths):
    """A row for each form, kind and length."""
    for make in chain, tree, sharing:
        for kind in "scalar", "vector":
            yield from lengths_of(make, kind, gradc, folder, limit, lengths)


def lengths_of(make, kind, gradc, folder, limit, lengths):
    """A row for each length, with how time and memory grow from the row above."""
    previous = None
    for length in lengths:
        steps = length // OPERATIONS[make]
        row = {"workload": "compile " + make.__name__, "size": "%d %ss" % (length, kind),
               "dtype": "f64"}
        place = os.path.join(folder, "%s-%s%d" % (make.__name__, kind, length))
        os.makedirs(place, exist_ok=True)
        source = os.path.join(place, "chain.graph")
        scalar = kind == "scalar"
        with open(source, "w") as file:
            file.write(make(steps, scalar))
        try:
            run = least([gradc, source, "-o", os.path.join(place, "chain.o")],
                        3 if length < 5000 else 1, limit)
            check(make, steps, scalar, place)
        except Unmeasured as reason:
            yield dict(row, error=str(reason))
            break
        row.update(ours_s=run.cpu, wall_s=run.wall, memory=run.memory)
        note = "%.0f MB" % (run.memory / 1e6)
        if previous:
            ratio = math.log(length / previous[0])
            row["exponent"] = math.log(run.cpu / previous[1]) / ratio
            row["memory_exponent"] = math.log(run.memory / previous[2]) / ratio
            note += ", exponents %.2f and %.2f" % (row["exponent"], row["memory_exponent"])
        previous = length, run.cpu, run.memory
        yield dict(row, note=note)
