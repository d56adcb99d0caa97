package import GraphIR
import LoopIR

extension Operation {
  /// `a && b`, element by element: both sides are computed.
  package static let and: Operation = .pointwise(
    "and", operands: 2, of: .booleans, derivative: .zero,
    reference: .integers { $1[0] & $1[1] }, domains: [.booleans, .booleans],
    notation: .infix("&&"), isCommutative: true
  ) { b, c in b.binary(.and, c.operands[0], c.operands[1]) }

  /// `a || b`, element by element: both sides are computed.
  package static let or: Operation = .pointwise(
    "or", operands: 2, of: .booleans, derivative: .zero,
    reference: .integers { $1[0] | $1[1] }, domains: [.booleans, .booleans],
    notation: .infix("||"), isCommutative: true
  ) { b, c in b.binary(.or, c.operands[0], c.operands[1]) }

  /// `!a`, element by element.
  package static let not: Operation = .pointwise(
    "not", operands: 1, of: .booleans, derivative: .zero,
    reference: .integers { 1 - $1[0] }, domains: [.booleans], notation: .prefix("!")
  ) { b, c in b.unary(.not, c.operands[0]) }
}
