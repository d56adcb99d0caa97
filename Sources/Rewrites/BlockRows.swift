package import GraphIR
import Ops
import Support

/// Goes by blocks of rows through computations that go row by row and end in sums over all rows, so
/// that what they keep of a block stays in the cache: data sets are read once, and nothing is stored
/// for all rows.
///
/// `sum(f(x @ w))` with its gradient becomes a loop over blocks of `x`, which carries the sums, and
/// once more the same for the rows that are left.
package enum BlockRows {
  /// The graph with the loops over blocks.
  package static func run(_ source: Graph) -> Graph {
    var graph = source
    // What one loop has summed up may be needed by the rows of the next.
    for _ in 0..<maximalLoops {
      guard let plan = plan(for: graph) else { break }
      graph = RowBlocks(source: graph, plan: plan).graph()
    }
    return graph
  }

  /// More loops than this are not looked for.
  private static let maximalLoops = 4
  /// No more sizes than this are tried.
  private static let maximalSizes = 8

  /// The best way to cut a graph's rows into blocks, if one is worth it.
  private static func plan(for graph: Graph) -> RowPlan? {
    var sizes: [Dim] = []
    for parameter in graph.parameters {
      guard sizes.count < maximalSizes, let size = graph.type(parameter.value).shape.first,
        !sizes.contains(size)
      else { continue }
      sizes.append(size)
    }
    return sizes.lazy.compactMap { RowPlan(graph, size: $0) }.first
  }
}

/// What of a graph is computed by blocks of rows.
struct RowPlan {
  let roles: RowRoles
  /// The number of rows of a block.
  private(set) var block: Int
  /// The numbers of the nodes that sum up over the rows, and of those that sums need of each row.
  private(set) var sums: [Int]
  private(set) var steps: Set<Int> = []
  /// Both, in their order.
  private(set) var inside: [Int] = []
  /// The values of the rows that are needed by others than the sums.
  private(set) var emitted: [Value] = []
  /// The nodes that are left outside.
  private(set) var outside: Set<Int> = []

  /// The rows of a block, and of one of matrices that meet only vectors.
  private static let (many, few) = (64, 16)

  /// The plan for axes of a size; nil where blocks are not worth it, or not possible.
  init?(_ graph: Graph, size: Dim) {
    if let known = size.constant, known < 4 * RowPlan.many { return nil }
    roles = RowRoles(graph, size: size)
    guard roles.hasMatrices else { return nil }
    let live = graph.liveNodes()
    sums = roles.sums.filter { live[$0] }
    block = RowPlan.many
    if sums.isEmpty { return nil }
    collectSteps(graph)
    inside = steps.union(sums).sorted()
    collectOutside(graph)
    guard emitted.allSatisfy({ graph.type($0).rank == 1 }) else { return nil }
    let traffic = RowTraffic(graph, roles, inside)
    guard traffic.isWorth(blocks: RowPlan.many) else { return nil }
    if !traffic.hasProducts, sums.allSatisfy({ graph.type(graph.nodes[$0].result).rank < 2 }) {
      block = RowPlan.few
    }
  }

  /// Collects what the sums need of each row.
  private mutating func collectSteps(_ graph: Graph) {
    var isNeeded = [Bool](repeating: false, count: graph.values.count)
    let sums = Set(sums)
    for (number, node) in graph.nodes.enumerated().reversed() {
      let isStep = isNeeded[Int(node.firstResult)] && node.operation != .parameter
      if isStep { steps.insert(number) }
      guard isStep || sums.contains(number) else { continue }
      for operand in node.operands where roles.axis(of: operand) != nil {
        isNeeded[Int(operand.index)] = true
      }
    }
  }

  /// Whether a value is computed in the loop.
  func computes(_ value: Value, in graph: Graph) -> Bool {
    let number = Int(graph[value].node.index)
    return steps.contains(number) || sums.contains(number)
  }

  /// Collects what is needed outside of the loop, and what that needs of the rows.
  private mutating func collectOutside(_ graph: Graph) {
    let inside = Set(inside)
    var isNeeded = [Bool](repeating: false, count: graph.values.count)
    for root in graph.roots { isNeeded[Int(root.index)] = true }
    for (number, node) in graph.nodes.enumerated().reversed() {
      if inside.contains(number) {
        if steps.contains(number), isNeeded[Int(node.firstResult)] { emitted.append(node.result) }
        for operand in node.operands where roles[operand] == .whole {
          isNeeded[Int(operand.index)] = true
        }
      } else if node.asserts || node.operation == .parameter
        || node.results.contains(where: { isNeeded[Int($0.index)] }) {
        outside.insert(number)
        for operand in node.operands { isNeeded[Int(operand.index)] = true }
      }
    }
    emitted.reverse()
  }
}

/// What blocks of rows save, and what they cost.
private struct RowTraffic {
  /// The elements of a row that matrices of all rows would hold, or that are read several times.
  private var perRow = 0
  /// The elements that every block reads or adds to, whatever its rows.
  private var perBlock = 0
  /// How many nodes work on matrices of rows.
  private var passes = 0
  /// Whether matrices of rows are multiplied by matrices.
  private(set) var hasProducts = false
  /// Whether some of these, which are no batches, may be of any size.
  private var hasLargeProducts = false
  private let graph: Graph
  private let roles: RowRoles
  /// The size that a symbol is thought to have.
  private static let typicalSize = 32

  init(_ graph: Graph, _ roles: RowRoles, _ numbers: [Int]) {
    self.graph = graph
    self.roles = roles
    for number in numbers { add(graph.nodes[number]) }
  }

  /// Whether blocks of so many rows save more than they cost. Products with large matrices take so
  /// long that it does not matter where their operands are.
  func isWorth(blocks: Int) -> Bool {
    passes > 1 && !hasLargeProducts && perRow * blocks >= perBlock
  }

  private mutating func add(_ node: Node) {
    let isProduct: Bool
    switch node.operation.kernel {
    case .contraction: isProduct = true
    case .reduction, .search: isProduct = false
    default: return
    }
    let matrices = node.operands.filter { roles.axis(of: $0) != nil && graph.type($0).rank > 1 }
    guard !matrices.isEmpty else { return }
    passes += 1
    for matrix in matrices { perRow += elements(matrix) }
    if roles.axis(of: node.result) != nil {
      perRow += elements(node.result)
    } else {
      perBlock += 2 * elements(node.result)
    }
    guard isProduct else { return }
    for operand in node.operands where roles[operand] == .whole { perBlock += elements(operand) }
    guard node.operands.allSatisfy({ graph.type($0).rank > 1 }) else { return }
    hasProducts = true
    if case .contraction(let pairs) = node.attributes, pairs.leftBatch.isEmpty,
      node.operands.contains(where: { roles[$0] == .whole && graph.type($0).count.constant == nil })
    {
      hasLargeProducts = true
    }
  }

  /// The elements of a value, of one row if it has rows, with a guess for symbols.
  private func elements(_ value: Value) -> Int {
    let axis = roles.axis(of: value)
    let sizes = graph.type(value).shape.enumerated().filter { $0.offset != axis }.map(\.element)
    let count = Dim.product(sizes)
    let guesses = Dictionary(uniqueKeysWithValues: count.symbols.map { ($0, RowTraffic.typicalSize) })
    return min(count.evaluate(guesses) ?? Int(Int32.max), Int(Int32.max))
  }
}
