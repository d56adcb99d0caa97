import LoopIR
import Support
import Testing

/// What the verifier refuses.
struct LoopVerifierTests {
  private let n = Dim.symbol("n")

  /// A function of x: f64[n], inout w: f64[n], i: i64[n] -> y: f64[n] with a body by hand.
  private func function(_ build: (inout LoopBuilder) -> Void) -> LoopFunction {
    var body = Body()
    func buffer(_ name: String, _ element: DType, _ storage: Storage) {
      body.buffers.append(
        Buffer(name: name, element: element, shape: [n], storage: storage, site: .none))
    }
    buffer("x", .f64, .parameter(0))
    buffer("y", .f64, .result(0))
    buffer("w", .f64, .update(1))
    buffer("i", .i64, .parameter(2))
    buffer("t", .f64, .workspace)
    body.plan = [Placement(buffer: BufferID(4), below: [])]
    var builder = LoopBuilder(body: body)
    build(&builder)
    func formal(_ name: String, _ element: DType, isInout: Bool = false) -> Formal {
      Formal(name: name, element: element, shape: [n], isInout: isInout, site: .none)
    }
    return LoopFunction(
      name: "f", doc: "", site: .none, symbols: ["n"],
      parameters: [formal("x", .f64), formal("w", .f64, isInout: true), formal("i", .i64)],
      results: [formal("y", .f64)], requirements: [],
      constants: [ConstantData(element: .f64, elements: .floats([1]))],
      bodies: [builder.finish()])
  }

  private let x = BufferID(0)
  private let y = BufferID(1)

  /// The message of the verifier, or nil where all is well.
  private func complaint(_ function: LoopFunction) -> String? {
    do {
      try function.verify()
      return nil
    } catch {
      return error.message
    }
  }

  /// Expects that a body is refused with some words.
  private func refuse(
    _ words: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ build: (inout LoopBuilder) -> Void
  ) {
    let message = complaint(function(build))
    let isRefused = message?.contains(words) == true
    #expect(isRefused, "\(message ?? "none")", sourceLocation: sourceLocation)
  }

  @Test func accepts() {
    let fine = function { builder in
      builder.loop("i", n, lanes: 8) { builder, i in
        builder.store(builder.load(x, [Index(i)]), to: y, [Index(i)])
      }
    }
    #expect(complaint(fine) == nil)
  }

  @Test func order() {
    refuse("is not visible") { builder in
      let a = builder.define(ScalarType(.f64), .constant(.float(1)))
      _ = builder.negate(a)
    }
    refuse("is not visible") { builder in
      var inner: ScalarID?
      builder.loop("i", n) { builder, i in inner = builder.load(x, [Index(i)]) }
      if let inner { _ = builder.negate(inner) }
    }
    refuse("is not visible") { builder in
      let condition = builder.constant(.bool, .bool(true))
      var inner: ScalarID?
      let then = builder.block { builder in inner = builder.constant(.f64, .float(1)) }
      builder.append(.branch(condition, then: then, otherwise: Block()))
      if let inner { _ = builder.negate(inner) }
    }
    refuse("computed twice") { builder in
      let a = builder.constant(.f64, .float(1))
      builder.append(.scalar(a))
    }
    refuse("before its loop has run") { builder in
      let result = builder.define(ScalarType(.f64), .loopResult(LoopID(0), 0))
      _ = builder.negate(result)
    }
    refuse("outside its loop") { builder in
      let zero = builder.constant(.f64, .float(0))
      var entering: ScalarID?
      _ = builder.loop("i", n, carrying: [zero]) { builder, _, values in
        entering = values[0]
        return values
      }
      if let entering { _ = builder.negate(entering) }
    }
    refuse("does not exist") { $0.append(.scalar(ScalarID(99))) }
  }

  @Test func loops() {
    refuse("is entered twice") { builder in
      let loop = builder.loop("i", n) { _, _ in }
      builder.append(.loop(loop))
    }
    refuse("is never entered") { builder in
      builder.body.loops.append(Loop(name: "i", extent: n, site: .none))
    }
    refuse("stands in another") { builder in
      builder.loop("i", n, lanes: 4) { builder, _ in
        builder.loop("j", n, lanes: 4) { _, _ in }
      }
    }
    refuse("unknown symbol q") { builder in builder.loop("i", .symbol("q")) { _, _ in } }
    refuse("is carried into f64") { builder in
      let zero = builder.constant(.f64, .float(0))
      let other = builder.constant(.f32, .float(0))
      _ = builder.loop("i", n, carrying: [zero]) { _, _, _ in [other] }
    }
    refuse("from outside") { builder in
      let loop = builder.loop("i", n) { _, _ in }
      _ = builder.load(x, [Index(loop)])
    }
  }

  @Test func types() {
    refuse("does not give") { builder in
      let a = builder.constant(.f64, .float(1))
      let b = builder.constant(.f32, .float(1))
      _ = builder.add(a, b)
    }
    refuse("does not give") { builder in
      _ = builder.unary(.sqrt, builder.constant(.i32, .int(4)))
    }
    refuse("does not give") { builder in
      let a = builder.constant(.f64, .float(1))
      _ = builder.binary(.xor, a, a)
    }
    refuse("does not give") { builder in _ = builder.constant(.i32, .float(1)) }
    refuse("does not give") { builder in
      _ = builder.bitcast(builder.constant(.f64, .float(1)), to: .i32)
    }
    refuse("half type") { builder in _ = builder.constant(.f16, .float(1)) }
    refuse("has 4 lanes, its operands 1") { builder in
      let a = builder.constant(.f64, .float(1))
      _ = builder.scalar(ScalarType(.f64, lanes: 4), .unary(.negate, a))
    }
    refuse("4 lanes meet 8") { builder in
      let a = builder.constant(.f64, .float(1))
      let four = builder.scalar(ScalarType(.f64, lanes: 4), .splat(a))
      let eight = builder.scalar(ScalarType(.f64, lanes: 8), .splat(a))
      _ = builder.add(four, eight)
    }
    refuse("one truth value") { builder in
      let a = builder.constant(.f64, .float(1))
      builder.append(.branch(a, then: Block(), otherwise: Block()))
    }
    refuse("combines by subtract") { builder in
      let a = builder.constant(.f64, .float(1))
      builder.store(a, to: y, [Index(Dim(0))], combining: .subtract)
    }
  }

  @Test func memory() {
    refuse("has 1 axes") { builder in _ = builder.load(x, []) }
    refuse("is only read") { builder in
      builder.store(builder.constant(.f64, .float(1)), to: x, [Index(Dim(0))])
    }
    refuse("is changed before the end") { builder in
      builder.store(builder.constant(.f64, .float(1)), to: BufferID(2), [Index(Dim(0))])
    }
    refuse("is stored as f64") { builder in
      builder.store(builder.constant(.f32, .float(1)), to: y, [Index(Dim(0))])
    }
    refuse("is no position") { builder in
      let a = builder.constant(.i32, .int(1))
      _ = builder.load(x, [Index(a)])
    }
    refuse("several lanes to one element") { builder in
      builder.loop("i", n, lanes: 4) { builder, i in
        builder.store(builder.load(x, [Index(i)]), to: y, [Index(Dim(0))])
      }
    }
    refuse("has two places") { builder in
      builder.body.plan.append(Placement(buffer: BufferID(4), below: []))
    }
    refuse("refers forwards") { $0.body.plan[0].below = [0] }
    refuse("has no place") { $0.body.plan = [] }
    refuse("alias") { $0.body.buffers[4].storage = .alias(BufferID(4)) }
    refuse("does not fit what the caller gives") { $0.body.buffers[0].element = .f32 }
    refuse("does not fit constant 0") { $0.body.buffers[4].storage = .constant(0) }
    refuse("has no fixed size") { builder in
      builder.body.plan = []
      builder.body.buffers[4].storage = .local
    }
    refuse("updates a parameter that is only read") { $0.body.buffers[2].storage = .update(0) }
  }

  @Test func bodies() {
    var some = function { _ in }
    some.bodies[0].serves = [0]
    #expect(complaint(some)?.contains("no body serves") == true)
    some.bodies.append(some.bodies[0])
    #expect(complaint(some)?.contains("no body serves") == true)
    some.bodies[1].serves = []
    #expect(complaint(some) == nil)
    var late = function { _ in }
    late.bodies[0].commit = Block([.stopIfFailed])
    #expect(complaint(late)?.contains("a stop stands behind") == true)
  }
}
