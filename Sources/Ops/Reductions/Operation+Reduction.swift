package import GraphIR
import Support

extension Operation {
  /// An operation that combines elements along axes, in any order.
  package static func reduction(
    _ name: String, of elements: ElementClass, reduction: Reduction, reference: PointReference,
    domain: Sample.Domain, withEmpty: Bool = true, derivative: Derivative
  ) -> Operation {
    Operation(
      name, arity: .exactly(1),
      infer: { query throws(TypeError) in
        [try TypeRules.reduction(name, of: elements, query)]
      },
      derivative: derivative,
      evaluate: { context in [Operation.reduce(context, reduction, reference)] },
      lowering: Kernel.reduction(reduction),
      samples: Operation.reductionSamples(domain, withEmpty: withEmpty), notation: .function)
  }

  /// Operands of a reduction: some axes, all, none, one of size 1, and an empty one, unless what it
  /// gives for that is not finite.
  static func reductionSamples(_ domain: Sample.Domain, withEmpty: Bool = true) -> [Sample] {
    func sample(_ shape: [Int], _ axes: [Int], keepDims: Bool) -> Sample {
      Sample(
        shapes: [shape], domains: [domain], attributes: .reduction(axes: axes, keepDims: keepDims))
    }
    return [
      sample([2, 3], [1], keepDims: false),
      sample([2, 3], [0], keepDims: true),
      sample([2, 3], [0, 1], keepDims: false),
      sample([3, 2, 4], [0, 2], keepDims: false),
      sample([2, 1], [1], keepDims: true),
      sample([], [], keepDims: false),
    ] + (withEmpty ? [sample([0, 2], [0], keepDims: false)] : [])
  }

  /// For each element of the operand in row-major order, the row-major place of the result that it
  /// belongs to.
  static func places(of operand: Tensor, reducing axes: [Int]) -> [Int] {
    let kept = operand.shape.enumerated().map { axes.contains($0) ? 1 : $1 }
    return Broadcasting.indices(of: kept, in: operand.shape)
  }

  /// Combines the elements of operand 0 one after the other.
  private static func reduce(
    _ context: EvaluationContext, _ reduction: Reduction, _ reference: PointReference
  ) -> Tensor {
    let operand = context.operands[0]
    let places = Operation.places(of: operand, reducing: context.attributes.reducedAxes)
    let start = Tensor(operand.dtype, scalar: reduction.identity(operand.dtype))
    let count = context.shape.reduce(1, *)
    switch (operand.elements, reference) {
    case (.floats(let values), .numbers(let combine, _)),
      (.floats(let values), .floats(let combine)):
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
