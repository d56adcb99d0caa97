#!/usr/bin/env python3
"""Writes Cases/nets: convolutions, pools, norms and cross-entropy with every option, their values
and derivatives from JAX in f64; greatest elements of windows, where ties take the full gradient,
from NumPy by the definition.

Usage: python3 make_net_cases.py   (needs jax and numpy)
"""
import json
import pathlib

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)
FOLDER = pathlib.Path(__file__).parent / "Cases" / "nets"
TOLERANCES = {"f64": (1e-11, 1e-12), "f32": (2e-5, 2e-5), "f16": (1e-2, 2e-2), "bf16": (6e-2, 2e-1)}
STEPS = {"f64": 2**-20, "f32": 2**-10, "f16": 2**-6, "bf16": 2**-4, "i32": 1, "u8": 1}
rng = np.random.default_rng(5)


def draw(shape, dtype="f64", low=-1.0, high=1.0):
    """Numbers that the type holds exactly."""
    step = STEPS[dtype]
    return np.round(rng.uniform(low, high, shape) / step) * step


def entry(array, dtype):
    array = np.asarray(array)
    cast = int if dtype[0] in "iu" else float
    return {"dtype": dtype, "shape": list(array.shape),
            "data": np.vectorize(cast, otypes=[object])(array).tolist() if array.size else
            array.tolist()}


def write(name, text, inputs, expected, dtype, **more):
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


def spelled(dtype, shape):
    return f"{dtype}[{', '.join(map(str, shape))}]" if len(shape) else dtype


def smooth(name, call, function, arguments, dtype="f64", shapes=None, constants=()):
    """A case for a function of named arguments: value, cotangents, tangent, and the product of the
    Hessian of a weighted sum of cubes. `shapes` gives the arguments symbols for sizes; `constants`
    are parameters of other types, which are not differentiated by."""
    names, values = list(arguments), [jnp.asarray(v) for v in arguments.values()]
    held = [jnp.asarray(v) for _, v, _ in constants]
    f = lambda *x: function(*x, *held)
    value = f(*values)
    ct = draw(value.shape, dtype)
    along = [draw(v.shape, dtype) for v in values]
    _, pull = jax.vjp(f, *values)
    _, tangent = jax.jvp(f, tuple(values), tuple(along))
    cost = lambda *x: jnp.sum(f(*x) ** 3 * ct)
    places = tuple(range(len(values)))
    _, product = jax.jvp(jax.grad(cost, places), tuple(values), tuple(along))
    shapes = shapes or {n: v.shape for n, v in zip(names, values)}
    parameters = [f"{n}: {spelled(dtype, shapes[n])}" for n in names]
    parameters += [f"{n}: {spelled(t, v.shape)}" for n, v, t in constants]
    parameters += [f"t_{n}: {spelled(dtype, shapes[n])}" for n in names]
    parameters += [f"ct: {spelled(dtype, shapes.get('ct', value.shape))}"]
    wrt, directions = ", ".join(names), ", ".join(f"t_{n}" for n in names)
    gradients, products = (", ".join(f"{p}_{n}" for n in names) for p in "gh")
    text = (f"graph {name}({', '.join(parameters)}) -> (value, {gradients}, along, {products}) {{\n"
            f"    value = {call}\n"
            f"    {gradients} = vjp(value, wrt: [{wrt}], along: ct)\n"
            f"    along = jvp(value, wrt: [{wrt}], along: [{directions}])\n"
            f"    {products} = hvp(sum(value ** 3 * ct), wrt: [{wrt}], along: [{directions}])\n"
            "}\n")
    inputs = dict(zip(names, values)) | {f"t_{n}": a for n, a in zip(names, along)} | {"ct": ct}
    inputs |= {n: (v, t) for n, v, t in constants}
    expected = {"value": value, "along": tangent}
    expected |= {f"g_{n}": g for n, g in zip(names, pull(jnp.asarray(ct)))}
    expected |= {f"h_{n}": h for n, h in zip(names, product)}
    write(name, text, inputs, expected, dtype)


def convolve(x, k, stride, padding, dilation, groups, flip):
    axes = tuple(range(2, x.ndim))
    letters = "HW"[: len(axes)]
    return jax.lax.conv_general_dilated(
        x, jnp.flip(k, axes) if flip else k, stride, padding, rhs_dilation=dilation,
        feature_group_count=groups,
        dimension_numbers=(f"NC{letters}", f"OI{letters}", f"NC{letters}"))


def convolution(name, image, kernel, options="", stride=None, padding=None, dilation=None, groups=1,
                flip=False, dtype="f64", shapes=None):
    rank = len(image) - 2
    stride, dilation = stride or [1] * rank, dilation or [1] * rank
    padding = padding or [(0, 0)] * rank
    call = f"conv{rank}d(x, k{', ' + options if options else ''})"
    smooth(name, call, lambda x, k: convolve(x, k, stride, padding, dilation, groups, flip),
           {"x": draw(image, dtype), "k": draw(kernel, dtype)}, dtype, shapes)


convolution("plain", [2, 3, 6, 5], [4, 3, 3, 2])
convolution("plain_f32", [1, 2, 9, 19], [3, 2, 2, 3], dtype="f32")
convolution("plain_f16", [1, 2, 4, 5], [2, 2, 2, 2], dtype="f16")
convolution("plain_bf16", [1, 1, 4, 4], [2, 1, 2, 2], dtype="bf16")
convolution("strided", [2, 2, 7, 8], [3, 2, 3, 2], "stride: [2, 3]", stride=[2, 3])
convolution("one_stride", [1, 2, 6, 7], [2, 2, 1, 3], "stride: 2", stride=[2, 2])
convolution("padded", [1, 2, 4, 5], [2, 2, 3, 3], "padding: [2, 1]", padding=[(2, 2), (1, 1)])
convolution("one_padding", [2, 1, 3, 3], [2, 1, 3, 3], "padding: 1", padding=[(1, 1)] * 2)
convolution("sides", [1, 2, 4, 5], [2, 2, 3, 2], "padding: [[0, 2], [3, 1]]",
            padding=[(0, 2), (3, 1)])
convolution("wide_padding", [1, 1, 2, 2], [1, 1, 2, 2], "padding: 3", padding=[(3, 3)] * 2)
convolution("dilated", [1, 2, 7, 6], [2, 2, 3, 2], "dilation: [2, 3]", dilation=[2, 3])
convolution("grouped", [2, 4, 4, 5], [6, 2, 2, 2], "groups: 2", groups=2)
convolution("depthwise", [1, 3, 5, 5], [6, 1, 3, 3], "groups: 3, padding: 1", groups=3,
            padding=[(1, 1)] * 2)
convolution("flipped", [1, 2, 4, 5], [2, 2, 3, 2], "flip: true", flip=True)
convolution("everything", [2, 4, 9, 8], [2, 2, 3, 2],
            "stride: [2, 1], padding: [[1, 2], [0, 3]], dilation: [3, 2], groups: 2, flip: true",
            stride=[2, 1], padding=[(1, 2), (0, 3)], dilation=[3, 2], groups=2, flip=True)
convolution("pointwise", [2, 3, 2, 3], [4, 3, 1, 1])
convolution("one_window", [2, 3, 4, 3], [2, 3, 4, 3])
convolution("single", [1, 1, 1, 1], [1, 1, 1, 1])
convolution("many", [2, 5, 3, 21], [11, 5, 2, 3])
convolution("symbolic", [2, 4, 6, 7], [4, 2, 3, 2],
            "stride: [2, 1], padding: [p // 2, 1], dilation: [1, 2], groups: 2",
            stride=[2, 1], padding=[(1, 1), (1, 1)], dilation=[1, 2], groups=2,
            shapes={"x": ["n", "2 * c", "h", "w"], "k": ["2 * d", "c", "p", "q"],
                    "ct": ["n", "2 * d", "(h + 2 * (p // 2) - p) // 2 + 1", "w + 4 - 2 * q"]})
convolution("line", [2, 3, 7], [4, 3, 3])
convolution("line_options", [2, 4, 9], [4, 2, 3],
            "stride: 2, padding: [[2, 1]], dilation: 2, groups: 2, flip: true", stride=[2],
            padding=[(2, 1)], dilation=[2], groups=2, flip=True)
convolution("line_symbolic", [2, 3, 7], [2, 3, 2], "padding: [1, 0]", padding=[(1, 0)],
            shapes={"x": ["n", "c", "l"], "k": ["o", "c", "p"], "ct": ["n", "o", "l - p + 2"]})


def empty(name, call, image, kernel, output, shapes):
    """Sizes of 0: nothing, or zeros."""
    parameters = (f"x: {spelled('f64', shapes[0])}, k: {spelled('f64', shapes[1])}, "
                  f"ct: {spelled('f64', shapes[2])}")
    text = (f"graph {name}({parameters}) -> (value, g_x, g_k) {{\n    value = {call}\n"
            "    g_x, g_k = vjp(value, wrt: [x, k], along: ct)\n}\n")
    write(name, text, {"x": draw(image), "k": draw(kernel), "ct": draw(output)},
          {"value": np.zeros(output), "g_x": np.zeros(image), "g_k": np.zeros(kernel)}, "f64")


SYMBOLS = (["n", "c", "h", "w"], ["o", "c", "p", "q"], ["n", "o", "h - p + 1", "w - q + 1"])
empty("no_images", "conv2d(x, k)", [0, 2, 3, 3], [2, 2, 2, 2], [0, 2, 2, 2], SYMBOLS)
empty("no_channels", "conv2d(x, k)", [2, 0, 3, 3], [2, 0, 2, 2], [2, 2, 2, 2], SYMBOLS)
empty("no_outputs", "conv2d(x, k)", [2, 2, 3, 3], [0, 2, 2, 2], [2, 0, 2, 2], SYMBOLS)
empty("no_kernel", "conv2d(x, k)", [1, 2, 3, 3], [2, 2, 0, 1], [1, 2, 4, 3], SYMBOLS)
empty("no_images_fixed", "conv2d(x, k)", [0, 2, 3, 3], [2, 2, 2, 2], [0, 2, 2, 2],
      ([0, 2, 3, 3], [2, 2, 2, 2], [0, 2, 2, 2]))


def refused(name, call, image, kernel, shapes):
    """Sizes that the function finds not to fit when it is called."""
    text = (f"graph {name}(x: {spelled('f64', shapes[0])}, k: {spelled('f64', shapes[1])}) -> "
            f"(value) {{\n    value = {call}\n}}\n")
    write(name, text, {"x": draw(image), "k": draw(kernel)}, None, "f64",
          expect_error="negative size|size mismatch", stage="run")


refused("kernel_too_large", "conv2d(x, k)", [1, 1, 2, 2], [1, 1, 3, 3], SYMBOLS)
refused("kernel_much_too_large", "conv2d(x, k, stride: 2)", [1, 1, 2, 2], [1, 1, 5, 2], SYMBOLS)
refused("no_rows", "conv2d(x, k)", [1, 1, 0, 2], [1, 1, 1, 1], SYMBOLS)
refused("padding_below_0", "conv2d(x, k, padding: [h - 3, 0])", [1, 1, 2, 2], [1, 1, 1, 1], SYMBOLS)
refused("channels_in_groups", "conv2d(x, k, groups: 2)", [1, 3, 2, 2], [2, 1, 1, 1],
        (["n", "c", 2, 2], ["o", "c // 2", 1, 1]))
refused("outputs_in_groups", "conv2d(x, k, groups: 2)", [1, 2, 2, 2], [3, 1, 1, 1],
        (["n", "c", 2, 2], ["o", "c // 2", 1, 1]))
refused("window_too_large", "max_pool2d(x, [p, q], stride: 1) * sum(k)", [1, 1, 2, 2], [1, 1, 3, 2],
        SYMBOLS)
refused("window_of_nothing", "avg_pool2d(x, [p, q], stride: 1) * sum(k)", [1, 1, 2, 2],
        [1, 1, 0, 2], SYMBOLS)


def windows(image, size, stride, padding):
    """For each window the places of its elements in the image; NumPy, by the definition."""
    n, c, h, w = image
    places = np.arange(n * c * h * w).reshape(image)
    rows = range(-padding[0][0], h + padding[0][1] - size[0] + 1, stride[0])
    columns = range(-padding[1][0], w + padding[1][1] - size[1] + 1, stride[1])
    found = [[places[i, j, max(r, 0):min(r + size[0], h), max(s, 0):min(s + size[1], w)].ravel()
              for r in rows for s in columns] for i in range(n) for j in range(c)]
    return (n, c, len(rows), len(columns)), [window for image in found for window in image]


def greatest(name, image, size, options="", stride=None, padding=((0, 0), (0, 0)), dtype="f64",
             x=None, shapes=None):
    """The first derivatives by the matrix of the elements that are the greatest of a window."""
    x = draw(image, dtype) if x is None else np.asarray(x)
    shape, places = windows(x.shape, size, stride or size, padding)
    value = np.array([np.max(x.ravel()[p]) for p in places])
    picked = np.zeros((len(places), x.size))
    for row, p in enumerate(places):
        picked[row, p] = x.ravel()[p] == value[row]
    ct, t = draw(shape, dtype), draw(x.shape, dtype)
    along = picked @ t.ravel()
    product = np.where(picked.any(0), picked.T @ (
        6 * np.where(np.isfinite(value), value, 0) * along * ct.ravel()), 0)
    parameters = (f"x: {spelled(dtype, shapes[0] if shapes else x.shape)}, "
                  f"t: {spelled(dtype, shapes[0] if shapes else x.shape)}, "
                  f"ct: {spelled(dtype, shapes[1] if shapes else shape)}")
    text = (f"graph {name}({parameters}) -> (value, g, along, product) {{\n"
            f"    value = max_pool2d(x, {size}{', ' + options if options else ''})\n"
            "    g = vjp(value, wrt: x, along: ct)\n"
            "    along = jvp(value, wrt: x, along: t)\n"
            "    product = hvp(sum(value ** 3 * ct), wrt: x, along: t)\n}\n")
    write(name, text, {"x": x, "t": t, "ct": ct},
          {"value": value.reshape(shape), "g": (picked.T @ ct.ravel()).reshape(x.shape),
           "along": along.reshape(shape), "product": product.reshape(x.shape)}, dtype)


TIES = rng.integers(-1, 2, [2, 2, 5, 6]).astype(float)
greatest("max", [2, 2, 4, 6], [2, 3])
greatest("max_rest", [1, 2, 5, 7], [2, 3])
greatest("max_overlapping", [1, 2, 5, 6], [3, 2], "stride: 1", stride=[1, 1])
greatest("max_apart", [1, 1, 7, 8], [2, 2], "stride: [3, 4]", stride=[3, 4])
greatest("max_padded", [1, 2, 4, 5], [3, 3], "stride: 2, padding: 1", stride=[2, 2],
         padding=((1, 1), (1, 1)))
greatest("max_sides", [1, 2, 4, 5], [2, 3], "padding: [[1, 0], [0, 2]]",
         padding=((1, 0), (0, 2)))
greatest("max_ties", None, [2, 2], x=TIES)
greatest("max_ties_overlapping", None, [3, 3], "stride: [1, 2]", stride=[1, 2], x=TIES)
greatest("max_infinite", None, [2, 2], "stride: 1, padding: 1", stride=[1, 1],
         padding=((1, 1), (1, 1)), x=np.full([1, 1, 2, 2], -3.0))
greatest("max_f32", [2, 3, 6, 8], [2, 2], dtype="f32")
greatest("max_f16", [1, 1, 4, 4], [2, 2], dtype="f16")
greatest("max_one", [2, 1, 1, 1], [1, 1])
greatest("max_symbolic", [2, 2, 5, 6], [2, 2], "stride: [2, 1]", stride=[2, 1],
         shapes=(["n", "c", "h", "w"], ["n", "c", "h // 2", "w - 1"]))
greatest("max_no_images", [0, 2, 4, 4], [2, 2],
         shapes=(["n", "c", "h", "w"], ["n", "c", "h // 2", "w // 2"]))


def average(x, size, stride, padding):
    around = ((0, 0), (0, 0)) + tuple(padding)
    add = lambda a: jax.lax.reduce_window(
        a, 0.0, jax.lax.add, (1, 1, *size), (1, 1, *stride), around)
    return add(x) / add(jnp.ones_like(x))


def averages(name, image, size, options="", stride=None, padding=((0, 0), (0, 0)), dtype="f64",
             shapes=None):
    smooth(name, f"avg_pool2d(x, {size}{', ' + options if options else ''})",
           lambda x: average(x, size, stride or size, padding), {"x": draw(image, dtype)}, dtype,
           shapes)


averages("avg", [2, 2, 4, 6], [2, 3])
averages("avg_rest", [1, 2, 5, 7], [2, 3])
averages("avg_overlapping", [1, 2, 5, 6], [3, 2], "stride: 1", stride=[1, 1])
averages("avg_padded", [1, 2, 4, 5], [3, 3], "stride: 2, padding: 1", stride=[2, 2],
         padding=((1, 1), (1, 1)))
averages("avg_sides", [1, 2, 4, 5], [2, 3], "padding: [[1, 0], [0, 2]]", padding=((1, 0), (0, 2)))
averages("avg_f32", [1, 3, 6, 8], [2, 2], "padding: 1", padding=((1, 1), (1, 1)), dtype="f32")
averages("avg_f16", [1, 1, 4, 4], [2, 2], dtype="f16")
averages("avg_symbolic", [2, 2, 5, 6], [3, 2], "stride: [2, 1], padding: [1, 0]", stride=[2, 1],
         padding=((1, 1), (0, 0)),
         shapes={"x": ["n", "c", "h", "w"], "ct": ["n", "c", "(h - 1) // 2 + 1", "w - 1"]})


def averages_of_all():
    """A window of the size of the image."""
    smooth("avg_all", "avg_pool2d(x, [h, w])", lambda x: x.mean((2, 3), keepdims=True),
           {"x": draw([2, 3, 4, 5])}, shapes={"x": ["n", "c", "h", "w"], "ct": ["n", "c", 1, 1]})


averages_of_all()


def batch_norm(x, scale, bias, mean, variance, epsilon=1e-5):
    behind = (slice(None),) + (None,) * (x.ndim - 2)
    scale, bias, mean, variance = (
        v[behind] if v.ndim else v for v in (scale, bias, mean, variance))
    return (x - mean) / jnp.sqrt(variance + epsilon) * scale + bias


def layer_norm(x, scale, bias, axes=(-1,), epsilon=1e-5):
    axes = [a % x.ndim for a in axes]
    mean = x.mean(axes, keepdims=True)
    variance = ((x - mean) ** 2).mean(axes, keepdims=True)
    shape = [s if a in axes else 1 for a, s in enumerate(x.shape)]
    scale, bias = (v.reshape(shape) if v.ndim else v for v in (scale, bias))
    return (x - mean) / jnp.sqrt(variance + epsilon) * scale + bias


def batch(name, shape, options="", epsilon=1e-5, dtype="f64", shapes=None):
    channels = [shape[1]]
    smooth(name, f"batch_norm(x, scale, bias, m, v{options})",
           lambda *a: batch_norm(*a, epsilon=epsilon),
           {"x": draw(shape, dtype), "scale": draw(channels, dtype), "bias": draw(channels, dtype),
            "m": draw(channels, dtype), "v": draw(channels, dtype, 0.5, 2)}, dtype, shapes)


def layers(name, shape, options="", axes=(-1,), epsilon=1e-5, dtype="f64", shapes=None):
    inner = [shape[a] for a in axes]
    smooth(name, f"layer_norm(x, scale, bias{options})",
           lambda *a: layer_norm(*a, axes=axes, epsilon=epsilon),
           {"x": draw(shape, dtype), "scale": draw(inner, dtype), "bias": draw(inner, dtype)},
           dtype, shapes)


batch("batch_norm_image", [2, 3, 2, 3])
batch("batch_norm_rows", [3, 4], ", epsilon: 0.125", epsilon=0.125)
batch("batch_norm_f32", [2, 2, 3, 3], dtype="f32")
batch("batch_norm_symbolic", [2, 3, 2, 2],
      shapes={"x": ["n", "c", "h", "w"], "scale": ["c"], "bias": ["c"], "m": ["c"], "v": ["c"],
              "ct": ["n", "c", "h", "w"]})
layers("layer_norm_rows", [3, 5])
layers("layer_norm_axes", [2, 3, 4], ", axis: [1, 2], epsilon: 0.25", axes=(1, 2), epsilon=0.25)
layers("layer_norm_middle", [2, 3, 4], ", axis: 1", axes=(1,))
layers("layer_norm_f32", [2, 6], dtype="f32")
layers("layer_norm_f16", [2, 6], ", epsilon: 0.25", epsilon=0.25, dtype="f16")
layers("layer_norm_one", [3, 1])
layers("layer_norm_symbolic", [3, 4],
       shapes={"x": ["n", "d"], "scale": ["d"], "bias": ["d"], "ct": ["n", "d"]})
smooth("layer_norm_scalars", "layer_norm(x, 2, 0.5)",
       lambda x: layer_norm(x, jnp.array(2.0), jnp.array(0.5)), {"x": draw([2, 4])})


def cross_entropy(z, y):
    logarithms = jax.nn.log_softmax(z, -1)
    if y.ndim == 1:
        return -jnp.mean(logarithms[jnp.arange(len(y)), y])
    return -jnp.mean(jnp.sum(y * logarithms, -1))


for name, dtype in [("i32", "i32"), ("u8", "u8")]:
    smooth(f"cross_entropy_{name}", "cross_entropy(z, y)", cross_entropy,
           {"z": draw([4, 5], low=-3, high=3)},
           constants=[("y", rng.integers(0, 5, 4), dtype)])
share = draw([4, 5], low=0, high=1)
smooth("cross_entropy_shares", "cross_entropy(z, y)", cross_entropy,
       {"z": draw([4, 5], low=-3, high=3), "y": share})
smooth("cross_entropy_symbolic", "cross_entropy(z, y)", cross_entropy,
       {"z": draw([3, 4], low=-3, high=3), "y": draw([3, 4], low=0, high=1)},
       shapes={"z": ["n", "k"], "y": ["n", "k"], "ct": []})
smooth("softmax_rows", "softmax(x, axis: 0)", lambda x: jax.nn.softmax(x, 0),
       {"x": draw([3, 4], low=-2, high=2)})
smooth("log_softmax_rows", "log_softmax(x)", lambda x: jax.nn.log_softmax(x, -1),
       {"x": draw([3, 4], low=-2, high=2)})
