import GraphIR
import LoopIR
import Ops
import Support

/// The carried values of a loop to which a turn only adds, or of which it only overwrites elements.
/// The turn does so where they stand: nothing is copied, and sums can be carried in registers and
/// in lanes.
struct TurnSums {
  /// What makes the next value, by the number of the carried value.
  private(set) var nodes: [Int: Node] = [:]
  /// Sums that are added to carried values term by term, and are nowhere else.
  private(set) var merged: Set<Value> = []
  private let region: Graph
  /// The carried values on entry.
  private let entering: [Value]

  init(_ region: Graph, _ form: LoopForm, _ context: LoweringContext) {
    self.region = region
    entering = form.carriedResults.map { region.parameters[1 + form.sequences + $0].value }
    if context.keepsOrder { return }
    let uses = region.useCounts(region.liveNodes())
    for slot in form.carriedResults {
      let next = region.outputs[slot].value
      let node = region.node(of: next)
      guard uses[Int(next.index)] == 1, uses[Int(entering[slot].index)] == 1,
        region.type(next).dtype != .bool, continues(node, slot, form, uses)
      else { continue }
      nodes[slot] = node
      if let addend = region.addend(ofCarried: slot, form, uses), uses[Int(addend.index)] == 1,
        isSum(region.node(of: addend))
      {
        merged.insert(addend)
      }
    }
  }

  /// Whether a node sums up along axes to more than a scalar, which a register holds anyway.
  private func isSum(_ node: Node) -> Bool {
    guard region.type(node.result).dtype == .f32 || region.type(node.result).dtype == .f64 else {
      return false
    }
    return switch node.operation.kernel {
    case .contraction: !region.type(node.result).isScalar
    case .reduction: node.operation == .sum && region.type(node.result).rank > 1
    case .leaf, .pointwise, .view, .reshape, .generator, .assembly, .sumOfPieces, .search,
      .convolution, .accumulation, .gather, .scatter, .routine, .regions, .expansion, .request:
      false
    }
  }

  /// Whether a node gives a value with something added, or with elements overwritten.
  private func continues(_ node: Node, _ slot: Int, _ form: LoopForm, _ uses: [Int32]) -> Bool {
    let base = entering[slot]
    return switch node.operation.kernel {
    case .pointwise:
      region.addend(ofCarried: slot, form, uses).map { region.type($0) } == region.type(base)
    case .sumOfPieces, .scatter: node.operands[0] == base
    case .leaf, .view, .reshape, .generator, .assembly, .reduction, .search, .contraction,
      .convolution, .accumulation, .gather, .routine, .regions, .expansion, .request:
      false
    }
  }

  /// What is added, and where, as values of the region.
  var summands: [Value] {
    nodes.sorted { $0.key < $1.key }
      .flatMap { slot, node in node.operands.filter { $0 != entering[slot] } }
  }

  /// Adds to the carried values.
  func add(to states: [Place], _ nests: Nests, _ slot: Int, _ b: inout LoopBuilder) {
    guard let node = nodes[slot] else { return }
    b.site = node.site
    nests.add(node, onto: entering[slot], at: states[slot], &b)
  }
}
