package import GraphIR
import Support

extension TypeRules {
  /// The operand's type with its axes reduced, as the attributes of a reduction say.
  package static func reduction(
    _ name: String, of elements: ElementClass, _ query: TypeQuery
  ) throws(TypeError) -> TensorType {
    let operand = query.operands[0]
    guard case .reduction(let axes, let keep) = query.attributes else {
      throw TypeError("'\(name)' needs axes")
    }
    guard elements.allows(operand.dtype) else {
      throw TypeError("'\(name)' takes \(elements.words), not '\(operand.dtype.rawValue)'")
    }
    try TypeRules.axes(axes, of: operand)
    let shape = TypeRules.reduced(operand.shape, axes: axes, keepDims: keep)
    return TensorType(operand.dtype, shape)
  }
}

extension Attributes {
  /// The axes that a reduction, or a function along axes, goes over.
  package var reducedAxes: [Int] {
    switch self {
    case .reduction(let axes, _), .axes(let axes): axes
    case .axis(let axis): [axis]
    case .none, .literal, .data, .parameter, .integer, .dtype, .shape, .slice, .pad, .pads,
      .contraction, .windows, .convolution, .picking, .matrix, .draw, .loop,
      .call, .external, .derivative:
      []
    }
  }
}
