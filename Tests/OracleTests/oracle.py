"""How make_oracle.py writes cases: a `.graph` file for each family, and beside it a `.json` file with
what other programs give."""
import json
import math
import pathlib

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np

jax.config.update("jax_enable_x64", True)
mp.mp.dps = 60

BITS = -1
FOLDER = pathlib.Path(__file__).parent / "Cases"
NAMES = {"float64": "f64", "float32": "f32", "int64": "i64", "int32": "i32", "int8": "i8",
         "uint8": "u8", "uint64": "u64", "bool": "bool"}


def single(a):
    """Numbers that `f32` holds too, so that both types are given the same."""
    return np.asarray(a, dtype=np.float32).astype(np.float64)


class Random:
    """Draws that depend on a seed alone."""

    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def real(self, *shape, low=-2.0, high=2.0):
        return single(self.rng.uniform(low, high, shape))

    def apart(self, *shape):
        """Distinct numbers, none closer to another than differences are wide."""
        count = math.prod(shape)
        return single(self.rng.permutation(np.linspace(-2, 2, count) + 0.01)).reshape(shape)

    def integers(self, low, high, *shape):
        return self.rng.integers(low, high, shape)

    def matrix(self, *shape):
        """Well-conditioned square matrices."""
        n = shape[-1]
        return single(self.rng.uniform(-1, 1, shape) + 2 * np.eye(n))

    def positive(self, *shape):
        """Positive definite matrices."""
        a = self.rng.uniform(-1, 1, shape)
        return single(a @ np.swapaxes(a, -1, -2) + 1.5 * np.eye(shape[-1]))

    def separate(self, *shape, symmetric=False):
        """Matrices whose eigenvalues or singular values lie apart."""
        a = self.rng.uniform(-0.3, 0.3, shape)
        if symmetric:
            a = a + np.swapaxes(a, -1, -2)
        return single(a + np.eye(*shape[-2:]) * np.arange(1, shape[-1] + 1))


def element(x):
    if isinstance(x, (bool, np.bool_)):
        return bool(x)
    if isinstance(x, (int, np.integer)):
        return int(x) if x < 2 ** 63 else int(x) - 2 ** 64
    # As text: not every reader of JSON gives the nearest double.
    return repr(float(x))


def entry(a, dtype=None):
    a = np.asarray(a)
    return {"dtype": dtype or NAMES[a.dtype.name], "shape": list(a.shape),
            "data": [element(v) for v in a.reshape(-1)]}


class Family:
    """The cases of one file."""

    def __init__(self, name):
        self.name = name
        self.text = []
        self.cases = []

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is None:
            (FOLDER / f"{self.name}.graph").write_text("\n".join(self.text))
            (FOLDER / f"{self.name}.json").write_text(
                "[\n" + ",\n".join(json.dumps(c) for c in self.cases) + "\n]\n")

    def add(self, graph, builtins, parameters, body, inputs, results, reals, ulps, whole):
        """Adds a graph with its inputs and results.

        reals: the names of what has the type `real`. ulps: how many units of the last place of the
        type a result may be off, and BITS where even the sign of a zero counts; `whole`, in units of
        the greatest element, not of each.
        """
        self.text += [f"graph {graph}({', '.join(parameters)}) -> ({', '.join(results)}) {{"]
        self.text += [f"    {line}" for line in body] + ["}", ""]
        self.cases.append({
            "graph": graph, "builtins": builtins, "ulps": ulps, "whole": whole,
            "inputs": {k: entry(v, "real" if k in reals else None) for k, v in inputs.items()},
            "expect": {k: entry(v, "real" if k in reals else None) for k, v in results.items()},
        })

    # Functions of arrays: values from NumPy, derivatives from JAX.

    def case(self, graph, builtins, call, inputs, f, value=None, wrt=None, ulps=16, whole=True,
             outputs=1, strong=()):
        """A call with its value, and, by its real inputs, with `vjp`, `jvp` and `hvp`.

        f: from a module (NumPy or jax.numpy) and the inputs to the results; value: the values, where
        NumPy is not to compute them by `f`; wrt: by which inputs it is differentiated, all real ones
        if nothing is said; strong: inputs and results whose type is not `real`, though they are
        floats.
        """
        random = Random(len(graph) * 1000 + sum(graph.encode()))
        builtins = builtins.split()
        inputs = {k: np.asarray(v) for k, v in inputs.items()}
        reals = {k for k, v in inputs.items() if v.dtype == np.float64 and k not in strong}
        inputs |= {k: single(inputs[k]) for k in reals}
        values = value if value is not None else f(np, *inputs.values())
        values = [np.asarray(v) for v in (values if outputs > 1 else [values])]
        names = ["y"] if outputs == 1 else [f"y{i}" for i in range(outputs)]
        results = dict(zip(names, values))
        reals |= {k for k, v in results.items() if v.dtype == np.float64 and k not in strong}
        body = [f"{', '.join(names)} = {call}"]
        by = [k for k in (wrt if wrt is not None else inputs) if k in reals]
        smooth = [n for n in names if n in reals]
        if by and smooth:
            self.derivatives(random, f, names, smooth, by, inputs, results, reals, body)
        parameters = [
            f"{k}: {'real' if k in reals else NAMES[v.dtype.name]}"
            + (f"[{', '.join(map(str, v.shape))}]" if v.ndim else "")
            for k, v in inputs.items()]
        self.add(graph, builtins, parameters, body, inputs, results, reals, ulps, whole)

    def derivatives(self, random, f, names, smooth, by, inputs, results, reals, body):
        """Adds the derivatives of a call to what it gives and what it is given."""
        fixed = dict(inputs)
        order = list(inputs)
        moved = [jnp.asarray(inputs[k]) for k in by]

        def function(*args):
            given = [jnp.asarray(args[by.index(k)] if k in by else fixed[k]) for k in order]
            y = f(jnp, *given)
            y = list(y) if len(names) > 1 else [y]
            return [v for n, v in zip(names, y) if n in smooth]

        for got, name in zip(function(*moved), smooth):
            np.testing.assert_allclose(got, results[name], rtol=1e-9, atol=1e-12)
        weights = [random.real(*results[n].shape) for n in smooth]
        directions = [random.real(*inputs[k].shape) for k in by]

        def cost(*args):
            return sum(jnp.sum(w * y) for w, y in zip(weights, function(*args)))

        gradient = jax.grad(cost, argnums=tuple(range(len(by))))
        g, h = jax.jvp(gradient, tuple(moved), tuple(jnp.asarray(v) for v in directions))
        _, t = jax.jvp(function, tuple(moved), tuple(jnp.asarray(v) for v in directions))
        for n, w in zip(smooth, weights):
            inputs[f"w_{n}"] = w
        for k, v in zip(by, directions):
            inputs[f"v_{k}"] = v
        body.append("cost = " + " + ".join(f"sum(w_{n} * {n})" for n in smooth))
        body.append(f"{', '.join('g_' + k for k in by)} = grad(cost, wrt: [{', '.join(by)}])")
        along = f"wrt: [{', '.join(by)}], along: [{', '.join('v_' + k for k in by)}]"
        for n, tangent in zip(smooth, t):
            body.append(f"t_{n} = jvp({n}, {along})")
            results[f"t_{n}"] = np.asarray(tangent)
        body.append(f"{', '.join('h_' + k for k in by)} = hvp(cost, {along})")
        for k, first, second in zip(by, g, h):
            results[f"g_{k}"] = np.asarray(first)
            results[f"h_{k}"] = np.asarray(second)
        reals |= set(results) - set(names) | {k for k in inputs if k[:2] in ("w_", "v_")}

    # Functions of numbers: values and derivatives from mpmath.

    def elementwise(self, name, f, columns, ulps, whole=False):
        """A function of numbers at the rows of some columns, with two derivatives by each."""
        columns = [single(c) for c in columns]
        symbols = ["x", "z", "u"][:len(columns)]
        rows = [[mp.mpf(float(v)) for v in row] for row in zip(*columns)]
        graph = "op_" + name
        inputs = dict(zip(symbols, columns))
        results = {"y": [f(*row) for row in rows]}
        body = [f"y = {name}({', '.join(symbols)})"]
        body.append(f"{', '.join('g_' + s for s in symbols)} = "
                    f"grad(sum(y), wrt: [{', '.join(symbols)}])")
        for i, s in enumerate(symbols):
            body.append(f"h_{s} = grad(sum(g_{s}), wrt: {s})")
            first, second = [0] * len(symbols), [0] * len(symbols)
            first[i], second[i] = 1, 2
            results[f"g_{s}"] = [partial(f, row, first) for row in rows]
            results[f"h_{s}"] = [partial(f, row, second) for row in rows]
        results = {k: np.array([float(v) for v in values]) for k, values in results.items()}
        parameters = [f"{s}: real[{len(rows)}]" for s in symbols]
        self.add(graph, [name], parameters, body, inputs, results, set(inputs) | set(results), ulps,
                 whole)


def partial(f, row, orders):
    """A partial derivative by differences of 60 digits."""
    return mp.diff(f, tuple(row), tuple(orders)) if len(row) > 1 else mp.diff(f, row[0], sum(orders))
