package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The number as another type, which the attributes name. Linear; its transpose converts back.
  ///
  /// Float to integer truncates, saturates, and sends NaN to 0; integers wrap; what is not 0 is
  /// `true`.
  package static let convert: Operation = .init(
    "convert", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .dtype(let dtype) = query.attributes else { throw TypeError("needs a type") }
      return [query.operands[0].with(dtype)]
    },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, _ in
      // A mask has no number to convert.
      b.dtype(ct) == .bool ? ct : b.convert(ct, to: b.dtype(c.operands[0]))
    },
    evaluate: { context in [Conversion.convert(context.operands[0], to: context.dtype)] },
    lowering: Kernel.pointwise { b, c in
      b.conversion(c.operands[0], from: c.operandTypes[0], to: c.resultType)
    },
    samples: [
      Sample(shapes: [[2, 3]], domains: [.interval(-2, 2)], attributes: .dtype(.f64))
    ],
    notation: .function)
}

/// Conversion of tensors, rounded once.
private enum Conversion {
  /// The tensor with its elements as another type.
  static func convert(_ tensor: Tensor, to type: DType) -> Tensor {
    switch tensor.elements {
    case .floats(let values):
      type.isFloat
        ? Tensor(type, tensor.shape, floats: values.map { type.rounded($0) })
        : Tensor(type, tensor.shape, integers: values.map { type.converted($0) })
    case .integers(let values):
      type.isFloat
        ? Tensor(type, tensor.shape, floats: values.map { float($0, tensor.dtype, type) })
        : Tensor(type, tensor.shape, integers: values.map { type.wrapped($0) })
    }
  }

  /// The float of a type that is nearest to an integer of a type.
  private static func float(_ value: Int64, _ integer: DType, _ type: DType) -> Double {
    if type == .f64 {
      return integer == .u64 ? Double(UInt64(bitPattern: value)) : Double(value)
    }
    // So many bits are left that one that stands for all the others fits behind them.
    let isSmall = value.magnitude < 1 << 53 && (integer != .u64 || value >= 0)
    let sticky = isSmall ? value : value & ~0xFFF | (value & 0xFFF == 0 ? 0 : 0x800)
    return type.rounded(
      integer == .u64 ? Double(UInt64(bitPattern: sticky)) : Double(sticky))
  }
}

extension LoopBuilder {
  /// The number as another type; a half type is given as the `f32` that a store rounds to it.
  fileprivate mutating func conversion(
    _ x: ScalarID, from source: DType, to target: DType
  ) -> ScalarID {
    if target == .bool {
      return source == .bool ? x : compare(.notEqual, x, constant(0, like: x))
    }
    guard target == .f16 || target == .bf16 else { return convert(x, to: target) }
    switch source {
    case .f64: return roundedToOdd(x)
    case .i32, .u32: return roundedToOdd(convert(x, to: .f64))
    case .i64, .u64: return roundedToOdd(convert(stickyInteger(x, source), to: .f64))
    case .bool, .i8, .i16, .u8, .u16, .f16, .bf16, .f32: return convert(x, to: .f32)
    }
  }

  /// An `f64` as the `f32` next to it whose last bit is set, unless it is one: rounding that to a
  /// half type gives what rounding the `f64` gives.
  private mutating func roundedToOdd(_ x: ScalarID) -> ScalarID {
    let nearest = convert(x, to: .f32)
    let back = convert(nearest, to: .f64)
    let bits = bitcast(nearest, to: .u32)
    let isAbove = compare(.greater, unary(.abs, back), unary(.abs, x))
    let one = constant(.u32, .int(1))
    let below = select(isAbove, subtract(bits, one), bits)
    let odd = binary(.or, below, one)
    // A NaN differs from itself, and has its last bit to spare.
    return bitcast(select(compare(.notEqual, back, x), odd, bits), to: .f32)
  }

  /// A wide integer with one bit for all those that an `f64` may not hold.
  private mutating func stickyInteger(_ x: ScalarID, _ type: DType) -> ScalarID {
    let zero = constant(0, like: x)
    let low = binary(.and, x, constant(type, .int(0xFFF)))
    let rest = select(compare(.equal, low, zero), zero, constant(type, .int(0x800)))
    let sticky = binary(.or, binary(.xor, x, low), rest)
    let limit: Int64 = 1 << 53
    var isSmall = compare(.less, x, constant(type, .int(limit)))
    if type.isSigned {
      let isAbove = compare(.greater, x, constant(type, .int(-limit)))
      isSmall = binary(.and, isSmall, isAbove)
    }
    return select(isSmall, x, sticky)
  }
}
