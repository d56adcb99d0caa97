#!/usr/bin/env python3
"""Writes factors: qr, eigh and svd with their derivatives, from JAX in f64, and what is known
by hand where numbers coincide.

Signs of eigenvectors and singular vectors are set as the manual says: the first element of more than
0.7 times the greatest magnitude is positive. JAX has no derivative of qr with more columns than rows;
there r's last columns are q's transpose times the operand's.

Usage: python3 make_factor_cases.py   (needs jax and numpy)
"""
import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
FOLDER = pathlib.Path(__file__).parent / "factors"
TOLERANCES = {"f64": (1e-11, 1e-12), "f32": (2e-5, 2e-5), "f16": (1e-2, 2e-2)}
STEPS = {"f64": 2**-20, "f32": 2**-10, "f16": 2**-6}
rng = np.random.default_rng(11)


def draw(shape, dtype="f64"):
    """Numbers from -1 to 1 that the type holds exactly."""
    return np.round(rng.uniform(-1, 1, shape) / STEPS[dtype]) * STEPS[dtype]


def striped(shape, first, step, dtype="f64"):
    """Matrices with an ascending diagonal, which sets eigenvalues and singular values apart."""
    stripe = np.zeros(shape[-2:])
    for i in range(min(shape[-2:])):
        stripe[i, i] = first + step * i
    return draw(shape, dtype) + stripe


def number(value):
    value = float(value)
    return value if np.isfinite(value) else repr(value)


def entry(array, dtype):
    array = np.asarray(array)
    if dtype == "bool":
        data = array.astype(bool).tolist()
    elif dtype[0] == "i":
        data = array.astype(int).tolist()
    else:
        data = np.vectorize(number, otypes=[object])(array).tolist() if array.size else array.tolist()
    return {"dtype": dtype, "shape": list(array.shape), "data": data}


def write(name, text, inputs, expected, dtype="f64", **more):
    """A case: `inputs` and `expected` map names to arrays, or to pairs of an array and its type."""
    def entries(values):
        pairs = {key: value if isinstance(value, tuple) else (value, dtype)
                 for key, value in values.items()}
        return {key: entry(*pair) for key, pair in pairs.items()}
    relative, absolute = TOLERANCES[dtype]
    case = {"graph": name, "inputs": entries(inputs), **more}
    if expected is not None:
        case["expect"] = entries(expected)
        case["tolerance"] = {"rel": relative, "abs": absolute}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.graph").write_text(text)
    (FOLDER / f"{name}.json").write_text(json.dumps(case) + "\n")


# The functions.


def signs(columns):
    """The signs that the manual's rule gives to vectors, which are columns."""
    columns = jax.lax.stop_gradient(columns)
    if columns.size == 0:
        return jnp.ones(columns.shape[:-2] + columns.shape[-1:])
    size = jnp.abs(columns)
    first = jnp.argmax(size >= 0.7 * size.max(axis=-2, keepdims=True), axis=-2)
    return jnp.sign(jnp.take_along_axis(columns, first[..., None, :], axis=-2))[..., 0, :]


def qr(a):
    rows, columns = a.shape[-2:]
    q, r = jnp.linalg.qr(a[..., :rows])
    if columns > rows:
        r = jnp.concatenate([r, jnp.swapaxes(q, -1, -2) @ a[..., rows:]], axis=-1)
    return q, r


def eigh(a):
    lower = jnp.tril(a)
    whole = lower + jnp.swapaxes(jnp.tril(a, -1), -1, -2)
    w, v = jnp.linalg.eigh(whole, symmetrize_input=False)
    return w, v * signs(v)[..., None, :]


def svd(a):
    u, s, vt = jnp.linalg.svd(a, full_matrices=False)
    sign = signs(u)
    return u * sign[..., None, :], s, vt * sign[..., :, None]


FUNCTIONS = {"qr": (qr, "qr"), "eigh": (eigh, "wv"), "svd": (svd, ["u", "s", "vt"])}


def dims(shape, symbolic, function):
    """How a shape is declared, with the symbols and their sizes."""
    if not symbolic:
        return ", ".join(map(str, shape)), "", {}
    rows, columns = shape[-2:]
    rest = {"n": min(rows, columns)}
    texts = {rows: "n", columns: "n"}
    if rows != columns:
        rest["m"] = abs(rows - columns)
        texts[max(rows, columns)] = "m + n"
    batch = [f"b{i}" for i in range(len(shape) - 2)]
    rest.update(zip(batch, shape[:-2]))
    return ", ".join(batch + [texts[rows], texts[columns]]), f"[{', '.join(rest)}]", rest


def dims_of(shape, template, declared):
    """How the shape of a result is declared, given that of the operand."""
    texts = dict(zip(template, declared.split(", ")))
    return ", ".join(texts.get(size, str(size)) for size in shape)


def differentiated(name, operation, a, dtype="f64", symbolic=False):
    """Values, gradient, tangents and a second derivative of a factorisation."""
    function, results = FUNCTIONS[operation]
    shape, symbols, sizes = dims(a.shape, symbolic, operation)
    values = function(jnp.asarray(a))
    weights = [draw(value.shape, dtype) for value in values]
    t = draw(a.shape, dtype)

    def cost(x):
        return sum(jnp.sum(c * y) for c, y in zip(weights, function(x)))

    tangents = jax.jvp(function, (jnp.asarray(a),), (jnp.asarray(t),))[1]
    gradient, second = jax.jvp(jax.grad(cost), (jnp.asarray(a),), (jnp.asarray(t),))
    real = f"{dtype}[{shape}]"
    parameters = [f"a: {real}", f"t: {real}"] + [
        f"c{y}: {dtype}[{dims_of(w.shape, a.shape, shape)}]" for y, w in zip(results, weights)]
    outs = list(results) + ["g"] + [f"d{y}" for y in results] + ["h"]
    lines = [f"    {', '.join(results)} = {operation}(a)",
             f"    y = {' + '.join(f'sum(c{y} * {y})' for y in results)}",
             "    g = grad(y, wrt: a)"]
    lines += [f"    d{y} = jvp({y}, wrt: a, along: t)" for y in results]
    lines += ["    h = hvp(y, wrt: a, along: t)"]
    text = (f"graph {name}{symbols}({', '.join(parameters)}) -> ({', '.join(outs)}) {{\n"
            + "\n".join(lines) + "\n}\n")
    inputs = {"a": a, "t": t, **{f"c{y}": w for y, w in zip(results, weights)}}
    inputs.update({key: (size, "i64") for key, size in sizes.items()})
    expected = dict(zip(outs, [*values, gradient, *tangents, second]))
    write(name, text, inputs, expected, dtype)


def tables():
    for operation, first, step in [("qr", 2, 1), ("eigh", -3, 4), ("svd", 3, 3)]:
        shapes = {"square": (4, 4), "one": (1, 1), "stack": (2, 3, 3), "none": (0, 0)}
        if operation != "eigh":
            shapes.update({"tall": (5, 3), "wide": (3, 5), "column": (4, 1), "row": (1, 4),
                           "thin_stack": (2, 2, 4, 2), "no_columns": (3, 0), "no_rows": (0, 3)})
        for kind, shape in shapes.items():
            for dtype in ["f64", "f32"]:
                a = striped(shape, first, step, dtype)
                differentiated(f"{operation}_{kind}_{dtype}", operation, a, dtype)
        for kind in ["square", "tall", "wide", "stack"]:
            if kind in shapes:
                a = striped(shapes[kind], first, step)
                differentiated(f"{operation}_{kind}_symbolic", operation, a, symbolic=True)
    differentiated("svd_half", "svd", striped((3, 2), 2, 2, "f16"), "f16")


# What is known by hand.


def lower(a):
    """What a symmetric gradient becomes for a function that reads the lower triangle."""
    return np.tril(a) + np.tril(a.T, -1)


def coinciding():
    """Eigenvalues and singular values that coincide: their own derivatives are finite, those of
    vectors are not, but of vectors that stand alone."""
    ones = np.ones((3, 3))
    text = """graph NAME(a: f64[3, 3], c: f64[3, 3]) -> (gw, gv, isfinite_c, isfinite_t) {
    w, v = eigh(a)
    gw = grad(sum(w ** 2), wrt: a)
    p = v[:, 2:] * v[:, 2]
    gv = grad(sum(c * p), wrt: a)
    isfinite_c = any(isfinite(grad(sum(c * v), wrt: a)) && tril(ones([3, 3])) > 0)
    isfinite_t = any(isfinite(jvp(v, wrt: a, along: c)[:, :2]))
}
"""
    c = draw((3, 3))
    for name, a in [("eigh_ties", np.diag([2.0, 2, 5])), ("eigh_ones", ones)]:
        v = np.linalg.eigh(a)[1][:, 2]
        gap = np.linalg.eigvalsh(a)[2] - np.linalg.eigvalsh(a)[0]
        # p = v vᵀ moves by (1 - p) da p / gap and its transpose.
        p = np.outer(v, v)
        rest = (np.eye(3) - p) / gap
        gradient = rest @ (c + c.T) @ p
        write(name, text.replace("NAME", name), {"a": a, "c": c},
              {"gw": lower(2 * a), "gv": lower((gradient + gradient.T) / 2),
               "isfinite_c": (False, "bool"), "isfinite_t": (False, "bool")})
    text = """graph NAME(a: f64[4, 3], c: f64[4, 3]) -> (s, gs, gp, isfinite_u, isfinite_v, isfinite_t) {
    u, s, vt = svd(a)
    gs = grad(sum(s[:1]), wrt: a)
    gp = grad(sum(c * (u[:, :1] @ vt[:1, :])), wrt: a)
    isfinite_u = any(isfinite(grad(sum(u * c), wrt: a)))
    isfinite_v = any(isfinite(grad(sum(vt * c[:3, :]), wrt: a)))
    isfinite_t = any(isfinite(jvp(u, wrt: a, along: c)[:, 1:]))
}
"""
    c = draw((4, 3))
    x, y = np.array([1.0, 2, 2, 4]) / 5, np.array([2.0, 1, 2]) / 3
    for name, a, s in [("svd_rank_one", 7 * np.outer(x, y), [7.0, 0, 0])]:
        # p = x yᵀ moves by (1 - x xᵀ) da y yᵀ / s and x xᵀ da (1 - y yᵀ) / s.
        left, right = np.outer(x, x), np.outer(y, y)
        gradient = ((np.eye(4) - left) @ c @ right + left @ c @ (np.eye(3) - right)) / 7
        write(name, text.replace("NAME", name), {"a": a, "c": c},
              {"s": s, "gs": np.outer(x, y), "gp": gradient,
               **{f"isfinite_{z}": (False, "bool") for z in "uvt"}})
    # The sum of all singular values has the slope u vᵀ where they coincide, too.
    q = np.linalg.qr(draw((4, 3)))[0]
    text = """graph svd_orthogonal(a: f64[4, 3], c: f64[4, 3]) -> (s, g, isfinite_u) {
    u, s, vt = svd(a)
    g = grad(sum(s), wrt: a)
    isfinite_u = any(isfinite(grad(sum(u * c), wrt: a)))
}
"""
    write("svd_orthogonal", text, {"a": 2 * q, "c": c},
          {"s": [2.0, 2, 2], "g": q, "isfinite_u": (False, "bool")})


def triangle():
    """The upper triangle is not read, and has no derivative."""
    text = """graph eigh_reads_below(a: f64[3, 3]) -> (w, v, g) {
    w, v = eigh(a)
    g = grad(sum(v[0, :] * w), wrt: a)
}
"""
    a = striped((3, 3), -2, 4)
    w, v = eigh(jnp.asarray(a))
    gradient = jax.grad(lambda x: jnp.sum(eigh(x)[1][0] * eigh(x)[0]))(jnp.asarray(a))
    a[np.triu_indices(3, 1)] = np.nan
    write("eigh_reads_below", text, {"a": a}, {"w": w, "v": v, "g": gradient})


def invariants():
    """Functions in which signs do not matter."""
    text = """graph factor_invariants(a: f64[4, 4], c: f64[4, 4]) -> (root, inverse, polar, onto) {
    w, v = eigh(a)
    root = grad(sum(c * (v * sqrt(w) @ transpose(v))), wrt: a)
    u, s, vt = svd(a)
    inverse = grad(sum(c * (transpose(vt) / s @ transpose(u))), wrt: a)
    polar = grad(sum(c * (u @ vt)), wrt: a)
    q, r = qr(a[:, :2])
    onto = grad(sum(c * (q @ transpose(q))), wrt: a)
}
"""
    a, c = striped((4, 4), 4, 3), draw((4, 4))

    def root(x):
        whole = jnp.tril(x) + jnp.tril(x, -1).T
        w, v = jnp.linalg.eigh(whole, symmetrize_input=False)
        return jnp.sum(c * (v * jnp.sqrt(w) @ v.T))

    def polar(x):
        u, _, vt = jnp.linalg.svd(x, full_matrices=False)
        return jnp.sum(c * (u @ vt))

    def onto(x):
        x = x[:, :2]
        return jnp.sum(c * (x @ jnp.linalg.inv(x.T @ x) @ x.T))

    functions = [root, lambda x: jnp.sum(c * jnp.linalg.inv(x)), polar, onto]
    gradients = [jax.grad(f)(jnp.asarray(a)) for f in functions]
    write("factor_invariants", text, {"a": a, "c": c},
          dict(zip(["root", "inverse", "polar", "onto"], gradients)))


def failures():
    """Calls that fail: what is not finite does not converge, and the derivative of qr needs
    independent columns."""
    bad = np.eye(3)
    bad[2, 0] = np.nan
    infinite = np.eye(3)
    infinite[1, 1] = np.inf
    for name, operation, results, a in [
            ("eigh_nan", "eigh", "w, v", bad), ("eigh_infinite", "eigh", "w, v", infinite),
            ("svd_nan", "svd", "u, s, vt", bad), ("svd_infinite", "svd", "u, s, vt", infinite)]:
        text = f"graph {name}(a: f64[3, 3]) -> ({results}) {{\n    {results} = {operation}(a)\n}}\n"
        write(name, text, {"a": a}, None, expect_error="no convergence", stage="run")
    text = """graph qr_dependent(a: f64[3, 2]) -> (g) {
    q, r = qr(a)
    g = grad(sum(q), wrt: a)
}
"""
    write("qr_dependent", text, {"a": np.array([[1.0, 0], [0, 0], [0, 0]])}, None,
          expect_error="singular", stage="run")


if __name__ == "__main__":
    tables()
    coinciding()
    triangle()
    invariants()
    failures()
