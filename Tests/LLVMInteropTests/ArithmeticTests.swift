import LLVMInterop
import Testing

/// Arithmetic instructions, run in this process and held to what Swift computes.
@Suite struct ArithmeticTests {
  typealias Instructions = (borrowing Builder, [IRValue]) -> IRValue

  /// An operation on integers: by LLVM, and by Swift.
  struct IntegerCase {
    var name: String
    var build: Instructions
    var expected: (Int64, Int64) -> Int64

    init(
      _ name: String, _ build: @escaping Instructions,
      _ expected: @escaping (Int64, Int64) -> Int64
    ) {
      self.name = name
      self.build = build
      self.expected = expected
    }

    /// An operation that reads its operands as unsigned.
    static func unsigned(
      _ name: String, _ build: @escaping Instructions,
      _ expected: @escaping (UInt64, UInt64) -> UInt64
    ) -> IntegerCase {
      IntegerCase(name, build) {
        Int64(bitPattern: expected(UInt64(bitPattern: $0), UInt64(bitPattern: $1)))
      }
    }
  }

  static var integerCases: [IntegerCase] {
    [
      IntegerCase("add", { b, p in b.add(p[0], p[1]) }, { $0 &+ $1 }),
      IntegerCase("sub", { b, p in b.sub(p[0], p[1]) }, { $0 &- $1 }),
      IntegerCase("mul", { b, p in b.mul(p[0], p[1]) }, { $0 &* $1 }),
      IntegerCase("sdiv", { b, p in b.sdiv(p[0], p[1]) }, { $0 / $1 }),
      IntegerCase("srem", { b, p in b.srem(p[0], p[1]) }, { $0 % $1 }),
      .unsigned("udiv", { b, p in b.udiv(p[0], p[1]) }, { $0 / $1 }),
      .unsigned("urem", { b, p in b.urem(p[0], p[1]) }, { $0 % $1 }),
      IntegerCase("and", { b, p in b.and(p[0], p[1]) }, { $0 & $1 }),
      IntegerCase("or", { b, p in b.or(p[0], p[1]) }, { $0 | $1 }),
      IntegerCase("xor", { b, p in b.xor(p[0], p[1]) }, { $0 ^ $1 }),
      IntegerCase("not", { b, p in b.not(p[0]) }, { a, _ in ~a }),
      IntegerCase("neg", { b, p in b.neg(p[0]) }, { a, _ in 0 &- a }),
      IntegerCase("shl", { b, p in b.shl(p[0], shift(b, p[1])) }, { $0 &<< $1 }),
      IntegerCase("ashr", { b, p in b.ashr(p[0], shift(b, p[1])) }, { $0 &>> $1 }),
      .unsigned("lshr", { b, p in b.lshr(p[0], shift(b, p[1])) }, { $0 &>> $1 }),
      IntegerCase(
        "slt", { b, p in b.zext(b.icmp(.slt, p[0], p[1]), to: p[0].type) }, { $0 < $1 ? 1 : 0 }),
      .unsigned(
        "ult", { b, p in b.sext(b.icmp(.ult, p[0], p[1]), to: p[0].type) },
        { $0 < $1 ? .max : 0 }),
      IntegerCase(
        "max", { b, p in b.select(b.icmp(.sge, p[0], p[1]), p[0], p[1]) }, { max($0, $1) }),
      IntegerCase("low", lowByte, { a, _ in Int64(Int8(truncatingIfNeeded: a)) }),
    ]
  }

  /// An amount to shift by that is less than the width.
  private static func shift(_ builder: borrowing Builder, _ amount: IRValue) -> IRValue {
    builder.and(amount, amount.type.constant(63))
  }

  /// The low byte as a signed number.
  private static func lowByte(_ builder: borrowing Builder, _ operands: [IRValue]) -> IRValue {
    let byte = builder.trunc(operands[0], to: builder.context.i8)
    return builder.intCast(byte, to: operands[0].type, signed: true)
  }

  typealias IntegerFunction = @convention(c) (Int64, Int64) -> Int64

  @Test func integers() throws {
    let samples: [(Int64, Int64)] = [(7, 3), (-7, 3), (7, -3), (1 << 40, 12), (-1, 255)]
    try Sample.run { module in
      let i64 = module.context.i64
      for sample in Self.integerCases {
        Sample.addFunction(
          "f_" + sample.name, [i64, i64], returning: i64, to: module, sample.build)
      }
    } _: { jit in
      for sample in Self.integerCases {
        let address = try jit.address(of: "f_" + sample.name)
        let function = unsafeBitCast(address, to: IntegerFunction.self)
        for (a, b) in samples {
          let expected = sample.expected(a, b)
          #expect(function(a, b) == expected, "\(sample.name)(\(a), \(b))")
        }
      }
    }
  }

  /// Whether an operation overflows: by LLVM, and by Swift.
  typealias OverflowCase = (
    name: String, build: Instructions, expected: (Int64, Int64) -> Bool
  )

  /// The operations that tell of overflow.
  static var overflowCases: [OverflowCase] {
    func u(_ a: Int64) -> UInt64 { UInt64(bitPattern: a) }
    return [
      ("sadd", { b, p in b.addWithOverflow(p[0], p[1], signed: true).overflow },
        { $0.addingReportingOverflow($1).overflow }),
      ("uadd", { b, p in b.addWithOverflow(p[0], p[1], signed: false).overflow },
        { u($0).addingReportingOverflow(u($1)).overflow }),
      ("ssub", { b, p in b.subWithOverflow(p[0], p[1], signed: true).overflow },
        { $0.subtractingReportingOverflow($1).overflow }),
      ("usub", { b, p in b.subWithOverflow(p[0], p[1], signed: false).overflow },
        { u($0).subtractingReportingOverflow(u($1)).overflow }),
      ("smul", { b, p in b.mulWithOverflow(p[0], p[1], signed: true).overflow },
        { $0.multipliedReportingOverflow(by: $1).overflow }),
      ("umul", { b, p in b.mulWithOverflow(p[0], p[1], signed: false).overflow },
        { u($0).multipliedReportingOverflow(by: u($1)).overflow }),
    ]
  }

  @Test func overflow() throws {
    let samples: [(Int64, Int64)] = [
      (1, 2), (.max, 1), (.min, -1), (.min, 1), (1 << 32, 1 << 32), (-1, 1), (1 << 31, 1 << 32),
    ]
    try Sample.run { module in
      let i64 = module.context.i64
      for sample in Self.overflowCases {
        Sample.addFunction("f_" + sample.name, [i64, i64], returning: i64, to: module) { b, p in
          b.zext(sample.build(b, p), to: b.context.i64)
        }
      }
    } _: { jit in
      for sample in Self.overflowCases {
        let address = try jit.address(of: "f_" + sample.name)
        let function = unsafeBitCast(address, to: IntegerFunction.self)
        for (a, b) in samples {
          let expected: Int64 = sample.expected(a, b) ? 1 : 0
          #expect(function(a, b) == expected, "\(sample.name)(\(a), \(b))")
        }
      }
    }
  }

  /// An operation on floating-point numbers: by LLVM, and by Swift.
  struct FloatCase {
    var name: String
    var build: Instructions
    var expected: (Double, Double) -> Double

    init(
      _ name: String, _ build: @escaping Instructions,
      _ expected: @escaping (Double, Double) -> Double
    ) {
      self.name = name
      self.build = build
      self.expected = expected
    }
  }

  static var floatCases: [FloatCase] {
    [
      FloatCase("add", { b, p in b.fadd(p[0], p[1]) }, { $0 + $1 }),
      FloatCase("sub", { b, p in b.fsub(p[0], p[1]) }, { $0 - $1 }),
      FloatCase("mul", { b, p in b.fmul(p[0], p[1]) }, { $0 * $1 }),
      FloatCase("div", { b, p in b.fdiv(p[0], p[1]) }, { $0 / $1 }),
      FloatCase(
        "rem", { b, p in b.frem(p[0], p[1]) }, { $0.truncatingRemainder(dividingBy: $1) }),
      FloatCase("neg", { b, p in b.fneg(p[0]) }, { a, _ in -a }),
      FloatCase(
        "fma", { b, p in b.intrinsic("llvm.fma", [p[0], p[1], p[0]]) },
        { $0.addingProduct($0, $1) }),
      FloatCase(
        "sqrt", { b, p in b.intrinsic("llvm.sqrt", [b.intrinsic("llvm.fabs", [p[0]])]) },
        { a, _ in abs(a).squareRoot() }),
      FloatCase("single", throughSingle, { a, _ in Double(Float(a)) }),
      FloatCase("signed", throughSigned, { a, _ in a.rounded(.towardZero) }),
      FloatCase("unsigned", throughUnsigned, { a, _ in abs(a).rounded(.towardZero) }),
      FloatCase("bits", flipSign, { a, _ in -a }),
      FloatCase(
        "olt", { b, p in b.uitofp(b.fcmp(.olt, p[0], p[1]), to: b.context.double) },
        { $0 < $1 ? 1 : 0 }),
      FloatCase(
        "pattern",
        { b, p in b.fadd(p[0], p[0].type.constant(bitPattern: 1.5.bitPattern, width: 64)) },
        { a, _ in a + 1.5 }),
    ]
  }

  private static func throughSingle(_ b: borrowing Builder, _ p: [IRValue]) -> IRValue {
    b.fpext(b.fptrunc(p[0], to: b.context.float), to: b.context.double)
  }

  private static func throughSigned(_ b: borrowing Builder, _ p: [IRValue]) -> IRValue {
    b.sitofp(b.fptosi(p[0], to: b.context.i32), to: b.context.double)
  }

  private static func throughUnsigned(_ b: borrowing Builder, _ p: [IRValue]) -> IRValue {
    let magnitude = b.intrinsic("llvm.fabs", [p[0]])
    return b.uitofp(b.fptoui(magnitude, to: b.context.i32), to: b.context.double)
  }

  private static func flipSign(_ b: borrowing Builder, _ p: [IRValue]) -> IRValue {
    let bits = b.xor(b.bitcast(p[0], to: b.context.i64), b.context.i64.constant(Int64.min))
    return b.bitcast(bits, to: b.context.double)
  }

  typealias FloatFunction = @convention(c) (Double, Double) -> Double

  @Test func floatingPoint() throws {
    let samples = [(1.5, 2.25), (-7.9, 0.1), (1e5, -1e5), (0.1, 0.2)]
    try Sample.run { module in
      let double = module.context.double
      for sample in Self.floatCases {
        Sample.addFunction(
          "f_" + sample.name, [double, double], returning: double, to: module, sample.build)
      }
    } _: { jit in
      for sample in Self.floatCases {
        let address = try jit.address(of: "f_" + sample.name)
        let function = unsafeBitCast(address, to: FloatFunction.self)
        for (a, b) in samples {
          let expected = sample.expected(a, b)
          #expect(function(a, b) == expected, "\(sample.name)(\(a), \(b))")
        }
      }
    }
  }
}
