package import GraphIR
import LoopIR
import Ops

extension Lowering {
  /// For each node the loop nest that computes it where all results are wanted, numbered in their
  /// order; nil for what is computed without loops, and for leaves.
  ///
  /// What has no memory of its own is computed where it is read: of several such nests the first.
  ///
  /// - Requires: No node is an expansion or a request any more.
  package static func kernels(of graph: Graph) -> [Int?] {
    var lowering = BodyLowering(
      graph: graph, outputs: Set(graph.outputs.indices), isGuarded: false,
      context: LoweringContext(
        constants: ConstantPool(), vectors: .wide, usesLAPACK: false, keepsOrder: false))
    let body = lowering.run()
    let nests = writers(body)
    var kernels = [Int?](repeating: nil, count: graph.nodes.count)
    for (number, node) in graph.nodes.enumerated() {
      kernels[number] = node.results.compactMap { value in
        lowering.buffer(of: value).flatMap { nests[body.owner(of: $0)] }
      }.first
    }
    for (number, node) in graph.nodes.enumerated().reversed() {
      guard let kernel = kernels[number] else { continue }
      for operand in node.operands {
        let place = Int(graph[operand].node.index)
        guard isFused(graph.nodes[place]), lowering.buffer(of: operand) == nil else { continue }
        kernels[place] = min(kernels[place] ?? kernel, kernel)
      }
    }
    return kernels
  }

  /// Whether a node is computed with what reads it if it has no buffer: for a contraction that is its
  /// transpose.
  private static func isFused(_ node: Node) -> Bool {
    switch node.operation.kernel {
    case .pointwise, .generator, .view, .gather, .contraction: true
    case .leaf, .reshape, .reduction, .search, .convolution, .accumulation, .assembly,
      .sumOfPieces, .scatter, .routine, .regions, .expansion, .request:
      false
    }
  }

  /// The number of the last loop nest that writes each buffer.
  private static func writers(_ body: Body) -> [BufferID: Int] {
    var writers: [BufferID: Int] = [:]
    var number = 0
    for item in body.block.items {
      guard case .loop = item else { continue }
      BodyWalk.visit(Block([item]), body) { step in
        if case .store(let store) = step { writers[body.owner(of: store.access.buffer)] = number }
      }
      number += 1
    }
    return writers
  }
}
