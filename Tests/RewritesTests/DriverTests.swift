import GraphIR
import Ops
import Rewrites
import Support
import Testing

/// What the driver does beside applying rules.
@Suite struct DriverTests {
  private func pair(_ build: (inout Builder, [Value]) -> Value) -> Graph {
    Graph.of([.f64(.n), .f64(.n)], build)
  }

  @Test func mergesEqualNodes() {
    let graph = pair { b, v in
      let product = b.multiply(b.exp(v[0]), v[1])
      return b.subtract(b.log(product), b.multiply(v[1], b.exp(v[0])))
    }
    let (merged, counters) = graph.simplified()
    #expect(merged.operations == ["exp", "mul", "log", "sub"])
    #expect(counters.count("common-subexpression") == 2)
  }

  @Test func doesNotMergeOtherAttributes() {
    let graph = Graph.of([.f64(.n, .n)]) { b, v in
      b.subtract(b.reduceSum(v[0], axes: [0]), b.reduceSum(v[0], axes: [1]))
    }
    #expect(graph.simplified().0.operations == ["sum", "sum", "sub"])
  }

  @Test func doesNotMergeZerosOfDifferentSign() {
    let graph = pair { b, v in
      let zero = b.emit(.copysign, [v[0], b.literal(.float(0), .f64)])
      let minus = b.emit(.copysign, [v[0], b.literal(.float(-0.0), .f64)])
      return b.subtract(zero, minus)
    }
    #expect(graph.simplified().0.operations.filter { $0 == "copysign" }.count == 2)
  }

  @Test func mergingCanBeSwitchedOff() {
    let graph = pair { b, v in b.subtract(b.exp(v[0]), b.exp(v[0])) }
    let off = RewriteOptions(disabled: ["common-subexpression"])
    #expect(graph.simplified(off).0.operations == ["exp", "exp", "sub"])
    #expect(graph.simplified().0.operations == ["exp", "sub"])
  }

  @Test func rulesCanBeSwitchedOff() {
    let graph = pair { b, v in b.multiply(b.literal(.float(1), .f64), v[0]) }
    let (kept, counters) = graph.simplified(RewriteOptions(disabled: ["mul-one"]))
    #expect(kept.operations == ["literal", "mul"])
    #expect(counters.count("mul-one") == 0)
    #expect(graph.simplified().0.operations.isEmpty)
  }

  @Test func strictKeepsExactRules() {
    let graph = pair { b, v in
      let zero = b.literal(.float(0), .f64)
      return b.multiply(b.add(v[0], zero), b.divide(v[1], b.literal(.float(4), .f64)))
    }
    let (strict, counters) = graph.simplified(RewriteOptions(strict: true))
    #expect(counters.count("add-zero") == 0)
    #expect(counters.count("div-power-of-two") == 1)
    #expect(strict.operations.contains("add"))
  }

  @Test func strictLeavesIntegersFree() {
    let graph = Graph.of([.i64(.n)]) { b, v in b.add(v[0], b.literal(.int(0), .i64)) }
    #expect(graph.simplified(RewriteOptions(strict: true)).0.operations.isEmpty)
  }

  @Test func removesWhatNothingNeeds() {
    let graph = pair { b, v in
      _ = b.exp(v[0])
      return b.log(v[0])
    }
    let simplified = graph.simplified().0
    #expect(simplified.operations == ["log"])
    #expect(simplified.parameters.count == 2)
    #expect(simplified.node(of: simplified.parameters[1].value).operation == .parameter)
  }

  @Test func keepsRootsOfEveryKind() throws {
    var graph = pair { b, v in b.exp(v[0]) }
    var b = Builder(graph: graph)
    let condition = b.emit(
      .every, [b.greater(v(0), v(1))], .reduction(axes: [0], keepDims: false))
    b.graph.assertions = [Assertion(condition: condition, message: "ordered", site: .none)]
    b.graph.updates = [Update(parameter: 1, value: b.multiply(v(1), v(1)), site: .none)]
    b.graph.sizeChecks = [SizeCheck(.nonNegative(.n), site: .none)]
    b.graph.parameters[1].isInout = true
    graph = b.graph.simplified().0
    try graph.verify()
    #expect(graph.operations == ["exp", "greater", "all", "square"])
    #expect(graph.node(of: graph.updates[0].value).operation == .square)
    #expect(graph.node(of: graph.assertions[0].condition).operation == .every)
    #expect(graph.sizeChecks.count == 1)
    #expect(graph.parameters[1].isInout)
    func v(_ index: Int) -> Value { graph.parameters[index].value }
  }

  @Test func dropsDataThatIsFolded() {
    let graph = Graph.of([.f64(3)]) { b, v in
      let first = b.data(Tensor(.f64, [3], floats: [1, 2, 3]))
      let second = b.data(Tensor(.f64, [3], floats: [4, 5, 6]))
      return b.multiply(v[0], b.add(first, second))
    }
    let simplified = graph.simplified().0
    #expect(simplified.data == [Tensor(.f64, [3], floats: [5, 7, 9])])
  }

  @Test func foldsEqualDataOnce() {
    let graph = Graph.of([.f64(2)]) { b, v in
      let data = b.data(Tensor(.f64, [2], floats: [1, -0.0]))
      let same = b.data(Tensor(.f64, [2], floats: [1, 0]))
      let sums = [data, data, same].map { b.multiply($0, b.literal(.float(2), .f64)) }
      return b.concatenate([v[0]] + sums, axis: 0)
    }
    #expect(graph.simplified().0.data.count == 2)
  }

  @Test func keepsNamesAndSites() {
    let site = Site(file: FileID(index: 3), start: 5, end: 9)
    var b = Builder(graph: Graph.of([.f64(.n)]) { _, v in v[0] })
    b.site = site
    let x = b.graph.parameters[0].value
    let square = b.power(x, b.literal(.int(2), .f64))
    b.graph.name(square, "squared")
    b.graph.outputs[0].value = square
    let simplified = b.graph.simplified().0
    let result = simplified.outputs[0].value
    #expect(simplified[result].name == "squared")
    #expect(simplified.node(of: result).site == site)
    #expect(simplified.node(of: result).operation == .square)
  }

  @Test func broadcastsSmallerReplacements() throws {
    let graph = Graph.of([.f64(.n), .f64(.m, .n)]) { b, v in
      b.select(b.literal(.bool(true), .bool), v[0], v[1])
    }
    let simplified = graph.simplified().0
    try simplified.verify()
    #expect(simplified.operations == ["broadcast_to"])
  }

  @Test func limitCountsApplicationsOfAllPasses() {
    let graph = pair { b, v in
      (0..<10).reduce(v[0]) { value, _ in b.negate(b.negate(b.exp(value))) }
    }
    for limit in 0...10 {
      var counters = Counters()
      let options = RewriteOptions(limit: limit)
      let once = Simplify.run(graph, options, counters: &counters)
      #expect(counters.count("neg-neg") == limit)
      let twice = Simplify.run(once, options, counters: &counters)
      #expect(counters.count("neg-neg") == limit)
      #expect(twice.nodes.count == once.nodes.count)
      #expect(counters.counts["rewrites", default: 0] == limit)
    }
  }

  @Test func limitAlsoStopsInsideOneRule() {
    let graph = Graph.of([.f64()]) { b, v in b.power(v[0], b.literal(.float(3), .f64)) }
    for limit in 0..<4 {
      let (simplified, counters) = graph.simplified(RewriteOptions(limit: limit))
      #expect(counters.counts["rewrites", default: 0] <= limit)
      #expect(throws: Never.self) { try simplified.verify() }
    }
  }

  @Test func traceTellsEveryApplication() {
    let events = Events()
    let graph = pair { b, v in b.negate(b.negate(b.add(v[0], b.literal(.int(0), .f64)))) }
    let options = RewriteOptions { events.add($0) }
    let counters = graph.simplified(options).1
    let told = events.all.sorted { $0.number < $1.number }
    #expect(told.map(\.rule) == ["canonical-literal", "constants-first", "add-zero", "neg-neg"])
    #expect(told.map(\.number) == [1, 2, 3, 4])
    #expect(counters.counts["rewrites"] == 4)
    #expect(told[3].before.hasPrefix("neg(%"))
    #expect(told[3].after == "%0 = parameter 0: f64[n]")
  }

  @Test func rulesRoundTripToText() {
    let lines = Catalogue.text.split(separator: "\n")
    #expect(lines.count == Catalogue.all.count)
    #expect(lines.contains("mul-one: 1 * x => x, exact"))
    #expect(lines.contains("add-zero: 0 + x => x, exact but for the sign of zero"))
    #expect(
      lines.contains("add-collect: c + (d + x) => (c + d) + x, reordered, if c + d is exact"))
    #expect(lines.contains("where-not: where(!m, x, y) => where(m, y, x), exact"))
    #expect(
      lines.contains(
        "sum-negated: sum(-x, axes) => -sum(x, axes), exact but for the sign of zero"))
  }
}

extension DriverTests {
  /// A block that runs a graph of its own, as loops will.
  static let block: Operation = .init(
    "block", arity: .exactly(1),
    infer: { query throws(TypeError) in
      let region = query.regions[0]
      return [region.type(region.outputs[0].value)]
    },
    derivative: .zero,
    evaluate: { context throws(EvaluationError) in
      var evaluator = Evaluator(graph: context.regions[0], sizes: context.sizes)
      return try evaluator.run(context.operands)
    },
    lowering: Kernel.leaf, samples: [], notation: .function)

  /// What a block holds is simplified too, and equal blocks stay two.
  @Test func regionsAreRewritten() throws {
    let body = Graph.of([.f64(.n)]) { b, v in
      b.multiply(b.power(v[0], b.literal(.int(2), .f64)), b.literal(.int(1), .f64))
    }
    let graph = Graph.of([.f64(.n)]) { b, v in
      let blocks = (0..<2).map { _ in
        (try? b.tryEmit(DriverTests.block, [v[0]], regions: [body]))?[0] ?? v[0]
      }
      return b.add(blocks[0], blocks[1])
    }
    let (simplified, counters) = graph.simplified()
    try simplified.verify()
    #expect(simplified.operations == ["block", "block", "add"])
    for node in simplified.nodes where node.operation == DriverTests.block {
      #expect(node.regions[0].operations == ["square"])
    }
    #expect(counters.count("mul-one") == 2)
    let input = Tensor(.f64, [2], floats: [3, -1])
    #expect(try simplified.result([input], sizes: ["n": 2]).floats == [18, 2])
  }

  /// Sizes that contradict each other are an error when the graph runs, and none of the compiler.
  @Test func contradictingSlicesStay() throws {
    let graph = Graph.of([.f64(3)]) { b, v in
      let inner = b.slice(v[0], [SliceAxis(start: 2, step: 1, size: .n)])
      return b.slice(inner, [SliceAxis(start: 1, step: 1, size: 1)])
    }
    let (simplified, counters) = graph.simplified()
    try simplified.verify()
    #expect(counters.count("slice-slice") == 0)
  }
}

/// Collects events across the boundary of a sendable closure.
private final class Events: @unchecked Sendable {
  private(set) var all: [RewriteEvent] = []
  func add(_ event: RewriteEvent) { all.append(event) }
}
