import CodeGen
import LoopIR
import Support
import Testing

/// Every instruction on every type, against Swift's own arithmetic.
struct ArithmeticTests {
  /// A function that applies an instruction to each element of up to three arrays.
  private func apply<A, B, R>(
    _ from: DType, _ to: DType, _ a: [A], _ b: [B], as type: R.Type, cpu: String? = nil,
    lanes: Int = 1, _ build: (inout LoopBuilder, ScalarID, ScalarID) -> ScalarID
  ) throws -> [R] {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n], from)
    let y = kernel.input("y", [n], from)
    let z = kernel.output("z", [n], to)
    let function = kernel.function { builder in
      builder.loop("i", n, lanes: lanes) { builder, i in
        let left = builder.load(x, [Index(i)])
        let right = builder.load(y, [Index(i)])
        builder.store(build(&builder, left, right), to: z, [Index(i)])
      }
    }
    let compiled = try Compiled(function) { $0.cpu = cpu }
    let result = Memory(to, a.count)
    #expect(try compiled.call([a.count], [Memory(from, a), Memory(from, b), result]) == 0)
    return result.values(as: type)
  }

  /// All pairs of two lists, as two lists.
  private func pairs<T>(_ values: [T]) -> ([T], [T]) {
    (values.flatMap { v in values.map { _ in v } }, values.flatMap { _ in values })
  }

  private func checkInteger<T: FixedWidthInteger & Sendable>(
    _ element: DType, _ type: T.Type, lanes: Int
  ) throws {
    let values: [T] = [
      0, 1, 2, 3, 5, 7, 100, .max, .min, .max - 1, .min + 1, T(truncatingIfNeeded: -1),
    ]
    let (a, b) = pairs(values)
    let nonZero = b.map { $0 == 0 ? 3 : $0 }
    let shifts = b.map { $0 & T(T.bitWidth - 1) }
    func check(
      _ operation: BinaryOperation, _ b: [T], _ expected: (T, T) -> T,
      sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
      let result = try apply(element, element, a, b, as: T.self, lanes: lanes) {
        $0.binary(operation, $1, $2)
      }
      #expect(
        result == zip(a, b).map(expected), "\(operation) \(element)",
        sourceLocation: sourceLocation)
    }
    try check(.add, b, &+)
    try check(.subtract, b, &-)
    try check(.multiply, b, &*)
    try check(.divide, nonZero) { $0.dividedReportingOverflow(by: $1).partialValue }
    try check(.remainder, nonZero) { $0.remainderReportingOverflow(dividingBy: $1).partialValue }
    try check(.minimum, b, min)
    try check(.maximum, b, max)
    try check(.and, b, &)
    try check(.or, b, |)
    try check(.xor, b, ^)
    try check(.shiftLeft, shifts) { $0 << $1 }
    try check(.shiftRight, shifts) { $0 >> $1 }
    try check(.shiftRightLogical, shifts) {
      T(truncatingIfNeeded: T.Magnitude(truncatingIfNeeded: $0) >> T.Magnitude($1))
    }
    try checkUnaryInteger(element, a, lanes: lanes)
    try checkComparisons(element, a, b, lanes: lanes)
  }

  private func checkUnaryInteger<T: FixedWidthInteger & Sendable>(
    _ element: DType, _ a: [T], lanes: Int
  ) throws {
    let negated = try apply(element, element, a, a, as: T.self, lanes: lanes) { b, x, _ in
      b.negate(x)
    }
    #expect(negated == a.map { 0 &- $0 })
    let magnitude = try apply(element, element, a, a, as: T.self, lanes: lanes) { b, x, _ in
      b.unary(.abs, x)
    }
    #expect(magnitude == a.map { T(truncatingIfNeeded: $0.magnitude) })
    let flipped = try apply(element, element, a, a, as: T.self, lanes: lanes) { b, x, _ in
      b.unary(.not, x)
    }
    #expect(flipped == a.map { ~$0 })
  }

  private func checkComparisons<T: Comparable & Sendable>(
    _ element: DType, _ a: [T], _ b: [T], lanes: Int
  ) throws {
    for comparison in Comparison.allCases {
      let result = try apply(element, .bool, a, b, as: UInt8.self, lanes: lanes) {
        $0.compare(comparison, $1, $2)
      }
      let expected = zip(a, b).map { x, y -> UInt8 in
        switch comparison {
        case .equal: x == y ? 1 : 0
        case .notEqual: x != y ? 1 : 0
        case .less: x < y ? 1 : 0
        case .lessEqual: x <= y ? 1 : 0
        case .greater: x > y ? 1 : 0
        case .greaterEqual: x >= y ? 1 : 0
        }
      }
      #expect(result == expected, "\(comparison) \(element)")
    }
  }

  @Test(arguments: [1, 8])
  func integers(lanes: Int) throws {
    try checkInteger(.i8, Int8.self, lanes: lanes)
    try checkInteger(.i16, Int16.self, lanes: lanes)
    try checkInteger(.i32, Int32.self, lanes: lanes)
    try checkInteger(.i64, Int64.self, lanes: lanes)
    try checkInteger(.u8, UInt8.self, lanes: lanes)
    try checkInteger(.u16, UInt16.self, lanes: lanes)
    try checkInteger(.u32, UInt32.self, lanes: lanes)
    try checkInteger(.u64, UInt64.self, lanes: lanes)
  }

  private func checkFloat<T: BinaryFloatingPoint & Sendable>(
    _ element: DType, _ type: T.Type, lanes: Int, cpu: String?
  ) throws {
    let values: [T] = [
      0, -0.0, 1, -1, 2.5, -3.5, 0.5, 1.5, -2.5, 1e10, -1e-10, .infinity, -.infinity, .nan,
      .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi,
    ]
    let (a, b) = pairs(values)
    func check(_ operation: BinaryOperation, _ expected: (T, T) -> T) throws {
      let result = try apply(element, element, a, b, as: T.self, cpu: cpu, lanes: lanes) {
        $0.binary(operation, $1, $2)
      }
      for (index, value) in result.enumerated() {
        let wanted = expected(a[index], b[index])
        #expect(isSame(value, wanted), "\(operation) \(element) \(a[index]) \(b[index])")
      }
    }
    try check(.add, +)
    try check(.subtract, -)
    try check(.multiply, *)
    try check(.divide, /)
    try check(.remainder) { $0.truncatingRemainder(dividingBy: $1) }
    try check(.minimum) { lesser($0, $1) }
    try check(.maximum) { -lesser(-$0, -$1) }
    try check(.copysign) { T(signOf: $1, magnitudeOf: $0) }
    func check(_ operation: UnaryOperation, _ expected: (T) -> T) throws {
      let result = try apply(element, element, a, a, as: T.self, cpu: cpu, lanes: lanes) {
        b, x, _ in b.unary(operation, x)
      }
      for (value, argument) in zip(result, a) {
        #expect(isSame(value, expected(argument)), "\(operation) \(element) \(argument)")
      }
    }
    try check(.negate) { -$0 }
    try check(.abs) { $0.magnitude }
    try check(.sqrt) { $0.squareRoot() }
    try check(.floor) { $0.rounded(.down) }
    try check(.ceil) { $0.rounded(.up) }
    try check(.trunc) { $0.rounded(.towardZero) }
    try check(.roundEven) { $0.rounded(.toNearestOrEven) }
    try checkComparisons(element, a, b, lanes: lanes)
    let fused = try apply(element, element, a, b, as: T.self, cpu: cpu, lanes: lanes) {
      $0.multiplyAdd($1, $2, $2)
    }
    for (index, value) in fused.enumerated() {
      let once = b[index].addingProduct(a[index], b[index])
      let twice = a[index] * b[index] + b[index]
      #expect(isSame(value, once) || isSame(value, twice))
    }
  }

  /// Equal bits, or both NaN.
  private func isSame<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> Bool {
    a.isNaN && b.isNaN || a == b && a.sign == b.sign
  }

  /// NaN where either is, and −0 below +0.
  private func lesser<T: BinaryFloatingPoint>(_ a: T, _ b: T) -> T {
    if a.isNaN || b.isNaN { return .nan }
    if a == b { return a.sign == .minus ? a : b }
    return a < b ? a : b
  }

  @Test(arguments: [1, 4, 8, 16], [nil, "x86-64"])
  func floats(lanes: Int, cpu: String?) throws {
    try checkFloat(.f32, Float.self, lanes: lanes, cpu: cpu)
    try checkFloat(.f64, Double.self, lanes: lanes, cpu: cpu)
  }

  private func checkScale<T: BinaryFloatingPoint & Sendable>(
    _ element: DType, _ type: T.Type, lanes: Int, cpu: String?
  ) throws {
    let (least, most) = element == .f64 ? (-1100, 1030) : (-160, 130)
    let factors: [T] = [
      1, -1.5, 0.7, 1.999, 0, -0.0, .infinity, -.infinity, .nan, .pi, T(1).nextDown,
    ]
    let counts = Array(least...most)
    let a = counts.flatMap { _ in factors }
    let b = counts.flatMap { count in factors.map { _ in T(count) } }
    let result = try apply(element, element, a, b, as: T.self, cpu: cpu, lanes: lanes) {
      $0.binary(.scale, $1, $2)
    }
    for (index, value) in result.enumerated() {
      // One rounding: of the exact product in two numbers of the type.
      let half = Int(b[index]) / 2
      let inner = a[index] * T(sign: .plus, exponent: T.Exponent(half), significand: 1)
      let outer = T(sign: .plus, exponent: T.Exponent(Int(b[index]) - half), significand: 1)
      #expect(isSame(value, inner * outer), "\(a[index]) \(b[index])")
    }
  }

  /// Products with powers of two, down to the least number and up to infinity.
  @Test(arguments: [1, 2, 8, 16], [nil, "x86-64"])
  func scaled(lanes: Int, cpu: String?) throws {
    try checkScale(.f32, Float.self, lanes: lanes, cpu: cpu)
    try checkScale(.f64, Double.self, lanes: lanes, cpu: cpu)
  }

  /// The least and the greatest of long rows: zeros of both signs, and NaN in every place.
  @Test(arguments: [nil, "x86-64"]) func extremesOfRows(cpu: String?) throws {
    try checkExtremes(.f32, Float.self, cpu: cpu)
    try checkExtremes(.f64, Double.self, cpu: cpu)
  }

  private func checkExtremes<T: BinaryFloatingPoint & Sendable>(
    _ element: DType, _ type: T.Type, cpu: String?
  ) throws {
    let width = 101
    for operation in [BinaryOperation.minimum, .maximum] {
      let start: T = operation == .minimum ? .infinity : -.infinity
      var kernel = Kernel(symbols: ["n"])
      let x = kernel.input("x", [n], element)
      let y = kernel.output("y", [Dim(1)], element)
      let function = kernel.function { builder in
        let initial = builder.constant(element, .float(Double(start)))
        let all = builder.loop("i", n, carrying: [initial]) { builder, i, carried in
          let next = builder.load(x, [Index(i)])
          return [builder.scalar(ScalarType(element), .accumulate(operation, carried[0], next))]
        }
        builder.store(all[0], to: y, [Index(Dim(0))])
      }
      let compiled = try Compiled(function) { $0.cpu = cpu }
      let zeros = (0..<width).map { $0 % 3 == 0 ? T(-0.0) : 0 }
      let numbers = (0..<width).map { T(($0 * 37) % width) - 50 }
      var rows = [zeros, zeros.map { -$0 }, numbers, zeros.map { _ in -0.0 }]
      rows += (0..<width).map { place in
        numbers.enumerated().map { $0.offset == place ? .nan : $0.element }
      }
      for row in rows {
        let result = Memory(element, 1)
        #expect(try compiled.call([width], [Memory(element, row), result]) == 0)
        let wanted = row.reduce(start) {
          operation == .minimum ? lesser($0, $1) : -lesser(-$0, -$1)
        }
        #expect(isSame(result.values(as: T.self)[0], wanted), "\(operation) \(element)")
      }
    }
  }

  @Test func booleans() throws {
    // Any byte that is not 0 is true; what is written is 0 or 1.
    let a: [UInt8] = [0, 1, 2, 255, 0, 128]
    let b: [UInt8] = [0, 0, 1, 1, 7, 0]
    let operations: [(BinaryOperation, (Bool, Bool) -> Bool)] = [
      (.and, { $0 && $1 }), (.or, { $0 || $1 }), (.xor, { $0 != $1 }),
    ]
    for (operation, expected) in operations {
      let result = try apply(.bool, .bool, a, b, as: UInt8.self) { $0.binary(operation, $1, $2) }
      #expect(result == zip(a, b).map { expected($0 != 0, $1 != 0) ? 1 : 0 })
    }
    let negated = try apply(.bool, .bool, a, b, as: UInt8.self) { b, x, _ in b.unary(.not, x) }
    #expect(negated == a.map { $0 == 0 ? 1 : 0 })
    let chosen = try apply(.f64, .f64, [1.0, 2, 3], [2.0, 2, 2], as: Double.self) { b, x, y in
      b.select(b.compare(.less, x, y), x, b.negate(y))
    }
    #expect(chosen == [1, -2, -2])
  }

  @Test func bits() throws {
    let values = [1.5, -0.0, .infinity, .leastNonzeroMagnitude * 3]
    let bits = try apply(.f64, .i64, values, values, as: Int64.self) { b, x, _ in
      b.bitcast(x, to: .i64)
    }
    #expect(bits == values.map { Int64(bitPattern: $0.bitPattern) })
  }
}
