"""Chains of operations: compile time and memory as they grow."""

import ctypes
import math
import os

import numpy as np

from measure import Unmeasured, build, least

WIDTH = 8


def scalar_chain(steps):
    """A value that depends on 8 scalars through 2 operations a step, and its gradient."""
    lines = ["    s%d = sin(%s) + %.17g * x[%d]" % (
        i, "s%d" % (i - 1) if i else "x[0]", factor(i), i % WIDTH) for i in range(steps)]
    return "\n".join(
        ["graph chain(x: f64[%d]) -> (y: f64, g: f64[%d]) {" % (WIDTH, WIDTH)] + lines
        + ["    y = s%d + 0" % (steps - 1), "    g = grad(y, wrt: x)", "}", ""])


def vector_chain(steps):
    """The same on vectors of any length."""
    lines = ["    s%d = sin(%s) + %.17g * x" % (i, "s%d" % (i - 1) if i else "x", factor(i))
             for i in range(steps)]
    return "\n".join(
        ["graph chain(x: f64[n]) -> (y: f64, g: f64[n]) {"] + lines
        + ["    y = sum(s%d)" % (steps - 1), "    g = grad(y, wrt: x)", "}", ""])


def factor(step):
    """No two steps are equal, so that none is shared."""
    return 1 + 1e-4 * step


def reference(kind, steps, x):
    """Value and gradient in NumPy, by the chain rule."""
    scalar = kind == "scalar"
    s, inputs, slopes = (x[0] if scalar else x), [], []
    for i in range(steps):
        inputs.append(s)
        s = np.sin(s) + factor(i) * (x[i % WIDTH] if scalar else x)
    gradient, back = np.zeros_like(x), (1.0 if scalar else np.ones_like(x))
    for i in reversed(range(steps)):
        if scalar:
            gradient[i % WIDTH] += factor(i) * back
        else:
            gradient += factor(i) * back
        back = back * np.cos(inputs[i])
    if scalar:
        gradient[0] += back
        return s, gradient
    return s.sum(), gradient + back


def check(kind, steps, folder):
    """Calls what was compiled, and compares."""
    library = os.path.join(folder, "chain.so")
    build(["cc", "-shared", "-o", library, os.path.join(folder, "chain.o"), "-lm"], "linking")
    x = np.random.default_rng(0).random(WIDTH)
    y, g = np.full(1, np.nan), np.full(WIDTH, np.nan)
    pointer = lambda array: array.ctypes.data_as(ctypes.c_void_p)
    sizes = [ctypes.c_int64(WIDTH)] if kind == "vector" else []
    status = ctypes.CDLL(library).chain(
        *sizes, pointer(x), pointer(y), pointer(g), None, ctypes.c_size_t(0))
    value, gradient = reference(kind, steps, x)
    good = status == 0 and np.isclose(y[0], value, rtol=1e-9) and np.allclose(
        g, gradient, rtol=1e-7, atol=1e-12)
    if not good:
        raise Unmeasured("wrong: status %d, value %r, expected %r" % (status, y[0], value))


def rows(gradc, folder, limit, lengths):
    """A row for each kind and length."""
    for kind, text in ("scalar", scalar_chain), ("vector", vector_chain):
        previous = None
        for length in lengths:
            row = {"workload": "compile chain", "size": "%d %ss" % (length, kind), "dtype": "f64"}
            place = os.path.join(folder, "%s%d" % (kind, length))
            os.makedirs(place, exist_ok=True)
            source = os.path.join(place, "chain.graph")
            with open(source, "w") as file:
                file.write(text(length // 2))
            try:
                run = least([gradc, source, "-o", os.path.join(place, "chain.o")],
                            3 if length < 5000 else 1, limit)
                check(kind, length // 2, place)
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
