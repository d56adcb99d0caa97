import GraphIR
import LoopIR
import Ops
import Support

/// Decides which values get a buffer; all others are computed where they are read.
struct Placing {
  /// Whether a value is used by what the body computes.
  private(set) var isLive: [Bool]
  /// Whether a value is written to a buffer by a nest of its own.
  private(set) var isRoot: [Bool]

  private let graph: Graph
  private var useCount: [Int]
  /// The values that are needed by themselves, whatever uses them.
  private let needed: Set<Value>
  /// The transpose of a value that uses it, where one does.
  private var transposes: [Value: Value] = [:]
  /// Whether a consumer reads elements of the value more than once.
  private var isReadAgain: [Bool]
  private var isForced: [Bool]
  /// Whether a consumer takes the whole buffer of the value: then even a view has one of its own.
  private var isTakenWhole: [Bool]
  /// The cost and the depth of computing an element of a value that has no buffer.
  private var cost: [Int]
  private var depth: [Int]

  /// Values that are read several times are computed again where that costs no more than this.
  private static let cheap = 3
  /// Greater expressions are cut by a buffer, so that bodies of loops stay of a bounded size.
  private static let costLimit = 2_000
  private static let depthLimit = 64

  init(graph: Graph, roots: [Value], forced: [Value]) {
    self.graph = graph
    needed = Set(roots + forced)
    let count = graph.values.count
    isLive = Array(repeating: false, count: count)
    isRoot = isLive
    isReadAgain = isLive
    isForced = isLive
    isTakenWhole = isLive
    useCount = Array(repeating: 0, count: count)
    cost = useCount
    depth = useCount
    for root in roots { isLive[Int(root.index)] = true }
    for value in forced { isForced[Int(value.index)] = true }
    countUses()
    var costs = PointCost()
    for node in graph.nodes where node.results.contains(where: { isLive[Int($0.index)] }) {
      decide(node, &costs)
    }
  }

  /// Marks what is live, and notes how each value is read.
  private mutating func countUses() {
    for node in graph.nodes.reversed() {
      guard node.asserts || node.results.contains(where: { isLive[Int($0.index)] }) else { continue }
      for (number, operand) in node.operands.enumerated() {
        isLive[Int(operand.index)] = true
        useCount[Int(operand.index)] += 1
        if node.operation == .transpose { transposes[operand] = node.result }
        note(node, reads: operand, number)
      }
    }
  }

  /// The transpose that is the only use of a value.
  func transpose(of value: Value) -> Node? {
    guard useCount[Int(value.index)] == 1, !needed.contains(value) else { return nil }
    return transposes[value].map { graph.node(of: $0) }
  }

  /// Notes how a node reads an operand: more than once, or only from a buffer.
  private mutating func note(_ node: Node, reads operand: Value, _ number: Int) {
    let place = Int(operand.index)
    let shape = graph.type(operand).shape
    switch node.operation.kernel {
    case .pointwise:
      if shape != graph.type(node.result).shape { isReadAgain[place] = true }
    case .view:
      if graph.type(node.result).count != graph.type(operand).count, node.operation == .broadcastTo
      {
        isReadAgain[place] = true
      }
      // Windows are read from their operand, also where they are read several times.
      if case .windows(let axes) = node.attributes,
        useCount[Int(node.result.index)] > 1 || axes.contains(where: \.mayOverlap)
      {
        isReadAgain[place] = true
      }
      if isReadAgain[Int(node.result.index)] { isReadAgain[place] = true }
      if isForced[Int(node.result.index)] { isForced[place] = true }
    case .reshape: isTakenWhole[Int(graph.whole(operand).index)] = true
    case .routine: isTakenWhole[place] = true
    case .gather:
      if number == 0 || graph.type(node.result).count != graph.type(operand).count {
        isReadAgain[place] = true
      }
    case .scatter:
      if number > 1, graph.type(node.operands[1]).count != graph.type(operand).count {
        isReadAgain[place] = true
      }
    case .contraction:
      guard case .contraction(let c) = node.attributes else { break }
      let other = graph.type(node.operands[1 - number]).rank
      let free = number == 0 ? c.rightFree(rank: other) : c.leftFree(rank: other)
      if !free.isEmpty { isForced[place] = true }
    case .assembly, .sumOfPieces:
      if shape.isEmpty { isReadAgain[place] = true }
    case .regions:
      // A scalar that a region reads is computed in front of it.
      if graph.literal(operand) == nil { isForced[place] = true }
    case .convolution: isForced[place] = true
    case .leaf, .generator, .reduction, .search, .accumulation: break
    case .expansion, .request: preconditionFailure("'\(node.operation.name)' was not expanded")
    }
  }

  /// Decides about the results of a node whose operands are decided.
  private mutating func decide(_ node: Node, _ costs: inout PointCost) {
    for value in node.results {
      let place = Int(value.index)
      switch node.operation.kernel {
      case .leaf, .reshape: break
      case .reduction, .search, .contraction, .convolution, .accumulation, .sumOfPieces, .assembly,
        .scatter, .routine, .regions:
        isRoot[place] = true
      case .pointwise, .generator, .view, .gather:
        measure(node, value, &costs)
        let isView = isView(node)
        let again = (isReadAgain[place] || useCount[place] > 1) && !isWindows(node)
        let fromBuffer = isView && depth[place] == 1
        isRoot[place] =
          isTakenWhole[place] || isForced[place] && !fromBuffer
          || again && cost[place] > Placing.cheap && !fromBuffer
          || cost[place] > Placing.costLimit || depth[place] > Placing.depthLimit
      case .expansion, .request: preconditionFailure("'\(node.operation.name)' was not expanded")
      }
    }
  }

  /// Whether a node is a view whose operand has a buffer if it is worth one.
  private func isWindows(_ node: Node) -> Bool {
    if case .windows = node.attributes { isView(node) } else { false }
  }

  private func isView(_ node: Node) -> Bool {
    if case .view = node.operation.kernel { true } else { false }
  }

  /// Adds up cost and depth of a value over its operands without buffers.
  private mutating func measure(_ node: Node, _ value: Value, _ costs: inout PointCost) {
    var total = costs.of(node, in: graph)
    var deepest = 0
    // Each operand once: few nodes of these kinds have more than three.
    for (number, operand) in node.operands.enumerated()
    where isComputed(operand) && !node.operands[..<number].contains(operand) {
      total = min(total + cost[Int(operand.index)], 1 << 30)
      deepest = max(deepest, depth[Int(operand.index)])
    }
    cost[Int(value.index)] = total
    depth[Int(value.index)] = deepest + 1
  }

  /// Whether a value is computed where it is read.
  private func isComputed(_ value: Value) -> Bool {
    if isRoot[Int(value.index)] { return false }
    switch graph.node(of: value).operation.kernel {
    case .pointwise, .generator, .view, .gather: return true
    default: return false
    }
  }
}

extension Graph {
  /// The value whose memory begins with all elements of another in their order: what that is cut
  /// from, if it is the front of a parameter or a loop's result; else the other itself.
  func whole(_ value: Value) -> Value {
    let node = node(of: value)
    guard case .slice(let axes) = node.attributes, let first = axes.first, first.start == Dim(0),
      first.step == 1,
      zip(axes, type(node.operands[0]).shape).dropFirst().allSatisfy({ $0 == .whole($1) })
    else { return value }
    return switch self.node(of: node.operands[0]).operation.kernel {
    case .leaf, .regions: node.operands[0]
    case .pointwise, .view, .reshape, .generator, .assembly, .sumOfPieces, .reduction, .search,
      .contraction, .convolution, .accumulation, .gather, .scatter, .routine, .expansion, .request:
      value
    }
  }
}
