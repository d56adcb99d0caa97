import CodeGen
import LoopIR
import Support
import Testing

/// Loops of one lane: order, carried values, indices, masks, branches.
struct LoopTests {
  private func ramp(_ count: Int) -> [Double] { (0..<count).map { Double($0) * 0.5 - 3 } }

  @Test func sumIntoAnElement() throws {
    var kernel = Kernel(symbols: ["m", "n"])
    let x = kernel.input("x", [m, n])
    let y = kernel.output("y", [m])
    let function = kernel.function { builder in
      builder.loop("i", m) { builder, i in
        builder.store(builder.constant(.f64, .float(0)), to: y, [Index(i)])
        builder.loop("j", n) { builder, j in
          builder.store(
            builder.load(x, [Index(i), Index(j)]), to: y, [Index(i)], combining: .add)
        }
      }
    }
    let compiled = try Compiled(function)
    for (rows, columns) in [(3, 100), (1, 1), (4, 0), (0, 5), (2, 17)] {
      let values = (0..<rows * columns).map { Double($0 % 13) }
      let result = Memory(.f64, rows)
      #expect(try compiled.call([rows, columns], [Memory(values), result]) == 0)
      let expected = (0..<rows).map { row in
        values[row * columns..<(row + 1) * columns].reduce(0, +)
      }
      #expect(result.doubles == expected)
    }
    // The sum is made in lanes: reassociation is allowed where values are combined.
    let ir = try optimizedIR(function)
    #expect(ir.contains("llvm.vector.reduce.fadd"))
    #expect(!ir.contains("vector.memcheck"))
  }

  @Test func carriedReductionsGoInLanes() throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [Dim(3)])
    let function = kernel.function { builder in
      let zero = builder.constant(.f64, .float(0))
      let least = builder.constant(.f64, .float(-.infinity))
      let one = builder.constant(.f64, .float(1))
      let results = builder.loop("i", n, carrying: [zero, least, one]) { builder, i, values in
        let value = builder.load(x, [Index(i)])
        return [
          builder.scalar(ScalarType(.f64), .accumulate(.add, values[0], value)),
          builder.scalar(ScalarType(.f64), .accumulate(.maximum, values[1], value)),
          builder.scalar(ScalarType(.f64), .accumulate(.multiply, values[2], value)),
        ]
      }
      for (index, result) in results.enumerated() {
        builder.store(result, to: y, [Index(Dim(index))])
      }
    }
    let compiled = try Compiled(function)
    for count in [0, 1, 7, 50] {
      let values = (0..<count).map { Double($0 % 3) - 1.5 }
      let result = Memory(.f64, 3)
      #expect(try compiled.call([count], [Memory(values), result]) == 0)
      #expect(result.doubles[0] == values.reduce(0, +))
      #expect(result.doubles[1] == values.max() ?? -.infinity)
      #expect(abs(result.doubles[2] - values.reduce(1, *)) <= 1e-12 * abs(result.doubles[2]))
    }
    let nan = Memory(.f64, 3)
    try compiled.call([20], [Memory(ramp(10) + [.nan] + ramp(9)), nan])
    #expect(nan.doubles.allSatisfy { $0.isNaN })
    let ir = try optimizedIR(function)
    #expect(ir.contains("llvm.vector.reduce.fmaximum"))
  }

  @Test func carriedOrderIsKept() throws {
    // h <- 0.5 h + x, from the first to the last and from the last to the first.
    for isReversed in [false, true] {
      var kernel = Kernel(symbols: ["n"])
      let x = kernel.input("x", [n])
      let y = kernel.output("y", [n])
      var function = kernel.function { builder in
        let zero = builder.constant(.f64, .float(0))
        _ = builder.loop("i", n, carrying: [zero]) { builder, i, values in
          let half = builder.multiply(values[0], builder.constant(.f64, .float(0.5)))
          let next = builder.add(half, builder.load(x, [Index(i)]))
          builder.store(next, to: y, [Index(i)])
          return [next]
        }
      }
      function.bodies[0].loops[0].isReversed = isReversed
      let compiled = try Compiled(function)
      for count in [0, 1, 2, 33] {
        let values = ramp(count)
        let result = Memory(.f64, count)
        try compiled.call([count], [Memory(values), result])
        var expected = Array(repeating: 0.0, count: count)
        var state = 0.0
        for position in 0..<count {
          let index = isReversed ? count - 1 - position : position
          state = 0.5 * state + values[index]
          expected[index] = state
        }
        #expect(result.doubles == expected)
      }
    }
  }

  @Test func matrixProduct() throws {
    let k = Dim.symbol("k")
    var kernel = Kernel(symbols: ["m", "k", "n"])
    let a = kernel.input("a", [m, k], .f32)
    let b = kernel.input("b", [k, n], .f32)
    let c = kernel.output("c", [m, n], .f32)
    let function = kernel.function { builder in
      builder.loop("i", m) { builder, i in
        builder.loop("j", n) { builder, j in
          builder.store(builder.constant(.f32, .float(0)), to: c, [Index(i), Index(j)])
        }
        builder.loop("p", k) { builder, p in
          let left = builder.load(a, [Index(i), Index(p)])
          builder.loop("j", n) { builder, j in
            let product = builder.multiply(left, builder.load(b, [Index(p), Index(j)]))
            builder.store(product, to: c, [Index(i), Index(j)], combining: .add)
          }
        }
      }
    }
    let compiled = try Compiled(function)
    for (rows, inner, columns) in [(3, 4, 5), (17, 9, 33), (1, 1, 1), (2, 0, 3), (0, 2, 2)] {
      let left = (0..<rows * inner).map { Float($0 % 7) - 3 }
      let right = (0..<inner * columns).map { Float($0 % 5) - 2 }
      let result = Memory(.f32, rows * columns)
      let status = try compiled.call(
        [rows, inner, columns], [Memory(left), Memory(right), result])
      #expect(status == 0)
      var expected: [Float] = []
      for i in 0..<rows {
        for j in 0..<columns {
          expected.append(
            (0..<inner).reduce(0) { $0 + left[i * inner + $1] * right[$1 * columns + j] })
        }
      }
      #expect(result.floats == expected)
    }
    let ir = try optimizedIR(function)
    #expect(!ir.contains("vector.memcheck"))
  }

  @Test func affineIndices() throws {
    // A slice with a stride, backwards, of a transposed matrix with an offset.
    var kernel = Kernel(symbols: ["m", "n"])
    let x = kernel.input("x", [2 * m + 1, n])
    let y = kernel.output("y", [n, m])
    let function = kernel.function { builder in
      builder.loop("j", n) { builder, j in
        builder.loop("i", m) { builder, i in
          let row = (Index(i) * Dim(2) + Dim(1)).flipped(2 * m + 1)
          builder.store(builder.load(x, [row, Index(j)]), to: y, [Index(j), Index(i)])
        }
      }
    }
    let (rows, columns) = (5, 7)
    let values = (0..<(2 * rows + 1) * columns).map { Double($0) }
    let result = Memory(.f64, rows * columns)
    try Compiled(function).call([rows, columns], [Memory(values), result])
    var expected: [Double] = []
    for j in 0..<columns {
      for i in 0..<rows { expected.append(values[(2 * rows - (2 * i + 1)) * columns + j]) }
    }
    #expect(result.doubles == expected)
  }

  @Test func gatherAndScatter() throws {
    var kernel = Kernel(symbols: ["m", "n"])
    let x = kernel.input("x", [m])
    let index = kernel.input("index", [n], .i64)
    let y = kernel.output("y", [n])
    let z = kernel.output("z", [m])
    let function = kernel.function { builder in
      builder.loop("i", m) { builder, i in
        builder.store(builder.constant(.f64, .float(0)), to: z, [Index(i)])
      }
      builder.loop("i", n) { builder, i in
        let place = builder.load(index, [Index(i)])
        let value = builder.load(x, [Index(place)])
        builder.store(value, to: y, [Index(i)])
        builder.store(value, to: z, [Index(place)], combining: .add)
      }
    }
    let values = ramp(6)
    let places: [Int64] = [0, 5, 5, 2, 0, 5, 1]
    let picked = Memory(.f64, places.count)
    let added = Memory(.f64, values.count)
    try Compiled(function).call(
      [values.count, places.count], [Memory(values), Memory(places), picked, added])
    #expect(picked.doubles == places.map { values[Int($0)] })
    var sums = Array(repeating: 0.0, count: values.count)
    for place in places { sums[Int(place)] += values[Int(place)] }
    #expect(added.doubles == sums)
  }

  @Test func masks() throws {
    // y[i] is x[i - 1], or 0 where there is none; every other element is written.
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    let function = kernel.function { builder in
      builder.loop("i", n) { builder, i in
        let position = builder.position(Index(i))
        let zero = builder.constant(.i64, .int(0))
        let isInside = builder.compare(.greater, position, zero)
        let value = builder.load(x, [Index(i) + Dim(-1)], mask: isInside)
        let two = builder.constant(.i64, .int(2))
        let isEven = builder.compare(
          .equal, builder.binary(.remainder, position, two), zero)
        builder.store(value, to: y, [Index(i)], mask: isEven)
      }
    }
    let compiled = try Compiled(function)
    for count in [0, 1, 2, 21] {
      let values = ramp(count)
      let result = Memory(Array(repeating: 99.0, count: count))
      try compiled.call([count], [Memory(values), result])
      let expected = (0..<count).map { index -> Double in
        if index % 2 == 1 { return 99 }
        return index == 0 ? 0 : values[index - 1]
      }
      #expect(result.doubles == expected)
    }
  }

  @Test func branchesAndLocals() throws {
    var kernel = Kernel()
    let x = kernel.input("x", [])
    let y = kernel.output("y", [])
    let local = kernel.buffer("local", .f64, [Dim(4)], .local)
    let function = kernel.function { builder in
      let value = builder.load(x, [])
      let isPositive = builder.compare(.greater, value, builder.constant(.f64, .float(0)))
      let then = builder.block { builder in
        builder.store(builder.unary(.sqrt, value), to: local, [Index(Dim(2))])
      }
      let otherwise = builder.block { builder in
        builder.store(builder.negate(value), to: local, [Index(Dim(2))])
      }
      builder.append(.branch(isPositive, then: then, otherwise: otherwise))
      builder.store(builder.load(local, [Index(Dim(2))]), to: y, [])
    }
    typealias Call = @convention(c) (Double, UnsafeMutablePointer<Double>?, Int, Int) -> Int32
    let compiled = try Compiled(function)
    let call = unsafeBitCast(try compiled.module.address(of: "f"), to: Call.self)
    var result = 0.0
    #expect(call(16, &result, 0, 0) == 0 && result == 4)
    #expect(call(-7, &result, 0, 0) == 0 && result == 7)
  }

  @Test func constantsAndAliases() throws {
    var kernel = Kernel()
    let data = ConstantData(element: .f16, elements: .floats([1, 0.1, -65504, 1e-7, .infinity, 0]))
    let c = kernel.constant(data, [Dim(2), Dim(3)])
    let y = kernel.output("y", [Dim(6)], .f32)
    let flat = kernel.buffer("flat", .f16, [Dim(6)], .alias(c))
    let rows = kernel.buffer("rows", .f32, [Dim(3), Dim(2)], .alias(y))
    let function = kernel.function { builder in
      builder.loop("i", Dim(3)) { builder, i in
        builder.loop("j", Dim(2)) { builder, j in
          let value = builder.load(flat, [Index(i) * Dim(2) + Index(j)])
          builder.store(value, to: rows, [Index(i), Index(j)])
        }
      }
    }
    let result = Memory(.f32, 6)
    try Compiled(function).call([], [result])
    #expect(
      result.floats == [1, 0.0999755859375, -65504, 0x1p-23, .infinity, 0])
  }

  @Test func wantedResults() throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    let z = kernel.output("z", [n])
    let function = kernel.function { builder in
      for (number, buffer) in [y, z].enumerated() {
        let isWanted = builder.scalar(ScalarType(.bool), .isWanted(number))
        let run = builder.block { builder in
          builder.loop("i", n) { builder, i in
            let value = builder.load(x, [Index(i)])
            let scaled = builder.multiply(value, builder.constant(Double(number + 2), like: value))
            builder.store(scaled, to: buffer, [Index(i)])
          }
        }
        builder.append(.branch(isWanted, then: run, otherwise: Block()))
      }
    }
    let compiled = try Compiled(function)
    let (first, second) = (Memory(.f64, 3), Memory(.f64, 3))
    #expect(try compiled.call([3], [Memory([1.0, 2, 3]), nil, second]) == 0)
    #expect(second.doubles == [3, 6, 9])
    #expect(try compiled.call([3], [Memory([1.0, 2, 3]), first, nil]) == 0)
    #expect(first.doubles == [2, 4, 6])
    #expect(try compiled.call([3], [Memory([1.0, 2, 3]), nil, nil]) == 0)
  }

  @Test func libraryFunctions() throws {
    for element in [DType.f32, .f64] {
      var kernel = Kernel(symbols: ["n"])
      let x = kernel.input("x", [n], element)
      let functions = LibraryFunction.allCases
      let y = kernel.output("y", [n, Dim(functions.count)], element)
      for lanes in [1, 4] {
        let function = kernel.function { builder in
          builder.loop("i", n, lanes: lanes) { builder, i in
            let value = builder.load(x, [Index(i)])
            for (number, function) in functions.enumerated() {
              let arguments = Array(repeating: value, count: function.arity)
              let result = builder.scalar(
                builder.type(value), .call(function, arguments))
              builder.store(result, to: y, [Index(i), Index(Dim(number))])
            }
          }
        }
        try check(function, element, functions)
      }
    }
  }

  private func check(
    _ function: LoopFunction, _ element: DType, _ functions: [LibraryFunction]
  ) throws {
    let arguments = [0.25, 0.75, 0.5, 0.9, 0.125]
    let result = Memory(element, arguments.count * functions.count)
    let input = element == .f64 ? Memory(arguments) : Memory(arguments.map { Float($0) })
    #expect(try Compiled(function).call([arguments.count], [input, result]) == 0)
    let values = element == .f64 ? result.doubles : result.floats.map { Double($0) }
    for (row, argument) in arguments.enumerated() {
      for (column, function) in functions.enumerated() {
        let value = values[row * functions.count + column]
        let expected = LibraryReference.value(function, argument)
        let error = abs(value - expected)
        let bound = element == .f64 ? 1e-15 : 1e-6
        let isRight = error <= bound * max(1, abs(expected)) || value.isNaN && expected.isNaN
        #expect(isRight, "\(function) of \(argument)")
      }
    }
  }
}
