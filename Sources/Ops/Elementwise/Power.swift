package import GraphIR
import Glibc
import LoopIR
import Mathematics
import Support

extension Operation {
  /// ∂/∂x xʸ = y·xʸ⁻¹, which is 0 for y = 0 even at x = 0; ∂/∂y xʸ = xʸ·ln x, 0 at x = 0.
  ///
  /// Integers wrap; to a negative power they give 0, which the front end does not let happen where
  /// it can see it.
  package static let power: Operation = .pointwise(
    "pow", operands: 2, of: .numbers,
    derivative: .pointwise([
      .factors { b, c in Operation.powerByBase(&b, c.operands[0], c.operands[1]) },
      .factors { b, c in Operation.powerByExponent(&b, c.operands[0], c.result) },
    ]),
    reference: .numbers(
      floats: { Glibc.pow($0[0], $0[1]) },
      integers: { type, x in Operation.integerPower(type, x[0], x[1]) }),
    domains: [.interval(0.2, 2), .interval(-2, 3)], notation: .infix("**")
  ) { b, c in
    c.resultType.isFloat
      ? b.mathPower(c.operands[0], c.operands[1])
      : b.integerPower(c.operands[0], c.operands[1], type: c.resultType)
  }

  /// y·xʸ⁻¹; for an exponent that may be 0 masked there, since 0·0⁻¹ is NaN.
  private static func powerByBase(
    _ b: inout Builder, _ x: Value, _ y: Value
  ) -> [Factor] {
    let known = b.knownExponent(y)
    if known == 0 { return [.times(y)] }
    let power = b.power(x, b.subtract(y, b.literal(1, like: y)))
    let factors: [Factor] = [.times(y), .times(power)]
    if known != nil { return factors }
    return factors + [.selected(b.notEqual(y, b.literal(0, like: y)))]
  }

  /// xʸ·ln x, masked where x is 0.
  private static func powerByExponent(
    _ b: inout Builder, _ x: Value, _ result: Value
  ) -> [Factor] {
    let factors: [Factor] = [.times(result), .times(b.log(x))]
    if let base = b.graph.literal(x)?.double, base != 0 { return factors }
    return factors + [.selected(b.notEqual(x, b.literal(0, like: x)))]
  }

  /// The power by repeated squaring, wrapping.
  private static func integerPower(_ type: DType, _ base: Int64, _ exponent: Int64) -> Int64 {
    if type.isSigned && exponent < 0 { return 0 }
    var result: Int64 = 1
    var square = base
    var bits = UInt64(bitPattern: exponent)
    while bits != 0 {
      if bits & 1 != 0 { result = result &* square }
      square = square &* square
      bits >>= 1
    }
    return result
  }
}

extension Builder {
  /// The value of an exponent that is a constant, or a constant minus constants as derivatives of
  /// powers make them.
  fileprivate func knownExponent(_ exponent: Value) -> Double? {
    var sum = 0.0
    var value = exponent
    while graph.node(of: value).operation == .subtract {
      let operands = graph.node(of: value).operands
      guard let right = graph.literal(operands[1]) else { return nil }
      sum -= right.double
      value = operands[0]
    }
    return graph.literal(value).map { $0.double + sum }
  }
}

extension LoopBuilder {
  /// The power of integers by repeated squaring: as many steps as the exponent may have bits.
  fileprivate mutating func integerPower(
    _ base: ScalarID, _ exponent: ScalarID, type: DType
  ) -> ScalarID {
    var known: Int64?
    if case .constant(.int(let value)) = body[exponent].instruction { known = value }
    let zero = constant(0, like: base)
    let one = constant(1, like: base)
    if let known, type.isSigned, known < 0 { return zero }
    let width = known.map { 64 - $0.leadingZeroBitCount } ?? type.bitWidth - (type.isSigned ? 1 : 0)
    var result = one
    var square = base
    for bit in 0..<width {
      let mask = constant(type, .int(1 << Int64(bit)))
      let isSet = compare(.notEqual, binary(.and, exponent, mask), zero)
      result = select(isSet, multiply(result, square), result)
      if bit + 1 < width { square = multiply(square, square) }
    }
    guard type.isSigned, known == nil else { return result }
    return select(compare(.less, exponent, zero), zero, result)
  }
}
