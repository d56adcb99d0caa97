"""Products of matrices by our own loops and by the BLAS that --blas=cblas calls, in turns."""

import ctypes
import os
import re

import numpy as np

from measure import Unmeasured, build
from speed import Function, inputs, named

NUMPY = {"f32": np.float32, "f64": np.float64}
PRODUCT = "graph product(a: {0}[m, k], b: {0}[k, n]) -> (c) {{ c = a @ b }}\n"


def rows(gradc, shared, folder, quick=False):
    """A row for each size and type, and for the shared perceptron; peers are the calls of BLAS."""
    choose_kernels()
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    seconds = 0.3 if quick else 1.0
    for dtype in "f32", "f64":
        both = pair(gradc, folder, "product", dtype, PRODUCT.format(dtype))
        for n in (64, 128, 256, 512) if quick else (64, 128, 256, 512, 1024):
            random = np.random.default_rng(n)
            given = {name: random.random((n, n)).astype(NUMPY[dtype]) - 0.5 for name in "ab"}
            sizes = dict(m=n, k=n, n=n)
            yield row("product", "n %d" % n, dtype, both, sizes, given, seconds, 2 * n ** 3)
    workload = os.path.join(shared, "workloads", "mlp.graph")
    if os.path.exists(workload):
        yield from perceptrons(gradc, shared, folder, workload, seconds)
    os.sched_setaffinity(0, cores)


def perceptrons(gradc, shared, folder, workload, seconds):
    """Value and gradients of the shared perceptron in both types."""
    with open(workload) as file:
        text = file.read()
    module = inputs(os.path.join(shared, "peers"))
    for dtype in "f32", "f64":
        both = pair(gradc, folder, "mlp", dtype, re.sub(r"\bf(32|64)\b", dtype, text))
        parameters, x, y = module.mlp_inputs(NUMPY[dtype])
        given = dict(named("wb", parameters), x=x, y=y)
        sizes = dict(n=128, i=784, h=512, k=512, o=10)
        yield row("mlp", "784-512-512-10", dtype, both, sizes, given, seconds)


def choose_kernels():
    """One thread, and the kernels that OpenBLAS does not find by itself on newer CPUs."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    with open("/proc/cpuinfo") as file:
        if "avx512f" in file.read():
            os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")


def pair(gradc, folder, name, dtype, text):
    """Libraries and headers of a graph, made without the option and with it."""
    return [library(gradc, folder, name, "%s_%s" % (name, dtype), text, blas)
            for blas in ("none", "cblas")]


def library(gradc, folder, name, stem, text, blas):
    """The library and the header of a graph with a choice of BLAS."""
    place = os.path.join(folder, "%s_%s" % (stem, blas))
    with open(place + ".graph", "w") as file:
        file.write(text)
    with open(place + ".c", "w") as file:
        file.write("int benchmark_nothing(void) { return 0; }\n")
    build([gradc, place + ".graph", "--blas=" + blas, "-o", place + ".o"], "gradc")
    build(["cc", "-shared", place + ".c", place + ".o", "-o", place + ".so"]
          + (["-lopenblas"] if blas == "cblas" else []) + ["-lm"], "OpenBLAS")
    with open(place + ".h") as header:
        return name, ctypes.CDLL(place + ".so"), header.read()


def row(workload, size, dtype, both, sizes, given, seconds, operations=None):
    """The least times of both in turns, after a comparison of all results."""
    result = {"workload": workload, "size": size, "dtype": dtype, "peer": "OpenBLAS"}
    functions = [Function(code, header, name, sizes, given) for name, code, header in both]
    for function in functions:
        function.run(function.values)
    places = 1e-3 if dtype == "f32" else 1e-11
    for ours, theirs in zip(functions[0].results, functions[1].results):
        if not np.max(np.abs(ours - theirs)) <= places * max(1, np.max(np.abs(ours))):
            return dict(result, error="the results differ")
    try:
        times = [[function.time(function.values, seconds / 4) for function in functions]
                 for _ in range(4)]
    except Unmeasured as reason:
        return dict(result, error=str(reason))
    ours, theirs = (min(column) for column in zip(*times))
    result.update(ours_s=ours, peer_s=theirs, ratio=ours / theirs)
    if operations:
        result["note"] = "%.0f and %.0f GFLOP/s" % (operations / ours / 1e9,
                                                    operations / theirs / 1e9)
    return result
