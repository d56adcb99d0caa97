package import GraphIR
import Ops
import Support

/// Takes products out of loops, to do those of all turns at once: a matrix that every turn goes
/// through to multiply one vector is read once for many.
///
/// - `x @ w` with an element `x` of a sequence and a `w` from outside becomes a product in front of
///   the loop, whose rows the loop goes through.
/// - A stacked `d @ w` is computed behind the loop from stacked `d`.
/// - A sum over turns `s <- s + product(d, x)` is computed behind the loop from stacked `d` and `x`,
///   summed over the turns as well. So the gradient of weights is one product.
///
/// Loops that may stop early stay as they are, and so do products of a few elements, which stay in
/// registers.
package enum LoopProducts {
  /// The graph with the products of its loops outside, also in its regions.
  package static func run(_ source: Graph) -> Graph {
    guard source.nodes.contains(where: { !$0.regions.isEmpty }) else { return source }
    return source.rebuilt { node, operands, builder in
      // Regions nest as deep as the user's blocks, which the front end bounds.
      let regions = node.regions.map(run)
      guard case .loop(let form) = node.attributes, !form.isWhile, !form.isBounded else {
        return builder.append(node, of: source, on: operands, regions: regions)
      }
      return ProductLoop(operands: operands, regions: regions).append(form, to: &builder)
    }
  }
}

/// The products of a body that can be computed outside.
private struct ProductPlan {
  /// Products of elements of sequences, by the number of the sequence.
  private(set) var inFront: [(sequence: Int, product: OuterProduct)] = []
  /// Stacked products, by the number of the stack.
  private(set) var behind: [(stack: Int, product: OuterProduct)] = []
  /// Sums of products over the turns, by the number of the carried value, and how they are turned.
  private(set) var sums: [(carried: Int, product: Node, order: [Int]?)] = []

  private let body: Graph
  private let form: LoopForm
  /// The parameters by value.
  private var numbers: [Value: Int] = [:]

  init(_ body: Graph, _ form: LoopForm) {
    self.body = body
    self.form = form
    for (number, parameter) in body.parameters.enumerated() { numbers[parameter.value] = number }
    let isLive = body.liveNodes()
    let uses = body.useCounts(isLive)
    for (node, isLive) in zip(body.nodes, isLive) where isLive {
      if let product = outerProduct(node), let sequence = sequence(product.varying) {
        inFront.append((sequence, product))
      }
    }
    for stack in 0..<form.stacked {
      let value = body.outputs[form.carried + stack].value
      if uses[Int(value.index)] == 1, let product = outerProduct(body.node(of: value)),
        sequence(product.varying) == nil
      {
        behind.append((stack, product))
      }
    }
    for slot in 0..<form.carried {
      if let (product, order) = summand(slot, uses) { sums.append((slot, product, order)) }
    }
  }

  var isEmpty: Bool { inFront.isEmpty && behind.isEmpty && sums.isEmpty }

  /// The number of the sequence whose element a value is.
  func sequence(_ value: Value) -> Int? {
    guard let number = numbers[value], number >= 1, number <= form.sequences else { return nil }
    return number - 1
  }

  private func capture(_ value: Value) -> Int? {
    let first = 1 + form.sequences + form.carried
    guard let number = numbers[value], number >= first else { return nil }
    return number - first
  }

  /// A product of something with a capture of more than a few elements.
  private func outerProduct(_ node: Node) -> OuterProduct? {
    guard let product = OuterProduct(node, capture: capture) else { return nil }
    return isLarge(product.isLeft ? node.operands[1] : node.operands[0]) ? product : nil
  }

  /// The product that a carried value sums over the turns, if that is all it does.
  private func summand(_ slot: Int, _ uses: [Int32]) -> (product: Node, order: [Int]?)? {
    let entering = body.parameters[1 + form.sequences + slot].value
    guard var value = body.addend(ofCarried: slot, form, uses),
      body.type(value) == body.type(entering), isLarge(value)
    else { return nil }
    var order: [Int]?
    if case .axes(let axes) = body.node(of: value).attributes,
      body.node(of: value).operation == .transpose, uses[Int(value.index)] == 1
    {
      order = axes
      value = body.node(of: value).operands[0]
    }
    let product = body.node(of: value)
    guard uses[Int(value.index)] == 1, ProductPlan.pairs(product) != nil,
      product.operands.allSatisfy({ capture($0) == nil })
    else { return nil }
    return (product, order)
  }

  /// What a product without batches pairs.
  static func pairs(_ node: Node) -> Contraction? {
    guard case .contraction(let pairs) = node.attributes, pairs.leftBatch.isEmpty else {
      return nil
    }
    return pairs
  }

  private func isLarge(_ value: Value) -> Bool {
    (body.type(value).count.constant ?? .max) > 64
  }
}

/// A loop whose products move outside.
private struct ProductLoop {
  var operands: [Value]
  var regions: [Graph]

  /// Appends the loop and its products; gives the results.
  func append(_ form: LoopForm, to builder: inout Builder) -> [Value] {
    let body = regions[0]
    let plan = ProductPlan(body, form)
    let site = builder.site
    func loop(_ form: LoopForm, _ operands: [Value], _ body: Graph) -> [Value] {
      var types = body.outputs.map { body.type($0.value) }
      for slot in form.stackedResults { types[slot].shape.insert(form.count, at: 0) }
      let id = builder.graph.append(
        .loop, operands, .loop(form), types: types, regions: [body], site: site)
      return builder.graph[id].results
    }
    if plan.isEmpty { return loop(form, operands, body) }
    let captures = Array(operands[form.captures(of: operands.count)])
    let products = plan.inFront.map { sequence, product in
      product.all(operands[sequence], captures[product.capture], &builder)
    }
    var stacked: [Value] = []
    for value in plan.behind.map(\.product.varying) + plan.sums.flatMap(\.product.operands)
    where plan.sequence(value) == nil && !stacked.contains(value) {
      stacked.append(value)
    }
    var changed = form
    changed.sequences += products.count
    changed.stacked += stacked.count
    let results = loop(
      changed,
      operands[..<form.sequences] + products + operands[form.sequences...],
      body.reading(plan.inFront.map(\.product.value), in: form, stacking: stacked))
    func all(_ value: Value) -> Value {
      if let sequence = plan.sequence(value) { return operands[sequence] }
      guard let place = stacked.firstIndex(of: value) else { preconditionFailure("no stack") }
      return results[form.carried + form.stacked + place]
    }
    var outcome = Array(results[..<(form.carried + form.stacked)])
    for (stack, product) in plan.behind {
      outcome[form.carried + stack] = product.all(
        all(product.varying), captures[product.capture], &builder)
    }
    for (slot, node, order) in plan.sums {
      guard let pairs = ProductPlan.pairs(node) else { continue }
      let overTurns = Contraction(
        leftSummed: [0] + pairs.leftSummed.map { $0 + 1 },
        rightSummed: [0] + pairs.rightSummed.map { $0 + 1 })
      var sum = builder.contract(all(node.operands[0]), all(node.operands[1]), overTurns)
      if let order { sum = builder.transpose(sum, order) }
      outcome[slot] = builder.add(operands[form.sequences + slot], sum)
    }
    return outcome
  }
}
