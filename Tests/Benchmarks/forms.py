"""What a Hessian-vector product costs beside one gradient, on the shared workloads."""

import ctypes
import os
import re

import numpy as np

from measure import Unmeasured, build, report_here

SIZES = {
    "logreg": dict(n=2000, d=100), "mlp": dict(n=64, i=128, h=128, k=128, o=10),
    "lse": dict(n=20000), "gmm": dict(n=200, d=8, k=6), "lstm": dict(l=2, b=32, t=40),
    "cartpole": dict(t=50), "ode": dict(n=30, steps=50), "kmeans": dict(n=300, k=10, d=8),
    "lenet": dict(n=8), "llsq": dict(n=2000, m=10), "dlogistic": dict(m=100, n=100),
}
DTYPES = {"f32": np.float32, "f64": np.float64}
GRADIENT = re.compile(r"\n    [\w, ]+ =\s+grad\((.*?), wrt: (\[.*?\]|\w+)\)")
PARAMETER = re.compile(r"(\w+): (f32|f64)(\[[^\]]*\])?")
GRAPH = re.compile(r"graph (\w+)(\[\w+\])?\((.*?)\) -> \((.*?)\) \{(.*?)\n\}", re.S)


def variants(text):
    """The workload with its gradient as the only result, and with an hvp along the parameters."""
    match = GRAPH.search(text)
    _, declared, parameters, _, body = match.groups()
    gradient = GRADIENT.search(body)
    cost, wrt = gradient.groups()
    names = [name.strip() for name in wrt.strip("[]").split(",")]
    results = ", ".join("r%d" % number for number in range(len(names)))
    graphs = [text[:match.start()]]
    for name, form in ("gradient", "grad(%s, wrt: %s)" % (cost, wrt)), (
            "product", "hvp(%s, wrt: %s, along: %s)" % (cost, wrt, wrt)):
        graphs.append("graph %s%s(%s) -> (%s) {%s\n    %s = %s\n}\n" % (
            name, declared or "", parameters, results, body[:gradient.start()], results, form))
    return "".join(graphs), parameters, names


def arguments(header, parameters, names, sizes):
    """The arguments of both functions, and the arrays that they point to."""
    order = re.search(r"int gradient\((.*?)\);", header, re.S).group(1)
    values = [ctypes.c_int64(sizes[name]) for name in re.findall(r"int64_t (\w+)", order)]
    draw = np.random.default_rng(0)
    arrays = {}
    for name, dtype, shape in PARAMETER.findall(parameters):
        dims = [int(eval(dim, {}, sizes)) for dim in shape.strip("[]").split(",") if dim]
        array = np.asarray(np.abs(draw.standard_normal(dims)) * 0.1, DTYPES[dtype])
        arrays[name] = array
        values.append(
            array.ctypes.data_as(ctypes.c_void_p) if shape else ctypes.c_double(float(array)))
    results = [np.zeros_like(arrays[name]) for name in names]
    values += [result.ctypes.data_as(ctypes.c_void_p) for result in results]
    return values, arrays, results


def change(values, arrays, parameters, names, scaled):
    """Gives parameters other values, also those that are passed by value."""
    symbols = len(values) - 2 - len(names) - len(arrays)
    for place, (name, dtype, shape) in enumerate(PARAMETER.findall(parameters)):
        if name in names:
            arrays[name][...] = scaled(name)
            if not shape:
                values[symbols + place] = ctypes.c_double(float(arrays[name]))


def check(call, values, arrays, results, parameters, names):
    """The product along the parameters against a central difference of gradients."""
    gradient, product = call
    product()
    found = [np.array(result, np.float64) for result in results]
    exact = {name: arrays[name].copy() for name in names}
    step = 1e-5 if arrays[names[0]].dtype == np.float64 else 1e-2
    sides = []
    for sign in (1, -1):
        change(values, arrays, parameters, names, lambda name: exact[name] * (1 + sign * step))
        gradient()
        sides.append([np.array(result, np.float64) for result in results])
    change(values, arrays, parameters, names, lambda name: exact[name])
    wanted = [(a - b) / (2 * step) for a, b in zip(*sides)]
    scale = max(np.abs(part).max() for part in wanted)
    error = max(np.abs(a - b).max() for a, b in zip(found, wanted))
    if not error <= (1e-6 if step < 1e-3 else 2e-2) * scale:
        raise Unmeasured("the product is off by %g of %g" % (error, scale))


def rows(gradc, workloads, folder):
    """A row for each workload."""
    for name, sizes in SIZES.items():
        with open(os.path.join(workloads, name + ".graph")) as file:
            text, parameters, names = variants(file.read())
        place = os.path.join(folder, "forms_" + name)
        with open(place + ".graph", "w") as file:
            file.write(text)
        build([gradc, place + ".graph", "-o", place + ".o"], "gradc")
        build(["cc", "-shared", "-o", place + ".so", place + ".o", "-lm"], "cc")
        library = ctypes.CDLL(place + ".so")
        with open(place + ".h") as file:
            values, arrays, results = arguments(file.read(), parameters, names, sizes)
        space = np.zeros(1 << 26, np.uint8)
        start = -space.ctypes.data % 64
        values += [ctypes.c_void_p(space.ctypes.data + start), ctypes.c_size_t(space.size - 64)]
        calls = []
        for function in library.gradient, library.product:
            if function(*values):
                raise Unmeasured("a call of %s fails" % name)
            calls.append(lambda function=function: function(*values))
        check(calls, values, arrays, results, parameters, names)
        gradient, product = (report_here(call) for call in calls)
        yield {
            "workload": "hvp " + name, "size": " ".join("%s=%d" % size for size in sizes.items()),
            "dtype": str(arrays[names[0]].dtype).replace("float", "f"), "ours_s": product,
            "peer": "one gradient", "peer_s": gradient, "ratio": product / gradient, "goal": 5,
            "note": "goal 5"}
