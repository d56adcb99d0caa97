package import GraphIR
import Support

extension Operation {
  /// An operation that combines elements along axes, in any order.
  package static func reduction(
    _ name: String, of elements: ElementClass, reduction: Reduction, reference: PointReference,
    domain: Sample.Domain, derivative: Derivative
  ) -> Operation {
    Operation(
      name, arity: .exactly(1),
      infer: { query throws(TypeError) in
        let operand = query.operands[0]
        guard case .reduction(let axes, let keep) = query.attributes else {
          throw TypeError("'\(name)' needs axes")
        }
        guard elements.allows(operand.dtype) else {
          throw TypeError("'\(name)' takes \(elements.words), not '\(operand.dtype.rawValue)'")
        }
        guard axes.allSatisfy({ $0 >= 0 && $0 < operand.rank }), Set(axes).count == axes.count
        else { throw TypeError("axes \(axes) do not fit \(operand.rank) axes") }
        let shape = TypeRules.reduced(operand.shape, axes: axes, keepDims: keep)
        return [TensorType(operand.dtype, shape)]
      },
      derivative: derivative,
      evaluate: { context in [Operation.reduce(context, reduction, reference)] },
      lowering: Kernel.reduction(reduction),
      samples: [
        Sample(
          shapes: [[2, 3]], domains: [domain], attributes: .reduction(axes: [1], keepDims: false)),
        Sample(
          shapes: [[2, 3]], domains: [domain], attributes: .reduction(axes: [0], keepDims: true)),
        Sample(
          shapes: [[2, 3]], domains: [domain],
          attributes: .reduction(axes: [0, 1], keepDims: false)),
      ],
      notation: .function)
  }

  /// Combines the elements of operand 0 one after the other.
  private static func reduce(
    _ context: EvaluationContext, _ reduction: Reduction, _ reference: PointReference
  ) -> Tensor {
    let operand = context.operands[0]
    guard case .reduction(let axes, _) = context.attributes else {
      preconditionFailure("a reduction has axes")
    }
    let kept = operand.shape.enumerated().map { axes.contains($0) ? 1 : $1 }
    let places = Broadcasting.indices(of: kept, in: operand.shape)
    let start = Tensor(operand.dtype, scalar: reduction.identity(operand.dtype))
    let count = kept.reduce(1, *)
    switch (operand.elements, reference) {
    case (.floats(let values), .numbers(let combine, _)), (.floats(let values), .floats(let combine)):
      var sums = [Double](repeating: start.floats[0], count: count)
      for (place, value) in zip(places, values) { sums[place] = combine([sums[place], value]) }
      return Tensor(context.dtype, context.shape, floats: sums.map { context.dtype.rounded($0) })
    case (.integers(let values), .numbers(_, let combine)),
      (.integers(let values), .integers(let combine)):
      var sums = [Int64](repeating: start.integers[0], count: count)
      for (place, value) in zip(places, values) {
        sums[place] = context.dtype.wrapped(combine(operand.dtype, [sums[place], value]))
      }
      return Tensor(context.dtype, context.shape, integers: sums)
    case (.floats, .integers), (.floats, .predicate), (.integers, .floats), (.integers, .predicate):
      preconditionFailure("a reduction of another type")
    }
  }
}
