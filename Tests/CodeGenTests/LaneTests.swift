import CodeGen
import LoopIR
import Support
import Testing

/// Loops of several lanes: all ways to address memory, at all extents around the number of lanes.
struct LaneTests {
  private static let extents = Array(0...20)

  private func values(_ count: Int) -> [Double] { (0..<count).map { Double($0 * 7 % 23) - 4 } }

  /// Calls a function of arrays of `n` elements at all extents.
  private func check(
    _ function: LoopFunction, inputs: Int = 1, _ expected: ([[Double]]) -> [Double],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let compiled = try Compiled(function)
    for (count, atStart) in Self.extents.flatMap({ [($0, false), ($0, true)] }) {
      let arrays = (0..<inputs).map { number in values(count).map { $0 + Double(number) } }
      let result = Memory(.f64, expected(arrays).count, atStart: atStart)
      let memory = arrays.map { Memory($0, atStart: atStart) }
      let status = try compiled.call([count], memory + [result])
      #expect(status == 0, sourceLocation: sourceLocation)
      #expect(
        result.doubles == expected(arrays), "extent \(count)", sourceLocation: sourceLocation)
    }
  }

  @Test(arguments: [2, 4, 8, 16], [false, true])
  func contiguous(lanes: Int, isReversed: Bool) throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    var function = kernel.function { builder in
      builder.loop("i", n, lanes: lanes) { builder, i in
        let value = builder.load(x, [Index(i)])
        builder.store(builder.multiply(value, value), to: y, [Index(i)])
      }
    }
    function.bodies[0].loops[0].isReversed = isReversed
    try check(function) { $0[0].map { $0 * $0 } }
  }

  /// Loops of so many turns as is known at run time only, which are none where that is negative.
  @Test(arguments: [Dim(20), nil])
  func boundedByAScalar(_ fixed: Dim?) throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    let function = kernel.function { builder in
      builder.loop("i", n) { builder, i in
        let zero = builder.constant(.f64, .float(0))
        builder.store(zero, to: y, [Index(i)])
      }
      let four = builder.constant(.i64, .int(4))
      let turns = builder.subtract(builder.dim(n), four)
      builder.loop("i", fixed ?? n, lanes: 8) { builder, i in
        builder.body[i].bound = turns
        let value = builder.load(x, [Index(i) + Dim(4)])
        builder.store(value, to: y, [Index(i)])
      }
    }
    try check(function) { arrays in Array(arrays[0].dropFirst(4)) + arrays[0].prefix(4).map { _ in 0 } }
  }

  @Test func fixedExtents() throws {
    for extent in Self.extents {
      var kernel = Kernel()
      let x = kernel.input("x", [Dim(extent)], .f32)
      let y = kernel.output("y", [Dim(extent)], .f32)
      let function = kernel.function { builder in
        builder.loop("i", Dim(extent), lanes: 8) { builder, i in
          let value = builder.load(x, [Index(i)])
          builder.store(builder.add(value, value), to: y, [Index(i)])
        }
      }
      let values = (0..<extent).map { Float($0) }
      let result = Memory(.f32, extent)
      #expect(try Compiled(function).call([], [Memory(values), result]) == 0)
      #expect(result.floats == values.map { 2 * $0 })
    }
  }

  @Test func backwards() throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    let function = kernel.function { builder in
      builder.loop("i", n, lanes: 8) { builder, i in
        builder.store(
          builder.load(x, [Index(i).flipped(n)]), to: y, [Index(i)])
      }
    }
    try check(function) { Array($0[0].reversed()) }
    var other = Kernel(symbols: ["n"])
    let a = other.input("x", [n])
    let b = other.output("y", [n])
    let stores = other.function { builder in
      builder.loop("i", n, lanes: 4) { builder, i in
        builder.store(builder.load(a, [Index(i)]), to: b, [Index(i).flipped(n)])
      }
    }
    try check(stores) { Array($0[0].reversed()) }
  }

  @Test func strided() throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n, Dim(3)])
    let function = kernel.function { builder in
      builder.loop("i", n, lanes: 8) { builder, i in
        let value = builder.load(x, [Index(i)])
        for column in 0..<3 {
          let factor = builder.constant(Double(column), like: value)
          builder.store(
            builder.multiply(value, factor), to: y, [Index(i), Index(Dim(column))])
        }
        // Read again, a lane every third element.
        let last = builder.load(y, [Index(i), Index(Dim(2))])
        builder.store(last, to: y, [Index(i), Index(Dim(0))], combining: .add)
      }
    }
    try check(function) { $0[0].flatMap { [2 * $0, $0, 2 * $0] } }
  }

  @Test func diagonal() throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n, n])
    let function = kernel.function { builder in
      builder.loop("i", n) { builder, i in
        builder.loop("j", n, lanes: 4) { builder, j in
          builder.store(builder.constant(.f64, .float(0)), to: y, [Index(i), Index(j)])
        }
      }
      builder.loop("i", n, lanes: 4) { builder, i in
        builder.store(
          builder.load(x, [Index(i)]), to: y, [Index(i), Index(i)], combining: .add)
      }
    }
    try check(function) { arrays in
      let x = arrays[0]
      return x.indices.flatMap { i in x.indices.map { $0 == i ? x[i] : 0 } }
    }
  }

  @Test func gatherAndScatter() throws {
    // z[i] = x[(3 i) % n], and back to w[(3 i) % n] += 1: several lanes may meet.
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let z = kernel.output("z", [2 * n])
    let function = kernel.function { builder in
      builder.loop("i", 2 * n, lanes: 8) { builder, i in
        builder.store(builder.constant(.f64, .float(0)), to: z, [Index(i)])
      }
      builder.loop("i", n, lanes: 8) { builder, i in
        let three = builder.constant(.i64, .int(3))
        let size = builder.dim(n)
        let position = builder.multiply(builder.position(Index(i)), three)
        let place = builder.binary(.remainder, position, size)
        let value = builder.load(x, [Index(place)])
        builder.store(value, to: z, [Index(i)])
        let half = builder.binary(.divide, place, builder.constant(.i64, .int(2)))
        builder.store(
          value, to: z, [Index(half) + Index(n)], combining: .add)
      }
    }
    try check(function) { arrays in
      let x = arrays[0]
      var result = Array(repeating: 0.0, count: 2 * x.count)
      for i in x.indices {
        let place = 3 * i % x.count
        result[i] = x[place]
        result[x.count + place / 2] += x[place]
      }
      return result
    }
  }

  @Test func carriedValues() throws {
    // Sums in each lane, added up behind the loop; lanes behind the end keep what they had.
    for isReversed in [false, true] {
      var kernel = Kernel(symbols: ["n"])
      let x = kernel.input("x", [n])
      let y = kernel.output("y", [Dim(3)])
      var function = kernel.function { builder in
        let zero = builder.constant(.f64, .float(0))
        let start = builder.scalar(ScalarType(.f64, lanes: 8), .splat(zero))
        let results = builder.loop("i", n, lanes: 8, carrying: [start, zero, zero]) {
          builder, i, values in
          let value = builder.load(x, [Index(i)])
          let total = builder.scalar(ScalarType(.f64), .acrossLanes(.add, value))
          let least = builder.scalar(ScalarType(.f64), .acrossLanes(.minimum, value))
          return [
            builder.scalar(ScalarType(.f64, lanes: 8), .accumulate(.add, values[0], value)),
            builder.add(values[1], total), builder.binary(.minimum, values[2], least),
          ]
        }
        let sum = builder.scalar(ScalarType(.f64), .acrossLanes(.add, results[0]))
        builder.store(sum, to: y, [Index(Dim(0))])
        builder.store(results[1], to: y, [Index(Dim(1))])
        builder.store(results[2], to: y, [Index(Dim(2))])
      }
      function.bodies[0].loops[0].isReversed = isReversed
      try check(function) { arrays in
        let sum = arrays[0].reduce(0, +)
        return [sum, sum, arrays[0].reduce(0, min)]
      }
    }
  }

  @Test func masksAndUniforms() throws {
    // Where x > y, z is x * y[0] (a value of one lane), else what it was.
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.input("y", [n])
    let z = kernel.output("z", [n])
    let function = kernel.function { builder in
      builder.loop("i", n, lanes: 8) { builder, i in
        builder.store(builder.constant(.f64, .float(-1)), to: z, [Index(i)])
        let left = builder.load(x, [Index(i)])
        let limit = builder.constant(.f64, .float(3))
        let isGreater = builder.compare(.greater, left, limit)
        let first = builder.load(y, [Index(Dim(0))])
        builder.store(builder.multiply(left, first), to: z, [Index(i)], mask: isGreater)
        // Of what is masked out, nothing outside of the array is read.
        let isHuge = builder.compare(.greater, first, builder.constant(.f64, .float(1e9)))
        let before = builder.load(x, [Index(i) + Dim(-1000)], mask: isHuge)
        builder.store(before, to: z, [Index(i)], combining: .add)
      }
    }
    try check(function, inputs: 2) { arrays in
      arrays[0].map { $0 > 3 ? $0 * arrays[1][0] : -1 }
    }
  }

  @Test func uniformAccumulation() throws {
    // All lanes add to one element, some only under a mask.
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n], .i64)
    let y = kernel.output("y", [Dim(2)], .i64)
    let function = kernel.function { builder in
      for place in 0..<2 {
        builder.store(builder.constant(.i64, .int(0)), to: y, [Index(Dim(place))])
      }
      builder.loop("i", n, lanes: 4) { builder, i in
        let value = builder.load(x, [Index(i)])
        builder.store(value, to: y, [Index(Dim(0))], combining: .add)
        let isSmall = builder.compare(.less, value, builder.constant(.i64, .int(3)))
        builder.store(value, to: y, [Index(Dim(1))], combining: .xor, mask: isSmall)
      }
    }
    let compiled = try Compiled(function)
    for count in Self.extents {
      let values = (0..<count).map { Int64($0 * 5 % 7) }
      let result = Memory(.i64, 2)
      try compiled.call([count], [Memory(values), result])
      let small = values.filter { $0 < 3 }.reduce(0, ^)
      #expect(result.integers == [values.reduce(0, +), small])
    }
  }

  @Test func innerLoops() throws {
    // A plain loop inside a lane loop, with carried vectors: rows of a matrix are added up.
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    let function = kernel.function { builder in
      builder.loop("i", n, lanes: 8) { builder, i in
        let zero = builder.constant(.f64, .float(0))
        let start = builder.scalar(ScalarType(.f64, lanes: 8), .splat(zero))
        let sums = builder.loop("j", n, carrying: [start]) { builder, j, values in
          let left = builder.load(x, [Index(i)])
          let right = builder.load(x, [Index(j)])
          return [builder.multiplyAdd(left, right, values[0])]
        }
        builder.store(sums[0], to: y, [Index(i)])
      }
    }
    try check(function) { arrays in
      arrays[0].map { left in arrays[0].reduce(0) { $0 + left * $1 } }
    }
  }

  @Test func checksSeeOnlyActiveLanes() throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let function = kernel.function { builder in
      builder.loop("i", n, lanes: 8) { builder, i in
        let value = builder.load(x, [Index(i)])
        // A lane behind the end loads 0, which is not positive.
        let isPositive = builder.compare(.greater, value, builder.constant(.f64, .float(0)))
        builder.append(.check(isPositive, .assertion, message: "positive", site: .none))
      }
    }
    let compiled = try Compiled(function)
    for count in Self.extents {
      let ones = Array(repeating: 1.0, count: count)
      #expect(try compiled.call([count], [Memory(ones)]) == 0)
      for bad in 0..<count {
        var values = ones
        values[bad] = -1
        let status = try compiled.call([count], [Memory(values)])
        #expect(status & 0xFF == 10)
      }
    }
  }

  @Test func divisionBehindTheEnd() throws {
    // A lane behind the end divides by what it did not load: 0.
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n], .i32)
    let y = kernel.output("y", [n], .i32)
    let function = kernel.function { builder in
      builder.loop("i", n, lanes: 8) { builder, i in
        let value = builder.load(x, [Index(i)])
        let hundred = builder.constant(.i32, .int(100))
        builder.store(builder.divide(hundred, value), to: y, [Index(i)])
      }
    }
    let values: [Int32] = [1, 2, 3, -7, 50]
    let result = Memory(.i32, values.count)
    try Compiled(function).call([values.count], [Memory(.i32, values), result])
    #expect(result.values(as: Int32.self) == values.map { 100 / $0 })
  }

  @Test func booleansAndHalves() throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n], .f16)
    let y = kernel.output("y", [n], .bool)
    let function = kernel.function { builder in
      builder.loop("i", n, lanes: 16) { builder, i in
        let value = builder.load(x, [Index(i)])
        let isLarge = builder.compare(.greater, value, builder.constant(.f32, .float(1)))
        builder.store(isLarge, to: y, [Index(i)])
      }
    }
    let compiled = try Compiled(function)
    for count in Self.extents {
      let values = (0..<count).map { UInt16($0 % 2 == 0 ? 0x4000 : 0x3800) }
      let result = Memory(.bool, count)
      try compiled.call([count], [Memory(.f16, values), result])
      #expect(result.values(as: UInt8.self) == (0..<count).map { $0 % 2 == 0 ? 1 : 0 })
    }
  }
}
