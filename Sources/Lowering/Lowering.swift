package import GraphIR
package import LoopIR
import Ops
import Support

/// Turns a rewritten graph into a function of loop trees.
package enum Lowering {
  /// The function of a graph.
  ///
  /// - Requires: No node is an expansion or a request any more.
  /// - Parameters:
  ///   - primal: the numbers of the results that need no derivative; a body of their own computes
  ///     them alone.
  ///   - usesLAPACK: whether LAPACK factors matrices that may be large.
  package static func run(
    _ graph: Graph, primal: Set<Int> = [], usesLAPACK: Bool = false
  ) -> LoopFunction {
    let pool = ConstantPool()
    let bodies = choices(graph, primal: primal).map { choice in
      var lowering = BodyLowering(
        graph: graph, outputs: choice.outputs,
        isGuarded: choice.serves == nil && !choice.outputs.isEmpty, constants: pool,
        usesLAPACK: usesLAPACK)
      return finished(lowering.run(), serves: choice.serves)
    }
    return LoopFunction(
      name: graph.name, doc: graph.doc, site: graph.site, symbols: graph.symbols,
      parameters: graph.parameters.map { parameter in
        formal(
          parameter.name, doc: parameter.doc, graph.type(parameter.value),
          isInout: parameter.isInout, parameter.site)
      },
      results: graph.outputs.map { formal($0.name, graph.type($0.value), $0.site) },
      requirements: Requirements.of(graph),
      constants: pool.tensors.map {
        ConstantData(element: $0.dtype, elements: $0.constantElements)
      },
      bodies: bodies)
  }

  /// The bodies of a function: which results each computes, and which it serves.
  ///
  /// A choice of results that many callers make has a body of its own; a last one serves all other
  /// choices. In long code without loops that one serves all: its conditions cost nothing there.
  private static func choices(
    _ graph: Graph, primal: Set<Int>
  ) -> [(outputs: Set<Int>, serves: Set<Int>?)] {
    let all = Set(graph.outputs.indices)
    if all.isEmpty { return [(all, nil)] }
    if isLongAndScalar(graph) { return [([], []), (all, nil)] }
    var served = [all]
    if !primal.isEmpty, primal != all { served.append(primal) }
    if all.count > 2 { return served.map { ($0, $0) } + [([], []), (all, nil)] }
    for one in all.sorted().map({ Set([$0]) }) where !served.contains(one) { served.append(one) }
    return served.map { ($0, $0) } + [([], nil)]
  }

  /// Graphs of more nodes than this are long.
  private static let longGraph = 2_000

  /// Whether a graph is long, and nearly all its values are scalars.
  private static func isLongAndScalar(_ graph: Graph) -> Bool {
    guard graph.nodes.count > longGraph else { return false }
    let arrays = graph.nodes.count { $0.results.contains { !graph.type($0).isScalar } }
    return arrays < graph.nodes.count / 20
  }

  /// A body improved, with its workspace planned.
  private static func finished(_ lowered: Body, serves: Set<Int>?) -> Body {
    var body = lowered
    body.serves = serves
    Promotion.run(&body)
    Forwarding.run(&body)
    DeadStores.run(&body)
    Compaction.run(&body)
    Widening.run(&body)
    WorkspacePlan.run(&body)
    return body
  }

  private static func formal(
    _ name: String, doc: String = "", _ type: TensorType, isInout: Bool = false, _ site: Site
  ) -> Formal {
    Formal(
      name: name, doc: doc, element: type.dtype, shape: type.shape, isInout: isInout, site: site)
  }
}

extension Tensor {
  /// The elements as loop IR holds constants.
  fileprivate var constantElements: ConstantData.Elements {
    switch elements {
    case .floats(let values): .floats(values)
    case .integers(let values): .integers(values)
    }
  }
}
