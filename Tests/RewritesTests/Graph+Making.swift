import GraphIR
import Ops
import Rewrites
import Support

extension Graph {
  /// A graph of parameters of given types and one result.
  static func of(
    _ parameters: [TensorType], _ build: (inout Builder, [Value]) -> Value
  ) -> Graph {
    of(parameters, results: { b, v in [build(&b, v)] })
  }

  /// A graph of parameters of given types and several results.
  static func of(
    _ parameters: [TensorType], results build: (inout Builder, [Value]) -> [Value]
  ) -> Graph {
    var b = Builder(graph: Graph(name: "test"))
    let values = parameters.enumerated().map { b.parameter("x\($0)", $1) }
    let results = build(&b, values)
    b.graph.outputs = results.enumerated().map {
      Output(name: $0 == 0 ? "y" : "y\($0)", value: $1, site: .none)
    }
    return b.graph
  }

  /// The only result at given parameters.
  func result(_ parameters: [Tensor], sizes: [String: Int] = [:]) throws -> Tensor {
    var evaluator = Evaluator(graph: self, sizes: sizes)
    return try evaluator.run(parameters)[0]
  }

  /// The operations of the nodes, without parameters.
  var operations: [String] {
    nodes.map(\.operation.name).filter { $0 != "parameter" }
  }

  /// The graph with the rules of the catalogue that have these names applied.
  func simplified(by names: [String], _ options: RewriteOptions = RewriteOptions()) -> (
    Graph, Counters
  ) {
    var counters = Counters()
    let rules = Catalogue.all.filter { names.contains($0.name) }
    return (Simplify.run(self, options, counters: &counters, rules: rules), counters)
  }

  /// The graph with all rules applied, and how often.
  func simplified(_ options: RewriteOptions = RewriteOptions()) -> (Graph, Counters) {
    var counters = Counters()
    return (Simplify.run(self, options, counters: &counters), counters)
  }
}

extension Builder {
  /// A parameter of the graph.
  mutating func parameter(_ name: String, _ type: TensorType) -> Value {
    let number = graph.parameters.count
    let id = graph.append(.parameter, [], .parameter(number), types: [type], site: .none)
    let value = graph[id].result
    graph.parameters.append(Parameter(name: name, site: .none, value: value))
    graph.name(value, name)
    return value
  }
}

extension Counters {
  /// How often a rule was applied.
  func count(_ rule: String) -> Int { counts["rewrite \(rule)", default: 0] }
}
