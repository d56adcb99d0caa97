import GraphIR
import Ops
import Support

/// A graph that is made anew with a loop over blocks of rows.
struct RowBlocks {
  let source: Graph
  let plan: RowPlan
  /// What values of the source have become.
  private var values: [Value?]
  private var builder: Builder

  /// The values of the source that the loop goes through, and those that it captures.
  private var sequences: [Value] = []
  private var captures: [Value] = []
  /// The operands that the loop captures transposed.
  private var turned: [TurnedOperand] = []

  private var rows: Dim { plan.roles.size }
  /// The number of blocks, and of their rows.
  private var blocks: Dim { rows.quotient(plan.block) }
  private var whole: Dim { plan.block * blocks }

  init(source: Graph, plan: RowPlan) {
    self.source = source
    self.plan = plan
    values = Array(repeating: nil, count: source.values.count)
    builder = Builder(graph: Graph(withoutNodesOf: source))
    var seen: Set<Value> = []
    for number in plan.inside {
      let node = source.nodes[number]
      if let operand = TurnedOperand(number, of: source, plan) { turned.append(operand) }
      for operand in node.operands where seen.insert(operand).inserted {
        if plan.computes(operand, in: source) { continue }
        if plan.roles.axis(of: operand) == nil {
          captures.append(operand)
        } else {
          sequences.append(operand)
        }
      }
    }
  }

  /// The graph with the loop behind all that does not need it.
  consuming func graph() -> Graph {
    let late = late()
    let early = plan.outside.subtracting(late)
    copy(early)
    builder.site = source.nodes[plan.sums[0]].site
    let first = loop()
    for (number, value) in rest(adding: first).enumerated() {
      let old = number < plan.sums.count
        ? source.nodes[plan.sums[number]].result : plan.emitted[number - plan.sums.count]
      values[Int(old.index)] = value
      if let name = source[old].name { builder.graph.name(value, name) }
    }
    copy(late)
    builder.graph.replaceRoots(by: values)
    return builder.graph
  }

  /// The nodes outside of the loop that need its results.
  private func late() -> Set<Int> {
    var isLate = [Bool](repeating: false, count: source.values.count)
    for number in plan.sums { isLate[Int(source.nodes[number].firstResult)] = true }
    for value in plan.emitted { isLate[Int(value.index)] = true }
    var late: Set<Int> = []
    for number in plan.outside.sorted() {
      let node = source.nodes[number]
      guard node.operands.contains(where: { isLate[Int($0.index)] }) else { continue }
      late.insert(number)
      for result in node.results { isLate[Int(result.index)] = true }
    }
    return late
  }

  /// Copies nodes that stay outside.
  private mutating func copy(_ numbers: Set<Int>) {
    builder.graph.copy(numbers.sorted().map { source.nodes[$0] }, of: source, &values)
  }

  // MARK: The loop

  /// Appends the loop over whole blocks; gives the sums over them, and what it emits of their rows.
  private mutating func loop() -> [Value] {
    var operands: [Value] = []
    for sequence in sequences {
      let front = builder.slice(outer(sequence), axis: 0, from: Dim(0), size: whole)
      let shape = source.type(sequence).shape
      operands.append(
        builder.reshape(front, to: [blocks, Dim(plan.block)] + shape.dropFirst()))
    }
    for number in plan.sums {
      operands.append(builder.zeros(source.type(source.nodes[number].result)))
    }
    operands += captures.map { outer($0) }
    for operand in turned {
      operands.append(builder.transpose(outer(operand.value), operand.order))
    }
    var form = LoopForm(
      count: blocks, sequences: sequences.count, carried: plan.sums.count,
      stacked: plan.emitted.count)
    form.isBlocked = true
    var results = builder.appendRegions(.loop, operands, .loop(form), [body()])
    for place in plan.sums.count..<results.count {
      results[place] = builder.reshape(results[place], to: [whole])
    }
    return results
  }

  /// What a value outside of the loop has become.
  private func outer(_ value: Value) -> Value {
    guard let known = values[Int(value.index)] else { preconditionFailure("an operand is gone") }
    return known
  }

  /// The body of the loop: a block's sums added to those so far, and what is emitted.
  private func body() -> Graph {
    var body = Builder(graph: Graph(name: "block"), site: builder.site)
    body.graph.data = source.data
    func parameter(_ value: Value, _ shape: [Dim]) -> Value {
      let name = source[value].name ?? "p\(body.graph.parameters.count)"
      let type = TensorType(source.type(value).dtype, shape)
      return body.graph.addParameter(name, type, at: body.site)
    }
    body.graph.addParameter("block", TensorType(.i64), at: body.site)
    var known = [Value?](repeating: nil, count: source.values.count)
    for sequence in sequences {
      let shape = [Dim(plan.block)] + source.type(sequence).shape.dropFirst()
      known[Int(sequence.index)] = parameter(sequence, shape)
    }
    let carried = plan.sums.map { number in
      let sum = source.nodes[number].result
      return parameter(sum, source.type(sum).shape)
    }
    for capture in captures {
      known[Int(capture.index)] = parameter(capture, source.type(capture).shape)
    }
    var products: [Int: (Value, TurnedOperand)] = [:]
    for operand in turned {
      let shape = source.type(operand.value).shape
      products[operand.node] = (
        parameter(operand.value, operand.order.map { shape[$0] }), operand
      )
    }
    var results = copyRows(Dim(plan.block), products, into: &body, &known)
    for (place, sum) in carried.enumerated() { results[place] = body.add(sum, results[place]) }
    body.graph.outputs = results.enumerated().map { number, value in
      Output(name: "r\(number)", value: value, site: body.site)
    }
    return body.graph
  }

  /// Computes the rows that the blocks leave; gives sums and rows together.
  private mutating func rest(adding first: [Value]) -> [Value] {
    if rows == whole { return first }
    var known = values
    for sequence in sequences {
      known[Int(sequence.index)] = builder.slice(
        outer(sequence), axis: 0, from: whole, size: rows - whole)
    }
    let last = copyRows(rows - whole, [:], into: &builder, &known)
    var results: [Value] = []
    for (place, (first, last)) in zip(first, last).enumerated() {
      results.append(
        place < plan.sums.count
          ? builder.add(first, last) : builder.concatenate([first, last], axis: 0))
    }
    return results
  }

  /// Appends what is computed of some rows; gives their sums, then what is emitted of each.
  private func copyRows(
    _ rows: Dim, _ turned: [Int: (value: Value, form: TurnedOperand)],
    into builder: inout Builder, _ known: inout [Value?]
  ) -> [Value] {
    for number in plan.inside {
      let node = source.nodes[number]
      var operands = node.operands.compactMap { known[Int($0.index)] }
      precondition(operands.count == node.operands.count, "an operand is gone")
      var attributes = node.attributes
      if let axis = plan.roles.axis(of: node.result) {
        attributes = node.attributes(rows: rows, along: axis)
      }
      if let (value, form) = turned[number] {
        operands[form.place] = value
        attributes = form.attributes
      }
      builder.site = node.site
      let result = builder.emit(node.operation, operands, attributes)
      known[Int(node.firstResult)] = result
      if let name = source[node.result].name { builder.graph.name(result, name) }
    }
    let values = plan.sums.map { source.nodes[$0].result } + plan.emitted
    return values.compactMap { known[Int($0.index)] }
  }
}

/// An operand of a product that every block would copy to have its columns side by side: the loop
/// captures it with the axes that are summed in front of the others.
private struct TurnedOperand {
  /// The number of the product.
  let node: Int
  let value: Value
  /// Which operand it is.
  let place: Int
  let order: [Int]
  /// The pairs of axes after that.
  let attributes: Attributes

  /// The turned operand of the node of that number; nil if none needs to be.
  init?(_ number: Int, of graph: Graph, _ plan: RowPlan) {
    let node = graph.nodes[number]
    guard plan.steps.contains(number), case .contraction(var pairs) = node.attributes,
      let place = node.operands.firstIndex(where: { plan.roles[$0] == .whole })
    else { return nil }
    let rank = graph.type(node.operands[place]).rank
    let summed = place == 0 ? pairs.leftSummed : pairs.rightSummed
    let batch = place == 0 ? pairs.leftBatch : pairs.rightBatch
    let free = place == 0 ? pairs.leftFree(rank: rank) : pairs.rightFree(rank: rank)
    guard summed.contains(rank - 1), !free.isEmpty else { return nil }
    let order = batch + summed + free
    func moved(_ axes: [Int]) -> [Int] { axes.compactMap { order.firstIndex(of: $0) } }
    if place == 0 {
      (pairs.leftSummed, pairs.leftBatch) = (moved(summed), moved(batch))
    } else {
      (pairs.rightSummed, pairs.rightBatch) = (moved(summed), moved(batch))
    }
    (self.node, value) = (number, node.operands[place])
    (self.place, self.order) = (place, order)
    attributes = .contraction(pairs)
  }
}
