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
    var builder = Builder(graph: Graph(withoutNodesOf: source))
    var values: [Value] = []
    values.reserveCapacity(source.values.count)
    for node in source.nodes {
      builder.site = node.site
      // Regions nest as deep as the user's blocks, which the front end bounds.
      var map = MapLoop(node, operands: node.operands.map { values[Int($0.index)] }, run)
      while let product = map.product(in: builder.graph) { map.lift(product, &builder) }
      let id = builder.graph.append(
        node.operation, map.operands, map.attributes, types: node.results.map { source.type($0) },
        regions: map.regions, site: node.site)
      for (old, new) in zip(node.results, builder.graph[id].results) {
        if let name = source[old].name { builder.graph.name(new, name) }
      }
      values += builder.graph[id].results
    }
    builder.graph.mapRoots { values[Int($0.index)] }
    return builder.graph
  }
}

/// A product of what is the same in every turn with a vector or a matrix that is not.
private struct TurnProduct {
  /// The node in the body.
  let result: Value
  /// The operand that differs, and on which side it stands.
  let moving: Value
  let side: Int
  /// The number of the capture that the other operand is.
  let capture: Int
  let pairs: Contraction
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
  func product(in graph: Graph) -> TurnProduct? {
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
        differs[Int(product.moving.index)], isCheap[Int(product.moving.index)],
        isWorthwhile(product, form, body)
      else { continue }
      return product
    }
    return nil
  }

  private func turnProduct(_ node: Node, _ captures: [Value: Int]) -> TurnProduct? {
    guard node.operation == .contract, case .contraction(let pairs) = node.attributes,
      pairs.leftBatch.isEmpty, !pairs.leftSummed.isEmpty
    else { return nil }
    for side in 0...1 {
      guard let capture = captures[node.operands[1 - side]] else { continue }
      return TurnProduct(
        result: node.result, moving: node.operands[side], side: side, capture: capture,
        pairs: pairs)
    }
    return nil
  }

  /// Whether the matrix has an axis of its own, and what is put side by side is no larger than it,
  /// or than what the loop stacks.
  private func isWorthwhile(_ product: TurnProduct, _ form: LoopForm, _ body: Graph) -> Bool {
    let matrix = body.parameters[1 + form.sequences + product.capture].value
    let shape = body.type(matrix).shape
    guard shape.count > product.pairs.leftSummed.count else { return false }
    let stacked = body.outputs.reduce(Dim(0)) { $0 + Dim.product(body.type($1.value).shape) }
    return [product.moving, product.result].allSatisfy { value in
      let size = Dim.product(body.type(value).shape)
      return (stacked - size).isKnownNonNegative
        || (Dim.product(shape) - form.count * size).isKnownNonNegative
    }
  }

  /// Takes a product out: a loop stacks what differs, and this loop goes through the products.
  mutating func lift(_ product: TurnProduct, _ builder: inout Builder) {
    guard let form else { return }
    var vectors = regions[0]
    vectors.outputs = [Output(name: "v", value: product.moving, site: builder.site)]
    var stacking = form
    stacking.stacked = 1
    stacking.saved = 0
    let moving = vectors.type(product.moving)
    let id = builder.graph.append(
      .loop, operands, .loop(stacking),
      types: [TensorType(moving.dtype, [form.count] + moving.shape)],
      regions: [DeadCode.removed(from: vectors)], site: builder.site)
    let stack = builder.graph[id].result
    let matrix = operands[form.captures(of: operands.count).lowerBound + product.capture]
    let sequence = all(product, stack, matrix, &builder)
    operands.insert(sequence, at: form.sequences)
    regions[0] = regions[0].takingFromSequence(product.result, at: 1 + form.sequences)
    var rest = form
    rest.sequences += 1
    attributes = .loop(rest)
  }

  /// The products of all turns, along a leading axis.
  private func all(
    _ product: TurnProduct, _ stack: Value, _ matrix: Value, _ builder: inout Builder
  ) -> Value {
    let (own, others) =
      product.side == 0
      ? (product.pairs.leftSummed, product.pairs.rightSummed)
      : (product.pairs.rightSummed, product.pairs.leftSummed)
    let products = builder.contract(
      stack, matrix, Contraction(leftSummed: own.map { $0 + 1 }, rightSummed: others))
    if product.side == 0 { return products }
    // What was on the left stays there.
    let rank = builder.shape(products).count
    let moving = builder.shape(stack).count - own.count
    return builder.transpose(products, [0] + Array(moving..<rank) + Array(1..<moving))
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

extension Graph {
  /// The region with a parameter in the place of one of its values.
  fileprivate func takingFromSequence(_ value: Value, at place: Int) -> Graph {
    var graph = Graph(withoutNodesOf: self)
    var values = [Value?](repeating: nil, count: self.values.count)
    var taken = parameters
    taken.insert(Parameter(name: "", site: node(of: value).site, value: value), at: place)
    for (number, parameter) in taken.enumerated() {
      let id = graph.append(
        .parameter, [], .parameter(number), types: [type(parameter.value)], site: parameter.site)
      values[Int(parameter.value.index)] = graph[id].result
    }
    let rest = nodes.lazy.filter { $0.operation != .parameter && !$0.results.contains(value) }
    graph.copy(rest, of: self, &values)
    graph.parameters = taken
    for number in taken.indices {
      graph.parameters[number].value = values[Int(taken[number].value.index)] ?? value
    }
    for number in outputs.indices {
      graph.outputs[number].value = values[Int(outputs[number].value.index)] ?? value
    }
    return DeadCode.removed(from: graph)
  }
}
