import CodeGen
import LoopIR
import Support
import Testing

/// Blocks so long that they become several functions.
struct PartTests {
  /// A random program of one-element operations, which keep numbers small.
  private struct Program {
    enum Step {
      case mean(Int, Int)
      case difference(Int, Int)
      case least(Int, Int)
      case root(Int)
    }

    var steps: [Step] = []
    let inputs: Int

    init(inputs: Int, count: Int, seed: UInt64) {
      self.inputs = inputs
      var state = seed
      func random(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % limit
      }
      for number in 0..<count {
        let known = inputs + number
        let near = known - 1 - random(min(known, 40))
        let far = random(known)
        switch random(4) {
        case 0: steps.append(.mean(near, far))
        case 1: steps.append(.difference(near, far))
        case 2: steps.append(.least(near, far))
        default: steps.append(.root(near))
        }
      }
    }

    func values(_ inputs: [Double]) -> [Double] {
      var values = inputs
      for step in steps {
        switch step {
        case .mean(let a, let b): values.append((values[a] + values[b]) * 0.5)
        case .difference(let a, let b): values.append(values[a] - values[b] * 0.5)
        case .least(let a, let b): values.append(min(values[a], values[b]))
        case .root(let a): values.append(values[a].magnitude.squareRoot())
        }
      }
      return values
    }

    func build(_ builder: inout LoopBuilder, _ inputs: [ScalarID]) -> [ScalarID] {
      var values = inputs
      var half = inputs[0]
      for (number, step) in steps.enumerated() {
        // Parts get it from each other, and compute it themselves.
        if number % 300 == 0 { half = builder.constant(0.5, like: inputs[0]) }
        switch step {
        case .mean(let a, let b):
          values.append(builder.multiply(builder.add(values[a], values[b]), half))
        case .difference(let a, let b):
          values.append(builder.subtract(values[a], builder.multiply(values[b], half)))
        case .least(let a, let b):
          values.append(builder.binary(.minimum, values[a], values[b]))
        case .root(let a):
          values.append(builder.unary(.sqrt, builder.unary(.abs, values[a])))
        }
      }
      return values
    }
  }

  private func compile(_ function: LoopFunction, files: SourceFiles = SourceFiles()) throws
    -> Compiled
  {
    try Compiled(function, files: files) { $0.contracts = false }
  }

  @Test(arguments: [700, 1600, 5000])
  func straightCode(count: Int) throws {
    let program = Program(inputs: 3, count: count, seed: 7)
    var kernel = Kernel()
    let x = kernel.input("x", [Dim(3)])
    let y = kernel.output("y", [Dim(5)])
    let function = kernel.function { builder in
      let inputs = (0..<3).map { builder.load(x, [Index(Dim($0))]) }
      let values = program.build(&builder, inputs)
      for place in 0..<5 {
        builder.store(values[values.count - 1 - place * 7], to: y, [Index(Dim(place))])
      }
    }
    let result = Memory(.f64, 5)
    let inputs = [1.5, -2.25, 0.75]
    #expect(try compile(function).call([], [Memory(inputs), result]) == 0)
    let expected = program.values(inputs)
    #expect(result.doubles == (0..<5).map { expected[expected.count - 1 - $0 * 7] })
    var options = CodeGenOptions()
    options.optimization = .none
    let generator = try CodeGenerator(
      [function], outputName: "f", files: SourceFiles(), options: options)
    #expect(generator.unoptimizedIR().contains("f.part") == (count > 1000))
  }

  @Test(arguments: [(1, 2500), (8, 2500), (8, 11_000)])
  func inALoop(lanes: Int, count: Int) throws {
    // A long body with carried values, a parameter by value, a size and a check; the longest is
    // translated as it stands.
    let program = Program(inputs: 4, count: count, seed: 99)
    let source = Source("a\nb\nc\n")
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n + 1])
    let local = kernel.buffer("local", .f64, [Dim(2)], .local)
    let function = kernel.function { builder in
      let zero = builder.constant(.f64, .float(0))
      builder.store(zero, to: local, [Index(Dim(1))])
      let start =
        lanes == 1 ? zero : builder.scalar(ScalarType(.f64, lanes: lanes), .splat(zero))
      let sums = builder.loop("i", n, lanes: lanes, carrying: [start]) { builder, i, carried in
        let size = builder.convert(builder.dim(n), to: .f64)
        let inputs = [
          builder.load(x, [Index(i)]), builder.constant(.f64, .float(0.25)), size,
          builder.load(local, [Index(Dim(1))]),
        ]
        let values = program.build(&builder, inputs)
        let last = values[values.count - 1]
        builder.store(last, to: y, [Index(i)])
        let limit = builder.constant(.f64, .float(1000))
        let isSmall = builder.compare(.less, inputs[0], limit)
        builder.append(.check(isSmall, .assertion, message: "small", site: source.site(2, 1)))
        return [builder.add(carried[0], values[values.count / 2])]
      }
      let sum = builder.scalar(ScalarType(.f64), .acrossLanes(.add, sums[0]))
      builder.store(lanes == 1 ? sums[0] : sum, to: y, [Index(n)])
    }
    let compiled = try compile(function, files: source.files)
    for count in [0, 1, 5, 8, 19] {
      let values = (0..<count).map { Double($0) * 0.375 - 2 }
      let result = Memory(.f64, count + 1)
      #expect(try compiled.call([count], [Memory(values), result]) == 0)
      let runs = values.map { program.values([$0, 0.25, Double(count), 0]) }
      #expect(Array(result.doubles.dropLast()) == runs.map { $0[$0.count - 1] })
      let sum = runs.reduce(0) { $0 + $1[$1.count / 2] }
      #expect(abs(result.doubles[count] - sum) <= 1e-12 * max(1, abs(sum)))
    }
    let bad = (0..<9).map { $0 == 8 ? 2000.0 : 1 }
    let status = try compiled.call([9], [Memory(bad), Memory(.f64, 10)])
    #expect(try compiled.module.message(status) == "step.graph:2:1: small")
  }

  @Test func manyLoops() throws {
    // A chain of loops, each of which sums what the one before has left, with results carried out.
    let count = 60
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    var buffers = [x]
    for number in 0..<count - 1 {
      buffers.append(
        kernel.workspace("t\(number)", [n], below: number == 0 ? [] : [number - 1]))
    }
    buffers.append(y)
    let function = kernel.function { builder in
      var factor = builder.constant(.f64, .float(1))
      for step in 0..<count {
        let outer = factor
        let sums = builder.loop("i", n, carrying: [builder.constant(.f64, .float(0))]) {
          builder, i, carried in
          let value = builder.load(buffers[step], [Index(i)])
          let scaled = builder.multiply(value, outer)
          builder.store(
            builder.add(scaled, builder.constant(.f64, .float(Double(step)))),
            to: buffers[step + 1], [Index(i)])
          return [builder.add(carried[0], value)]
        }
        // The sum of a loop goes into the next one.
        let size = builder.convert(builder.dim(n), to: .f64)
        let mean = builder.divide(sums[0], size)
        let one = builder.constant(.f64, .float(1))
        factor = builder.binary(.minimum, builder.unary(.abs, mean), one)
      }
    }
    let compiled = try compile(function)
    let values = (0..<13).map { Double($0) / 8 - 0.5 }
    let result = Memory(.f64, values.count)
    #expect(try compiled.call([values.count], [Memory(values), result]) == 0)
    var current = values
    var factor = 1.0
    for step in 0..<count {
      let mean = current.reduce(0, +) / Double(current.count)
      current = current.map { $0 * factor + Double(step) }
      factor = min(abs(mean), 1)
    }
    #expect(result.doubles == current)
  }

  @Test func stopsBetweenParts() throws {
    let program = Program(inputs: 1, count: 900, seed: 3)
    var kernel = Kernel()
    let x = kernel.input("x", [Dim(2)])
    let y = kernel.output("y", [Dim(2)])
    let function = kernel.function { builder in
      let first = builder.load(x, [Index(Dim(0))])
      let values = program.build(&builder, [first])
      builder.store(values[900], to: y, [Index(Dim(0))])
      let limit = builder.constant(.f64, .float(100))
      builder.append(
        .check(builder.compare(.less, first, limit), .singular, message: nil, site: .none))
      builder.append(.stopIfFailed)
      let others = program.build(&builder, [values[700]])
      builder.store(others[900], to: y, [Index(Dim(1))])
    }
    let compiled = try compile(function)
    let result = Memory([0.0, 0])
    #expect(try compiled.call([], [Memory([2.0, 0]), result]) == 0)
    let first = program.values([2])
    #expect(result.doubles == [first[900], program.values([first[700]])[900]])
    let other = Memory([0.0, 0])
    #expect(try compiled.call([], [Memory([200.0, 0]), other]) & 0xFF == 8)
    #expect(other.doubles == [program.values([200])[900], 0])
  }

  @Test func commitSeesTheBody() throws {
    let program = Program(inputs: 1, count: 1700, seed: 11)
    var kernel = Kernel()
    let w = kernel.input("w", [Dim(1)], isInout: true)
    let update = kernel.buffer("w", .f64, [Dim(1)], .update(0))
    var result: ScalarID?
    let function = kernel.functionWithCommit { builder in
      let values = program.build(&builder, [builder.load(w, [Index(Dim(0))])])
      result = values[850]
    } commit: { builder in
      if let result { builder.store(result, to: update, [Index(Dim(0))]) }
    }
    let memory = Memory([3.5])
    #expect(try compile(function).call([], [memory]) == 0)
    #expect(memory.doubles == [program.values([3.5])[850]])
  }
}
