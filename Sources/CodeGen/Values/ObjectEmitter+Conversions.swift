import LLVMInterop
import LoopIR
import Support

/// Numbers of one type as numbers of another.
extension ObjectEmitter {
  /// The value as another type: float to integer truncates, saturates, and sends NaN to 0.
  func convert(_ a: IRValue, from source: DType, to target: DType) -> IRValue {
    if source == target { return a }
    let type = registerType(target).lanes(a.type.laneCount)
    if target == .bool { return isNotZero(a, source) }
    switch (source.isFloat, target.isFloat) {
    case (true, true):
      return exactly { target == .f64 ? builder.fpext(a, to: type) : builder.fptrunc(a, to: type) }
    case (true, false):
      let name = target.isSigned ? "llvm.fptosi.sat" : "llvm.fptoui.sat"
      return builder.intrinsic(name, [a], on: [type, a.type])
    case (false, true):
      return source.isSigned ? builder.sitofp(a, to: type) : builder.uitofp(a, to: type)
    case (false, false): return builder.intCast(a, to: type, signed: source.isSigned)
    }
  }

  /// Calls `body` with no freedom for floating-point numbers: each conversion rounds.
  func exactly<R>(_ body: () -> R) -> R {
    let flags = builder.fastMath
    builder.fastMath = []
    defer { builder.fastMath = flags }
    return body()
  }

  /// Whether a number is not 0; NaN is.
  private func isNotZero(_ a: IRValue, _ element: DType) -> IRValue {
    element.isFloat
      ? builder.fcmp(.une, a, a.type.zero) : builder.icmp(.ne, a, a.type.zero)
  }

  /// What was loaded from memory as a value in a register.
  func registered(_ raw: IRValue, _ element: DType) -> IRValue {
    switch element {
    case .bool: builder.icmp(.ne, raw, raw.type.zero)
    case .f16: exactly { float(ofHalf: raw) }
    case .bf16: float(ofBrainHalf: raw)
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64: raw
    }
  }

  /// A value in a register as it is stored in memory.
  func stored(_ value: IRValue, _ element: DType) -> IRValue {
    switch element {
    case .bool: builder.zext(value, to: context.i8.lanes(value.type.laneCount))
    case .f16: exactly { half(of: value) }
    case .bf16: exactly { brainHalf(of: value) }
    case .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64, .f32, .f64: value
    }
  }

  /// An `f32` rounded to a half type, as an `f32`.
  func rounded(_ value: IRValue, to element: DType) -> IRValue {
    registered(stored(value, element), element)
  }

  /// A literal of a type, in every lane.
  func literal(_ literal: Literal, _ type: ScalarType) -> IRValue {
    let register = registerType(type)
    if type.element.isFloat { return register.constant(literal.double) }
    switch literal {
    case .bool(let value): return value ? register.allOnes : register.zero
    case .int(let value): return register.constant(type.element.wrapped(value))
    case .float: preconditionFailure("a floating literal of type \(type)")
    }
  }
}
