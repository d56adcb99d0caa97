"""Writes Cases/linear_algebra: values and derivatives of functions of matrices by JAX in f64.

    pip install jax numpy
    python3 make_linear_algebra_cases.py

JAX takes the upper triangle of what `cholesky` reads as the mirror image of the lower one; here the
lower one alone is read, so that the function is spelled that way.
"""

import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.linalg import expm, solve_triangular

jax.config.update("jax_enable_x64", True)
FOLDER = pathlib.Path(__file__).parent / "linear_algebra"
RANDOM = np.random.default_rng(20)


def mirrored(a):
    low = jnp.tril(a, -1)
    return jnp.tril(a) + jnp.swapaxes(low, -1, -2)


def cholesky(a):
    return jnp.linalg.cholesky(mirrored(a), symmetrize_input=False)


def solve(a, b):
    return jnp.linalg.solve(a, b)


def substitute(lower):
    return lambda a, b: solve_triangular(a, b, lower=lower)


def well(shape, shift=0, first=3.0, step=0.25):
    """Matrices with a stripe of greater elements, which may need pivoting."""
    n = shape[-1]
    stripe = np.roll(np.eye(n), shift, axis=1) * (first + step * np.arange(n))[:, None]
    return RANDOM.uniform(-1, 1, shape) + stripe


def positive(shape):
    n = shape[-1]
    a = RANDOM.uniform(-1, 1, shape)
    # What is above the diagonal must not matter.
    return np.tril(a) + np.eye(n) * n + np.triu(RANDOM.uniform(50, 60, shape), 1)


def plain(shape, size=1.0):
    return RANDOM.uniform(-size, size, shape)


def rank_one_less(n):
    a = plain((n, n - 1)) @ plain((n - 1, n))
    return np.round(a * 4) / 4


def entry(x):
    x = np.asarray(x)
    return {"dtype": str(x.dtype).replace("float", "f"), "shape": list(x.shape), "data": x.tolist()}


def spelled(shape, fixed):
    """The shape as it is written: sizes above 1 as symbols."""
    return "[" + ", ".join(str(s) if fixed or s <= 1 else f"n{s}" for s in shape) + "]"


def write(name, text, function, inputs, dtype="f64", fixed=False, order=2, tolerance=None):
    """One case: the value, its tangent, the cotangents, and a product with a Hessian."""
    numpy_type = {"f64": np.float64, "f32": np.float32}[dtype]
    inputs = {k: np.asarray(v, numpy_type) for k, v in inputs.items()}
    names = list(inputs)
    exact = [jnp.asarray(v, jnp.float64) for v in inputs.values()]
    value = function(*exact)
    along = [np.asarray(plain(v.shape), numpy_type) for v in inputs.values()]
    ct = np.asarray(plain(value.shape), numpy_type)
    tangents = [jnp.asarray(v, jnp.float64) for v in along]
    weights = jnp.asarray(ct, jnp.float64)
    _, t = jax.jvp(function, exact, tangents)
    cotangents = jax.vjp(function, *exact)[1](weights)
    expected = {"value": value, "t": t}
    expected |= {f"g_{k}": g for k, g in zip(names, cotangents)}
    given = {**inputs, **{f"d_{k}": v for k, v in zip(names, along)}, "ct": ct}
    along_list = "[" + ", ".join(f"d_{k}" for k in names) + "]"
    wrt = "[" + ", ".join(names) + "]"
    if len(names) == 1:
        along_list, wrt = along_list[1:-1], wrt[1:-1]
    lines = [
        f"    value = {text}",
        f"    t = jvp(value, wrt: {wrt}, along: {along_list})",
        f"    {', '.join(f'g_{k}' for k in names)} = vjp(value, wrt: {wrt}, along: ct)",
    ]
    if order == 2:
        cost = lambda *x: jnp.sum(weights * jnp.sin(function(*x)))
        products = jax.jvp(jax.grad(cost, tuple(range(len(names)))), exact, tangents)[1]
        expected |= {f"h_{k}": h for k, h in zip(names, products)}
        lines.append(
            f"    {', '.join(f'h_{k}' for k in names)} = "
            f"hvp(sum(ct * sin(value)), wrt: {wrt}, along: {along_list})"
        )
    parameters = ", ".join(
        f"{k}: {dtype}" + (spelled(v.shape, fixed) if v.shape else "") for k, v in given.items()
    )
    head = f"graph {name}({parameters})\n    -> ({', '.join(expected)}) {{\n"
    (FOLDER / f"{name}.graph").write_text(head + "\n".join(lines) + "\n}\n")
    scale = max([1.0] + [float(np.max(np.abs(v))) for v in expected.values() if np.size(v)])
    unit = {"f64": 1e-11, "f32": 1e-5}[dtype]
    case = {
        "graph": name,
        "inputs": {k: entry(v) for k, v in given.items()},
        "expect": {k: entry(np.asarray(v, numpy_type)) for k, v in expected.items()},
        "tolerance": tolerance or {"rel": unit, "abs": unit * scale},
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(case) + "\n")


def main():
    FOLDER.mkdir(exist_ok=True)
    for dtype in ["f64", "f32"]:
        def case(name, *rest, **options):
            write(f"{name}_{dtype}", *rest, dtype=dtype, **options)

        case("solve_vector", "solve(a, b)", solve, {"a": well((4, 4), 1), "b": plain(4)})
        case("solve_matrix", "solve(a, b)", solve, {"a": well((5, 5), 2), "b": plain((5, 3))})
        case("solve_fixed", "solve(a, b)", solve, {"a": well((3, 3), 1), "b": plain((3, 2))},
             fixed=True)
        case("solve_one", "solve(a, b)", solve, {"a": well((1, 1)), "b": plain((1, 2))})
        case("solve_empty", "solve(a, b)", lambda a, b: b + 0 * jnp.sum(a),
             {"a": plain((0, 0)), "b": plain((0, 2))})
        case("solve_stack", "solve(a, b)", solve,
             {"a": well((2, 3, 3), 1), "b": plain((2, 3, 4))})
        case("solve_broadcast", "solve(a, b)", solve,
             {"a": well((1, 4, 3, 3)), "b": plain((2, 1, 3, 2))}, fixed=True)
        case("solve_shared", "solve(a, b)",
             lambda a, b: solve(jnp.broadcast_to(a, (2, 3, 3)), b),
             {"a": well((3, 3), 1), "b": plain((2, 3, 4))})
        case("solve_vectors", "solve(a, b)",
             lambda a, b: solve(a, jnp.broadcast_to(b, (2, 3))[..., None])[..., 0],
             {"a": well((2, 3, 3), 1), "b": plain(3)})
        case("solve_blocks", "solve(a, b)", solve,
             {"a": well((70, 70), 3), "b": plain((70, 2))}, order=1)
        case("lower", "triangular_solve(a, b, lower: true)", substitute(True),
             {"a": well((4, 4)), "b": plain((4, 3))})
        case("upper", "triangular_solve(a, b, lower: false)", substitute(False),
             {"a": well((4, 4)), "b": plain((4, 3))}, fixed=True)
        case("lower_vector", "triangular_solve(a, b)", substitute(True),
             {"a": well((5, 5)), "b": plain(5)})
        case("lower_blocks", "triangular_solve(a, b)", substitute(True),
             {"a": well((41, 41), 0, 8), "b": plain((41, 3))}, order=1)
        case("cholesky", "cholesky(a)", cholesky, {"a": positive((4, 4))})
        case("cholesky_fixed", "cholesky(a)", cholesky, {"a": positive((3, 3))}, fixed=True)
        case("cholesky_stack", "cholesky(a)", cholesky, {"a": positive((2, 3, 3))})
        case("cholesky_blocks", "cholesky(a)", cholesky, {"a": positive((37, 37))}, order=1)
        case("inverse", "inv(a)", jnp.linalg.inv, {"a": well((4, 4), 1)})
        case("inverse_stack", "inv(a)", jnp.linalg.inv, {"a": well((3, 2, 2), 1)}, fixed=True)
        case("det", "det(a)", jnp.linalg.det, {"a": well((4, 4), 1, 1)})
        case("det_stack", "det(a)", jnp.linalg.det, {"a": well((2, 3, 3), 1)})
        case("det_two", "det(a)", jnp.linalg.det, {"a": well((2, 2), 1)}, fixed=True)
        case("det_singular", "det(a)", jnp.linalg.det, {"a": rank_one_less(3)}, order=1)
        case("slogdet", "slogarithm(a)", lambda a: jnp.linalg.slogdet(a)[1],
             {"a": well((4, 4), 1)})
        case("slogdet_stack", "slogarithm(a)", lambda a: jnp.linalg.slogdet(a)[1],
             {"a": well((2, 3, 3), 2)})
        case("expm", "expm(a)", expm, {"a": plain((4, 4))})
        case("expm_stack", "expm(a)", expm, {"a": plain((2, 3, 3), 0.5)}, fixed=True)
        case("expm_turning", "expm(a)", expm,
             {"a": (lambda a: 3 * (a - a.T))(plain((5, 5)))})
        case("expm_one", "expm(a)", expm, {"a": plain((1, 1))})
        case("log_det", "log(det(a @ transpose(a)))",
             lambda a: jnp.linalg.slogdet(a @ a.T)[1], {"a": well((4, 4))})
        case("gauss", "0.5 * (v @ solve(a @ transpose(a) + eye(4), v)) "
             "+ sum(log(diagonal(cholesky(a @ transpose(a) + eye(4)))))",
             lambda v, a: 0.5 * (v @ solve(a @ a.T + jnp.eye(4), v))
             + jnp.sum(jnp.log(jnp.diagonal(cholesky(a @ a.T + jnp.eye(4))))),
             {"v": plain(4), "a": plain((4, 4))}, fixed=True)
    for path in FOLDER.glob("slogdet*.graph"):
        function = "func slogarithm(a) {\n    s, l = slogdet(a)\n    return l\n}\n\n"
        path.write_text(function + path.read_text())


main()
