import GraphIR
import Ops
import Support
import TestSupport
import Testing

/// What a graph prints reads back as the same graph.
@Suite struct RoundTripTests {
  /// Reads a text with the operations there are.
  static func parse(
    _ text: String, elsewhere: @escaping (Int) -> Tensor? = { _ in nil }
  ) throws(GraphParseError) -> Graph {
    var table: [String: Operation] = [:]
    for operation in Operation.all { table[operation.name] = operation }
    return try GraphParser.parse(text, operation: { table[$0] }, elsewhere: elsewhere)
  }

  /// Expects a graph to survive.
  static func expectRoundTrip(_ graph: Graph, _ comment: Comment? = nil) throws {
    let text = graph.dump()
    let read = try parse(text)
    #expect(read.dump() == text, comment)
    #expect(read.nodes.map(\.attributes) == graph.nodes.map(\.attributes), comment)
    #expect(read.nodes.map(\.operands) == graph.nodes.map(\.operands), comment)
    #expect(read.nodes.map(\.operation) == graph.nodes.map(\.operation), comment)
    #expect(read.values.map(\.type) == graph.values.map(\.type), comment)
    #expect(read.values.map(\.name) == graph.values.map(\.name), comment)
    #expect(read.data == graph.data, comment)
    #expect(read.sizeChecks.map(\.condition) == graph.sizeChecks.map(\.condition), comment)
    #expect(read.symbols == graph.symbols, comment)
    #expect(read.doc == graph.doc, comment)
  }

  @Test(arguments: [false, true])
  func everySampleOfEveryOperation(isSymbolic: Bool) throws {
    for operation in Operation.all {
      for (index, sample) in operation.samples.enumerated() {
        var random = RandomSource(seed: 1)
        guard
          let found = OperationCase(
            operation, sample, floats: .f32, isSymbolic: isSymbolic, random: &random)
        else { continue }
        try Self.expectRoundTrip(found.graph, "\(operation.name), sample \(index)")
      }
    }
  }

  @Test func everythingThatAGraphHolds() throws {
    var graph = Graph(name: "step")
    graph.doc = "One step.\n\"Quoted\" \\ and ∂, \u{7}."
    graph.symbols = ["n", "size"]
    let n = Dim.symbol("n")
    let x = graph.addParameter("x", TensorType(.f64, [n, n + .symbol("size")]))
    let w = graph.addParameter("w", TensorType(.f64))
    graph.parameters[0].doc = "rows"
    graph.parameters[1].isInout = true
    graph.data = [
      Tensor(.f32, [2, 2], floats: [1, -0.0, .infinity, 0.1].map { DType.f32.rounded($0) }),
      Tensor(.u64, [2], integers: [-1, 7]), Tensor(.bool, [3], integers: [1, 0, 1]),
      Tensor(.f64, [0, 3], floats: []), Tensor(.i8, [], integers: [-128]),
    ]
    graph.sizeChecks = [
      .equal(n, .symbol("size")), .multiple(n * .symbol("size"), Dim(3)), .nonNegative(n - 3),
      .inRange((n + 1).quotient(2) - 2 * .symbol("size")),
    ].map { SizeCheck($0, site: .none) }
    var b = Builder(graph: graph)
    for index in graph.data.indices { _ = b.emit(.data, [], .data(index)) }
    let condition = b.less(w, b.literal(2, like: w))
    let total = b.add(b.total(x), w)
    b.graph.name(total, "total")
    b.graph.name(condition, "not a name")
    b.graph.assertions.append(Assertion(condition: condition, message: "a \"b\"", site: .none))
    b.graph.updates.append(Update(parameter: 1, value: total, site: .none))
    b.graph.addOutput("y", total)
    try Self.expectRoundTrip(b.graph)
    let read = try Self.parse(b.graph.dump())
    #expect(read.parameters.map(\.name) == ["x", "w"])
    #expect(read.parameters.map(\.isInout) == [false, true])
    #expect(read.parameters.map(\.doc) == ["rows", ""])
    #expect(read.parameters.map(\.value) == b.graph.parameters.map(\.value))
    #expect(read.assertions.map(\.message) == ["a \"b\""])
    #expect(read.assertions.map(\.condition) == [condition])
    #expect(read.updates.map(\.value) == [total])
    #expect(read.outputs.map(\.name) == ["y"])
    try read.verify()
  }

  @Test func literalsKeepTheirBits() throws {
    let literals: [Literal] = [
      .int(2), .int(.min), .float(2), .float(-0.0), .float(0.1), .float(1e300),
      .float(.leastNonzeroMagnitude), .float(.infinity), .float(-.infinity), .float(.nan),
      .float(-.nan), .float(Double(bitPattern: 0x7FF8_0000_0000_1234)), .bool(true), .bool(false),
    ]
    var b = Builder(graph: Graph(name: "f"))
    for literal in literals { _ = b.literal(literal, .f64) }
    try Self.expectRoundTrip(b.graph)
  }

  /// A form in which no two parts are the same.
  private static func loopForm(isWhile: Bool) -> LoopForm {
    var form = LoopForm(
      count: .symbol("reversed") + 1, sequences: 1, carried: 2, stacked: 4, isReversed: isWhile,
      isBounded: !isWhile, isWhile: isWhile)
    form.saved = 3
    return form
  }

  @Test func attributesOfAllKinds() throws {
    let n = Dim.symbol("step")
    let all: [Attributes] = [
      .none, .integer(-3), .dtype(.bf16), .axis(2), .axes([]), .axes([2, 0, 1]),
      .reduction(axes: [0, 2], keepDims: true), .reduction(axes: [], keepDims: false),
      .shape([]), .shape([n, n * n - 3, (n + 1).quotient(2).quotient(3) + 1]),
      .slice([SliceAxis(start: n - 1, step: -1, size: n), .whole(Dim(4))]), .slice([]),
      .pad([PadAxis(low: n, high: Dim(0), interior: 2)]),
      .pads([[PadAxis(low: n, high: Dim(0))], [PadAxis(low: Dim(2), high: n, interior: 1)]]),
      .contraction(
        Contraction(leftBatch: [0], rightBatch: [1], leftSummed: [1, 2], rightSummed: [0, 2])),
      .windows([WindowAxis(extent: n, size: Dim(2), stride: 2, dilation: 3)]),
      .convolution(
        Convolution(
          axes: [WindowAxis(extent: n, size: Dim(2), stride: 1, dilation: 1)], groups: 2,
          channels: 2 * n)),
      .picking(Picking(axes: [2, 0], place: 1)), .draw([n, Dim(3)], .f32),
      .matrix(MatrixForm(isLower: false, hasUnitDiagonal: true, isTransposed: true)),
      .loop(Self.loopForm(isWhile: true)), .loop(Self.loopForm(isWhile: false)),
      .call(CallForm(name: "f", arguments: 2, hasJvp: true, hasVjp: false)),
      .external(
        ExternalForm(
          name: "force", symbols: ["m", "step"],
          parameters: [.init("x", TensorType(.f64, [.symbol("m"), n])), .init("k", TensorType(.i32))],
          results: [.init("y", TensorType(.f32, [.symbol("m") + 1]))], sizes: [n * n, Dim(3)])),
      .derivative(
        DerivativeRequest(
          form: .valueAndGrad, wrtCount: 2, constantCount: 1, zeroWhereDisconnected: true)),
    ]
    var graph = Graph(name: "f")
    let x = graph.addParameter("x", TensorType(.f64))
    for attributes in all {
      graph.append(.exp, [x], attributes, types: [TensorType(.f64)], site: .none)
    }
    try Self.expectRoundTrip(graph)
  }

  @Test func nodesWithRegionsAndSeveralResults() throws {
    var inner = Graph(name: "body")
    let y = inner.addParameter("y", TensorType(.f64))
    inner.addOutput("z", y)
    var graph = Graph(name: "f")
    let x = graph.addParameter("x", TensorType(.f64))
    let id = graph.append(
      .copy, [x], .none, types: [TensorType(.f64), TensorType(.i64, [Dim(2)])],
      regions: [inner, inner], site: .none)
    graph.name(graph[id].results[1], "second")
    graph.addOutput("r", graph[id].results[1])
    try Self.expectRoundTrip(graph)
    let read = try Self.parse(graph.dump())
    #expect(read.nodes[1].regions.map { $0.dump() } == [inner.dump(), inner.dump()])
  }

  @Test func largeDataIsElsewhere() throws {
    var graph = Graph(name: "f")
    let count = Graph.printedElements + 1
    let tensor = Tensor(.f64, [count], floats: Array(repeating: 1, count: count))
    graph.data = [tensor]
    let text = graph.dump()
    #expect(text.utf8.count < 200)
    #expect(throws: GraphParseError.self) { try Self.parse(text) }
    #expect(try Self.parse(text, elsewhere: { _ in tensor }).data == [tensor])
  }

  @Test func aChainOfAHundredThousand() throws {
    var b = Builder(graph: Graph(name: "f"))
    var x = b.graph.addParameter("x", TensorType(.f64))
    for _ in 0..<100_000 { x = b.negate(x) }
    let text = b.graph.dump()
    #expect(try Self.parse(text).dump() == text)
  }

  @Test(arguments: [
    ("", 1, "'graph' is missing"),
    ("graph f {", 1, "'}' is missing"),
    ("graph f {\n} x", 2, "text after the graph"),
    ("graph f {\n%0: f64 = nothing\n}", 2, "there is no operation 'nothing'"),
    ("graph f {\n%1: f64 = literal 1\n}", 2, "values are out of order"),
    ("graph f {\n%0: f64 = exp(%0)\n}", 2, "%0 is not computed yet"),
    ("graph f {\n%0: f65 = literal 1\n}", 2, "'f65' is no type"),
    ("graph f {\n%0: f64 = literal x\n}", 2, "'x' is no constant"),
    ("graph f {\n%0: f64[n // 0] = literal 1\n}", 2, "a size is divided by a positive number only"),
    ("graph f {\nparameter x: f64\n}", 3, "a parameter has no value"),
    ("graph f {\n%0: f64 = parameter 0\n}", 3, "there is no parameter 0 of that type"),
    ("graph f {\n%0: f64 = literal 1 {axis: 1}\n}", 2, "'}' is missing"),
    ("graph f {\nupdate w <- %0\n}", 2, "there is no parameter 'w'"),
    ("graph f {\ndata 0: f64[2] = 1.0\n}", 3, "'}' is no constant"),
  ])
  func mistakes(_ text: String, line: Int, message: String) {
    do throws(GraphParseError) {
      _ = try Self.parse(text)
      Issue.record("'\(text)' was read")
    } catch {
      #expect(error.message == message)
      #expect(error.line == line)
    }
  }

  @Test func nestingIsBounded() {
    let open = String(repeating: "(", count: 100_000)
    let minus = String(repeating: "-", count: 100_000)
    for size in [open, minus] {
      #expect(throws: GraphParseError.self) {
        try Self.parse("graph f {\n%0: f64[\(size)n] = literal 1\n}")
      }
    }
    let graphs = String(repeating: "graph f {\n%0: f64 = copy\n", count: 10_000)
    #expect(throws: GraphParseError.self) { try Self.parse(graphs) }
  }

  @Test func anyPrefixIsReadOrRefused() throws {
    var graph = Graph(name: "f")
    graph.symbols = ["n"]
    graph.data = [Tensor(.f64, [2], floats: [1, 2])]
    let x = graph.addParameter("x", TensorType(.f64, [.symbol("n")]))
    var b = Builder(graph: graph)
    b.graph.addOutput("y", b.total(b.exp(x)))
    let text = Array(b.graph.dump().utf8)
    for length in 0..<text.count - 2 {
      #expect(throws: GraphParseError.self) {
        try Self.parse(String(decoding: text[..<length], as: UTF8.self))
      }
    }
  }
}
