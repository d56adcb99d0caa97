#!/usr/bin/env python3
"""Writes StructureTable.swift: what NumPy and mpmath give for the operations on structure, the
reductions, the contractions and their composites.

Usage: python3 make_structure_table.py > StructureTable.swift
"""
import math

import mpmath
import numpy as np

mpmath.mp.dps = 60
rng = np.random.default_rng(20)


def number(x):
    if isinstance(x, (bool, np.bool_)):
        return "1" if x else "0"
    if isinstance(x, (int, np.integer)):
        return str(np.uint64(x).view(np.int64)) if isinstance(x, np.uint64) else str(int(x))
    x = float(x)
    if math.isnan(x):
        return ".nan"
    if math.isinf(x):
        return ".infinity" if x > 0 else "-.infinity"
    if 0 < abs(x) < 2.0 ** -1022:
        return f"{'-' if x < 0 else ''}0x{int(mpmath.mpf(abs(x)) * mpmath.mpf(2) ** 1074):x}p-1074"
    return repr(x)


NAMES = {"float64": "f64", "float32": "f32", "int64": "i64", "int8": "i8", "uint8": "u8",
         "uint64": "u64", "bool": "bool"}


def tensor(a):
    a = np.asarray(a)
    name = NAMES[a.dtype.name]
    label = "floats" if name.startswith("f") else "integers"
    values = ", ".join(number(v) for v in a.reshape(-1))
    return f"Tensor(.{name}, {list(a.shape)}, {label}: [{values}])"


cases = []


def case(name, attributes, operands, expected):
    operands = ", ".join(tensor(o) for o in operands)
    cases.append(f'    Reference("{name}", {attributes}, [{operands}],\n      {tensor(expected)}),')


def grid(*shape):
    """Numbers whose sums, and products of some, are exact in every order."""
    return np.round(rng.uniform(-2, 2, shape) * 64) / 64


def axes(list_):
    return f".axes({list(list_)})"


def reduction(list_, keep):
    return f".reduction(axes: {list(list_)}, keepDims: {str(keep).lower()})"


def shape(list_):
    return ".shape([" + ", ".join(f"Dim({n})" for n in list_) + "])"


def structure():
    a = grid(2, 3)
    b = grid(2, 3, 2)
    case("transpose", axes([1, 0]), [a], a.T)
    case("transpose", axes([2, 0, 1]), [b], b.transpose(2, 0, 1))
    case("transpose", axes([1, 0]), [a > 0], (a > 0).T)
    case("reshape", shape([3, 2]), [a], a.reshape(3, 2))
    case("reshape", shape([4, 1, 3]), [b], b.reshape(4, 1, 3))
    case("broadcast_to", shape([4, 2, 3]), [a[:, :1]], np.broadcast_to(a[:, :1], (4, 2, 3)))
    case("expand_dims", axes([0, 2]), [a], np.expand_dims(a, (0, 2)))
    case("squeeze", axes([0, 2]), [a.reshape(1, 2, 1, 3)], a)
    case("flip", axes([1]), [a], a[:, ::-1])
    case("flip", axes([0, 2]), [b], b[::-1, :, ::-1])
    case("concatenate", ".axis(0)", [a, a[:1] * 2], np.concatenate([a, a[:1] * 2]))
    case("concatenate", ".axis(1)", [a, a[:, :0], a[:, 1:]], np.concatenate([a, a[:, 1:]], 1))
    case("arange", shape([4]), [], np.arange(4))
    case("size", shape([7]), [], np.int64(7))
    v = grid(7)
    for slices in [(slice(5, None, -2),), (slice(1, 6, 3),), (slice(None, None, -1),),
                   (slice(4, 4),), (slice(-2, None),)]:
        case("slice", sliced(v.shape, slices), [v], v[slices])
    c = grid(4, 5)
    for slices in [(slice(1, 3), slice(None)), (slice(None, None, -3), slice(0, 5, 2)),
                   (slice(3, 4), slice(4, None, -4))]:
        case("slice", sliced(c.shape, slices), [c], c[slices])
    for pads in [((1, 2), (0, 1)), ((0, 0), (0, 0)), ((0, 3), (2, 0))]:
        text = ", ".join(f"PadAxis(low: Dim({l}), high: Dim({h}))" for l, h in pads)
        case("pad", f".pad([{text}])", [a, np.float64(0.5)],
             np.pad(a, pads, constant_values=0.5))
    wide = np.full(10, 9.0)
    wide[1:8:3] = v[:3]
    case("pad", ".pad([PadAxis(low: Dim(1), high: Dim(2), interior: 2)])",
         [v[:3], np.float64(9)], wide)


def sliced(sizes, slices):
    parts = []
    for n, s in zip(sizes, slices):
        start, stop, step = s.indices(n)
        count = len(range(start, stop, step))
        parts.append(f"SliceAxis(start: Dim({start}), step: {step}, size: Dim({count}))")
    return ".slice([" + ", ".join(parts) + "])"


def reductions():
    a = grid(2, 3)
    b = grid(3, 2, 4)
    nan = a.copy()
    nan[0, 1] = np.nan
    tied = np.array([[3.0, 1, 3], [0, -0.0, -1]])
    large = np.array([[100, 100, 3], [-128, -1, 7]], dtype=np.int8)
    unsigned = np.array([1, 2**64 - 1, 2**63], dtype=np.uint64)
    floats = [("sum", np.sum), ("prod", np.prod), ("max", np.max), ("min", np.min)]
    for name, f in floats:
        for x, ax, keep in [(a, (1,), False), (a, (0,), True), (a, (0, 1), False),
                            (b, (0, 2), False), (nan, (1,), False), (a, (), False)]:
            case(name, reduction(ax, keep), [x], f(x, axis=ax, keepdims=keep))
        case(name, reduction((1,), False), [large], f(large, axis=1, dtype=np.int8)
             if name in ("sum", "prod") else f(large, axis=1))
        case(name, reduction((0,), False), [unsigned], f(unsigned))
    with np.errstate(all="ignore"):
        case("sum", reduction((0,), False), [a[:0]], np.sum(a[:0], axis=0))
        case("prod", reduction((0,), False), [a[:0]], np.prod(a[:0], axis=0))
    case("max", reduction((0,), False), [a[:0]], np.full(3, -np.inf))
    case("min", reduction((0,), False), [a[:0]], np.full(3, np.inf))
    case("max", reduction((0,), False), [large[:0]], np.full(3, -128, np.int8))
    case("min", reduction((0,), False), [unsigned[:0]], np.uint64(2**64 - 1))
    for name, f in [("any", np.any), ("all", np.all)]:
        for ax in [(1,), (0, 1), ()]:
            case(name, reduction(ax, False), [a > 0], f(a > 0, axis=ax))
        case(name, reduction((0,), False), [(a > 0)[:0]], f((a > 0)[:0], axis=0))
    for name, f in [("argmax", np.argmax), ("argmin", np.argmin)]:
        for x in [a, nan, tied, large]:
            case(name, reduction((1,), False), [x], f(x, axis=1))
            case(name, reduction((0,), True), [x], f(x, axis=0, keepdims=True))
            case(name, reduction((0, 1), False), [x], np.int64(f(x)))
        case(name, reduction((0,), False), [unsigned], np.int64(f(unsigned)))
    for x, ax in [(a, (1,)), (b, (0, 2)), (np.array([0.0, 2, 0, 3]), (0,)), (rng.choice([0.5, -1, 2, 1, 1.5], 70), (0,))]:
        others = np.ones_like(x)
        for place in np.ndindex(*x.shape):
            for other in np.ndindex(*x.shape):
                if place != other and all(place[k] == other[k] for k in range(x.ndim) if k not in ax):
                    others[place] *= x[other]
        case("prod_others", axes(ax), [x], others)


def contraction(lb, rb, ls, rs):
    return (f".contraction(Contraction(leftBatch: {lb}, rightBatch: {rb}, leftSummed: {ls}, "
            f"rightSummed: {rs}))")


def contractions():
    for spec, left, right, pairs in [
            ("ij,jk->ik", (2, 3), (3, 4), ([], [], [1], [0])),
            ("i,i->", (3,), (3,), ([], [], [0], [0])),
            ("i,j->ij", (2,), (3,), ([], [], [], [])),
            ("bij,bjk->bik", (2, 3, 4), (2, 4, 1), ([0], [0], [2], [1])),
            ("abcd,cbae->bde", (3, 2, 4, 2), (4, 2, 3, 5), ([1], [1], [2, 0], [0, 2])),
            ("ji,kj->ik", (3, 2), (4, 3), ([], [], [0], [1])),
            ("ij,jk->ik", (2, 0), (0, 2), ([], [], [1], [0]))]:
        a, b = grid(*left), grid(*right)
        case("contract", contraction(*pairs), [a, b], np.einsum(spec, a, b))
    a = np.array([[100, 27], [3, -4]], dtype=np.int8)
    case("contract", contraction([], [], [1], [0]), [a, a], a @ a)


def cotangents():
    """What flows back through softmax and its like, for operands x and ct; and the Hessian of
    logsumexp at x times ct."""
    cases.clear()
    for x, ct in [([40, 0], [1, 0]), ([40, 0], [0, 1]), ([40, 0], [1, 3e-17]),
                  ([0, 40], [-0.25, 2]), ([0, 0], [1, -2]),
                  ([800, -0.5, 3], [-1, 0, 0]), ([800, 799.5, 3], [0, -1, 0]),
                  ([-600, 0, -40], [0, 0, -1]), ([-600, 0, -40], [0, -1, 0]),
                  ([1e10, 1e10 - 20, 0], [0.5, 0.25, 8]), ([2, 2, 2], [0, -1, 0])]:
        x, ct = np.array(x, dtype=float), np.array(ct, dtype=float)
        with mpmath.workdps(2000):
            p = shares([mpmath.mpf(v) for v in x])
            c = [mpmath.mpf(v) for v in ct]
            total = mpmath.fsum(c)
            inner = mpmath.fsum(a * b for a, b in zip(p, c))
            case("softmax", ".axis(0)", [x, ct], [exact(a * (b - inner)) for a, b in zip(p, c)])
            case("softmax_complement", ".axis(0)", [x, ct],
                 [exact(a * (inner - b)) for a, b in zip(p, c)])
            case("log_softmax", ".axis(0)", [x, ct], [exact(b - a * total) for a, b in zip(p, c)])
            case("logsumexp", reduction((0,), False), [x, ct],
                 [exact(a * (b - inner)) for a, b in zip(p, c)])
    return list(cases)


def products():
    """Products by name; they are no operations of their own."""
    cases.clear()
    for left, right in [
            ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 4)), ((2, 3), (3, 4)), ((5, 2, 3), (3,)),
            ((3,), (5, 3, 4)), ((5, 2, 3), (3, 4)), ((2, 3), (5, 3, 4)), ((2, 3), (2, 3, 3, 1)),
            ((5, 2, 3), (5, 3, 1)), ((1, 2, 3), (5, 3, 1)), ((2, 1, 2, 3), (3, 3, 2)),
            ((2, 0), (0, 3)), ((0, 2), (2, 3))]:
        a, b = grid(*left), grid(*right)
        case("matmul", ".none", [a, b], a @ b)
    for left, right in [((), (2,)), ((2, 3), ()), ((3,), (3,)), ((2, 3), (4, 3, 2)), ((2, 3), (3,))]:
        a, b = grid(*left), grid(*right)
        case("dot", ".none", [a, b], np.dot(a, b))
    for left, right in [((2,), (3,)), ((2, 2), (1, 3)), ((), (2,))]:
        a, b = grid(*left), grid(*right)
        case("outer", ".none", [a, b], np.outer(a, b))
    return list(cases)


def rows(x, ax, function, keep_shape):
    """Applies a function on lists of mpmath numbers to the rows along axes."""
    kept = [k for k in range(x.ndim) if k not in ax]
    moved = x.transpose(kept + list(ax)).reshape([x.shape[k] for k in kept] + [-1])
    out = np.empty(moved.shape if keep_shape else moved.shape[:-1])
    for place in np.ndindex(*moved.shape[:-1]):
        out[place] = function([mpmath.mpf(float(v)) for v in moved[place]])
    if not keep_shape:
        return out
    full = out.reshape([x.shape[k] for k in kept] + [x.shape[k] for k in ax])
    return full.transpose(np.argsort(kept + list(ax)))


def exact(value):
    return float(value)


def lse(row):
    if not row:
        return -math.inf
    greatest = max(row)
    if mpmath.isinf(greatest):
        return exact(greatest)
    return exact(greatest + mpmath.log1p(mpmath.fsum(mpmath.exp(v - greatest) for v in row) - 1))


def shares(row):
    greatest = max(row)
    if mpmath.isinf(greatest):
        ties = sum(v == greatest for v in row)
        return [mpmath.mpf(1) / ties if v == greatest else mpmath.mpf(0) for v in row]
    powers = [mpmath.exp(v - greatest) for v in row]
    return [p / mpmath.fsum(powers) for p in powers]


def softmax(row):
    return [exact(p) for p in shares(row)]


def complement(row):
    with mpmath.workdps(2000):
        return [exact(1 - p) for p in shares(row)]


def log_softmax(row):
    with mpmath.workdps(2000):
        return [exact(mpmath.log(p)) if p else -math.inf for p in shares(row)]


def mean(row):
    return exact(mpmath.fsum(row) / len(row)) if row else math.nan


def var(row):
    m = mpmath.fsum(row) / len(row)
    return exact(mpmath.fsum((v - m) ** 2 for v in row) / len(row))


def std(row):
    m = mpmath.fsum(row) / len(row)
    return exact(mpmath.sqrt(mpmath.fsum((v - m) ** 2 for v in row) / len(row)))


def norm(row):
    return exact(mpmath.sqrt(mpmath.fsum(v * v for v in row)))


def composites():
    a = grid(2, 3)
    b = grid(3, 2, 4)
    for name, f in [("mean", mean), ("var", var), ("std", std), ("norm", norm),
                    ("logsumexp", lse)]:
        case(name, reduction((1,), False), [a], rows(a, (1,), f, False))
        case(name, reduction((0,), True), [a], rows(a, (0,), f, False)[None])
        case(name, reduction((0, 2), False), [b], rows(b, (0, 2), f, False))
        case(name, reduction((0, 1), False), [a], rows(a, (0, 1), f, False))
    inf = np.inf
    extremes = [[0.0, -40], [40, 0], [800, -800], [1e10, 1e10], [-745, 0], [0, 0], [-inf, 1],
                [inf, 0], [-inf, -inf], [1e-300, -800], [5e-324, -1], [1e308, -1e308], [37, 0]]
    for row in extremes:
        x = np.array(row, dtype=float)
        case("logsumexp", reduction((0,), False), [x], rows(x, (0,), lse, False))
        for name, f in [("softmax", softmax), ("softmax_complement", complement),
                        ("log_softmax", log_softmax)]:
            case(name, ".axis(0)", [x], rows(x, (0,), f, True))
    for name, f in [("softmax", softmax), ("softmax_complement", complement),
                    ("log_softmax", log_softmax)]:
        case(name, ".axis(1)", [a], rows(a, (1,), f, True))
        case(name, ".axis(0)", [a], rows(a, (0,), f, True))
        case(name, axes([0, 2]), [b], rows(b, (0, 2), f, True))
        case(name, ".axis(0)", [np.array([np.nan, 1])], np.full(2, np.nan))
    case("logsumexp", reduction((0,), False), [np.array([np.nan, 1])], np.float64(np.nan))
    case("logsumexp", reduction((0,), False), [a[:0]], np.full(3, -inf))
    case("mean", reduction((0,), False), [a[:0]], np.full(3, np.nan))


def wrapped(text):
    """The text in lines of at most 100 columns, broken behind commas."""
    lines = []
    for line in text.split("\n"):
        while len(line) > 100:
            cut = line.rfind(", ", 0, 100) + 1
            lines.append(line[:cut])
            line = "        " + line[cut + 1:]
        lines.append(line)
    return "\n".join(lines)


with np.errstate(over="ignore"):
    structure()
    reductions()
    contractions()
    composites()
chunks = [cases[i:i + 20] for i in range(0, len(cases), 20)]
print("// Made by make_structure_table.py; do not edit.")
print("import GraphIR")
print("import Support")
print()
print("extension Reference {")
print("  /// What NumPy and mpmath give.")
print("  static let all: [Reference] =")
print("    " + " + ".join(f"part{i}" for i in range(len(chunks))))
for i, chunk in enumerate(chunks):
    print(f"\n  private static let part{i}: [Reference] = [")
    print(wrapped("\n".join(chunk)))
    print("  ]")
print("\n  /// What mpmath gives for cotangents, and for a Hessian times a vector.")
print("  static let cotangents: [Reference] = [")
print(wrapped("\n".join(cotangents())))
print("  ]")
print("\n  /// What NumPy gives for products of vectors and matrices.")
print("  static let products: [Reference] = [")
print(wrapped("\n".join(products())))
print("  ]")
print("}")
