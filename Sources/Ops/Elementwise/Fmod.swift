package import GraphIR
import Glibc
import LoopIR
import Support

extension Operation {
  /// x − y·trunc(x/y), with the sign of `x`; of integers 0 where the divisor is 0.
  ///
  /// ∂/∂x = 1, ∂/∂y = −trunc(x/y), which is the whole number (x − fmod(x, y)) / y
  package static let fmod: Operation = .pointwise(
    "fmod", operands: 2, of: .numbers,
    derivative: .pointwise([
      .factors { _, _ in [] },
      .factors { b, c in
        let multiple = b.subtract(c.operands[0], c.result)
        return [.times(b.round(b.divide(multiple, c.operands[1]))), .negated]
      },
    ]),
    reference: .numbers(
      floats: { Glibc.fmod($0[0], $0[1]) },
      integers: { type, x in Operation.integerRemainder(type, x[0], x[1]) }),
    domains: [.interval(1.1, 1.4), .interval(0.7, 0.9)]
  ) { b, c in
    let (x, y) = (c.operands[0], c.operands[1])
    return c.resultType.isFloat
      ? b.call(.fmod, x, y) : b.integerRemainder(x, y, isSigned: c.resultType.isSigned)
  }

  /// The remainder of a division that truncates, 0 for a divisor of 0.
  private static func integerRemainder(_ type: DType, _ x: Int64, _ y: Int64) -> Int64 {
    if y == 0 { return 0 }
    if type == .u64 { return Int64(bitPattern: UInt64(bitPattern: x) % UInt64(bitPattern: y)) }
    return y == -1 ? 0 : x % y
  }
}

extension LoopBuilder {
  /// The remainder of a division that truncates, 0 for a divisor of 0.
  fileprivate mutating func integerRemainder(
    _ x: ScalarID, _ y: ScalarID, isSigned: Bool
  ) -> ScalarID {
    let zero = constant(0, like: x)
    // What has no remainder, and what could overflow, is divided by 1.
    var hasNone = compare(.equal, y, zero)
    if isSigned {
      hasNone = binary(.or, hasNone, compare(.equal, y, constant(-1, like: x)))
    }
    return binary(.remainder, x, select(hasNone, constant(1, like: x), y))
  }
}
