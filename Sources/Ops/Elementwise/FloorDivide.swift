package import GraphIR
import Glibc
import LoopIR
import Support

extension Operation {
  /// `x // y`, rounded down; of integers 0 where the divisor is 0. ∂ = 0
  package static let floorDivide: Operation = .pointwise(
    "floor_div", operands: 2, of: .numbers, derivative: .zero,
    reference: .numbers(
      floats: { FloorDivision.of($0[0], $0[1]).quotient },
      integers: { FloorDivision.of($0, $1[0], $1[1]).quotient }),
    domains: [.interval(-4, 4), .interval(0.7, 0.9)], notation: .infix("//")
  ) { b, c in b.floorDivision(c.operands[0], c.operands[1], c.resultType).quotient }

  /// `x % y` = x − y·(x // y), with the sign of `y`; of integers 0 where the divisor is 0.
  ///
  /// ∂/∂x = 1, ∂/∂y = −(x // y)
  package static let modulo: Operation = .pointwise(
    "mod", operands: 2, of: .numbers,
    derivative: .pointwise([
      .factors { _, _ in [] },
      .factors { b, c in [.times(b.floorDivide(c.operands[0], c.operands[1])), .negated] },
    ]),
    reference: .numbers(
      floats: { FloorDivision.of($0[0], $0[1]).remainder },
      integers: { FloorDivision.of($0, $1[0], $1[1]).remainder }),
    domains: [.interval(1.1, 1.4), .interval(0.7, 0.9)], notation: .infix("%")
  ) { b, c in b.floorDivision(c.operands[0], c.operands[1], c.resultType).remainder }
}

/// Quotient rounded down and remainder, as NumPy computes them.
private enum FloorDivision {
  /// Of floats: the quotient is put right by the remainder, which is exact but for one rounding.
  static func of(_ x: Double, _ y: Double) -> (quotient: Double, remainder: Double) {
    var remainder = fmod(x, y)
    if y == 0 { return (x / y, remainder) }
    var quotient = (x - remainder) / y
    if remainder == 0 {
      remainder = Double(signOf: y, magnitudeOf: 0)
    } else if (y < 0) != (remainder < 0) {
      remainder += y
      quotient -= 1
    }
    if quotient == 0 { return (Double(signOf: x / y, magnitudeOf: 0), remainder) }
    let floored = quotient.rounded(.down)
    return (quotient - floored > 0.5 ? floored + 1 : floored, remainder)
  }

  /// Of integers of a type, wrapping.
  static func of(_ type: DType, _ x: Int64, _ y: Int64) -> (quotient: Int64, remainder: Int64) {
    if y == 0 { return (0, 0) }
    if type == .u64 {
      let (a, b) = (UInt64(bitPattern: x), UInt64(bitPattern: y))
      return (Int64(bitPattern: a / b), Int64(bitPattern: a % b))
    }
    if y == -1 { return (0 &- x, 0) }
    let (quotient, remainder) = x.quotientAndRemainder(dividingBy: y)
    return remainder != 0 && (remainder < 0) != (y < 0)
      ? (quotient - 1, remainder + y) : (quotient, remainder)
  }
}

extension LoopBuilder {
  /// Quotient rounded down and remainder.
  fileprivate mutating func floorDivision(
    _ x: ScalarID, _ y: ScalarID, _ type: DType
  ) -> (quotient: ScalarID, remainder: ScalarID) {
    type.isFloat
      ? floatFloorDivision(x, y)
      : type.isSigned ? signedFloorDivision(x, y) : unsignedDivision(x, y)
  }

  /// Of floats, with the steps of the reference.
  private mutating func floatFloorDivision(
    _ x: ScalarID, _ y: ScalarID
  ) -> (quotient: ScalarID, remainder: ScalarID) {
    let zero = constant(0, like: x)
    let one = constant(1, like: x)
    let ratio = divide(x, y)
    let rest = call(.fmod, x, y)
    let isExact = compare(.equal, rest, zero)
    let differs = binary(
      .xor, compare(.less, y, zero), compare(.less, rest, zero))
    let isShifted = binary(.and, differs, unary(.not, isExact))
    let shifted = select(isShifted, add(rest, y), rest)
    let truncated = divide(subtract(x, rest), y)
    let down = select(isShifted, subtract(truncated, one), truncated)
    let floored = unary(.floor, down)
    let isShort = compare(.greater, subtract(down, floored), constant(0.5, like: x))
    let rounded = select(isShort, add(floored, one), floored)
    let signed = select(compare(.equal, down, zero), binary(.copysign, zero, ratio), rounded)
    let byZero = compare(.equal, y, zero)
    return (
      select(byZero, ratio, signed), select(isExact, binary(.copysign, zero, y), shifted)
    )
  }

  /// The divisors 0 and −1 are replaced by 1: one has no quotient, the other may overflow.
  private mutating func signedFloorDivision(
    _ x: ScalarID, _ y: ScalarID
  ) -> (quotient: ScalarID, remainder: ScalarID) {
    let zero = constant(0, like: x)
    let one = constant(1, like: x)
    let byZero = compare(.equal, y, zero)
    let byMinusOne = compare(.equal, y, constant(-1, like: x))
    let divisor = select(binary(.or, byZero, byMinusOne), one, y)
    let quotient = divide(x, divisor)
    let rest = subtract(x, multiply(quotient, divisor))
    let differs = binary(.xor, compare(.less, rest, zero), compare(.less, divisor, zero))
    let isShifted = binary(.and, differs, compare(.notEqual, rest, zero))
    let floored = select(isShifted, subtract(quotient, one), quotient)
    let remainder = select(isShifted, add(rest, divisor), rest)
    let signed = select(byMinusOne, negate(x), floored)
    return (select(byZero, zero, signed), remainder)
  }

  /// Of unsigned integers, where truncating is rounding down.
  private mutating func unsignedDivision(
    _ x: ScalarID, _ y: ScalarID
  ) -> (quotient: ScalarID, remainder: ScalarID) {
    let zero = constant(0, like: x)
    let byZero = compare(.equal, y, zero)
    let divisor = select(byZero, constant(1, like: x), y)
    let quotient = divide(x, divisor)
    let remainder = subtract(x, multiply(quotient, divisor))
    return (select(byZero, zero, quotient), select(byZero, zero, remainder))
  }
}
