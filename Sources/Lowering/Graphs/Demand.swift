import GraphIR
import LoopIR
import Support

/// The results for which something is computed, as bits; nothing is skipped that has bit 63.
struct DemandMask: Hashable {
  var bits: UInt64

  /// Computed whatever the caller wants.
  static let always = DemandMask(bits: 1 << 63)

  var isAlways: Bool { bits & DemandMask.always.bits != 0 }
}

/// Who needs which value: what is skipped when the caller passes NULL for a result.
///
/// Where a body guards what it computes, the caller wants at least one of its results, so what all
/// of them need is computed always; and so is what results need that every caller wants who is left.
struct Demand {
  /// Values that are computed in the memory of the result of that number.
  private(set) var direct: [Value: Int] = [:]
  private let isGuarded: Bool
  /// The bits of all results, and of those that every caller wants.
  private var all: UInt64 = 0
  private var certain: UInt64
  private var masks: [UInt64]

  /// Results from this number on share one bit.
  private static let sharedBit = 62

  init(graph: Graph, outputs: Set<Int>, isGuarded: Bool, certain: Set<Int>) {
    self.isGuarded = isGuarded
    self.certain = certain.reduce(0) { $0 | Demand.bit($1) }
    masks = Array(repeating: 0, count: graph.values.count)
    for number in outputs {
      masks[Int(graph.outputs[number].value.index)] |= Demand.bit(number)
      all |= Demand.bit(number)
    }
    for value in graph.updates.map(\.value) + graph.assertions.map(\.condition) {
      masks[Int(value.index)] |= DemandMask.always.bits
    }
    for node in graph.nodes.reversed() {
      let asserted = node.asserts ? DemandMask.always.bits : 0
      let wanted = node.results.reduce(asserted) { $0 | masks[Int($1.index)] }
      for operand in node.operands { masks[Int(operand.index)] |= wanted }
    }
    for number in outputs.sorted().reversed() {
      let value = graph.outputs[number].value
      let isAlone = masks[Int(value.index)] == Demand.bit(number) && number < Demand.sharedBit
      if !isGuarded || isAlone || certain.contains(number) { direct[value] = number }
    }
  }

  /// The results that need a value; always, where nothing is guarded.
  func mask(of value: Value) -> DemandMask {
    let bits = masks[Int(value.index)]
    return isNeeded(bits) ? .always : DemandMask(bits: bits)
  }

  /// Whether something is computed whatever the caller wants.
  private func isNeeded(_ bits: UInt64) -> Bool {
    !isGuarded || bits & all == all || bits & certain != 0
  }

  /// The mask of what only the result of that number needs.
  func mask(ofResult number: Int) -> DemandMask {
    isNeeded(Demand.bit(number)) ? .always : DemandMask(bits: Demand.bit(number))
  }

  /// The condition under which what a mask names is computed.
  func condition(_ mask: DemandMask, results: Int, _ b: inout LoopBuilder) -> ScalarID {
    var condition: ScalarID?
    for number in 0..<results where mask.bits & Demand.bit(number) != 0 {
      let wanted = b.scalar(ScalarType(.bool), .isWanted(number))
      condition = condition.map { b.binary(.or, $0, wanted) } ?? wanted
    }
    return condition ?? b.constant(.bool, .bool(true))
  }

  private static func bit(_ number: Int) -> UInt64 { 1 << UInt64(min(number, sharedBit)) }
}
