import CodeGen
import LoopIR
import Support
import Testing

/// Parts of a long block that do the same with other numbers, and are one function.
struct AlikePartTests {
  /// Steps that come again and again, with constants of their own, and numbers from near and far.
  private struct Program {
    let count: Int
    let seed: Int
    /// So far lie numbers apart that meet.
    static let far = 650

    func constant(_ step: Int) -> Double { 1 / Double(step + seed) }

    func values<T: BinaryFloatingPoint>(_ inputs: [T]) -> [T] {
      var values = inputs
      for step in 0..<count {
        let last = values[values.count - 1]
        switch step % 4 {
        case 0: values.append((last + T(constant(step))) * 0.5)
        case 1: values.append(last - values[values.count - 3] * T(constant(step)))
        case 2: values.append(min(last, values[max(values.count - Program.far, 0)]))
        default: values.append(last.magnitude.squareRoot())
        }
      }
      return values
    }

    func build(_ builder: inout LoopBuilder, _ inputs: [ScalarID]) -> [ScalarID] {
      var values = inputs
      let half = builder.constant(0.5, like: inputs[0])
      for step in 0..<count {
        let last = values[values.count - 1]
        func known() -> ScalarID { builder.constant(constant(step), like: inputs[0]) }
        switch step % 4 {
        case 0: values.append(builder.multiply(builder.add(last, known()), half))
        case 1:
          let product = builder.multiply(values[values.count - 3], known())
          values.append(builder.subtract(last, product))
        case 2:
          let other = values[max(values.count - Program.far, 0)]
          values.append(builder.binary(.minimum, last, other))
        default: values.append(builder.unary(.sqrt, builder.unary(.abs, last)))
        }
      }
      return values
    }
  }

  private static let program = Program(count: 40_000, seed: 3)
  private static let xs = (0..<19).map { Double($0) * 0.375 - 2 }

  /// The program on each element of an array.
  private func map(_ element: DType, lanes: Int) -> LoopFunction {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n], element)
    let y = kernel.output("y", [n], element)
    return kernel.function { builder in
      _ = builder.loop("i", n, lanes: lanes, carrying: []) { builder, i, _ in
        let first = builder.load(x, [Index(i)])
        let inputs = [first, builder.multiply(first, first), builder.unary(.abs, first)]
        builder.store(Self.program.build(&builder, inputs)[40_000], to: y, [Index(i)])
        return []
      }
    }
  }

  /// The functions that parts of a function have become, and the calls of them.
  private func parts(of function: LoopFunction) throws -> (functions: Int, calls: Int) {
    var options = CodeGenOptions()
    options.optimization = .none
    let generator = try CodeGenerator(
      [function], outputName: "f", files: SourceFiles(), options: options)
    let lines = generator.unoptimizedIR().split(separator: "\n").filter { $0.contains("@f.part") }
    let functions = lines.count { $0.hasPrefix("define") }
    return (functions, lines.count - functions)
  }

  @Test(arguments: [1, 8])
  func areOneFunction(lanes: Int) throws {
    let parts = try parts(of: map(.f64, lanes: lanes))
    #expect(parts.calls > 50)
    // The first and the last ones differ, and so do those that begin elsewhere in the period.
    #expect(parts.functions < 20)
  }

  @Test(arguments: [1, 8])
  func computeTheirOwn(lanes: Int) throws {
    let compiled = try Compiled(map(.f64, lanes: lanes)) { $0.contracts = false }
    let result = Memory(.f64, Self.xs.count)
    #expect(try compiled.call([Self.xs.count], [Memory(Self.xs), result]) == 0)
    let expected = Self.xs.map { Self.program.values([$0, $0 * $0, $0.magnitude])[40_000] }
    #expect(result.doubles == expected)
  }

  @Test(arguments: [1, 16])
  func ofSingleNumbers(lanes: Int) throws {
    let compiled = try Compiled(map(.f32, lanes: lanes)) { $0.contracts = false }
    let xs = Self.xs.map { Float($0) }
    let result = Memory(.f32, xs.count)
    #expect(try compiled.call([xs.count], [Memory(xs), result]) == 0)
    let expected = xs.map { Self.program.values([$0, $0 * $0, $0.magnitude])[40_000] }
    #expect(result.values(as: Float.self) == expected)
  }

  /// Half types are computed in `f32`, and so are their constants kept.
  @Test(arguments: [1, 16])
  func ofHalves(lanes: Int) throws {
    let compiled = try Compiled(map(.f16, lanes: lanes)) { $0.contracts = false }
    let xs = Self.xs.map { Float16($0) }
    let result = Memory(.f16, xs)
    #expect(try compiled.call([xs.count], [Memory(.f16, xs), result]) == 0)
    let expected = xs.map { x in
      Float16(Self.program.values([Float(x), Float(x) * Float(x), Float(x).magnitude])[40_000])
    }
    #expect(result.values(as: Float16.self) == expected)
  }

  /// The sides of a branch have parts of the same shape, of which only those of one side run.
  @Test func onSidesOfABranch() throws {
    let programs = [Program(count: 30_000, seed: 3), Program(count: 30_000, seed: 500)]
    var kernel = Kernel()
    let x = kernel.input("x", [Dim(1)])
    let y = kernel.output("y", [Dim(1)])
    let function = kernel.function { builder in
      let first = builder.load(x, [Index(Dim(0))])
      let inputs = [first, builder.multiply(first, first), builder.unary(.abs, first)]
      let isNegative = builder.compare(.less, first, builder.constant(.f64, .float(0)))
      let sides = programs.map { program in
        builder.block { builder in
          builder.store(program.build(&builder, inputs)[30_000], to: y, [Index(Dim(0))])
        }
      }
      builder.append(.branch(isNegative, then: sides[0], otherwise: sides[1]))
    }
    let parts = try parts(of: function)
    #expect(parts.calls > 80 && parts.functions < 40)
    let compiled = try Compiled(function) { $0.contracts = false }
    for (x, program) in [(-1.5, programs[0]), (2.25, programs[1])] {
      let result = Memory(.f64, 1)
      #expect(try compiled.call([], [Memory([x]), result]) == 0)
      #expect(result.doubles == [program.values([x, x * x, abs(x)])[30_000]])
    }
  }
}
