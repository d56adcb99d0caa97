import GraphIR
import Ops
import Support
import Testing

/// Operations on integers and truth values, by hand.
@Suite struct ElementwiseIntegerTests {
  /// What the reference and the body give, which must be the same.
  private func value(_ name: String, _ type: DType, _ operands: Int64...) throws -> Int64 {
    let function = Elementwise.named(name)
    let tensors = operands.map { Tensor(type, [], integers: [type.wrapped($0)]) }
    let reference = try function.reference(tensors).integers[0]
    var body = PointInterpreter(
      function.operation, Array(repeating: type, count: operands.count), function.attributes,
      fusion: .never)
    let result = body.run(operands.map { .integer(type.wrapped($0)) })
    #expect(result == .integer(reference), "\(name) \(operands)")
    #expect(body.fault == nil)
    return reference
  }

  @Test func arithmeticWraps() throws {
    #expect(try value("add", .i8, 100, 100) == -56)
    #expect(try value("add", .u8, 200, 100) == 44)
    #expect(try value("sub", .u8, 3, 5) == 254)
    #expect(try value("mul", .i32, 5, 2_147_483_647) == 2_147_483_643)
    #expect(try value("mul", .i64, .max, 2) == -2)
    #expect(try value("neg", .i8, -128) == -128)
    #expect(try value("neg", .u16, 1) == 65535)
    #expect(try value("abs", .i8, -128) == -128)
    #expect(try value("abs", .u8, 200) == 200)
    #expect(try value("square", .u8, 20) == 144)
  }

  @Test func divisionFloors() throws {
    let cases: [(Int64, Int64, Int64, Int64)] = [
      (7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1), (6, 3, 2, 0),
      (-6, 3, -2, 0), (5, 0, 0, 0), (-7, 0, 0, 0), (0, -3, 0, 0), (-128, -1, -128, 0),
    ]
    for (x, y, quotient, remainder) in cases {
      #expect(try value("floor_div", .i8, x, y) == quotient)
      #expect(try value("mod", .i8, x, y) == remainder)
    }
    #expect(try value("floor_div", .i64, .min, -1) == .min)
    #expect(try value("mod", .i64, .min, -1) == 0)
    #expect(try value("floor_div", .u64, -1, 10) == 1_844_674_407_370_955_161)
    #expect(try value("mod", .u64, -1, 10) == 5)
    #expect(try value("fmod", .i8, -7, 2) == -1)
    #expect(try value("fmod", .i8, 7, -2) == 1)
    #expect(try value("fmod", .i8, 7, 0) == 0)
    #expect(try value("fmod", .i32, -2_147_483_648, -1) == 0)
  }

  @Test func powersWrap() throws {
    #expect(try value("pow", .i32, 3, 4) == 81)
    #expect(try value("pow", .i8, 2, 7) == -128)
    #expect(try value("pow", .i8, -2, 7) == -128)
    #expect(try value("pow", .u8, 3, 200) == 161)
    #expect(try value("pow", .i64, 3, 40) == -6_289_078_614_652_622_815)
    #expect(try value("pow", .i64, 0, 0) == 1)
    #expect(try value("pow", .i64, 2, -1) == 0)
    #expect(try value("pow", .u64, 7, -1) == 7_905_747_460_161_236_407)
  }

  @Test func constantExponentsUnroll() throws {
    for exponent: Int64 in [-1, 0, 1, 2, 3, 10, 63] {
      var bench = Bench()
      let x = bench.input(Tensor(.i64, [], integers: [3]))
      let y = bench.builder.literal(.int(exponent), .i64)
      let power = bench.builder.power(x, y)
      let expected = (0..<max(exponent, 0)).reduce(Int64(1)) { p, _ in p &* 3 }
      #expect(try bench.run([power])[0].integers == [exponent < 0 ? 0 : expected])
    }
  }

  @Test func shiftsByTheWidthOrMore() throws {
    #expect(try value("shift_left", .i8, 1, 7) == -128)
    #expect(try value("shift_left", .i8, 1, 8) == 0)
    #expect(try value("shift_left", .i64, 1, 64) == 0)
    #expect(try value("shift_left", .u8, 255, 4) == 240)
    #expect(try value("shift_left", .i32, 1, -1) == 0)
    #expect(try value("shift_right", .i8, -128, 7) == -1)
    #expect(try value("shift_right", .i8, -128, 8) == -1)
    #expect(try value("shift_right", .i8, 127, 100) == 0)
    #expect(try value("shift_right", .i32, -5, 1) == -3)
    #expect(try value("shift_right", .i32, -5, -1) == -1)
    #expect(try value("shift_right", .u8, 255, 8) == 0)
    #expect(try value("shift_right", .u64, -1, 63) == 1)
    #expect(try value("shift_right", .u64, -1, 64) == 0)
    #expect(try value("shift_right", .i64, .min, 64) == -1)
  }

  @Test func bitsAreTakenOneByOne() throws {
    #expect(try value("bit_and", .i8, -4, 7) == 4)
    #expect(try value("bit_or", .i8, -4, 3) == -1)
    #expect(try value("bit_xor", .u8, 255, 15) == 240)
    #expect(try value("bit_not", .u8, 15) == 240)
    #expect(try value("bit_not", .i8, 15) == -16)
    #expect(try value("bit_not", .bool, 1) == 0)
  }

  @Test func unsignedNumbersAreOrderedAsSuch() throws {
    #expect(try value("less", .u64, -1, 1) == 0)
    #expect(try value("greater", .u64, -1, 1) == 1)
    #expect(try value("less", .i64, -1, 1) == 1)
    #expect(try value("maximum", .u64, -1, 1) == -1)
    #expect(try value("minimum", .u64, -1, 1) == 1)
    #expect(try value("clip", .u64, -1, 1, 5) == 5)
    #expect(try value("sign", .u64, -1) == 1)
    #expect(try value("sign", .i8, -3) == -1)
    #expect(try value("relu", .u8, 200) == 200)
    #expect(try value("relu", .i8, -3) == 0)
  }

  @Test func truthValuesAreNumbers() throws {
    for a: Int64 in [0, 1] {
      for b: Int64 in [0, 1] {
        #expect(try value("and", .bool, a, b) == a & b)
        #expect(try value("or", .bool, a, b) == a | b)
        #expect(try value("add", .bool, a, b) == a | b)
        #expect(try value("mul", .bool, a, b) == a & b)
        #expect(try value("equal", .bool, a, b) == (a == b ? 1 : 0))
        #expect(try value("not_equal", .bool, a, b) == (a != b ? 1 : 0))
        #expect(try value("less", .bool, a, b) == (a < b ? 1 : 0))
        #expect(try value("less_equal", .bool, a, b) == (a <= b ? 1 : 0))
        #expect(try value("greater", .bool, a, b) == (a > b ? 1 : 0))
        #expect(try value("greater_equal", .bool, a, b) == (a >= b ? 1 : 0))
        #expect(try value("maximum", .bool, a, b) == max(a, b))
        #expect(try value("minimum", .bool, a, b) == min(a, b))
      }
      #expect(try value("not", .bool, a) == 1 - a)
    }
  }

  /// What an operation is not made for is refused, with the reason.
  @Test(arguments: [
    ("sub", DType.bool), ("neg", .bool), ("div", .i32), ("exp", .i64), ("bit_and", .f64),
    ("shift_left", .bool), ("and", .i8), ("hypot", .i32), ("polygamma1", .u8), ("sqrt", .bool),
  ])
  func otherTypesAreRefused(_ name: String, _ type: DType) {
    #expect(!Elementwise.named(name).operandTypes.contains { $0.contains(type) })
  }
}
