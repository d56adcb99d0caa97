import LLVMInterop
import LoopIR
import Support

/// Operations on values in registers, on one lane or several.
extension ObjectEmitter {
  /// An operation on one value.
  func unary(_ operation: UnaryOperation, _ a: IRValue, _ element: DType) -> IRValue {
    switch operation {
    case .negate: element.isFloat ? builder.fneg(a) : builder.neg(a)
    case .abs: magnitude(a, element)
    case .not: builder.not(a)
    case .sqrt: builder.intrinsic("llvm.sqrt", [a])
    case .floor: builder.intrinsic("llvm.floor", [a])
    case .ceil: builder.intrinsic("llvm.ceil", [a])
    case .trunc: builder.intrinsic("llvm.trunc", [a])
    // In the rounding mode that C begins with; unlike `roundeven`, every libm has it.
    case .roundEven: builder.intrinsic("llvm.rint", [a])
    }
  }

  /// The absolute value; the least integer is its own.
  private func magnitude(_ a: IRValue, _ element: DType) -> IRValue {
    if element.isFloat { return builder.intrinsic("llvm.fabs", [a]) }
    if !element.isSigned { return a }
    return builder.intrinsic("llvm.abs", [a, context.false], on: [a.type])
  }

  /// An operation on two values.
  func binary(
    _ operation: BinaryOperation, _ a: IRValue, _ b: IRValue, _ element: DType
  ) -> IRValue {
    switch operation {
    case .add: element.isFloat ? builder.fadd(a, b) : builder.add(a, b)
    case .subtract: element.isFloat ? builder.fsub(a, b) : builder.sub(a, b)
    case .multiply: element.isFloat ? builder.fmul(a, b) : builder.mul(a, b)
    case .divide: element.isFloat ? builder.fdiv(a, b) : quotient(a, b, element)
    case .remainder: element.isFloat ? builder.frem(a, b) : remainder(a, b, element)
    case .minimum: extreme(a, b, element, isGreater: false)
    case .maximum: extreme(a, b, element, isGreater: true)
    case .and: builder.and(a, b)
    case .or: builder.or(a, b)
    case .xor: builder.xor(a, b)
    case .shiftLeft: builder.shl(a, b)
    case .shiftRight: element.isSigned ? builder.ashr(a, b) : builder.lshr(a, b)
    case .shiftRightLogical: builder.lshr(a, b)
    case .copysign: builder.intrinsic("llvm.copysign", [a, b])
    case .scale: scaled(a, by: b, element)
    }
  }

  /// A step of a reduction whose order is free.
  func accumulate(
    _ operation: BinaryOperation, _ a: IRValue, _ b: IRValue, _ element: DType
  ) -> IRValue {
    let flags = builder.fastMath
    builder.fastMath.insert(.reassociate)
    defer { builder.fastMath = flags }
    return binary(operation, a, b, element)
  }

  /// `a * b + c`, rounded once where the target can.
  func multiplyAdd(_ a: IRValue, _ b: IRValue, _ c: IRValue) -> IRValue {
    builder.intrinsic("llvm.fmuladd", [a, b, c])
  }

  /// Whether the target has the lesser and greater of two values of a type.
  func isOrdered(_ element: DType) -> Bool { element != .f64 || target.ordersDoubles }

  /// The lesser or greater of two values; NaN if one is.
  private func extreme(
    _ a: IRValue, _ b: IRValue, _ element: DType, isGreater: Bool
  ) -> IRValue {
    if !isOrdered(element) { return chosen(a, b, isGreater: isGreater) }
    let name = isGreater ? "max" : "min"
    return builder.intrinsic(
      element.isFloat ? "llvm.\(name)imum" : element.isSigned ? "llvm.s\(name)" : "llvm.u\(name)",
      [a, b])
  }

  /// The lesser or greater of two numbers of type `f64` by comparisons. Of two that are equal their
  /// bits say which is −0; of one that is NaN so is the sum.
  private func chosen(_ a: IRValue, _ b: IRValue, isGreater: Bool) -> IRValue {
    let bits = context.i64.lanes(a.type.laneCount)
    let (first, second) = (builder.bitcast(a, to: bits), builder.bitcast(b, to: bits))
    let both = isGreater ? builder.and(first, second) : builder.or(first, second)
    let isEqual = builder.fcmp(.oeq, a, b)
    let same = builder.select(isEqual, builder.bitcast(both, to: a.type), builder.fadd(a, b))
    let isFirst = builder.fcmp(isGreater ? .ogt : .olt, a, b)
    let isSecond = builder.fcmp(isGreater ? .olt : .ogt, a, b)
    return builder.select(isFirst, a, builder.select(isSecond, b, same))
  }

  /// The truncated quotient; the least integer by −1 wraps to itself, where processors trap.
  private func quotient(_ a: IRValue, _ b: IRValue, _ element: DType) -> IRValue {
    guard element.isSigned else { return builder.udiv(a, b) }
    guard mayBeMinusOne(b) else { return builder.sdiv(a, b) }
    let isMinusOne = builder.icmp(.eq, b, b.type.allOnes)
    let divisor = builder.select(isMinusOne, b.type.constant(1), b)
    return builder.select(isMinusOne, builder.neg(a), builder.sdiv(a, divisor))
  }

  /// The remainder with the sign of `a`; 0 for a divisor of −1.
  private func remainder(_ a: IRValue, _ b: IRValue, _ element: DType) -> IRValue {
    guard element.isSigned else { return builder.urem(a, b) }
    guard mayBeMinusOne(b) else { return builder.srem(a, b) }
    let isMinusOne = builder.icmp(.eq, b, b.type.allOnes)
    return builder.srem(a, builder.select(isMinusOne, b.type.constant(1), b))
  }

  /// Whether a divisor is not known to be another number than −1.
  private func mayBeMinusOne(_ divisor: IRValue) -> Bool {
    guard divisor.isConstant, let value = divisor.constantInteger else { return true }
    return value == -1
  }

  /// A comparison; floating ones are ordered, but `notEqual`.
  func compare(
    _ comparison: Comparison, _ a: IRValue, _ b: IRValue, _ element: DType
  ) -> IRValue {
    if element.isFloat { return builder.fcmp(floatPredicate(comparison), a, b) }
    return builder.icmp(intPredicate(comparison, isSigned: element.isSigned), a, b)
  }

  /// LLVM's name of a comparison of floating numbers.
  private func floatPredicate(_ comparison: Comparison) -> FloatPredicate {
    switch comparison {
    case .equal: .oeq
    case .notEqual: .une
    case .less: .olt
    case .lessEqual: .ole
    case .greater: .ogt
    case .greaterEqual: .oge
    }
  }

  /// LLVM's name of a comparison of integers.
  private func intPredicate(_ comparison: Comparison, isSigned: Bool) -> IntPredicate {
    switch comparison {
    case .equal: .eq
    case .notEqual: .ne
    case .less: isSigned ? .slt : .ult
    case .lessEqual: isSigned ? .sle : .ule
    case .greater: isSigned ? .sgt : .ugt
    case .greaterEqual: isSigned ? .sge : .uge
    }
  }
}
