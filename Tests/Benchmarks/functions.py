"""Functions of the language over 10,000 elements, beside JAX and libm in one process."""

import ctypes
import os

import numpy as np

from measure import Unmeasured, build, report_here

COUNT = 10000
TYPES = {"f32": (np.float32, "float", "f"), "f64": (np.float64, "double", "")}
# Name in the language, in JAX (below jax) and in C, and the range of arguments.
FUNCTIONS = [
    ("exp", "numpy.exp", "exp", -20, 20), ("exp2", "numpy.exp2", "exp2", -20, 20),
    ("expm1", "numpy.expm1", "expm1", -5, 5), ("log", "numpy.log", "log", 0.01, 100),
    ("log2", "numpy.log2", "log2", 0.01, 100), ("log10", "numpy.log10", "log10", 0.01, 100),
    ("log1p", "numpy.log1p", "log1p", -0.9, 10), ("cbrt", "numpy.cbrt", "cbrt", -10, 10),
    ("sin", "numpy.sin", "sin", -10, 10), ("cos", "numpy.cos", "cos", -10, 10),
    ("tan", "numpy.tan", "tan", -10, 10), ("asin", "numpy.arcsin", "asin", -1, 1),
    ("acos", "numpy.arccos", "acos", -1, 1), ("atan", "numpy.arctan", "atan", -5, 5),
    ("sinh", "numpy.sinh", "sinh", -5, 5), ("cosh", "numpy.cosh", "cosh", -5, 5),
    ("tanh", "numpy.tanh", "tanh", -5, 5), ("asinh", "numpy.arcsinh", "asinh", -50, 50),
    ("acosh", "numpy.arccosh", "acosh", 1, 50), ("atanh", "numpy.arctanh", "atanh", -1, 1),
    ("erf", "scipy.special.erf", "erf", -3, 3), ("erfc", "scipy.special.erfc", "erfc", -3, 5),
    ("erfinv", "scipy.special.erfinv", None, -1, 1),
    ("gamma", "scipy.special.gamma", "tgamma", 0.1, 20),
    ("lgamma", "scipy.special.gammaln", "lgamma", 0.1, 50),
    ("digamma", "scipy.special.digamma", None, 0.1, 50),
    ("pow", "numpy.power", "pow", 0.1, 5), ("atan2", "numpy.arctan2", "atan2", -5, 5),
    ("hypot", "numpy.hypot", "hypot", -5, 5),
]
BINARY = {"pow", "atan2", "hypot"}


def libraries(gradc, folder):
    """Ours, and loops over libm."""
    graphs, loops = [], ["#include <math.h>", "#include <stdint.h>"]
    for name, _, in_c, _, _ in FUNCTIONS:
        operands = "xy"[:2 if name in BINARY else 1]
        for dtype, (_, c, suffix) in TYPES.items():
            inputs = ", ".join("%s: %s[n]" % (o, dtype) for o in operands)
            graphs.append("graph %s_%s(%s) -> (r: %s[n]) {\n  r = %s(%s)\n}\n" % (
                name, dtype, inputs, dtype, name, ", ".join(operands)))
            if in_c:
                loops.append("void c_%s_%s(int64_t n, %s, %s *r) {"
                             " for (int64_t i = 0; i < n; i++) r[i] = %s(%s); }" % (
                                 name, dtype, ", ".join("const %s *%s" % (c, o) for o in operands),
                                 c, in_c + suffix, ", ".join(o + "[i]" for o in operands)))
    source = os.path.join(folder, "functions")
    with open(source + ".graph", "w") as file:
        file.write("\n".join(graphs))
    with open(source + ".c", "w") as file:
        file.write("\n".join(loops))
    build([gradc, source + ".graph", "-o", source + ".o"], "gradc")
    build(["gcc", "-shared", source + ".o", "-o", source + ".so", "-lm"], "gcc")
    build(["gcc", "-O2", "-shared", "-fPIC", source + ".c", "-o", source + "_c.so", "-lm"], "gcc")
    return ctypes.CDLL(source + ".so"), ctypes.CDLL(source + "_c.so")


def jax_module():
    """JAX for one thread, or nil."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    try:
        import jax
        import jax.numpy
        import jax.scipy.special
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    # Else another thread computes, whose CPU time may be counted for a later call.
    jax.config.update("jax_cpu_enable_async_dispatch", False)
    return jax


def jax_call(jax, path, inputs):
    """A call of a function of JAX, and its values."""
    function = jax
    for part in path.split("."):
        function = getattr(function, part)
    function = jax.jit(function)
    given = [jax.numpy.asarray(x) for x in inputs]
    return lambda: jax.block_until_ready(function(*given)), np.asarray(function(*given))


def rows(gradc, folder, quick):
    """A row for each function, type and peer, after a check of the values."""
    ours, theirs = libraries(gradc, folder)
    jax = jax_module()
    time = 0.05 if quick else 0.3
    random = np.random.default_rng(0)
    for name, in_jax, in_c, low, high in FUNCTIONS:
        for dtype, (number, _, _) in TYPES.items():
            inputs = [(low + (high - low) * random.random(COUNT)).astype(number)
                      for _ in range(2 if name in BINARY else 1)]
            result, other = np.zeros(COUNT, number), np.zeros(COUNT, number)
            size = ctypes.c_int64(COUNT)
            given = [x.ctypes.data_as(ctypes.c_void_p) for x in inputs]
            values = given + [result.ctypes.data_as(ctypes.c_void_p), None, ctypes.c_size_t(0)]
            function = getattr(ours, "%s_%s" % (name, dtype))
            seconds = report_here(lambda: function(size, *values), time)
            row = {"workload": name, "size": str(COUNT), "dtype": dtype, "ours_s": seconds,
                   "note": "%.2f ns an element" % (seconds / COUNT * 1e9)}
            if in_c:
                loop = getattr(theirs, "c_%s_%s" % (name, dtype))
                place = other.ctypes.data_as(ctypes.c_void_p)
                peer = report_here(lambda: loop(size, *given, place), time)
                check(name, result, other)
                yield dict(row, peer="libm", peer_s=peer, ratio=seconds / peer)
            if jax:
                call, values = jax_call(jax, in_jax, inputs)
                check(name, result, values)
                peer = report_here(call, time)
                yield dict(row, peer="JAX", peer_s=peer, ratio=seconds / peer)


def check(name, result, peer):
    """Compares values, of which those of the peer may have few digits."""
    places = 2000 * np.finfo(result.dtype).eps
    off = np.abs(result - peer) / np.maximum(np.abs(peer), 0.1)
    if not np.nanmax(off) <= places:
        raise Unmeasured("%s and its peer do not agree: %g" % (name, np.nanmax(off)))
