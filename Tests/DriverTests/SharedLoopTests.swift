import CodeGen
import Driver
import Foundation
import GraphIR
import LoopIR
import Support
import Testing

/// Loops whose turns threads share: the same bits for any number of threads, and what is not
/// independent is left alone.
@Suite(.serialized) struct SharedLoopTests {
  /// The runtime of OpenMP, whose functions the code finds in this process.
  private enum Runtime {
    nonisolated(unsafe) static let library: UnsafeMutableRawPointer? = {
      // Threads that wait leave the processor to those that have work.
      setenv("OMP_WAIT_POLICY", "passive", 1)
      return dlopen("libgomp.so.1", RTLD_NOW | RTLD_GLOBAL)
    }()

    /// Says how many threads teams of this thread have from now on.
    static func use(threads: Int32) throws {
      let address = try #require(dlsym(library, "omp_set_num_threads"), "no libgomp.so.1")
      unsafeBitCast(address, to: (@convention(c) (Int32) -> Void).self)(threads)
    }
  }

  /// A file of one graph, compiled with threads, which share every loop that they may, and without.
  struct Program {
    let function: LoopFunction
    var shared: CompiledCall
    var plain: CompiledCall

    init(_ text: String, leastWork: Double = 0) throws {
      let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("shared-\(UUID().uuidString).graph").path
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: path) }
      var options = CompileOptions(input: path)
      let alone = Session.functions(options)
      let first = try #require(alone.functions.first, "\(alone.diagnostics)")
      #expect(!first.isShared)
      plain = try CompiledCall(first, files: alone.files, options: options.codeGen)
      options.usesThreads = true
      let compiled = Session.functions(options)
      function = try #require(compiled.functions.first)
      try function.verify()
      var codeGen = options.codeGen
      codeGen.leastSharedWork = leastWork
      codeGen.verifies = true
      shared = try CompiledCall(function, files: compiled.files, options: codeGen)
    }

    /// The results for tensors of type `f64`, once they are the same bits for all teams.
    mutating func run(
      _ given: [String: ([Int], [Double])]
    ) throws -> (shared: [[Double]], plain: [[Double]]) {
      let tensors = given.mapValues { RawTensor(Tensor(.f64, $0.0, floats: $0.1)) }
      let arguments = try RunArguments(function, tensors: tensors, sizes: [:])
      let wanted = try plain.run(arguments).map(\.value.tensor.floats)
      var found: [[Double]]?
      for threads: Int32 in [1, 2, 3, 7] {
        try Runtime.use(threads: threads)
        let values = try shared.run(arguments).map(\.value.tensor.floats)
        if let found {
          #expect(
            found.map { $0.map(\.bitPattern) } == values.map { $0.map(\.bitPattern) },
            "\(threads) threads")
        }
        found = values
      }
      return (found ?? [], wanted)
    }

    /// The loops of the body for all results that threads share.
    var loops: [Loop] { function.bodies[0].loops.filter { $0.sharing != nil } }
  }

  /// A column of numbers between −1 and 1 that repeats late.
  static func numbers(_ count: Int) -> [Double] {
    (0..<count).map { (number: Int) -> Double in
      let part = (number * 7919 + 13) % 1009
      return Double(part) / 504.5 - 1
    }
  }

  /// Compares results that are sums of so many terms of at most `size`: the orders of both sums
  /// differ, each of which is off by at most `count ε size` for every term.
  static func compare(
    _ results: (shared: [[Double]], plain: [[Double]]), terms: Int, size: Double
  ) {
    let (shared, plain) = results
    #expect(shared.map { $0.count } == plain.map { $0.count })
    let tolerance: Double = 4 * Double(terms * terms + 1) * Double.ulpOfOne * size
    var worst = 0.0
    for (row, other) in zip(shared, plain) {
      for (x, y) in zip(row, other) { worst = max(worst, abs(x - y)) }
    }
    #expect(worst <= tolerance)
  }

  /// Numbers of turns around those of chunks and lanes.
  static let counts = [0, 1, 2, 9, 64, 65, 1000]

  /// Each element for itself: the very numbers that one thread gives.
  @Test func elementwise() throws {
    var program = try Program(
      """
      graph g(x: f64[n], a: f64[n, 5]) -> (y: f64[n], b: f64[n, 5]) {
          y = sin(x) * 3 - x
          b = exp(a) + x[:, new]
      }
      """)
    let loops = program.loops
    #expect(!loops.isEmpty)
    for n in Self.counts {
      let results = try program.run([
        "x": ([n], Self.numbers(n)), "a": ([n, 5], Self.numbers(5 * n)),
      ])
      #expect(results.shared == results.plain, "n \(n)")
    }
  }

  /// Sums, products, extremes and their gradients: what loops carry.
  @Test func reductions() throws {
    var program = try Program(
      """
      graph g(x: f64[n]) -> (s: f64, p: f64, l: f64, h: f64, g: f64[n]) {
          s = sum(tanh(x))
          p = prod(1 + x / 1000)
          l = min(x)
          h = max(x * x)
          g = grad(s, wrt: x)
      }
      """)
    let hasCarried = program.loops.contains { !$0.carried.isEmpty }
    #expect(hasCarried, "chunks carry sums")
    for n in Self.counts where n > 0 {
      Self.compare(try program.run(["x": ([n], Self.numbers(n))]), terms: n, size: 3)
    }
  }

  /// One pass over the rows of a data set: scratch memory of each block, and sums in memory.
  @Test func blocksOfRows() throws {
    var program = try Program(
      """
      graph g(x: f64[n, d], y: f64[n], w: f64[d]) -> (loss: f64, g: f64[d]) {
          loss = sum(log1p(exp(-y * (x @ w))))
          g = grad(loss, wrt: w)
      }
      """)
    let hasSums = program.loops.contains { $0.sharing?.sums.isEmpty == false }
    let hasOwn = program.loops.contains { $0.sharing?.own.isEmpty == false }
    #expect(hasSums, "chunks add to copies")
    #expect(hasOwn, "threads have own memory")
    for (n, d) in [(0, 3), (1, 1), (17, 5), (100, 33), (1000, 7)] {
      Self.compare(
        try program.run([
          "x": ([n, d], Self.numbers(n * d)), "y": ([n], Self.numbers(n)),
          "w": ([d], Self.numbers(d)),
        ]), terms: n * d, size: 1)
    }
  }

  /// Products of matrices, by panels of columns.
  @Test(arguments: [(0, 3, 2), (1, 1, 1), (5, 300, 7), (33, 70, 130)])
  func products(_ n: Int, _ k: Int, _ m: Int) throws {
    var program = try Program(
      """
      graph g(a: f64[n, k], b: f64[k, m], v: f64[m]) -> (c: f64[n, m], s: f64, ga: f64[n, k], gb: f64[k, m]) {
          c = tanh(a @ b / 100 + v)
          s = sum(c * c)
          ga, gb = grad(s, wrt: [a, b])
      }
      """)
    let hasPanels = program.loops.contains { $0.lanes == 1 && $0.sharing?.own.isEmpty == false }
    #expect(hasPanels)
    Self.compare(
      try program.run([
        "a": ([n, k], Self.numbers(n * k)), "b": ([k, m], Self.numbers(k * m)),
        "v": ([m], Self.numbers(m)),
      ]), terms: k + m, size: 1)
  }

  /// Lanes of rows with loops inside, and memory that each lane has for itself.
  @Test func lanes() throws {
    var program = try Program(TurnLaneTests.rowsWithSteps)
    let hasLanes = program.loops.contains { $0.lanes > 1 }
    #expect(hasLanes)
    for n in Self.counts {
      Self.compare(
        try program.run(["a": ([n, 3], Self.numbers(3 * n)), "m": ([3, 3], Self.numbers(9))]),
        terms: 3 * n, size: 16)
    }
  }

  /// Turns that need the ones before, that touch their neighbours' elements, or that may meet.
  @Test(arguments: [
    "for v in x with s = 0.0 {\n next = sin(s) + v\n s <- next\n emit y = next\n}",
    "y = cumsum(x)",
    "for v in x with y = zeros([n]) { y <- roll(y, 1) + v }",
  ])
  func dependentTurns(_ body: String) throws {
    var program = try Program("graph g(x: f64[n]) -> (y: f64[n]) {\n\(body)\n}\n")
    let carrying = program.loops.contains { !$0.carried.isEmpty }
    #expect(!carrying)
    for n in Self.counts {
      let results = try program.run(["x": ([n], Self.numbers(n))])
      #expect(results.shared == results.plain, "n \(n)")
    }
  }
}
