import GraphIR
import Ops
import Support
import Testing

/// Conversions between all types.
@Suite struct ElementwiseConversionTests {
  /// What the reference gives.
  private func reference(_ value: Literal, _ source: DType, _ target: DType) throws -> Literal {
    let operand = Tensor(source, scalar: value)
    let context = EvaluationContext(
      operands: [operand], attributes: .dtype(target), regions: [], resultTypes: [target],
      resultShapes: [[]], sizes: [:], data: [])
    return try Operation.convert.evaluate(context)[0][0]
  }

  @Test func floatsTruncateAndSaturate() throws {
    let nan = Literal.float(.nan)
    let infinity = Literal.float(.infinity)
    #expect(try reference(.float(2.9), .f64, .i32) == .int(2))
    #expect(try reference(.float(-2.9), .f64, .i32) == .int(-2))
    #expect(try reference(nan, .f64, .i8) == .int(0))
    #expect(try reference(nan, .f32, .u64) == .int(0))
    #expect(try reference(.float(300), .f64, .i8) == .int(127))
    #expect(try reference(.float(-300), .f64, .i8) == .int(-128))
    #expect(try reference(.float(-1), .f64, .u8) == .int(0))
    #expect(try reference(infinity, .f64, .i64) == .int(.max))
    #expect(try reference(infinity, .f64, .u64) == .int(-1))
    #expect(try reference(.float(0x1p63), .f64, .u64) == .int(.min))
    #expect(try reference(.float(65504), .f16, .i16) == .int(32767))
    #expect(try reference(nan, .f64, .bool) == .bool(true))
    #expect(try reference(.float(-0.0), .f64, .bool) == .bool(false))
    #expect(try reference(.float(0.25), .f64, .bool) == .bool(true))
  }

  @Test func integersWrap() throws {
    #expect(try reference(.int(300), .i64, .i8) == .int(44))
    #expect(try reference(.int(-1), .i64, .u8) == .int(255))
    #expect(try reference(.int(-1), .i8, .u64) == .int(-1))
    #expect(try reference(.int(200), .u8, .i8) == .int(-56))
    #expect(try reference(.int(256), .i32, .bool) == .bool(true))
    #expect(try reference(.bool(true), .bool, .i8) == .int(1))
    #expect(try reference(.bool(true), .bool, .f16) == .float(1))
  }

  @Test func integersRoundOnce() throws {
    #expect(try reference(.int(-1), .u64, .f64) == .float(0x1p64))
    #expect(try reference(.int(.min), .u64, .f32) == .float(0x1p63))
    #expect(try reference(.int((1 << 53) + 1), .i64, .f64) == .float(0x1p53))
    #expect(try reference(.int(16_777_217), .i32, .f32) == .float(16_777_216))
    #expect(try reference(.int(100_000), .i32, .f16) == .float(.infinity))
    // Halfway between two numbers of the half type, and a little more: the little must count.
    #expect(try reference(.int((1 << 54) + (1 << 46) + 1), .i64, .bf16) == .float(0x1.02p54))
    #expect(try reference(.int((1 << 54) + (1 << 46)), .i64, .bf16) == .float(0x1p54))
    #expect(try reference(.int(-(1 << 54) - (1 << 46) - 1), .i64, .bf16) == .float(-0x1.02p54))
  }

  @Test func floatsRoundOnce() throws {
    #expect(try reference(.float(0x1.002p0 + 0x1p-40), .f64, .f16) == .float(0x1.004p0))
    #expect(try reference(.float(0x1.002p0), .f64, .f16) == .float(1))
    #expect(try reference(.float(65520), .f64, .f16) == .float(.infinity))
    #expect(try reference(.float(65519.99), .f64, .f16) == .float(65504))
    #expect(try reference(.float(0x1p-25), .f64, .f16) == .float(0))
    #expect(try reference(.float(0x1.8p-25), .f64, .f16) == .float(0x1p-24))
    #expect(try reference(.float(0x1.01p0 + 0x1p-50), .f64, .bf16) == .float(0x1.02p0))
  }

  /// Numbers next to halves between numbers of narrow types, and ordinary ones.
  private static var floats: [Double] {
    var values = ElementwiseAgreementTests.floats
    let halves: [Double] = [
      0x1.002p0, 0x1.006p0, 0x1.01p0, 0x1.03p0, 65520, 0x1p-25, 0x1p-134, 0x1.FEp127, 0x1.FFp127,
    ]
    for half in halves {
      values += [half, -half, half.nextUp, half.nextDown]
      values += [half * (1 + 0x1p-30), half * (1 - 0x1p-30)]
    }
    return values
  }

  /// The same for integers.
  private static var integers: [Int64] {
    var values = ElementwiseAgreementTests.integers
    for exponent in [11, 24, 25, 31, 53, 54, 62] as [Int64] {
      let power: Int64 = 1 << exponent
      let half = power + power >> 8
      for value in [power, power + 1, power - 1, half, half + 1, power + power >> 24] {
        values += [value, 0 &- value]
      }
    }
    return values
  }

  /// The body of every conversion gives what the reference gives.
  @Test(arguments: DType.allCases)
  func bodiesAgree(_ source: DType) throws {
    let literals: [Literal] =
      source == .bool
      ? [.bool(false), .bool(true)]
      : source.isFloat ? Self.floats.map { .float($0) } : Self.integers.map { .int($0) }
    for target in DType.allCases {
      var body = PointInterpreter(.convert, [source], .dtype(target), fusion: .never)
      for literal in literals {
        let operand = Tensor(source, scalar: literal)
        let expected = try reference(literal, source, target)
        let result = Tensor(target, points: [body.run([operand.point(0)])])
        let areNaN = result[0].double.isNaN && expected.double.isNaN
        #expect(areNaN || result[0] == expected, "\(literal) from \(source) to \(target)")
      }
    }
  }

  /// The derivative converts the cotangent back, and leaves a mask as it is.
  @Test func transposeConvertsBack() throws {
    var bench = Bench()
    let x = bench.input(Tensor(.f32, [2], floats: [1, 2]))
    let wide = bench.builder.convert(x, to: .f64)
    let context = bench.context(of: wide)
    guard case .linear(_, _, let transpose) = Operation.convert.derivative else {
      Issue.record("'convert' is not linear")
      return
    }
    let back = transpose(&bench.builder, context, wide, 0)
    #expect(bench.builder.dtype(back) == .f32)
    let mask = bench.builder.less(x, x)
    #expect(transpose(&bench.builder, context, mask, 0) == mask)
  }
}
