import CodeGen
import Foundation
import LoopIR
import Support
import Testing

/// What a function checks before it runs, and what it returns.
struct EntryTests {
  private let source = Source(
    """
    graph step(x: f64[m, n], inout w: f64[n]) -> (y) {
      y = x + w
      assert min(x) > 0, "x must be positive"
    }
    """)

  /// y = x + t, w <- w + 1, by way of a workspace, with a check that all x are positive.
  private func step() -> LoopFunction {
    var kernel = Kernel(symbols: ["m", "n"])
    let x = kernel.input("x", [m, n], site: source.site(1, 12))
    let w = kernel.input("w", [n], isInout: true, site: source.site(1, 26))
    let y = kernel.output("y", [m, n], site: source.site(1, 46))
    let t = kernel.workspace("t", [n])
    let update = kernel.buffer("w", .f64, [n], .update(1))
    var function = kernel.functionWithCommit { builder in
      builder.loop("j", n) { builder, j in
        let value = builder.load(w, [Index(j)])
        builder.store(builder.multiply(value, value), to: t, [Index(j)])
      }
      builder.loop("i", m) { builder, i in
        builder.loop("j", n) { builder, j in
          let value = builder.load(x, [Index(i), Index(j)])
          let isPositive = builder.compare(.greater, value, builder.constant(.f64, .float(0)))
          let site = self.source.site(3, 3)
          builder.append(
            .check(isPositive, .assertion, message: "x must be positive", site: site))
          let sum = builder.add(value, builder.load(t, [Index(j)]))
          builder.store(sum, to: y, [Index(i), Index(j)])
        }
      }
    } commit: { builder in
      builder.loop("j", n) { builder, j in
        let value = builder.load(w, [Index(j)])
        let one = builder.constant(.f64, .float(1))
        builder.store(builder.add(value, one), to: update, [Index(j)])
      }
    }
    function.site = source.site(1, 7)
    return function
  }

  @Test func statuses() throws {
    let compiled = try Compiled(step(), files: source.files)
    func message(_ status: Int32) throws -> String { try compiled.module.message(status) }
    let x = Memory([1.0, 2, 3, 4, 5, 6])
    let y = Memory(.f64, 6)
    let w = Memory([1.0, 2, 3])
    #expect(try compiled.call([2, 3], [x, w, y]) == 0)
    #expect(w.doubles == [2, 3, 4])
    #expect(y.doubles == [2, 6, 12, 5, 9, 15])
    let cases: [([Int], [Memory?], String)] = [
      ([-1, 3], [x, w, y], "step.graph:1:7: negative size: m"),
      ([2, -3], [x, w, y], "step.graph:1:7: negative size: n"),
      ([1 << 40, 1 << 40], [x, w, y], "step.graph:1:12: size overflow: x"),
      ([1, 1 << 61], [x, w, y], "step.graph:1:12: size overflow: x"),
      ([2, 3], [nil, w, y], "step.graph:1:12: null pointer: x"),
      ([2, 3], [x, nil, y], "step.graph:1:26: null pointer: w"),
    ]
    for (sizes, memory, text) in cases {
      let status = try compiled.call(sizes, memory)
      #expect(try message(status) == text)
    }
    #expect(w.doubles == [2, 3, 4])
    #expect(try message(0) == "no error")
    #expect(try message(12345678) == "unknown error")
    #expect(try message(-5) == "unknown error")
  }

  @Test func aFailedCallChangesNoInout() throws {
    let compiled = try Compiled(step(), files: source.files)
    let w = Memory([1.0, 2, 3])
    let status = try compiled.call([1, 3], [Memory([1.0, -2, 3]), w, Memory(.f64, 3)])
    #expect(status & 0xFF == Int32(Failure.assertion.rawValue))
    #expect(try compiled.module.message(status) == "step.graph:3:3: x must be positive")
    #expect(w.doubles == [1, 2, 3])
  }

  @Test func whatHasNoElementsMayBeNull() throws {
    let compiled = try Compiled(step(), files: source.files)
    #expect(try compiled.call([2, 0], [nil, nil, nil]) == 0)
    #expect(try compiled.call([0, 0], [nil, nil, nil]) == 0)
    let w = Memory([1.0])
    #expect(try compiled.call([0, 1], [nil, w, nil]) == 0)
    #expect(w.doubles == [2])
  }

  @Test func workspace() throws {
    let compiled = try Compiled(step(), files: source.files)
    let x = Memory([1.0, 2, 3])
    let y = Memory(.f64, 3)
    let size = try compiled.workspaceSize(1, 3)
    #expect(size == 64)
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 128, alignment: 64)
    defer { memory.deallocate() }
    memset(memory, 0xEE, 128)
    func call(_ workspace: UnsafeMutableRawPointer, _ size: Int) throws -> Int32 {
      try compiled.call(
        [1, 3], [x, Memory([1.0, 2, 3]), y], workspace: workspace, workspaceSize: size)
    }
    #expect(try call(memory, Int(size)) == 0)
    #expect(y.doubles == [2, 6, 12])
    #expect(memory.load(fromByteOffset: Int(size), as: UInt8.self) == 0xEE)
    let failure = "step.graph:1:7: workspace too small or not aligned"
    #expect(try compiled.module.message(call(memory, Int(size) - 1)) == failure)
    #expect(try compiled.module.message(call(memory, 0)) == failure)
    #expect(try compiled.module.message(call(memory + 8, 120)) == failure)
    // None is needed for nothing, so any is right.
    #expect(try compiled.call([0, 0], [nil, nil, nil], workspace: memory + 1) == 0)
  }

  @Test func workspaceSizes() throws {
    let compiled = try Compiled(step(), files: source.files)
    #expect(try compiled.workspaceSize(5, 0) == 0)
    #expect(try compiled.workspaceSize(5, 8) == 64)
    #expect(try compiled.workspaceSize(5, 9) == 128)
    #expect(try compiled.workspaceSize(-1, 9) == .max)
    #expect(try compiled.workspaceSize(1, -1) == .max)
    #expect(try compiled.workspaceSize(1 << 62, 1 << 62) == .max)
    #expect(try compiled.workspaceSize(0, 1 << 62) == .max)
  }

  @Test func plans() throws {
    // a below c and d; b below d: c may use what b has.
    var kernel = Kernel(symbols: ["m", "n"])
    let x = kernel.input("x", [Dim(1)])
    let y = kernel.output("y", [Dim(2)])
    let a = kernel.workspace("a", [m])
    let b = kernel.workspace("b", [n], below: [0])
    let c = kernel.workspace("c", [m + n], below: [0])
    let d = kernel.workspace("d", [Dim(9)], below: [1, 2])
    let function = kernel.function { builder in
      let value = builder.load(x, [Index(Dim(0))])
      builder.loop("i", m) { builder, i in builder.store(value, to: a, [Index(i)]) }
      builder.loop("i", n) { builder, i in
        builder.store(builder.negate(value), to: b, [Index(i)])
      }
      builder.loop("i", m + n) { builder, i in
        builder.store(builder.add(value, value), to: c, [Index(i)])
      }
      builder.loop("i", Dim(9)) { builder, i in
        builder.store(builder.multiply(value, value), to: d, [Index(i)])
      }
      builder.store(builder.load(a, [Index(m - 1)]), to: y, [Index(Dim(0))])
      builder.store(builder.load(c, [Index(m + n - 1)]), to: y, [Index(Dim(1))])
    }
    let compiled = try Compiled(function)
    func padded(_ count: Int) -> UInt { UInt((count * 8 + 63) / 64 * 64) }
    for (rows, columns) in [(1, 1), (10, 3), (8, 8), (3, 100), (1, 0)] {
      let size = try compiled.workspaceSize(rows, columns)
      let expected =
        padded(rows) + max(padded(columns), padded(rows + columns)) + padded(9)
      #expect(size == expected)
      let workspace = Memory(.u8, Int(size))
      let y = Memory(.f64, 2)
      let status = try compiled.call(
        [rows, columns], [Memory([3.0]), y], workspace: workspace.pointer,
        workspaceSize: Int(size))
      #expect(status == 0)
      #expect(y.doubles == [3, 6])
    }
    // Sums that do not fit.
    #expect(try compiled.workspaceSize(1 << 59, 1 << 59) == .max)
    #expect(try compiled.workspaceSize(.max, 1) == .max)
  }

  @Test func sizeGrowsWithEachSymbol() throws {
    let compiled = try Compiled(step(), files: source.files)
    var before: UInt = 0
    for size in [0, 1, 7, 8, 9, 1000, 1 << 30, 1 << 55, 1 << 60, 1 << 61, .max] {
      let now = try compiled.workspaceSize(1, size)
      #expect(now >= before)
      before = now
    }
  }

  @Test func requirements() throws {
    let k = Dim.symbol("k")
    var kernel = Kernel(symbols: ["k", "m"])
    _ = kernel.input("x", [k], site: source.site(1, 1))
    kernel.requirements = [
      Requirement(.multiple(k, m), .sizeMismatch, site: source.site(2, 3)),
      Requirement(.equal(k.quotient(2), 2 * m), .sizeMismatch, site: source.site(2, 5)),
      Requirement(.nonNegative(k - 3), .indexOutOfRange, site: source.site(3, 4)),
    ]
    let compiled = try Compiled(kernel.function { _ in }, files: source.files)
    let memory = Memory(.f64, 20)
    func message(_ k: Int, _ m: Int) throws -> String {
      try compiled.module.message(compiled.call([k, m], [memory]))
    }
    #expect(try message(4, 1) == "no error")
    #expect(try message(8, 2) == "no error")
    #expect(try message(9, 2) == "step.graph:2:3: size mismatch")
    #expect(try message(5, 0) == "step.graph:2:3: size mismatch")
    #expect(try message(6, 2) == "step.graph:2:5: size mismatch")
    #expect(try message(0, 0) == "step.graph:2:3: size mismatch")
    #expect(try message(2, 1) == "step.graph:2:5: size mismatch")
  }

  @Test func derivedSizes() throws {
    var kernel = Kernel(symbols: ["m", "n"])
    kernel.requirements = [Requirement(.nonNegative(m), .singular, site: source.site(2, 2))]
    let x = kernel.input("x", [n - 1], site: source.site(1, 9))
    _ = kernel.input("y", [m * n * n + 1], site: source.site(1, 5))
    let z = kernel.output("z", [m, n, m], site: source.site(1, 3))
    let function = kernel.function { builder in
      builder.loop("i", n - 1) { builder, i in
        builder.store(builder.load(x, [Index(i)]), to: z, [Index(Dim(0)), Index(i), Index(Dim(0))])
      }
    }
    let compiled = try Compiled(function, files: source.files)
    let memory = Memory(.f64, 100)
    func message(_ m: Int, _ n: Int) throws -> String {
      try compiled.module.message(compiled.call([m, n], [memory, memory, memory]))
    }
    #expect(try message(1, 3) == "no error")
    #expect(try message(1, 0) == "step.graph:1:9: negative size: x")
    #expect(try message(1 << 40, 1 << 20) == "size overflow")
    #expect(try message(1 << 60, 2) == "step.graph:1:5: size overflow: y")
  }

  @Test func anEmptyAxisMakesAnySizeFit() throws {
    var kernel = Kernel(symbols: ["m", "n"])
    _ = kernel.input("x", [n, n, m], site: source.site(1, 9))
    let compiled = try Compiled(kernel.function { _ in }, files: source.files)
    #expect(try compiled.call([0, 1 << 40], [nil]) == 0)
    let status = try compiled.call([1, 1 << 40], [nil])
    #expect(try compiled.module.message(status) == "step.graph:1:9: size overflow: x")
  }

  @Test func bodiesByWhatIsWanted() throws {
    var kernel = Kernel()
    let y = kernel.output("y", [Dim(1)])
    let z = kernel.output("z", [Dim(1)])
    func body(_ serves: Set<Int>?, _ value: Double, _ buffers: [BufferID]) -> Body {
      var body = kernel.body
      body.serves = serves
      var builder = LoopBuilder(body: body)
      let constant = builder.constant(.f64, .float(value))
      for buffer in buffers { builder.store(constant, to: buffer, [Index(Dim(0))]) }
      return builder.finish()
    }
    let function = kernel.function(bodies: [
      body([0, 1], 1, [y, z]), body([1], 2, [z]), body([0], 3, [y]), body([], 4, []),
    ])
    let compiled = try Compiled(function)
    let (first, second) = (Memory([0.0]), Memory([0.0]))
    #expect(try compiled.call([], [first, second]) == 0)
    #expect(first.doubles + second.doubles == [1, 1])
    #expect(try compiled.call([], [nil, second]) == 0)
    #expect(first.doubles + second.doubles == [1, 2])
    #expect(try compiled.call([], [first, nil]) == 0)
    #expect(first.doubles + second.doubles == [3, 2])
    #expect(try compiled.call([], [nil, nil]) == 0)
    #expect(first.doubles + second.doubles == [3, 2])
  }

  @Test func stopEndsTheCall() throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    let function = kernel.function { builder in
      builder.loop("i", n) { builder, i in
        let value = builder.load(x, [Index(i)])
        builder.store(value, to: y, [Index(i)])
        let isSmall = builder.compare(.less, value, builder.constant(.f64, .float(3)))
        builder.append(.check(isSmall, .noConvergence, message: nil, site: source.site(2, 1)))
        builder.append(.stopIfFailed)
      }
    }
    let compiled = try Compiled(function, files: source.files)
    let y1 = Memory([0.0, 0, 0, 0])
    let status = try compiled.call([4], [Memory([1.0, 2, 3, 4]), y1])
    #expect(try compiled.module.message(status) == "step.graph:2:1: no convergence")
    #expect(y1.doubles == [1, 2, 3, 0])
  }

  @Test func checksStayInVectorLoops() throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    let function = kernel.function { builder in
      builder.loop("i", n) { builder, i in
        let value = builder.load(x, [Index(i)])
        for (index, limit) in [3.0, 4, 5].enumerated() {
          let isSmall = builder.compare(.less, value, builder.constant(limit, like: value))
          builder.append(
            .check(isSmall, .indexOutOfRange, message: nil, site: source.site(1, index + 1)))
        }
        builder.store(value, to: y, [Index(i)])
      }
    }
    let ir = try optimizedIR(function)
    #expect(ir.contains("vector.body"))
    let compiled = try Compiled(function, files: source.files)
    let values = (0..<100).map { $0 == 77 ? 4.5 : 1.0 }
    let status = try compiled.call([100], [Memory(values), Memory(.f64, 100)])
    #expect(status & 0xFF == 7)
    let message = try compiled.module.message(status)
    #expect(["step.graph:1:1", "step.graph:1:2"].contains(String(message.prefix(14))))
    let ones = Memory(Array(repeating: 1.0, count: 100))
    #expect(try compiled.call([100], [ones, Memory(.f64, 100)]) == 0)
  }
}
