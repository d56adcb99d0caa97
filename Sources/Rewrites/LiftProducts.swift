package import GraphIR
import Ops
import Support

/// Makes one product of matrices of the products with one matrix that the turns of a map take.
///
/// A Hessian of least squares multiplies `A` by another vector in each turn, which reads all of `A`
/// every time; the product of `A` with all of these vectors reads it by tiles. The vectors are put
/// side by side first, where they take no more memory than `A` or than what the loop stacks.
package enum LiftProducts {
  /// The graph with the products lifted out of its loops, also in its regions.
  package static func run(_ source: Graph) -> Graph {
    guard source.nodes.contains(where: { !$0.regions.isEmpty }) else { return source }
    return source.rebuilt { node, operands, builder in
      // Regions nest as deep as the user's blocks, which the front end bounds.
      var map = MapLoop(node, operands: operands, run)
      while let product = map.product() { map.lift(product, &builder) }
      return builder.append(
        node, of: source, on: map.operands, map.attributes, regions: map.regions)
    }
  }
}

/// A loop whose turns do not depend on each other, or another node, which is left as it is.
private struct MapLoop {
  private(set) var operands: [Value]
  private(set) var attributes: Attributes
  private(set) var regions: [Graph]

  init(_ node: Node, operands: [Value], _ inner: (Graph) -> Graph) {
    self.operands = operands
    attributes = node.attributes
    regions = node.regions.map(inner)
  }

  /// The form of a map; nil for what is none.
  private var form: LoopForm? {
    guard case .loop(let form) = attributes, !form.isWhile, !form.isBounded, !form.isReversed,
      form.carried == 0, !regions[0].nodes.contains(where: \.asserts), regions[0].assertions.isEmpty
    else { return nil }
    return form
  }

  /// The first product that is worth being lifted.
  func product() -> OuterProduct? {
    guard let form else { return nil }
    let body = regions[0]
    let first = 1 + form.sequences
    var captures: [Value: Int] = [:]
    for (number, parameter) in body.parameters[first...].enumerated() {
      captures[parameter.value] = number
    }
    // Whether a value differs between turns, and is computed without sums and products.
    var differs = [Bool](repeating: false, count: body.values.count)
    var isCheap = [Bool](repeating: true, count: body.values.count)
    for parameter in body.parameters[..<first] { differs[Int(parameter.value.index)] = true }
    for node in body.nodes {
      let isMap = node.regions.isEmpty && node.isElementwiseOrMove
      for value in node.results {
        if node.operands.contains(where: { differs[Int($0.index)] }) {
          differs[Int(value.index)] = true
        }
        isCheap[Int(value.index)] = isMap && node.operands.allSatisfy { isCheap[Int($0.index)] }
      }
      guard let product = turnProduct(node, captures),
        differs[Int(product.varying.index)], isCheap[Int(product.varying.index)],
        isWorthwhile(product, form, body)
      else { continue }
      return product
    }
    return nil
  }

  private func turnProduct(_ node: Node, _ captures: [Value: Int]) -> OuterProduct? {
    guard let product = OuterProduct(node, capture: { captures[$0] }),
      !product.summed.outer.isEmpty
    else { return nil }
    return product
  }

  /// Whether the matrix has an axis of its own, and what is put side by side is no larger than it,
  /// or than what the loop stacks.
  private func isWorthwhile(_ product: OuterProduct, _ form: LoopForm, _ body: Graph) -> Bool {
    let matrix = body.parameters[1 + form.sequences + product.capture].value
    let shape = body.type(matrix).shape
    guard shape.count > product.summed.outer.count else { return false }
    let stacked = body.outputs.reduce(Dim(0)) { $0 + Dim.product(body.type($1.value).shape) }
    return [product.varying, product.value].allSatisfy { value in
      let size = Dim.product(body.type(value).shape)
      return (stacked - size).isKnownNonNegative
        || (Dim.product(shape) - form.count * size).isKnownNonNegative
    }
  }

  /// Takes a product out: a loop stacks what differs, and this loop goes through the products.
  mutating func lift(_ product: OuterProduct, _ builder: inout Builder) {
    guard let form else { return }
    var vectors = regions[0]
    vectors.outputs = [Output(name: "v", value: product.varying, site: builder.site)]
    var stacking = form
    stacking.stacked = 1
    stacking.saved = 0
    let moving = vectors.type(product.varying)
    let id = builder.graph.append(
      .loop, operands, .loop(stacking),
      types: [TensorType(moving.dtype, [form.count] + moving.shape)],
      regions: [DeadCode.removed(from: vectors)], site: builder.site)
    let stack = builder.graph[id].result
    let matrix = operands[form.captures(of: operands.count).lowerBound + product.capture]
    let sequence = product.all(stack, matrix, &builder)
    operands.insert(sequence, at: form.sequences)
    regions[0] = DeadCode.removed(from: regions[0].reading([product.value], in: form))
    var rest = form
    rest.sequences += 1
    attributes = .loop(rest)
  }
}

extension Node {
  /// Whether elements are computed one by one, or moved.
  fileprivate var isElementwiseOrMove: Bool {
    switch operation.kernel {
    case .leaf, .pointwise, .generator, .view, .reshape, .gather: true
    case .assembly, .sumOfPieces, .reduction, .search, .contraction, .convolution, .accumulation,
      .scatter, .routine, .regions, .expansion, .request:
      false
    }
  }
}
