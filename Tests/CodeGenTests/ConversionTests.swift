import CodeGen
import LoopIR
import Support
import Testing

/// Numbers of every type as numbers of every other.
struct ConversionTests {
  private func convert<A, B>(
    _ values: [A], _ from: DType, _ to: DType, as type: B.Type, lanes: Int = 1
  ) throws -> [B] {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n], from)
    let y = kernel.output("y", [n], to)
    let function = kernel.function { builder in
      builder.loop("i", n, lanes: lanes) { builder, i in
        let value = builder.load(x, [Index(i)])
        builder.store(builder.convert(value, to: to), to: y, [Index(i)])
      }
    }
    let result = Memory(to, values.count)
    #expect(try Compiled(function).call([values.count], [Memory(from, values), result]) == 0)
    return result.values(as: type)
  }

  private static let doubles: [Double] = [
    0, -0.0, 0.5, -0.5, 1, -1, 1.999, -1.999, 127, 128, -128, -129, 255, 256, 32767.5, 65535, 65536,
    2147483647, 2147483648, -2147483649, 4294967295, 4294967296, 9.3e18, -9.3e18, 1.9e19, 1e300,
    -1e300, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
  ]

  private func checkFromFloat<T: FixedWidthInteger & Sendable>(_ to: DType, _ type: T.Type) throws {
    for lanes in [1, 8] {
      let result = try convert(Self.doubles, .f64, to, as: T.self, lanes: lanes)
      let expected = Self.doubles.map { T(truncatingIfNeeded: to.converted($0)) }
      #expect(result == expected, "f64 to \(to)")
      let singles = Self.doubles.map { Float($0) }
      let fromSingle = try convert(singles, .f32, to, as: T.self, lanes: lanes)
      #expect(fromSingle == singles.map { T(truncatingIfNeeded: to.converted(Double($0))) })
    }
  }

  @Test func floatToInteger() throws {
    try checkFromFloat(.i8, Int8.self)
    try checkFromFloat(.i16, Int16.self)
    try checkFromFloat(.i32, Int32.self)
    try checkFromFloat(.i64, Int64.self)
    try checkFromFloat(.u8, UInt8.self)
    try checkFromFloat(.u16, UInt16.self)
    try checkFromFloat(.u32, UInt32.self)
    try checkFromFloat(.u64, UInt64.self)
    try checkFromFloat(.bool, UInt8.self)
  }

  private func checkFromInteger<T: FixedWidthInteger & Sendable>(
    _ from: DType, _ type: T.Type
  ) throws {
    let values: [T] = [0, 1, 2, 77, .max, .min, .max / 3, T(truncatingIfNeeded: -1)]
    #expect(try convert(values, from, .f64, as: Double.self) == values.map { Double($0) })
    #expect(try convert(values, from, .f32, as: Float.self) == values.map { Float($0) })
    #expect(try convert(values, from, .bool, as: UInt8.self) == values.map { $0 == 0 ? 0 : 1 })
    #expect(
      try convert(values, from, .i8, as: Int8.self)
        == values.map { Int8(truncatingIfNeeded: $0) })
    #expect(
      try convert(values, from, .u16, as: UInt16.self)
        == values.map { UInt16(truncatingIfNeeded: $0) })
    #expect(
      try convert(values, from, .i64, as: Int64.self)
        == values.map { Int64(truncatingIfNeeded: $0) })
    #expect(
      try convert(values, from, .u64, as: UInt64.self)
        == values.map { UInt64(truncatingIfNeeded: $0) })
  }

  @Test func integerToAnything() throws {
    try checkFromInteger(.i8, Int8.self)
    try checkFromInteger(.i16, Int16.self)
    try checkFromInteger(.i32, Int32.self)
    try checkFromInteger(.i64, Int64.self)
    try checkFromInteger(.u8, UInt8.self)
    try checkFromInteger(.u16, UInt16.self)
    try checkFromInteger(.u32, UInt32.self)
    try checkFromInteger(.u64, UInt64.self)
    let flags: [UInt8] = [0, 1, 2, 255]
    #expect(try convert(flags, .bool, .f64, as: Double.self) == [0, 1, 1, 1])
    #expect(try convert(flags, .bool, .i32, as: Int32.self) == [0, 1, 1, 1])
  }

  @Test func betweenFloats() throws {
    let singles = try convert(Self.doubles, .f64, .f32, as: Float.self)
    for (value, double) in zip(singles, Self.doubles) {
      #expect(value.bitPattern == Float(double).bitPattern || double.isNaN && value.isNaN)
    }
    // Rounding to f32 and back is not to be left out.
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    let function = kernel.function { builder in
      builder.loop("i", n) { builder, i in
        let single = builder.convert(builder.load(x, [Index(i)]), to: .f32)
        builder.store(builder.convert(single, to: .f64), to: y, [Index(i)])
      }
    }
    let result = Memory(.f64, 2)
    try Compiled(function).call([2], [Memory([0.1, 1e-3]), result])
    #expect(result.doubles == [Double(Float(0.1)), Double(Float(1e-3))])
  }
}
