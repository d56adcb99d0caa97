package import GraphIR
import LoopIR
import Support

extension Operation {
  /// ∂/∂x |x| = sign x, which is 0 at 0; of integers, the least one stays as it is.
  package static let abs: Operation = .pointwise(
    "abs", operands: 1, of: .numbers,
    derivative: .pointwise([.factors { b, c in [.times(b.sign(c.operands[0]))] }]),
    reference: .numbers(
      floats: { $0[0].magnitude },
      integers: { type, x in type.isSigned && x[0] < 0 ? 0 &- x[0] : x[0] }),
    domains: [.awayFromZero(0.1, 2)]
  ) { b, c in
    c.resultType.isUnsigned ? c.operands[0] : b.unary(.abs, c.operands[0])
  }

  /// −1, 0 or 1; NaN for NaN. ∂/∂x sign x = 0, at 0 too.
  package static let sign: Operation = .pointwise(
    "sign", operands: 1, of: .numbers, derivative: .zero,
    reference: .numbers(
      floats: { $0[0] > 0 ? 1 : $0[0] < 0 ? -1 : $0[0].isNaN ? .nan : 0 },
      integers: { type, x in x[0] == 0 ? 0 : type.isSigned && x[0] < 0 ? -1 : 1 }),
    domains: [.awayFromZero(0.1, 2)]
  ) { b, c in
    let x = c.operands[0]
    let (zero, one) = (b.constant(0, like: x), b.constant(1, like: x))
    // What is neither above nor below 0 is a zero, to be made +0, or NaN: adding 0 does both.
    let rest = c.resultType.isFloat ? b.add(b.unary(.abs, x), zero) : zero
    let positive = b.select(b.compare(.greater, x, zero), one, rest)
    if c.resultType.isUnsigned { return positive }
    return b.select(b.compare(.less, x, zero), b.constant(-1, like: x), positive)
  }
}
