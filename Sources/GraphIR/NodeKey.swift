import Support

/// What makes two nodes without regions the same: commuted operands do not tell them apart.
package struct NodeKey: Hashable, Sendable {
  private let operation: Operation
  private let operands: [Value]
  private let attributes: Attributes

  package init(_ operation: Operation, _ operands: [Value], _ attributes: Attributes) {
    self.operation = operation
    self.attributes = attributes
    let isSwapped =
      operation.isCommutative && operands.count == 2 && operands[1] < operands[0]
    self.operands = isSwapped ? [operands[1], operands[0]] : operands
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(mixed) }

  package func _rawHashValue(seed: Int) -> Int { IndexHash.of(mixed, seed) }

  /// All parts mixed: a hasher takes longer for each of them than all else that is done for a key.
  private var mixed: Int {
    var mixed = UInt64(UInt(bitPattern: ObjectIdentifier(operation)))
    func mix(_ part: UInt64) {
      mixed = (mixed ^ part) &* 0x9e37_79b9_7f4a_7c15
      mixed ^= mixed >> 29
    }
    for operand in operands { mix(UInt64(operand.index)) }
    switch attributes {
    case .none: break
    case .literal(let literal, _): mix(literal.double.bitPattern)
    case .data, .parameter, .integer, .dtype, .axis, .axes, .reduction, .shape, .draw, .slice, .pad,
      .pads, .contraction, .windows, .convolution, .picking, .matrix, .loop, .call, .external,
      .derivative:
      mix(UInt64(bitPattern: Int64(attributes.hashValue)))
    }
    return Int(truncatingIfNeeded: mixed)
  }
}
