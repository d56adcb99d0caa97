import Driver
import GraphIR
import Ops
import Support
import Testing

/// `gradc check` on graphs with operations whose derivative is right, wrong, or not to be had.
@Suite struct ExaminerTests {
  /// `x³` with the derivative that a test gives it.
  static func cube(_ derivative: Derivative) -> Operation {
    Operation(
      "cube", arity: .exactly(1), infer: { query throws(TypeError) in [query.operands[0]] },
      derivative: derivative,
      evaluate: { context in
        let values = context.operands[0].floats.map { $0 * $0 * $0 }
        return [Tensor(context.dtype, context.shape, floats: values)]
      },
      lowering: Kernel.leaf, samples: [], notation: .function)
  }

  /// Three times `x²`, scaled.
  private static func slope(_ b: inout Builder, _ x: Value, _ scale: Double) -> Value {
    b.multiply(b.literal(3 * scale, like: x), b.multiply(x, x))
  }

  static let right = cube(.pointwise([.factors { b, c in [.times(slope(&b, c.operands[0], 1))] }]))
  static let wrong = cube(
    .pointwise([.factors { b, c in [.times(slope(&b, c.operands[0], 1.001))] }]))
  /// Right in forward mode alone.
  static let uneven = cube(
    .custom(
      jvp: { b, c, tangents in [tangents[0].map { b.multiply($0, slope(&b, c.operands[0], 1)) }] },
      vjp: { b, c, cts in [cts[0].map { b.multiply($0, slope(&b, c.operands[0], 2)) }] }))
  static let zero = cube(.zero)

  /// A graph that asks for a form of `sum(cube(x) * x)`.
  private static func graph(
    _ operation: Operation, _ form: DerivativeRequest.Form
  ) -> (graph: Graph, site: Site) {
    let site = Site(file: FileID(index: 0), start: 7, end: 9)
    var graph = Graph(name: "g")
    let x = graph.addParameter("x", TensorType(.f64, [Dim(3)]))
    let v = graph.addParameter("v", TensorType(.f64, [Dim(3)]))
    var b = Builder(graph: graph, site: site)
    let cube = b.emit(operation, [x])
    b.site = .none
    let cost = b.total(b.multiply(b.sin(cube), x))
    var along: [Value] = []
    if form == .jvp || form == .hvp { along = [v] }
    if form == .vjp { along = [b.total(v)] }
    for value in b.derivative(form, of: cost, wrt: [x], along: along) {
      b.graph.addOutput("d", value)
    }
    return (b.graph, site)
  }

  private static func row(_ graph: Graph, _ inputs: [Tensor]) -> CheckRow? {
    var examiner = Examiner(graph, random: RandomSource(seed: 3))
    examiner.examine(inputs, sizes: [:])
    return examiner.table.first
  }

  private static let point = [
    Tensor(.f64, [3], floats: [0.3, -0.8, 1.1]), Tensor(.f64, [3], floats: [1, 0.5, -0.25]),
  ]

  static let forms: [DerivativeRequest.Form] = [
    .grad, .valueAndGrad, .vjp, .jvp, .jacobian, .hessian, .hvp,
  ]

  @Test(arguments: forms)
  func passesARightDerivative(_ form: DerivativeRequest.Form) throws {
    let row = try #require(Self.row(Self.graph(Self.right, form).graph, Self.point))
    #expect(row.verdict == .right)
    #expect(row.error < 1e-8)
    #expect(try #require(row.identity) < 1e-12)
  }

  @Test(arguments: forms, [wrong, zero])
  func findsAWrongDerivative(_ form: DerivativeRequest.Form, _ operation: Operation) throws {
    let (graph, site) = Self.graph(operation, form)
    let row = try #require(Self.row(graph, Self.point))
    #expect(row.verdict == .wrong)
    let note = try #require(row.diagnostic?.notes.first)
    #expect(note.site == site)
    #expect(note.message.hasPrefix("the derivative of 'cube' is at fault: in forward mode"))
  }

  @Test func findsADerivativeThatIsWrongInOneMode() throws {
    let (graph, site) = Self.graph(Self.uneven, .grad)
    let row = try #require(Self.row(graph, Self.point))
    #expect(row.verdict == .wrong)
    let note = try #require(row.diagnostic?.notes.first)
    #expect(note.site == site)
    #expect(note.message.contains("in reverse mode"))
    let forward = try #require(Self.row(Self.graph(Self.uneven, .jvp).graph, Self.point))
    #expect(forward.verdict == .wrong, "the identity of both modes does not hold")
    #expect(forward.error < 1e-8)
  }

  /// A loop that applies an operation in each turn, and the gradient of what it gives.
  @Test func findsTheFaultInALoop() throws {
    let site = Site(file: FileID(index: 0), start: 3, end: 4)
    var body = Graph(name: "region")
    body.addParameter("i", TensorType(.i64))
    let carried = body.addParameter("h", TensorType(.f64))
    var inner = Builder(graph: body, site: site)
    let next = inner.emit(Self.wrong, [inner.sin(carried)])
    inner.graph.addOutput("h", next)
    var graph = Graph(name: "g")
    let x = graph.addParameter("x", TensorType(.f64))
    var b = Builder(graph: graph)
    let form = LoopForm(count: Dim(3), sequences: 0, carried: 1, stacked: 0)
    let last = try b.tryEmit(.loop, [x], .loop(form), regions: [inner.graph])[0]
    b.graph.addOutput("d", b.gradient(of: last, wrt: x))
    let row = try #require(Self.row(b.graph, [Tensor(.f64, [], floats: [0.9])]))
    #expect(row.verdict == .wrong)
    #expect(row.diagnostic?.notes.first?.site == site)
  }

  /// `relu` at 0 has no slope that differences could confirm.
  @Test func aKinkIsNoMistake() throws {
    var graph = Graph(name: "g")
    let x = graph.addParameter("x", TensorType(.f64, [Dim(3)]))
    var b = Builder(graph: graph)
    let cost = b.total(b.emit(.relu, [x]))
    b.graph.addOutput("d", b.gradient(of: cost, wrt: x))
    let kinked = try #require(Self.row(b.graph, [Tensor(.f64, [3], floats: [0, -1, 2])]))
    #expect(kinked.verdict == .kink)
    let smooth = try #require(Self.row(b.graph, [Tensor(.f64, [3], floats: [0.5, -1, 2])]))
    #expect(smooth.verdict == .right)
  }

  /// A mistake beside a kink is still found.
  @Test func aKinkHidesNoMistake() throws {
    var graph = Graph(name: "g")
    let x = graph.addParameter("x", TensorType(.f64, [Dim(3)]))
    var b = Builder(graph: graph)
    let cost = b.total(b.emit(.relu, [b.emit(Self.wrong, [x])]))
    b.graph.addOutput("d", b.gradient(of: cost, wrt: x))
    let row = try #require(Self.row(b.graph, [Tensor(.f64, [3], floats: [0, -1, 2])]))
    #expect(row.verdict == .wrong)
  }
}
