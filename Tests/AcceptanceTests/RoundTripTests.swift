import Driver
import GraphIR
import Ops
import Testing

/// What dumps of real programs say is read back, after every pass: loops, branches, calls, and the
/// operations that only derivatives and rewriting make.
struct RoundTripTests {
  private static let operations = Dictionary(
    uniqueKeysWithValues: Operation.all.map { ($0.name, $0) })

  @Test(arguments: GraphTextTests.sample(AcceptanceTests.sources, every: 4))
  func everyPassReadsBack(_ source: String) throws {
    for (pass, graph) in Session.graphs(CompileOptions(input: source)) {
      let text = graph.dump()
      let read = try GraphParser.parse(
        text, operation: { RoundTripTests.operations[$0] }, elsewhere: { graph.data[$0] })
      #expect(read.dump() == text, "after \(pass)")
      #expect(RoundTripTests.differs(read, graph) == nil, "after \(pass)")
      try read.verify()
    }
  }

  /// Where two graphs differ in what dumps could leave out; regions nest as the user's blocks.
  private static func differs(_ a: Graph, _ b: Graph) -> String? {
    guard a.nodes.count == b.nodes.count else { return "in the number of nodes" }
    if a.values.map(\.type) != b.values.map(\.type) { return "in types" }
    if a.data != b.data { return "in data" }
    for (x, y) in zip(a.nodes, b.nodes) {
      let isSame =
        x.operation == y.operation && x.operands == y.operands && x.attributes == y.attributes
      guard isSame, x.regions.count == y.regions.count else { return "at \(y.operation.name)" }
      for (inner, other) in zip(x.regions, y.regions) {
        if let difference = differs(inner, other) { return "\(difference) of \(y.operation.name)" }
      }
    }
    return nil
  }
}
