import GraphIR

/// What makes two nodes the same: commuted operands do not tell them apart.
struct NodeKey: Hashable, Sendable {
  private let operation: Operation
  private let operands: [Value]
  private let attributes: Attributes

  init(_ candidate: Candidate) {
    operation = candidate.operation
    attributes = candidate.attributes
    let operands = candidate.operands
    let isSwapped =
      operation.isCommutative && operands.count == 2 && operands[1] < operands[0]
    self.operands = isSwapped ? [operands[1], operands[0]] : operands
  }
}
