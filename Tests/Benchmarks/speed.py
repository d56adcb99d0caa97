"""The shared workloads at the sizes of the shared peers, on the same inputs, beside them in one run."""

import ctypes
import importlib.util
import json
import os
import re
import subprocess
import sys
import time

import numpy as np

from measure import Unmeasured, build

NUMPY = {"float": np.float32, "double": np.float64, "int32_t": np.int32}


def inputs(peers):
    """The module of the peers that makes inputs from fixed seeds."""
    spec = importlib.util.spec_from_file_location("inputs", os.path.join(peers, "workloads.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases(k):
    """Rows: workload, its size as the peers call it, type, sizes of symbols, inputs, reference."""
    for n, d, c in [(1000, 10, 5), (1000, 10, 25), (1000, 20, 10), (1000, 32, 25), (1000, 64, 50),
                    (10000, 10, 25), (10000, 32, 25), (10000, 64, 25)]:
        size = "n%d_d%d_k%d" % (n, d, c)
        given = k.gmm_inputs(n, d, c)
        yield "gmm", size, "f64", dict(n=n, d=d, k=c), given, "gmm_" + size
    for l, t in [(2, 1024), (4, 1024), (4, 4096)]:
        given = k.lstm_inputs(l, t)
        names = dict(layers="main", ends="extra", state="state", text="seq")
        given = {ours: given[theirs] for ours, theirs in names.items()}
        size = "l%d_c%d" % (l, t)
        yield "lstm", size, "f64", dict(l=l, b=14, t=t), given, "lstm_" + size
    for n, m, p in [(49, 7776, 31843), (161, 48126, 182072)]:
        names = ["cameras", "points", "weights", "observed", "pixels"]
        given = dict(zip(names, k.ba_inputs(n, m, p)))
        yield "ba", "n%d_m%d_p%d" % (n, m, p), "f64", dict(n=n, m=m, p=p), given, None
    for n, steps in [(1000, 10), (10000, 100)]:
        given = dict(x=np.random.default_rng(0).random(n))
        yield "ode", "n%d_s%d" % (n, steps), "f64", dict(n=n, steps=steps), given, None
    for n in (10000, 160000, 1280000):
        given = dict(x=np.random.default_rng(0).random(n))
        yield "lse", "n%d" % n, "f64", dict(n=n), given, "lse_n%d" % n
    for c, n, d in [(100, 10000, 16), (1000, 10000, 8)]:
        points = np.random.default_rng(0).random((n, d))
        given = dict(points=points, centers=points[-c:].copy())
        yield "kmeans", "k%d_n%d_d%d" % (c, n, d), "f64", dict(k=c, n=n, d=d), given, None
    for n in (1024, 16392):
        given = dict(x=np.random.default_rng(0).random(128))
        yield "llsq", "n%d_m128" % n, "f64", dict(n=n, m=128), given, "llsq_n%d_m128" % n
    for dtype, numpy in ("f64", np.float64), ("f32", np.float32):
        w, b, x, y = k.logreg_inputs(numpy)
        yield ("logreg", "N10000_D784", dtype, dict(n=10000, d=784), dict(x=x, y=y, w=w, b=b),
               "logreg_f64")
        p, x, y = k.mlp_inputs(numpy)
        yield ("mlp", "784-512-512-10_b128", dtype, dict(n=128, i=784, h=512, k=512, o=10),
               dict(named("wb", p), x=x, y=y), "mlp_f64")
    p, x, y = k.lenet_inputs()
    names = ["k1", "c1", "k2", "c2", "w1", "b1", "w2", "b2", "w3", "b3"]
    yield "lenet", "b64", "f32", dict(n=64), dict(zip(names, p), x=x, y=y), "lenet_f64"
    for t in (50, 100):
        yield "cartpole", "N%d" % t, "f64", dict(t=t), dict(u=0.1 * np.sin(np.arange(t))), None
    yield ("cartpole_hessian", "N50", "f64", dict(t=50), dict(u=0.1 * np.sin(np.arange(50))),
           None)


def named(letters, pairs):
    """Pairs of arrays under names such as w1, b1, w2."""
    return {letter + str(number + 1): np.ascontiguousarray(array)
            for number, pair in enumerate(pairs) for letter, array in zip(letters, pair)}


class Function:
    """A function of a compiled workload with its arguments."""

    def __init__(self, library, header, name, sizes, given):
        text = re.search(r"int %s\((.*?)\)\s+GRADC_SYMBOL\(\"(.*?)\"" % name, header, re.S)
        self.call = getattr(library, text.group(2))
        self.nothing = library.benchmark_nothing
        self.values, self.results, self.places, self.keep = [], [], [], []
        for argument in self.arguments(text.group(1)):
            words = re.sub(r"GRADC_[A-Z_]+|const|\*", " ", argument).split()
            kind, label = words[0], words[-1]
            if kind == "int64_t" and "*" not in argument:
                self.values.append(ctypes.c_int64(sizes[label]))
            elif label in given and "*" in argument:
                array = np.ascontiguousarray(given[label], NUMPY[kind])
                self.keep.append(array)
                self.values.append(array.ctypes.data_as(ctypes.c_void_p))
            elif label in given:
                as_c = ctypes.c_float if kind == "float" else ctypes.c_double
                self.values.append(as_c(float(given[label])))
            elif kind in NUMPY:
                count = re.search(r"GRADC_COUNT_OR_NULL\((.*)\)", argument)
                shape = int(eval(count.group(1).replace("/", "//"), {}, sizes)) if count else 1
                result = np.zeros(max(shape, 1), NUMPY[kind])
                self.results.append(result)
                self.places.append(len(self.values))
                self.values.append(result.ctypes.data_as(ctypes.c_void_p))
            elif kind == "void":
                self.values.append(None)
            else:
                self.values.append(ctypes.c_size_t(0))
        self.take_workspace(library, header, name, sizes)

    @staticmethod
    def arguments(text):
        """The arguments of a declaration."""
        depth, start, parts = 0, 0, []
        for place, letter in enumerate(text):
            depth += (letter == "(") - (letter == ")")
            if letter == "," and depth == 0:
                parts.append(text[start:place])
                start = place + 1
        return parts + [text[start:]]

    def take_workspace(self, library, header, name, sizes):
        """Gives the function a workspace, so that no call allocates one."""
        found = re.search(
            r"size_t %s_workspace_size\((.*?)\)\s+GRADC_SYMBOL\(\"(.*?)\"" % name, header, re.S)
        if not found:
            return
        ask = getattr(library, found.group(2))
        ask.restype = ctypes.c_size_t
        needed = ask(*[ctypes.c_int64(sizes[symbol])
                       for symbol in re.findall(r"int64_t (\w+)", found.group(1))])
        memory = np.zeros(needed + 64, np.uint8)
        self.keep.append(memory)
        self.values[-2] = ctypes.c_void_p((memory.ctypes.data + 63) // 64 * 64)
        self.values[-1] = ctypes.c_size_t(needed)
        self.workspace = needed

    def primal(self):
        """The arguments with NULL for all results but the first."""
        values = list(self.values)
        for place in self.places[1:]:
            values[place] = None
        return values

    def run(self, values):
        status = self.call(*values)
        if status != 0:
            raise Unmeasured("the call ends with status %d" % status)

    def time(self, values, seconds):
        """The least CPU time of a call, without what Python takes to make one."""
        whole = least(lambda: self.run(values), seconds)
        if whole > 1e-3:
            return whole
        return whole - least(lambda: self.nothing(*values), 0.1)


def least(call, seconds):
    """The least CPU time of a call: blocks of calls until the time is over."""
    call()
    start = time.process_time()
    call()
    one = max(time.process_time() - start, 1e-7)
    inner = max(1, int(0.005 / one))
    best, end, blocks = float("inf"), time.perf_counter() + seconds, 0
    while blocks < 5 or time.perf_counter() < end:
        start = time.process_time()
        for _ in range(inner):
            call()
        best = min(best, (time.process_time() - start) / inner)
        blocks += 1
    return best


def check(function, reference, dtype):
    """Value and gradients against what was recorded of JAX in double precision."""
    places = 1e-9 if dtype == "f64" else 2e-3
    value = float(function.results[0][0])
    if not abs(value - reference["value"]) <= places * abs(reference["value"]):
        raise Unmeasured("value %r, expected %r" % (value, reference["value"]))
    for gradient in reference["grads"]:
        size = int(np.prod(gradient["shape"]))
        norms = [float(np.linalg.norm(result.astype(np.float64)))
                 for result in function.results[1:] if result.size == size]
        if not any(abs(norm - gradient["norm2"]) <= places * max(gradient["norm2"], 1e-8)
                   for norm in norms):
            raise Unmeasured("norms of gradients %r, expected %r" % (norms, gradient["norm2"]))


def peer_rows(peers, name):
    """What the peers of a workload take, by size and type."""
    script = ["bench_casadi.py", "rollout"] if name.startswith("cartpole") else [
        "bench_jax.py", name]
    core = str(max(os.sched_getaffinity(0)))
    environment = dict(os.environ, BENCH_CPU=core, BENCH_THREADS="1")
    done = subprocess.run([sys.executable] + script, cwd=peers, env=environment,
                          capture_output=True, text=True)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 and not rows:
        print("no peer of %s: %s" % (name, done.stderr.strip()[-200:]), file=sys.stderr)
    return rows


def compiled(gradc, workloads, folder, name, dtype):
    """The library and header of a workload in a type."""
    file = name.split("_hessian")[0]
    with open(os.path.join(workloads, file + ".graph")) as source:
        text = re.sub(r"\bf(32|64)\b", dtype, source.read())
    place = os.path.join(folder, "%s_%s" % (file, dtype))
    with open(place + ".graph", "w") as source:
        source.write(text)
    build([gradc, place + ".graph", "-o", place + ".o"], "gradc")
    with open(place + ".c", "w") as source:
        source.write("int benchmark_nothing(void) { return 0; }\n")
    build(["cc", "-shared", place + ".c", place + ".o", "-o", place + ".so", "-lm"], "cc")
    with open(place + ".h") as header:
        return ctypes.CDLL(place + ".so"), header.read()


def rows(gradc, shared, folder, names=(), quick=False):
    """A row for each workload and size; a quick run leaves the peers out."""
    peers = os.path.join(shared, "peers")
    with open(os.path.join(peers, "ref.json")) as file:
        references = json.load(file)
    known = {}
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    for name, size, dtype, sizes, given, reference in cases(inputs(peers)):
        if names and name not in names:
            continue
        row = {"workload": name, "size": size, "dtype": dtype}
        try:
            library, header = compiled(
                gradc, os.path.join(shared, "workloads"), folder, name, dtype)
            function = Function(library, header, name, sizes, given)
            function.run(function.values)
            if reference in references:
                check(function, references[reference], dtype)
            row["ours_s"] = function.time(function.values, 0.5)
            row["primal_s"] = function.time(function.primal(), 0.3)
            row["gradient_primal"] = row["ours_s"] / row["primal_s"]
            if not quick:
                family = name.split("_")[0]
                if family not in known:
                    known[family] = peer_rows(peers, family)
                row.update(best(known[family], name, size, dtype, row["ours_s"]))
        except Unmeasured as reason:
            row["error"] = str(reason)
        yield row
    os.sched_setaffinity(0, cores)


def best(peers, name, size, dtype, ours):
    """The fastest of some peers at a size."""
    wants_hessian = name.endswith("hessian")
    fitting = [row for row in peers
               if row["size"] == size and row["dtype"] == dtype and "grad_s" in row
               and (not name.startswith("cartpole") or "cartpole" in row["workload"])
               and row["workload"].endswith("_hess") == wants_hessian]
    if not fitting:
        return {}
    fastest = min(fitting, key=lambda row: row["grad_s"])
    return {"peer": fastest["peer"], "peer_s": fastest["grad_s"],
            "ratio": ours / fastest["grad_s"]}
