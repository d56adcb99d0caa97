import GraphIR
import Support

extension Node {
  /// Whether results depend on operand `index`, as the language means it: through floating values,
  /// and not by the operand's shape alone. A derivative of zero does not end a path.
  func depends(on index: Int, in graph: Graph) -> Bool {
    guard graph.type(operands[index]).dtype.isFloat, !isCapture(index) else { return false }
    switch operation.derivative {
    case .linear(let linear, _, _): return linear.contains(index)
    case .zero, .refused, .pointwise, .bilinear, .picking, .custom, .reverseOnly, .byExpansion,
      .regions:
      return true
    }
  }

  /// Whether a derivative may flow through operand `index`: they depend on it, and not with
  /// derivative zero.
  func carries(_ index: Int, in graph: Graph) -> Bool {
    guard graph.type(operands[index]).dtype.isFloat, !isCapture(index) else { return false }
    switch operation.derivative {
    case .zero: return false
    case .pointwise(let partials):
      if case .factors = partials[index] { return true } else { return false }
    case .linear(let linear, _, _): return linear.contains(index)
    case .refused, .bilinear, .picking, .custom, .reverseOnly, .byExpansion, .regions:
      return true
    }
  }

  /// Whether an operand is a constant that a func with derivatives of its own uses: these know its
  /// arguments alone.
  private func isCapture(_ index: Int) -> Bool {
    if case .call(let form) = attributes { index >= form.arguments } else { false }
  }
}
