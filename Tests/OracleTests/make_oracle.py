#!/usr/bin/env python3
"""Writes Cases/*.graph and Cases/*.json: every built-in function of the language with values from
NumPy, SciPy and mpmath, and derivatives from JAX and mpmath, where their conventions are those of the
language.

Usage: python3 make_oracle.py [FAMILY …]        (needs numpy, scipy, jax and mpmath)
"""
import sys

import jax
import jax.numpy as jnp
import jax.scipy as jsp
import mpmath as mp
import numpy as np
import scipy

from oracle import BITS, FOLDER, Family, Random

r = Random(2026)


def spread(low, high, count=9):
    """Numbers of an interval, in no special place."""
    return r.real(count, low=low, high=high)


def signed(low, high, count=9):
    """Numbers away from 0 on both sides."""
    x = spread(low, high, count)
    x[::2] *= -1
    return x


def elementwise():
    with Family("elementwise") as f:
        wide = spread(-5, 5)
        for name, function, x in [
            ("exp", mp.exp, signed(0.01, 30)), ("exp2", lambda x: mp.mpf(2) ** x, signed(0.01, 30)),
            ("expm1", mp.expm1, signed(1e-6, 20)), ("log", mp.log, spread(0.01, 100)),
            ("log2", lambda x: mp.log(x) / mp.log(2), spread(0.01, 100)),
            ("log10", mp.log10, spread(0.01, 100)),
            ("log1p", mp.log1p, np.append(spread(-0.9, 3), [1e-7, -1e-7])),
            ("sqrt", mp.sqrt, spread(0.01, 100)), ("rsqrt", lambda x: 1 / mp.sqrt(x), spread(0.01, 9)),
            ("cbrt", lambda x: mp.sign(x) * mp.cbrt(abs(x)), signed(0.1, 50)),
            ("square", lambda x: x * x, wide), ("reciprocal", lambda x: 1 / x, signed(0.1, 10)),
            ("sin", mp.sin, signed(0.01, 200)), ("cos", mp.cos, signed(0.01, 200)),
            ("tan", mp.tan, signed(0.1, 1.4)), ("asin", mp.asin, signed(0.1, 0.9)),
            ("acos", mp.acos, signed(0.1, 0.9)), ("atan", mp.atan, signed(0.1, 20)),
            ("sinh", mp.sinh, signed(0.01, 20)), ("cosh", mp.cosh, signed(0.01, 20)),
            ("asinh", mp.asinh, signed(0.01, 100)),
            ("acosh", mp.acosh, spread(1.1, 100)), ("atanh", mp.atanh, signed(0.01, 0.95)),
            ("sigmoid", lambda x: 1 / (1 + mp.exp(-x)), signed(0.1, 20)),
            ("softplus", lambda x: mp.log1p(mp.exp(x)), signed(0.1, 20)),
            ("erf", mp.erf, signed(0.01, 3)), ("erfc", mp.erfc, spread(-3, 4)),
            ("abs", abs, signed(0.1, 5)), ("relu", lambda x: max(x, mp.mpf(0)), signed(0.1, 5)),
        ]:
            f.elementwise(name, function, [x], ulps=8)
        # Slope and bend have zeros, around which only their absolute error is small.
        f.elementwise("silu", lambda x: x / (1 + mp.exp(-x)), [spread(-4, 6)], ulps=8, whole=True)
        f.elementwise("gelu", lambda x: x * mp.ncdf(x), [spread(-4, 4)], ulps=8, whole=True)
        # 1 - y ** 2 is as exact as y, which may be near 1.
        f.elementwise("tanh", mp.tanh, [np.append(signed(0.01, 8), 0.25)], ulps=8, whole=True)
        # The slope grows with exp(y ** 2), which has 2 * y ** 2 times the error of y: here 20 times.
        f.elementwise("erfinv", mp.erfinv, [np.append(signed(0.01, 0.99), [0.999, -0.99999])],
                      ulps=32)
        for name, function, x in [
            ("gamma", mp.gamma, np.append(spread(0.2, 20), [-0.7, -2.3])),
            ("lgamma", mp.loggamma, spread(2.5, 60)), ("digamma", mp.digamma, spread(2, 50)),
        ]:
            f.elementwise(name, function, [x], ulps=16)
        for name, function in [
            ("sign", mp.sign), ("floor", mp.floor), ("ceil", mp.ceil),
            ("trunc", lambda x: mp.sign(x) * mp.floor(abs(x)))]:
            f.elementwise(name, function, [signed(0.1, 5)], ulps=0)
        f.case("op_round", "round", "round(x)",
               {"x": np.array([0.5, 1.5, 2.5, -0.5, -1.5, 1.2, -7.8])}, lambda m, x: m.round(x), ulps=0)
        special = np.array([0, 1, -1, np.inf, -np.inf, np.nan])
        for name in ["isnan", "isinf", "isfinite"]:
            f.case("op_" + name, name, name + "(x)", {"x": special},
                   lambda m, x: getattr(np, name)(x))

    with Family("binary") as f:
        a, b = signed(0.2, 4, 12), spread(-3, 3, 12)
        f.elementwise("maximum", lambda x, z: max(x, z), [a, b], ulps=0)
        f.elementwise("minimum", lambda x, z: min(x, z), [a, b], ulps=0)
        f.elementwise("pow", lambda x, z: x ** z, [spread(0.1, 4, 12), b], ulps=16)
        f.elementwise("atan2", mp.atan2, [a, signed(0.3, 3, 12)[::-1]], ulps=16)
        # The bend is 1 - p ** 2 for the slope p, which may be near 1.
        f.elementwise("hypot", mp.hypot, [a, b], ulps=16, whole=True)
        f.elementwise("copysign", lambda x, z: abs(x) * (1 if z >= 0 else -1), [a, b], ulps=0)
        # The bend is p - p ** 2 for the slope p, which may be near 1.
        f.elementwise("logaddexp", lambda x, z: mp.log(mp.exp(x) + mp.exp(z)),
                      [spread(0.5, 9, 12), spread(0.5, 9, 12)], ulps=16, whole=True)
        q = np.array([7.25, -7.25, 5.5, -0.75, 100.125, 3])
        f.case("op_fmod", "fmod", "fmod(x, z)", {"x": q, "z": np.array([2.5, 2.5, -1.5, 3, 0.75, -4])},
               lambda m, x, z: m.fmod(x, z), ulps=2)
        f.case("op_clip", "clip", "clip(x, lo, hi)",
               {"x": r.apart(8), "lo": np.array(-0.75), "hi": np.array(1.25)},
               lambda m, x, lo, hi: m.clip(x, lo, hi))
        f.case("op_where", "where", "where(c, x, z)",
               {"c": np.array([True, False, True]), "x": r.real(2, 3), "z": r.real(3)},
               lambda m, c, x, z: m.where(c, x, z))
        i = np.array([5, -3, 0, 2 ** 40 + 7, -1, 12345])
        j = np.array([3, 6, -1, 255, 8, 77])
        for name, function in [("bit_and", np.bitwise_and), ("bit_or", np.bitwise_or),
                               ("bit_xor", np.bitwise_xor)]:
            f.case("op_" + name, name, name + "(i, j)", {"i": i, "j": j},
                   lambda m, i, j: function(i, j))
        f.case("op_bit_not", "bit_not", "bit_not(i)", {"i": i}, lambda m, i: ~i)
        s = np.array([0, 1, 5, 3, 62, 2])
        f.case("op_shift_left", "shift_left", "shift_left(i, j)", {"i": i, "j": s},
               lambda m, i, j: i << j)
        f.case("op_shift_right", "shift_right", "shift_right(i, j)", {"i": i, "j": s},
               lambda m, i, j: i >> j)


def reductions():
    x = r.apart(3, 4)
    with Family("reductions") as f:
        for name, function in [
            ("sum", lambda m, x, **k: m.sum(x, **k)), ("mean", lambda m, x, **k: m.mean(x, **k)),
            ("max", lambda m, x, **k: m.max(x, **k)), ("min", lambda m, x, **k: m.min(x, **k)),
            ("prod", lambda m, x, **k: m.prod(x, **k)), ("var", lambda m, x, **k: m.var(x, **k)),
            ("std", lambda m, x, **k: m.std(x, **k)),
            ("norm", lambda m, x, **k: m.sqrt(m.sum(x * x, **k))),
            ("logsumexp", lambda m, x, **k: (scipy if m is np else jsp).special.logsumexp(x, **k)),
        ]:
            f.case(f"{name}_all", name, f"{name}(x)", {"x": x}, lambda m, x: function(m, x), ulps=32)
            f.case(f"{name}_rows", name, f"{name}(x, axis: -1, keepdims: true)", {"x": x},
                   lambda m, x: function(m, x, axis=-1, keepdims=True), ulps=32)
            f.case(f"{name}_columns", name, f"{name}(x, axis: [0, 2])", {"x": r.apart(2, 3, 2)},
                   lambda m, x: function(m, x, axis=(0, 2)), ulps=32)
        many = r.integers(-3, 4, 3, 5)
        f.case("sum_integers", "sum", "sum(i, axis: 1)", {"i": many.astype(np.int8)},
               lambda m, i: i.sum(axis=1))
        f.case("prod_integers", "prod", "prod(i, axis: 0)", {"i": many}, lambda m, i: i.prod(axis=0))
        f.case("mean_integers", "mean", "mean(i)", {"i": many}, lambda m, i: i.mean(), strong=["y"])
        for name in ["argmax", "argmin"]:
            f.case(f"{name}_all", name, f"{name}(x)", {"x": x}, lambda m, x: getattr(np, name)(x))
            f.case(f"{name}_rows", name, f"{name}(i, axis: 1)", {"i": many},
                   lambda m, i: getattr(np, name)(i, axis=1))
        b = r.integers(0, 2, 3, 4).astype(bool)
        b[1] = True
        for name in ["any", "all"]:
            f.case(f"{name}_rows", name, f"{name}(b, axis: 1)", {"b": b},
                   lambda m, b: getattr(np, name)(b, axis=1))
        for name in ["cumsum", "cumprod"]:
            function = lambda m, x, axis=None: getattr(m, name)(x, axis=axis)
            f.case(f"{name}_flat", name, f"{name}(x)", {"x": x}, lambda m, x: function(m, x), ulps=32)
            f.case(f"{name}_axis", name, f"{name}(x, axis: 1)", {"x": x},
                   lambda m, x: function(m, x, axis=1), ulps=32)


def shapes():
    x, v, c = r.real(3, 4), r.real(5), r.real(2, 3, 4)
    with Family("shapes") as f:
        for graph, call, function in [
            ("reshape", "reshape(x, [2, -1])", lambda m, x: m.reshape(x, (2, -1))),
            ("transpose", "transpose(x)", lambda m, x: x.T),
            ("expand_dims", "expand_dims(x, axis: 1)", lambda m, x: m.expand_dims(x, 1)),
            ("squeeze", "squeeze(x[:, 1:2], axis: 1)", lambda m, x: x[:, 1]),
            ("broadcast_to", "broadcast_to(x, [2, 3, 4])",
             lambda m, x: m.broadcast_to(x, (2, 3, 4))),
            ("flip", "flip(x, axis: 0)", lambda m, x: m.flip(x, 0)),
            ("roll", "roll(x, -3, axis: 1)", lambda m, x: m.roll(x, -3, axis=1)),
            ("pad", "pad(x, [[1, 2], [0, 1]], value: 3)",
             lambda m, x: m.pad(x, ((1, 2), (0, 1)), constant_values=3)),
            ("tile", "tile(x, [2, 1])", lambda m, x: m.tile(x, (2, 1))),
            ("repeat", "repeat(x, 2, axis: 0)", lambda m, x: m.repeat(x, 2, axis=0)),
            ("tril", "tril(x)", lambda m, x: m.tril(x)), ("triu", "triu(x)", lambda m, x: m.triu(x)),
            ("diagonal", "diagonal(x)", lambda m, x: m.diagonal(x)),
            ("trace", "trace(x)", lambda m, x: m.trace(x)),
            ("zeros_like", "zeros_like(x) + x", lambda m, x: x),
            ("ones_like", "ones_like(x) * x", lambda m, x: x),
        ]:
            f.case("shape_" + graph, graph, call, {"x": x}, function)
        f.case("shape_transposed", "transpose", "transpose(x, [1, 2, 0])", {"x": c},
               lambda m, x: m.transpose(x, (1, 2, 0)))
        f.case("shape_diag", "diag", "diag(x)", {"x": v}, lambda m, x: m.diag(x))
        two = {"x": x, "z": r.real(3, 2)}
        f.case("shape_concatenate", "concatenate", "concatenate([x, z], axis: 1)", two,
               lambda m, x, z: m.concatenate([x, z], axis=1))
        f.case("shape_stack", "stack", "stack([x, z], axis: 1)", {"x": v, "z": r.real(5)},
               lambda m, x, z: m.stack([x, z], axis=1))
        f.case("shape_split", "split", "split(x, 2, axis: 1)", {"x": x},
               lambda m, x: m.split(x, 2, axis=1), outputs=2)
        f.case("shape_zeros", "zeros", "x + zeros([3, 4])", {"x": x}, lambda m, x: x)
        f.case("shape_ones", "ones", "x * ones([3, 4])", {"x": x}, lambda m, x: x)
        f.case("shape_full", "full", "full([2, 2], x)", {"x": np.array(1.5)},
               lambda m, x: m.full((2, 2), x))
        f.case("shape_eye", "eye", "eye(3) * x", {"x": r.real(3)}, lambda m, x: m.eye(3) * x)
        f.case("shape_arange", "arange", "arange(4) * x", {"x": np.array(1.5)},
               lambda m, x: m.arange(4) * x)
        f.case("shape_linspace", "linspace", "linspace(x, z, 5)",
               {"x": np.array(-1.5), "z": np.array(2.25)}, lambda m, x, z: m.linspace(x, z, 5))
        f.case("shape_one_hot", "one_hot", "one_hot(i, 4) * x",
               {"i": np.array([2, 0, 3]), "x": r.real(4)}, lambda m, i, x: m.eye(4)[i] * x)


def picking():
    x, v = r.real(4, 5), r.real(3, 5)
    i = np.array([2, 0, -1, 2])
    with Family("picking") as f:
        f.case("take_rows", "take", "take(x, i, axis: 0)", {"x": x, "i": i},
               lambda m, x, i: m.take(x, i, axis=0))
        f.case("take_flat", "take", "take(x, i)", {"x": x, "i": np.array([[7, 19], [0, 7]])},
               lambda m, x, i: m.take(x, i))
        f.case("take_along", "take_along_axis", "take_along_axis(x, i, axis: 1)",
               {"x": x, "i": r.integers(0, 5, 4, 2)},
               lambda m, x, i: m.take_along_axis(x, i, axis=1))
        f.case("slice_start", "slice", "slice(x, [i, j], size: [2, 3])",
               {"x": x, "i": np.array(1), "j": np.array(2)}, lambda m, x, i, j: x[1:3, 2:5])
        f.case("set_at_rows", "set_at", "set_at(x[1:4], z)", {"x": x, "z": v},
               lambda m, x, z: m.concatenate([x[:1], z]))
        f.case("set_at_places", "set_at", "set_at(x[i], z)",
               {"x": r.real(6), "i": np.array([4, 0, 4]), "z": r.real(3)},
               lambda m, x, i, z: m.stack([z[1], x[1], x[2], x[3], z[2], x[5]]))
        scatter = np.zeros((4, 6))
        for row, place in enumerate(i):
            scatter[row, place] = 1
        f.case("add_at_places", "add_at", "add_at(x[i], z)",
               {"x": r.real(6), "i": i, "z": r.real(4)}, lambda m, x, i, z: x + z @ scatter)
        f.case("index_pairs", "arange", "x[arange(4), i]", {"x": x, "i": r.integers(0, 5, 4)},
               lambda m, x, i: x[m.arange(4), i])
        f.case("index_mixed", "stack", "stack([x[i, :, j], x[i, ::-1, j]], axis: 0)",
               {"x": r.real(3, 4, 2), "i": np.array([2, 0, 2]), "j": np.array([0, 1, -1])},
               lambda m, x, i, j: m.stack([x[i, :, j], x[i, ::-1, j]]))


def operators():
    x, z = signed(0.5, 3, 8), signed(0.5, 2, 8)[::-1].copy()
    with Family("operators") as f:
        for graph, call, function in [
            ("add", "x + z", lambda m, x, z: x + z), ("subtract", "x - z", lambda m, x, z: x - z),
            ("multiply", "x * z", lambda m, x, z: x * z), ("divide", "x / z", lambda m, x, z: x / z),
            ("floor_divide", "x // z", lambda m, x, z: x // z),
            ("modulo", "x % z", lambda m, x, z: x % z),
            ("negate", "-x + z * 0", lambda m, x, z: -x + z * 0),
            ("power", "abs(x) ** z", lambda m, x, z: m.abs(x) ** z),
            ("power_integer", "x ** -2 + z ** 3", lambda m, x, z: x ** -2.0 + z ** 3),
        ]:
            f.case("do_" + graph, "", call, {"x": x, "z": z}, function)
        i, j = np.array([7, -7, 7, -7, 3, 0]), np.array([2, 2, -2, -2, 1, 5])
        for graph, call, function in [
            ("floor", "i // j", lambda m, i, j: i // j), ("rest", "i % j", lambda m, i, j: i % j),
            ("quotient", "i / j", lambda m, i, j: i / j), ("cube", "i ** 3", lambda m, i, j: i ** 3),
            ("order", "(i < j) && !(i == 3) || i >= 7 && i != j",
             lambda m, i, j: (i < j) & ~(i == 3) | (i >= 7) & (i != j)),
        ]:
            f.case("do_integer_" + graph, "", call, {"i": i, "j": j}, function, strong=["y"])


def products():
    a, b, v = r.real(3, 4), r.real(4, 2), r.real(4)
    with Family("products") as f:
        f.case("matmul", "", "x @ z", {"x": a, "z": b}, lambda m, x, z: x @ z)
        f.case("matmul_stack", "", "x @ z", {"x": r.real(2, 1, 3, 4), "z": r.real(3, 4, 2)},
               lambda m, x, z: x @ z)
        f.case("dot_vectors", "dot", "dot(x, z)", {"x": v, "z": r.real(4)},
               lambda m, x, z: m.dot(x, z))
        f.case("dot_matrix", "dot", "dot(x, z)", {"x": a, "z": v}, lambda m, x, z: m.dot(x, z))
        f.case("outer", "outer", "outer(x, z)", {"x": v, "z": r.real(3)},
               lambda m, x, z: m.outer(x, z))
        f.case("tensordot", "tensordot", "tensordot(x, z, axes: [[1, 2], [1, 0]])",
               {"x": r.real(2, 3, 4), "z": r.real(4, 3, 2)},
               lambda m, x, z: m.tensordot(x, z, axes=([1, 2], [1, 0])))
        f.case("einsum_batch", "einsum", 'einsum("bij,bjk->bik", x, z)',
               {"x": r.real(2, 3, 4), "z": r.real(2, 4, 2)},
               lambda m, x, z: m.einsum("bij,bjk->bik", x, z))
        f.case("einsum_chain", "einsum", 'einsum("ij,jk,k->i", x, z, u)',
               {"x": a, "z": b, "u": r.real(2)}, lambda m, x, z, u: m.einsum("ij,jk,k->i", x, z, u))
        f.case("einsum_trace", "einsum", 'einsum("iij->j", x)', {"x": r.real(3, 3, 2)},
               lambda m, x: m.einsum("iij->j", x))


def linear_algebra():
    # Condition numbers are small and values lie apart, so that errors grow with the size alone.
    for n, stack in [(3, ()), (4, (2,)), (9, ())]:
        tag = f"{n}" + "s" * len(stack)
        a, p = r.matrix(*stack, n, n), r.positive(*stack, n, n)
        low = np.tril(r.matrix(*stack, n, n))
        ulps = 40 * n
        with Family(f"matrices{tag}") as f:
            f.case(f"solve{tag}", "solve", "solve(x, z)", {"x": a, "z": r.real(*stack, n, 2)},
                   lambda m, x, z: m.linalg.solve(x, z), ulps=ulps)
            f.case(f"lower{tag}", "triangular_solve", "triangular_solve(x, z)",
                   {"x": low, "z": r.real(*stack, n, 2)},
                   lambda m, x, z: m.linalg.solve(m.tril(x), z), ulps=ulps)
            f.case(f"upper{tag}", "triangular_solve", "triangular_solve(x, z, lower: false)",
                   {"x": np.swapaxes(low, -1, -2).copy(), "z": r.real(*stack, n, 2)},
                   lambda m, x, z: m.linalg.solve(m.triu(x), z), ulps=ulps)
            # `cholesky` reads the lower triangle, so its gradient lies there.
            f.case(f"cholesky{tag}", "cholesky", "cholesky(x)", {"x": p},
                   lambda m, x: m.linalg.cholesky(lower(m, x)), ulps=ulps)
            f.case(f"inv{tag}", "inv", "inv(x)", {"x": a}, lambda m, x: m.linalg.inv(x), ulps=ulps)
            f.case(f"det{tag}", "det", "det(x)", {"x": a}, lambda m, x: m.linalg.det(x), ulps=ulps)
            f.case(f"slogdet{tag}", "slogdet", "slogdet(x)", {"x": a},
                   lambda m, x: tuple(m.linalg.slogdet(x)), outputs=2, ulps=ulps)
        with Family(f"qr{tag}") as f:
            # Signs are free: these do not depend on them.
            f.case(f"qr{tag}", "qr", "signless(x)", {"x": r.real(*stack, n + 2, n)},
                   lambda m, x: qr_signless(m, x), ulps=ulps, outputs=2)
            f.text.insert(0, "func signless(x) {\n    q, r = qr(x)\n    return q ** 2, r ** 2\n}\n")
        with Family(f"eigh{tag}") as f:
            f.case(f"eigh{tag}", "eigh", "signless(x)", {"x": r.separate(*stack, n, n, symmetric=True)},
                   lambda m, x: eigh_signless(m, x), ulps=ulps, outputs=2)
            f.text.insert(0, "func signless(x) {\n    w, v = eigh(x)\n    return w, v ** 2\n}\n")
        with Family(f"svd{tag}") as f:
            f.case(f"svd{tag}", "svd", "signless(x)", {"x": r.separate(*stack, n + 1, n)},
                   lambda m, x: svd_signless(m, x), ulps=ulps, outputs=3)
            f.text.insert(
                0, "func signless(x) {\n    u, s, v = svd(x)\n    return u ** 2, s, v ** 2\n}\n")
        with Family(f"expm{tag}") as f:
            f.case(f"expm{tag}", "expm", "expm(x)", {"x": r.real(*stack, n, n, low=-0.5, high=0.5)},
                   lambda m, x: (scipy if m is np else jsp).linalg.expm(x), ulps=ulps)


def lower(m, x):
    """The symmetric matrix of a lower triangle."""
    low = m.tril(x, -1)
    return low + m.swapaxes(low, -1, -2) + m.tril(m.triu(x))


def qr_signless(m, x):
    q, r = m.linalg.qr(x)
    return q ** 2, r ** 2


def eigh_signless(m, x):
    w, v = m.linalg.eigh(lower(m, x)) if m is np else jnp.linalg.eigh(
        lower(m, x), symmetrize_input=False)
    return w, v ** 2


def svd_signless(m, x):
    u, s, v = m.linalg.svd(x, full_matrices=False)
    return u ** 2, s, v ** 2


def order():
    x = r.apart(3, 7)
    with Family("order") as f:
        f.case("sort_rows", "sort", "sort(x)", {"x": x}, lambda m, x: m.sort(x), ulps=0)
        f.case("sort_columns", "sort", "sort(x, axis: 0)", {"x": x},
               lambda m, x: m.sort(x, axis=0), ulps=0)
        f.case("sort_composed", "sort", "sum(sort(exp(x)) * exp(sort(x)), axis: 0)", {"x": x},
               lambda m, x: m.sum(m.sort(m.exp(x)) * m.exp(m.sort(x)), axis=0))
        nan = np.array([3, np.nan, -0.0, 0.0, np.inf, -np.inf, np.nan, 1, 0.0, -0.0])
        f.case("sort_special", "sort", "sort(x)", {"x": nan},
               lambda m, x: np.sort(x, stable=True), wrt=[], ulps=BITS)
        f.case("argsort_special", "argsort", "argsort(x)", {"x": nan},
               lambda m, x: np.argsort(x, stable=True))
        many = r.integers(0, 9, 4, 100)
        f.case("argsort_ties", "argsort", "argsort(i)", {"i": many},
               lambda m, i: np.argsort(i, stable=True))
        f.case("argsort_columns", "argsort", "argsort(i, axis: 0)", {"i": many},
               lambda m, i: np.argsort(i, axis=0, stable=True))
        f.case("sort_large", "sort", "sort(i)", {"i": r.integers(-2 ** 62, 2 ** 62, 1000)},
               lambda m, i: np.sort(i))
        f.case("sort_bytes", "sort", "sort(i)", {"i": r.integers(0, 256, 50).astype(np.uint8)},
               lambda m, i: np.sort(i))
        f.case("top_k_rows", "top_k", "top_k(x, 3)", {"x": x},
               lambda m, x: (-m.sort(-x)[:, :3], m.argsort(-x)[:, :3]), outputs=2, ulps=0)
        ties = lambda i: np.argsort(-i, stable=True)
        for k in [1, 20, 100]:
            f.case(f"top_k_ties{k}", "top_k", f"top_k(i, {k})", {"i": many},
                   lambda m, i: (np.take_along_axis(i, ties(i), 1)[:, :k], ties(i)[:, :k]), outputs=2)
        descending = np.array([1, 6, 4, 0, 7, 2, 3, 8, 9, 5])
        f.case("top_k_special", "top_k", "top_k(x, 10)", {"x": nan},
               lambda m, x: (x[descending], descending), wrt=[], outputs=2, ulps=BITS)


def nets():
    x = r.real(3, 5)
    with Family("nets") as f:
        softmax = lambda m: scipy.special.softmax if m is np else jax.nn.softmax
        log_softmax = lambda m: scipy.special.log_softmax if m is np else jax.nn.log_softmax
        f.case("softmax_rows", "softmax", "softmax(x)", {"x": x}, lambda m, x: softmax(m)(x, axis=-1))
        f.case("softmax_columns", "softmax", "softmax(x, axis: 0)", {"x": x},
               lambda m, x: softmax(m)(x, axis=0))
        f.case("log_softmax_rows", "log_softmax", "log_softmax(x)", {"x": x},
               lambda m, x: log_softmax(m)(x, axis=-1))
        f.case("cross_entropy_labels", "cross_entropy", "cross_entropy(x, i)",
               {"x": x, "i": np.array([4, 0, 2])},
               lambda m, x, i: -m.mean(log_softmax(m)(x, axis=-1)[m.arange(3), i]))
        d = r.real(3, 5, low=0.1, high=1)
        f.case("cross_entropy_rows", "cross_entropy", "cross_entropy(x, z)", {"x": x, "z": d},
               lambda m, x, z: -m.mean(m.sum(z * log_softmax(m)(x, axis=-1), axis=1)))
        f.case("layer_norm", "layer_norm", "layer_norm(x, z, u)",
               {"x": x, "z": r.real(5), "u": r.real(5)},
               lambda m, x, z, u: (x - m.mean(x, -1, keepdims=True))
               / m.sqrt(m.var(x, -1, keepdims=True) + 1e-5) * z + u, ulps=64)
        channel = lambda p: p[:, None, None]
        f.case("batch_norm", "batch_norm", "batch_norm(x, s, o, a, v, epsilon: 0.001)",
               {"x": r.real(2, 3, 2, 2), "s": r.real(3), "o": r.real(3), "a": r.real(3),
                "v": r.real(3, low=0.5, high=2)},
               lambda m, x, s, o, a, v: (x - channel(a)) / m.sqrt(channel(v) + 0.001) * channel(s)
               + channel(o), ulps=64)


def windows():
    def conv(x, k, stride, padding, dilation, groups, flip):
        """NCHW by lax, in any number of axes."""
        spatial = "HW"[:x.ndim - 2]
        if flip:
            k = jnp.flip(k, tuple(range(2, k.ndim)))
        return jax.lax.conv_general_dilated(
            x, k, stride, padding, rhs_dilation=dilation, feature_group_count=groups,
            dimension_numbers=("NC" + spatial, "OI" + spatial, "NC" + spatial),
            precision=jax.lax.Precision.HIGHEST)

    def plain(x, k, stride, padding, dilation, groups, flip):
        """The same by the definition, in NumPy."""
        count = x.ndim - 2
        if flip:
            k = np.flip(k, tuple(range(2, k.ndim)))
        x = np.pad(x, [(0, 0), (0, 0)] + list(padding))
        reach = [dilation[a] * (k.shape[2 + a] - 1) + 1 for a in range(count)]
        sizes = [(x.shape[2 + a] - reach[a]) // stride[a] + 1 for a in range(count)]
        y = np.zeros((x.shape[0], k.shape[0], *sizes))
        inputs, outputs = k.shape[1], k.shape[0] // groups
        for place in np.ndindex(*sizes):
            for o in range(k.shape[0]):
                first = o // outputs * inputs
                window = tuple(
                    slice(place[a] * stride[a], place[a] * stride[a] + reach[a], dilation[a])
                    for a in range(count))
                part = x[(slice(None), slice(first, first + inputs)) + window]
                y[(slice(None), o) + place] = (part * k[o]).sum(axis=tuple(range(1, count + 2)))
        return y

    def case(f, graph, options, x, k, stride, padding, dilation=None, groups=1, flip=False):
        count = x.ndim - 2
        dilation = dilation or (1,) * count
        arguments = (stride, padding, dilation, groups, flip)
        f.case(graph, f"conv{count}d", f"conv{count}d(x, z{options})", {"x": x, "z": k},
               lambda m, x, z: (plain if m is np else conv)(x, z, *arguments), ulps=32)

    none = [(0, 0), (0, 0)]
    with Family("windows") as f:
        case(f, "conv1d_plain", "", r.real(2, 3, 7), r.real(4, 3, 3), (1,), [(0, 0)])
        case(f, "conv1d_full", ", stride: 2, padding: [[2, 1]], dilation: 2, flip: true",
             r.real(2, 2, 9), r.real(3, 2, 3), (2,), [(2, 1)], (2,), flip=True)
        case(f, "conv2d_plain", "", r.real(2, 2, 5, 6), r.real(3, 2, 2, 3), (1, 1), none)
        case(f, "conv2d_strides", ", stride: [2, 1], padding: [1, 2]", r.real(1, 2, 6, 5),
             r.real(2, 2, 3, 3), (2, 1), [(1, 1), (2, 2)])
        case(f, "conv2d_sides", ", padding: [[1, 0], [0, 2]], dilation: [1, 2], flip: true",
             r.real(1, 2, 5, 6), r.real(2, 2, 2, 2), (1, 1), [(1, 0), (0, 2)], (1, 2), flip=True)
        case(f, "conv2d_groups", ", groups: 2", r.real(1, 4, 4, 4), r.real(6, 2, 2, 2), (1, 1), none,
             groups=2)
        pooled = lambda x, start, combine, size, stride, padding: jax.lax.reduce_window(
            x, start, combine, (1, 1, *size), (1, 1, *stride), [(0, 0), (0, 0), *padding])
        biggest = lambda m, x, *window: np.asarray(pooled(x, -np.inf, jax.lax.max, *window)) \
            if m is np else pooled(x, -jnp.inf, jax.lax.max, *window)
        x = r.apart(1, 2, 5, 6)
        f.case("max_pool2d_plain", "max_pool2d", "max_pool2d(x, [2, 3])", {"x": x},
               lambda m, x: biggest(m, x, (2, 3), (2, 3), none))
        f.case("max_pool2d_padded", "max_pool2d",
               "max_pool2d(x, [3, 2], stride: [1, 2], padding: [1, 0])", {"x": x},
               lambda m, x: biggest(m, x, (3, 2), (1, 2), [(1, 1), (0, 0)]))
        means = lambda x, *window: pooled(x, 0.0, jax.lax.add, *window) / pooled(
            jnp.ones_like(x), 0.0, jax.lax.add, *window)
        mean = lambda m, x, *window: np.asarray(means(x, *window)) if m is np else means(x, *window)
        f.case("avg_pool2d_plain", "avg_pool2d", "avg_pool2d(x, [2, 2])", {"x": x},
               lambda m, x: mean(m, x, (2, 2), (2, 2), none))
        f.case("avg_pool2d_padded", "avg_pool2d", "avg_pool2d(x, [3, 3], stride: 2, padding: 1)",
               {"x": x}, lambda m, x: mean(m, x, (3, 3), (2, 2), [(1, 1), (1, 1)]))


def forms():
    """Forms of derivatives, each by itself, against JAX's."""
    x, u, back = r.real(4), r.real(4), r.real(3)
    a = r.real(3, 4)
    f0 = lambda x: jnp.sum(jnp.sin(x) * jnp.roll(x, 1) ** 2)
    f1 = lambda x: jnp.tanh(a @ x) * jnp.sum(x * x)
    text0, text1 = "sum(sin(x) * roll(x, 1) ** 2)", "tanh(a @ x) * sum(x * x)"
    given = {"x": x, "a": a}
    with Family("forms") as f:
        def case(graph, name, call, inputs, values, outputs=1):
            values = [np.asarray(v) for v in (values if outputs > 1 else [values])]
            f.case(graph, name, call, inputs, None, value=values if outputs > 1 else values[0],
                   wrt=[], outputs=outputs, ulps=32)
        case("form_grad", "grad", f"grad({text0}, wrt: x)", {"x": x}, jax.grad(f0)(x))
        case("form_both", "value_and_grad", f"value_and_grad({text0}, wrt: x)", {"x": x},
             jax.value_and_grad(f0)(x), 2)
        case("form_vjp", "vjp", f"vjp({text1}, wrt: x, along: z)", {**given, "z": back},
             jax.vjp(f1, x)[1](back)[0])
        case("form_jvp", "jvp", f"jvp({text1}, wrt: x, along: z)", {**given, "z": u},
             jax.jvp(f1, (x,), (u,))[1])
        case("form_jacobian", "jacobian", f"jacobian({text1}, wrt: x)", given, jax.jacobian(f1)(x))
        case("form_hessian", "hessian", f"hessian({text0}, wrt: x)", {"x": x}, jax.hessian(f0)(x))
        case("form_hvp", "hvp", f"hvp({text0}, wrt: x, along: z)", {"x": x, "z": u},
             jax.jvp(jax.grad(f0), (x,), (u,))[1])
        stopped = lambda x: jnp.sum(jnp.sin(x) * jax.lax.stop_gradient(x) ** 2)
        case("form_stop", "stop_gradient", "grad(sum(sin(x) * stop_gradient(x) ** 2), wrt: x)",
             {"x": x}, jax.grad(stopped)(x))
        case("form_scale", "grad_scale", "grad(sum(sin(grad_scale(x, -3))), wrt: x)", {"x": x},
             -3 * jax.grad(lambda x: jnp.sum(jnp.sin(x)))(x))
        case("form_clip", "grad_clip", "grad(sum(grad_clip(x, -1, 2) ** 3), wrt: x)", {"x": x},
             np.clip(3 * x * x, -1, 2))


def philox(key, count):
    """Words of Philox4x32-10, by whole arrays."""
    mask, shift = np.uint64(0xFFFFFFFF), np.uint64(32)
    number = np.arange((count + 3) // 4, dtype=np.uint64)
    zero = np.zeros_like(number)
    c, k = [number & mask, number >> shift, zero, zero], [key & 0xFFFFFFFF, key >> 32]
    for _ in range(10):
        p, q = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(q >> shift) ^ c[1] ^ np.uint64(k[0]), q & mask,
             (p >> shift) ^ c[3] ^ np.uint64(k[1]), p & mask]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return np.stack(c, axis=1).reshape(-1)[:count]


def random():
    key = np.uint64(0x9E3779B97F4A7C15)
    shape, count = (7, 11), 77
    first = philox(int(key), count) >> np.uint64(8)
    pairs = philox(int(key), 2 * count).reshape(count, 2)
    second = (pairs[:, 1] << np.uint64(32) | pairs[:, 0]) >> np.uint64(11)
    with Family("random") as f:
        for bits, k, dtype, option in [(24, first, np.float32, ", dtype: f32"),
                                       (53, second, np.float64, "")]:
            tag = "32" if bits == 24 else "64"
            k = [int(v) for v in k]
            uniform = np.array([v / 2 ** bits for v in k], dtype=dtype).reshape(shape)
            normal = np.array(
                [float(mp.sqrt(2) * mp.erfinv(mp.mpf(2 * v + 1 - 2 ** bits) / 2 ** bits)) for v in k])
            inputs = {"k": np.array(key)}
            f.case("uniform" + tag, "random_uniform", f"random_uniform(k, [7, 11]{option})", inputs,
                   None, value=uniform, strong=["y"], ulps=0)
            f.case("normal" + tag, "random_normal", f"random_normal(k, [7, 11]{option})", inputs, None,
                   value=normal.astype(dtype).reshape(shape), strong=["y"], ulps=4, whole=False)
            p = np.linspace(0, 1, 11)
            f.case("bernoulli" + tag, "random_bernoulli",
                   f"random_bernoulli(k, p, [7, 11]{option})", {**inputs, "p": p}, None,
                   value=uniform < p, strong=["p"])
        z = normal.reshape(shape)[0]
        f.case("reparametrised", "random_normal", "x + exp(z) * random_normal(k, [7, 11])[0]",
               {"k": np.array(key), "x": np.array(0.5), "z": np.array(-0.25)},
               lambda m, k, x, z_: x + m.exp(z_) * z, strong=["x", "z", "y"], wrt=[])


FAMILIES = [elementwise, reductions, shapes, picking, operators, products, linear_algebra, order,
            nets, windows, forms, random]

if __name__ == "__main__":
    if len(sys.argv) == 1:
        for old in list(FOLDER.glob("*.graph")) + list(FOLDER.glob("*.json")):
            old.unlink()
    for family in FAMILIES:
        if len(sys.argv) == 1 or family.__name__ in sys.argv:
            r = Random(sum(family.__name__.encode()))
            family()
