import Glibc
import GraphIR
import LoopIR
import Mathematics
import Ops
import Support

/// A scalar of loop IR with its value.
enum PointValue: Equatable {
  case float(Double)
  /// An integer or a truth value, wrapped to its type.
  case integer(Int64)

  /// The number, where it is a float.
  var float: Double {
    guard case .float(let value) = self else { preconditionFailure("not a float") }
    return value
  }

  /// The number, where it is an integer.
  var integer: Int64 {
    guard case .integer(let value) = self else { preconditionFailure("not an integer") }
    return value
  }
}

/// What a target and its compiler may make of products and sums.
enum Fusion: CaseIterable {
  /// Every product is rounded.
  case never
  /// `multiplyAdd` is fused, nothing else.
  case multiplyAdds
  /// A product that is added or subtracted is fused too, of two the left one.
  case left
  /// A product that is added or subtracted is fused too, of two the right one.
  case right
}

/// Runs the loop body of an elementwise operation on single elements, without any code generation.
struct PointInterpreter {
  /// The scalars of the body; those before `operandCount` are the operands.
  private let body: Body
  private let operandCount: Int
  private let result: ScalarID
  private let resultType: DType
  private let fusion: Fusion

  /// What a body must never do; nil if it does not.
  private(set) var fault: String?
  private var values: [PointValue] = []

  init(_ operation: Operation, _ types: [DType], _ attributes: Attributes, fusion: Fusion) {
    guard case .pointwise(let build) = operation.kernel,
      let type = try? operation.infer(
        TypeQuery(operands: types.map { TensorType($0) }, attributes: attributes))[0].dtype
    else { preconditionFailure("'\(operation.name)' does not take \(types)") }
    var builder = LoopBuilder(body: Body())
    // What loops carry is no constant, whatever a body makes of those.
    let operands = types.enumerated().map {
      builder.define(ScalarType($1.arithmetic), .carried(LoopID(0), $0))
    }
    result = build(
      &builder,
      PointContext(
        operands: operands, operandTypes: types, resultType: type, attributes: attributes))
    body = builder.body
    operandCount = types.count
    resultType = type
    self.fusion = fusion
  }

  /// Code of our own for a function of the C library.
  private init(_ function: LibraryFunction, _ type: DType, fusion: Fusion) {
    var builder = LoopBuilder(body: Body())
    let operands = (0..<function.arity).map {
      builder.define(ScalarType(type), .carried(LoopID(0), $0))
    }
    result = builder.laneValue(function, operands, everywhere: true).value
    body = builder.body
    operandCount = operands.count
    resultType = type
    self.fusion = fusion
  }

  /// The result for given operands, rounded to its type as a store does.
  mutating func run(_ operands: [PointValue]) -> PointValue {
    values = operands
    for index in operandCount..<body.scalars.count {
      let scalar = body.scalars[index]
      values.append(compute(scalar.instruction, scalar.type.element))
    }
    let value = values[result.index]
    return resultType.isFloat ? .float(resultType.rounded(value.float)) : value
  }

  private mutating func compute(_ instruction: Instruction, _ type: DType) -> PointValue {
    switch instruction {
    case .constant(let literal):
      return Tensor(type, scalar: literal).point
    case .unary(let operation, let a): return unary(operation, self[a], type)
    case .binary(let operation, let a, let b): return binary(operation, a, b, type)
    case .compare(let comparison, let a, let b):
      return .integer(compare(comparison, self[a], self[b], body[a].type.element) ? 1 : 0)
    case .multiplyAdd(let a, let b, let c):
      let product = (self[a].float, self[b].float)
      return fusion == .never
        ? .float(sum(multiply(product.0, product.1, type), self[c].float, type))
        : fused(product, self[c].float, type)
    case .select(let condition, let a, let b):
      return self[condition].integer != 0 ? self[a] : self[b]
    case .convert(let a): return self[a].converted(from: body[a].type.element, to: type)
    case .bitcast(let a):
      let source = body[a].type.element
      return source.isFloat == type.isFloat
        ? .integer(type.wrapped(self[a].integer)) : self[a].bitcast(from: source, to: type)
    case .call(let function, let arguments):
      let operands = arguments.map { self[$0] }
      if function.hasLaneCode {
        var code = PointInterpreter(function, type, fusion: fusion)
        defer { fault = fault ?? code.fault }
        return code.run(operands)
      }
      return .float(type.rounded(function.value(operands.map(\.float))))
    case .dim, .loopVariable, .index, .isWanted, .load, .carried, .loopResult, .acrossLanes,
      .splat, .accumulate, .round:
      preconditionFailure("\(instruction) has no place in the body of an operation")
    }
  }

  private subscript(_ id: ScalarID) -> PointValue { values[id.index] }

  private func unary(
    _ operation: UnaryOperation, _ a: PointValue, _ type: DType
  ) -> PointValue {
    if case .integer(let x) = a {
      switch operation {
      case .negate: return .integer(type.wrapped(0 &- x))
      case .abs: return .integer(type.wrapped(type.isSigned && x < 0 ? 0 &- x : x))
      case .not: return .integer(type == .bool ? 1 - x : type.wrapped(~x))
      case .sqrt, .floor, .ceil, .trunc, .roundEven: preconditionFailure("not of integers")
      }
    }
    let x = a.float
    switch operation {
    case .negate: return .float(-x)
    case .abs: return .float(x.magnitude)
    case .sqrt: return .float(type.rounded(x.squareRoot()))
    case .floor: return .float(x.rounded(.down))
    case .ceil: return .float(x.rounded(.up))
    case .trunc: return .float(x.rounded(.towardZero))
    case .roundEven: return .float(x.rounded(.toNearestOrEven))
    case .not: preconditionFailure("not of floats")
    }
  }

  private mutating func binary(
    _ operation: BinaryOperation, _ left: ScalarID, _ right: ScalarID, _ type: DType
  ) -> PointValue {
    if !type.isFloat { return integers(operation, self[left].integer, self[right].integer, type) }
    let (x, y) = (self[left].float, self[right].float)
    switch operation {
    case .add, .subtract:
      return contracted(operation, left, right, type)
        ?? .float(sum(x, operation == .add ? y : -y, type))
    case .multiply: return .float(multiply(x, y, type))
    case .divide:
      return .float(type == .f32 ? Double(Float(x) / Float(y)) : x / y)
    case .remainder: return .float(type.rounded(fmod(x, y)))
    case .minimum: return .float(x.isNaN || y.isNaN ? .nan : -zeroMaximum(-x, -y))
    case .maximum: return .float(x.isNaN || y.isNaN ? .nan : zeroMaximum(x, y))
    case .copysign: return .float(Double(signOf: y, magnitudeOf: x))
    case .scale: return .float(y.isNaN ? .nan : type.rounded(scalbn(x, Int(y))))
    case .and, .or, .xor, .shiftLeft, .shiftRight, .shiftRightLogical:
      preconditionFailure("not of floats")
    }
  }

  /// The greater of two numbers, +0 above −0.
  private func zeroMaximum(_ x: Double, _ y: Double) -> Double {
    x == y ? (x.sign == .minus ? y : x) : max(x, y)
  }

  private func sum(_ x: Double, _ y: Double, _ type: DType) -> Double {
    type == .f32 ? Double(Float(x) + Float(y)) : x + y
  }

  private func multiply(_ x: Double, _ y: Double, _ type: DType) -> Double {
    type == .f32 ? Double(Float(x) * Float(y)) : x * y
  }

  private func fused(
    _ product: (Double, Double), _ rest: Double, _ type: DType
  ) -> PointValue {
    type == .f32
      ? .float(Double(Float(rest).addingProduct(Float(product.0), Float(product.1))))
      : .float(rest.addingProduct(product.0, product.1))
  }

  /// A sum with one of its operands fused into it, if that is a product and fusion is free.
  private func contracted(
    _ operation: BinaryOperation, _ left: ScalarID, _ right: ScalarID, _ type: DType
  ) -> PointValue? {
    guard fusion == .left || fusion == .right else { return nil }
    let sign = operation == .add ? 1.0 : -1.0
    let order = fusion == .left ? [true, false] : [false, true]
    for isLeft in order {
      guard
        case .binary(.multiply, let a, let b) = body[isLeft ? left : right].instruction
      else { continue }
      let scale = isLeft ? 1 : sign
      let rest = isLeft ? sign * self[right].float : self[left].float
      return fused((scale * self[a].float, self[b].float), rest, type)
    }
    return nil
  }

  private mutating func integers(
    _ operation: BinaryOperation, _ x: Int64, _ y: Int64, _ type: DType
  ) -> PointValue {
    switch operation {
    case .add: return .integer(type.wrapped(x &+ y))
    case .subtract: return .integer(type.wrapped(x &- y))
    case .multiply: return .integer(type.wrapped(x &* y))
    case .divide, .remainder: return .integer(quotient(operation, x, y, type))
    case .minimum: return .integer(type.ordered(min(type.ordered(x), type.ordered(y))))
    case .maximum: return .integer(type.ordered(max(type.ordered(x), type.ordered(y))))
    case .and: return .integer(x & y)
    case .or: return .integer(x | y)
    case .xor: return .integer(type.wrapped(x ^ y))
    case .shiftLeft, .shiftRight, .shiftRightLogical:
      guard (0..<Int64(type.bitWidth)).contains(y) else {
        fault = "a shift by \(y)"
        return .integer(0)
      }
      if operation == .shiftLeft { return .integer(type.wrapped(x << y)) }
      if operation == .shiftRight && type.isSigned { return .integer(x >> y) }
      let mask: UInt64 = type.bitWidth == 64 ? ~0 : 1 << UInt64(type.bitWidth) - 1
      let shifted = (UInt64(bitPattern: x) & mask) >> UInt64(y)
      return .integer(type.wrapped(Int64(bitPattern: shifted)))
    case .copysign, .scale: preconditionFailure("not of integers")
    }
  }

  private mutating func quotient(
    _ operation: BinaryOperation, _ x: Int64, _ y: Int64, _ type: DType
  ) -> Int64 {
    let overflows = type.isSigned && y == -1 && x == type.integerRange.0
    guard y != 0, !overflows else {
      fault = "\(x) divided by \(y)"
      return 0
    }
    if type == .u64 {
      let (a, b) = (UInt64(bitPattern: x), UInt64(bitPattern: y))
      return Int64(bitPattern: operation == .divide ? a / b : a % b)
    }
    return operation == .divide ? x / y : x % y
  }

  private func compare(
    _ comparison: Comparison, _ a: PointValue, _ b: PointValue, _ type: DType
  ) -> Bool {
    switch (a, b) {
    case (.float(let x), .float(let y)): comparison.holds(x, y)
    case (.integer(let x), .integer(let y)): comparison.holds(type.ordered(x), type.ordered(y))
    case (.float, .integer), (.integer, .float): preconditionFailure("of different types")
    }
  }
}

extension Comparison {
  /// Whether two numbers compare so.
  fileprivate func holds<Number: Comparable>(_ x: Number, _ y: Number) -> Bool {
    switch self {
    case .equal: x == y
    case .notEqual: x != y
    case .less: x < y
    case .lessEqual: x <= y
    case .greater: x > y
    case .greaterEqual: x >= y
    }
  }
}

extension PointValue {
  /// The number as another type, as loop IR converts.
  fileprivate func converted(from source: DType, to target: DType) -> PointValue {
    switch self {
    case .float(let value):
      return target.isFloat
        ? .float(target.rounded(value)) : .integer(target.converted(value))
    case .integer(let value):
      guard target.isFloat else { return .integer(target.wrapped(value)) }
      if source == .u64 {
        let unsigned = UInt64(bitPattern: value)
        return .float(target == .f32 ? Double(Float(unsigned)) : Double(unsigned))
      }
      return .float(target == .f32 ? Double(Float(value)) : Double(value))
    }
  }

  /// The same bits as another type.
  fileprivate func bitcast(from source: DType, to target: DType) -> PointValue {
    switch (self, source) {
    case (.float(let value), .f32): .integer(Int64(Float(value).bitPattern))
    case (.float(let value), _): .integer(Int64(bitPattern: value.bitPattern))
    case (.integer(let value), .u32):
      .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: value))))
    case (.integer(let value), _): .float(Double(bitPattern: UInt64(bitPattern: value)))
    }
  }
}

extension Tensor {
  /// The only element.
  fileprivate var point: PointValue {
    switch elements {
    case .floats(let values): .float(values[0])
    case .integers(let values): .integer(values[0])
    }
  }
}

extension LibraryFunction {
  /// What the C library's function for `double` gives.
  fileprivate func value(_ x: [Double]) -> Double {
    switch self {
    case .exp: Glibc.exp(x[0])
    case .exp2: Glibc.exp2(x[0])
    case .expm1: Glibc.expm1(x[0])
    case .log: Glibc.log(x[0])
    case .log2: Glibc.log2(x[0])
    case .log10: Glibc.log10(x[0])
    case .log1p: Glibc.log1p(x[0])
    case .cbrt: Glibc.cbrt(x[0])
    case .sin: Glibc.sin(x[0])
    case .cos: Glibc.cos(x[0])
    case .tan: Glibc.tan(x[0])
    case .asin: Glibc.asin(x[0])
    case .acos: Glibc.acos(x[0])
    case .atan: Glibc.atan(x[0])
    case .sinh: Glibc.sinh(x[0])
    case .cosh: Glibc.cosh(x[0])
    case .tanh: Glibc.tanh(x[0])
    case .asinh: Glibc.asinh(x[0])
    case .acosh: Glibc.acosh(x[0])
    case .atanh: Glibc.atanh(x[0])
    case .erf: Glibc.erf(x[0])
    case .erfc: Glibc.erfc(x[0])
    case .tgamma: Glibc.tgamma(x[0])
    case .lgamma: SpecialFunctions.lgamma(x[0])
    case .pow: Glibc.pow(x[0], x[1])
    case .atan2: Glibc.atan2(x[0], x[1])
    case .hypot: Glibc.hypot(x[0], x[1])
    case .fmod: Glibc.fmod(x[0], x[1])
    }
  }
}
