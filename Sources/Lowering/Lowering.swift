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
  ///   - keepsOrder: whether turns add to what they carry one after the other.
  ///   - usesThreads: whether threads share the turns of loops.
  ///   - restrict: leaves of a graph what some of its results need, also inside of loops.
  ///   - vectors: the registers that tiles are made for.
  ///   - usesLAPACK: whether LAPACK factors matrices that may be large.
  ///   - usesBLAS: whether BLAS multiplies matrices that are large.
  package static func run(
    _ graph: Graph, primal: Set<Int> = [], vectors: VectorUnit = .wide, usesLAPACK: Bool = false,
    usesBLAS: Bool = false, keepsOrder: Bool = false, usesThreads: Bool = false,
    restrict: (Graph, Set<Int>) -> Graph = { graph, _ in graph }
  ) -> LoopFunction {
    let context = LoweringContext(
      constants: ConstantPool(), vectors: vectors, usesLAPACK: usesLAPACK, usesBLAS: usesBLAS,
      keepsOrder: keepsOrder, usesThreads: usesThreads)
    let all = Set(graph.outputs.indices)
    var choices = choices(graph, primal: primal)
    let certain = certain(graph, choices)
    func lowered(_ choice: Choice) -> Body {
      let isWhole = choice.outputs.isEmpty || choice.outputs.count == graph.outputs.count
      var lowering = BodyLowering(
        graph: isWhole ? graph : restrict(graph, choice.outputs), outputs: choice.outputs,
        isGuarded: choice.serves == nil && !choice.outputs.isEmpty, certain: certain,
        context: context)
      return improved(lowering.run(), serves: choice.serves, keepsOrder: keepsOrder)
    }
    var whole: Body?
    if let derivative = certain.first {
      var body = lowered(choices.removeLast())
      if body.scalars.count > hugeBody, !body.calls(writing: derivative),
        SkipUnwanted.run(&body, result: derivative)
      {
        choices.removeFirst()
      }
      whole = body
    }
    var bodies = choices.map(lowered)
    if let whole { bodies.append(whole) }
    for number in bodies.indices {
      if usesThreads { SharedLoops.run(&bodies[number], keepsOrder: keepsOrder) }
      WorkspacePlan.run(&bodies[number])
    }
    // Among large products, what asks for the choice of results costs nothing: a long body for any
    // choice serves all as well.
    if choices.count > 2, choices[0].serves == all, let last = choices.last, last.outputs == all,
      last.serves == nil, bodies[0].scalars.count > longBody, graph.productCount > 2
    {
      bodies.removeFirst()
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
      constants: context.constants.tensors.map {
        ConstantData(element: $0.dtype, elements: $0.constantElements)
      },
      bodies: bodies)
  }

  /// A body: the results that it computes, and the choice that it serves; nil for all that no other
  /// body serves.
  private typealias Choice = (outputs: Set<Int>, serves: Set<Int>?)

  /// The bodies of a function.
  ///
  /// A choice of results that many callers make has a body of its own; a last one serves all other
  /// choices. In long code without loops that one serves all: its conditions cost nothing there. Of
  /// long code with two results there is the value alone and the rest, which has the gradient
  /// whatever the caller wants; where it is huge, the gradient is skipped in one body instead.
  private static func choices(_ graph: Graph, primal: Set<Int>) -> [Choice] {
    let all = Set(graph.outputs.indices)
    // What asks for a choice among very many results takes LLVM longer than all else.
    if all.isEmpty || all.count > manyResults { return [(all, nil)] }
    let isLong = graph.nodes.count > longGraph
    if isLong, isScalar(graph) { return [([], []), (all, nil)] }
    if isLong, all.count == 2, primal.count == 1 {
      return [(primal, primal), ([], []), (all, nil)]
    }
    var served = [all]
    if !primal.isEmpty, primal != all { served.append(primal) }
    if all.count > 2 { return served.map { ($0, $0) } + [([], []), (all, nil)] }
    for one in all.sorted().map({ Set([$0]) }) where !served.contains(one) { served.append(one) }
    return served.map { ($0, $0) } + [([], nil)]
  }

  /// Graphs of more nodes than this are long, and so are bodies of more scalars.
  private static let longGraph = 2_000
  private static let longBody = 800

  /// Of bodies with more scalars than this there is one if it can be.
  private static let hugeBody = 20_000

  /// Functions of more results than this have one body.
  private static let manyResults = 64

  /// Whether nearly all values of a graph are scalars.
  private static func isScalar(_ graph: Graph) -> Bool {
    let arrays = graph.nodes.count { $0.results.contains { !graph.type($0).isScalar } }
    return arrays < graph.nodes.count / 20
  }

  /// Those of two results that every choice has which is left to the last body.
  private static func certain(_ graph: Graph, _ choices: [Choice]) -> Set<Int> {
    let all = Set(graph.outputs.indices)
    guard all.count == 2, choices.contains(where: { $0.serves == [] }) else { return [] }
    return all.filter { result in choices.contains { $0.serves == all.subtracting([result]) } }
  }

  /// A body improved.
  private static func improved(
    _ lowered: consuming Body, serves: Set<Int>?, keepsOrder: Bool
  ) -> Body {
    var body = lowered
    body.serves = serves
    Promotion.run(&body)
    Forwarding.run(&body)
    DeadStores.run(&body)
    if DirectStores.run(&body, keepsOrder: keepsOrder) { DeadStores.run(&body) }
    Compaction.run(&body)
    AxisContraction.run(&body)
    let wide = TurnLanes.run(&body)
    if !wide.isEmpty {
      TurnScalars.run(wide, &body, keepsOrder: keepsOrder)
      DeadStores.run(&body)
      Compaction.run(&body)
    }
    Widening.run(&body)
    return body
  }

  private static func formal(
    _ name: String, doc: String = "", _ type: TensorType, isInout: Bool = false, _ site: Site
  ) -> Formal {
    Formal(
      name: name, doc: doc, element: type.dtype, shape: type.shape, isInout: isInout, site: site)
  }
}

extension Body {
  /// Whether functions that it calls write to the memory of a result.
  fileprivate func calls(writing result: Int) -> Bool {
    var writes = false
    BodyWalk.visit(self) { item in
      guard case .external(let call) = item else { return }
      writes = writes || call.written.contains { self[owner(of: $0)].storage == .result(result) }
    }
    return writes
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

extension Graph {
  /// The number of products and convolutions, also in regions.
  fileprivate var productCount: Int {
    nodes.reduce(0) { count, node in
      let inside = node.regions.reduce(0) { $0 + $1.productCount }
      switch node.operation.kernel {
      case .contraction, .convolution: return count + inside + 1
      case .leaf, .pointwise, .view, .reshape, .generator, .assembly, .sumOfPieces, .reduction,
        .search, .accumulation, .gather, .scatter, .routine, .regions, .expansion, .request:
        return count + inside
      }
    }
  }
}
