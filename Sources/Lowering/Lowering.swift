package import GraphIR
package import LoopIR
import Ops
import Support

/// Turns a rewritten graph into a function of loop trees.
package enum Lowering {
  /// The function of a graph.
  ///
  /// - Requires: No node is an expansion or a request any more.
  /// - Parameter primal: the numbers of the results that need no derivative; a body of their own
  ///   computes them alone.
  package static func run(_ graph: Graph, primal: Set<Int> = []) -> LoopFunction {
    let all = Set(graph.outputs.indices)
    let pool = ConstantPool()
    var bodies = [lower(graph, outputs: all, serves: all.isEmpty ? nil : all, pool)]
    if !primal.isEmpty, primal != all {
      bodies.append(lower(graph, outputs: primal, serves: primal, pool))
    }
    if !all.isEmpty { bodies.append(lower(graph, outputs: all, serves: nil, pool)) }
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

  /// A body that computes some results; one that serves every choice guards what it computes.
  private static func lower(
    _ graph: Graph, outputs: Set<Int>, serves: Set<Int>?, _ pool: ConstantPool
  ) -> Body {
    let isGuarded = serves == nil && !outputs.isEmpty
    var lowering = BodyLowering(
      graph: graph, outputs: outputs, isGuarded: isGuarded, constants: pool)
    var body = lowering.run()
    body.serves = serves
    Promotion.run(&body)
    Forwarding.run(&body)
    DeadStores.run(&body)
    Compaction.run(&body)
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
