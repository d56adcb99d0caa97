package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The bits that both have.
  package static let bitAnd: Operation = .bitwise("bit_and", .and) { $0 & $1 }

  /// The bits that either has.
  package static let bitOr: Operation = .bitwise("bit_or", .or) { $0 | $1 }

  /// The bits that one has and the other has not.
  package static let bitXor: Operation = .bitwise("bit_xor", .xor) { $0 ^ $1 }

  /// The bits that an integer has not.
  package static let bitNot: Operation = .pointwise(
    "bit_not", operands: 1, of: .integersAndBooleans, derivative: .zero,
    reference: .integers { type, x in type == .bool ? 1 - x[0] : ~x[0] },
    domains: [.integers(0, 100)]
  ) { b, c in b.unary(.not, c.operands[0]) }

  /// A binary operation on bits.
  private static func bitwise(
    _ name: String, _ operation: BinaryOperation,
    _ reference: @escaping @Sendable (Int64, Int64) -> Int64
  ) -> Operation {
    pointwise(
      name, operands: 2, of: .integersAndBooleans, derivative: .zero,
      reference: .integers { reference($1[0], $1[1]) },
      domains: [.integers(0, 100), .integers(0, 100)], isCommutative: true
    ) { b, c in b.binary(operation, c.operands[0], c.operands[1]) }
  }

  /// The bits moved up; 0 for a shift by the width or more, or by less than 0.
  package static let shiftLeft: Operation = .pointwise(
    "shift_left", operands: 2, of: .integers, derivative: .zero,
    reference: .integers { type, x in
      x[1] >= 0 && x[1] < type.bitWidth ? x[0] << x[1] : 0
    },
    domains: [.integers(0, 100), .integers(0, 9)]
  ) { b, c in
    let (isInRange, count) = b.shiftCount(c.operands[1], c.resultType)
    let shifted = b.binary(.shiftLeft, c.operands[0], count)
    return b.select(isInRange, shifted, b.constant(0, like: shifted))
  }

  /// The bits moved down, with the sign kept; by the width or more, or by less than 0, it gives 0,
  /// for a negative number −1.
  package static let shiftRight: Operation = .pointwise(
    "shift_right", operands: 2, of: .integers, derivative: .zero,
    reference: .integers { type, x in
      if type == .u64 {
        return x[1] >= 0 && x[1] < 64
          ? Int64(bitPattern: UInt64(bitPattern: x[0]) >> UInt64(x[1])) : 0
      }
      return x[0] >> (x[1] >= 0 ? min(x[1], 63) : 63)
    },
    domains: [.integers(0, 100), .integers(0, 9)]
  ) { b, c in
    let (isInRange, count) = b.shiftCount(c.operands[1], c.resultType)
    let last = b.constant(c.resultType, .int(Int64(c.resultType.bitWidth - 1)))
    if c.resultType.isSigned {
      return b.binary(.shiftRight, c.operands[0], b.select(isInRange, count, last))
    }
    let shifted = b.binary(.shiftRight, c.operands[0], count)
    return b.select(isInRange, shifted, b.constant(0, like: shifted))
  }
}

extension LoopBuilder {
  /// Whether a shift is by less than the width, and the shift made to be so.
  fileprivate mutating func shiftCount(
    _ count: ScalarID, _ type: DType
  ) -> (isInRange: ScalarID, count: ScalarID) {
    let low = constant(type, .int(Int64(type.bitWidth - 1)))
    let high = binary(.and, count, unary(.not, low))
    return (compare(.equal, high, constant(0, like: count)), binary(.and, count, low))
  }
}
