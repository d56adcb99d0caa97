import GraphIR
import Support

/// What lies between the values by which a derivative is taken and those that are differentiated.
///
/// Finding it takes time linear in the nodes between the first of the former and the last of the
/// latter; nothing outside is looked at.
struct Span {
  /// The nodes that carry derivatives, in the order of the graph.
  private(set) var nodes: [NodeID] = []
  /// Whether the targets depend on each `wrt`, be it with derivative zero.
  private(set) var isReached: [Bool] = []

  /// The first value that a table entry stands for.
  private let low: Int
  /// For each value from `low` on, whether it changes with some `wrt`.
  private var isActive: [Bool]
  /// Values that change with some `wrt`, but did not exist when the span was found.
  private var later: Set<Value> = []

  /// - Parameters:
  ///   - wrt: values that count as independent.
  ///   - targets: values that are differentiated.
  ///   - constants: values that end every path.
  ///   - primals: what each derivative in the graph is a derivative of; it depends on the same.
  init(
    from wrt: [Value], to targets: [Value], constants: [Value], primals: [Value: Value],
    in graph: Graph
  ) {
    low = wrt.map { Int($0.index) }.min() ?? 0
    let high = targets.map { Int($0.index) }.max() ?? 0
    let count = max(0, high - low + 1)
    isActive = Array(repeating: false, count: count)
    guard count > 0 else {
      isReached = wrt.map { _ in false }
      return
    }
    var marks = Marks(low: low, count: count)
    for value in constants { marks.setConstant(value) }
    for target in targets { marks.reach(target, carries: true) }
    let first = Int(graph.values[low].node.index)
    let last = Int(graph.values[high].node.index)
    for index in stride(from: last, through: first, by: -1) {
      marks.goBack(through: graph.nodes[index], primals, in: graph)
    }
    isReached = wrt.map { marks.isReached($0) }
    for value in wrt where marks.isUseful(value) { isActive[Int(value.index) - low] = true }
    for index in first...last {
      let node = graph.nodes[index]
      guard node.results.contains(where: { marks.isUseful($0) }), carriesActive(node, in: graph)
      else { continue }
      nodes.append(NodeID(index))
      for value in node.results where marks.isUseful(value) {
        isActive[Int(value.index) - low] = true
      }
    }
  }

  /// Whether a value changes with some `wrt`.
  func contains(_ value: Value) -> Bool {
    let index = Int(value.index) - low
    if index < 0 { return false }
    return index < isActive.count ? isActive[index] : later.contains(value)
  }

  /// Whether a derivative flows through the node from some operand.
  private func carriesActive(_ node: Node, in graph: Graph) -> Bool {
    node.operands.indices.contains { contains(node.operands[$0]) && node.carries($0, in: graph) }
  }

  /// Takes in nodes that were appended later; gives those of them that carry derivatives.
  mutating func extend(over range: Range<Int>, in graph: Graph) -> [NodeID] {
    var carrying: [NodeID] = []
    for index in range {
      let node = graph.nodes[index]
      guard carriesActive(node, in: graph) else { continue }
      carrying.append(NodeID(index))
      for value in node.results where graph.type(value).dtype.isFloat { later.insert(value) }
    }
    return carrying
  }
}

/// Facts about the values of a range, found by going backwards.
private struct Marks {
  private let low: Int
  /// Whether a target depends on the value.
  private var reached: [Bool]
  /// Whether a derivative flows from the value to a target.
  private var useful: [Bool]
  private var constant: [Bool]

  init(low: Int, count: Int) {
    self.low = low
    reached = Array(repeating: false, count: count)
    useful = reached
    constant = reached
  }

  func isReached(_ value: Value) -> Bool {
    place(value).map { reached[$0] } ?? false
  }

  func isUseful(_ value: Value) -> Bool {
    place(value).map { useful[$0] } ?? false
  }

  mutating func setConstant(_ value: Value) {
    if let place = place(value) { constant[place] = true }
  }

  /// Notes that a target depends on a value.
  mutating func reach(_ value: Value, carries: Bool) {
    guard let place = place(value), !constant[place] else { return }
    reached[place] = true
    if carries { useful[place] = true }
  }

  /// Goes from the results of a node to its operands.
  mutating func goBack(through node: Node, _ primals: [Value: Value], in graph: Graph) {
    var isReached = false
    var isUseful = false
    for result in node.results {
      guard let place = place(result), reached[place] else { continue }
      isReached = true
      isUseful = isUseful || useful[place]
      if let primal = primals[result] { reach(primal, carries: false) }
    }
    guard isReached else { return }
    for (index, operand) in node.operands.enumerated() where node.depends(on: index, in: graph) {
      reach(operand, carries: isUseful && node.carries(index, in: graph))
    }
  }

  /// The table entry of a value, nil for values outside the range.
  private func place(_ value: Value) -> Int? {
    let place = Int(value.index) - low
    return reached.indices.contains(place) ? place : nil
  }
}
