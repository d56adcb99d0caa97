import GraphIR
import Support

/// What the records of operations that are made of others share.
enum Composite {
  /// The type of a reduction of floating numbers.
  static func reduced(_ name: String, _ query: TypeQuery) throws(TypeError) -> [TensorType] {
    [try TypeRules.reduction(name, of: .floats, query)]
  }

  /// The type of a function along one or several axes, which keeps the shape.
  static func along(_ name: String, _ query: TypeQuery) throws(TypeError) -> [TensorType] {
    let operand = query.operands[0]
    switch query.attributes {
    case .axis(let axis): try TypeRules.axes([axis], of: operand)
    case .axes(let axes): try TypeRules.axes(axes, of: operand)
    case .none, .literal, .data, .parameter, .integer, .dtype, .reduction, .shape, .slice, .pad,
      .pads, .contraction, .windows, .convolution, .picking, .matrix, .draw, .loop, .call,
      .external, .derivative:
      throw TypeError("'\(name)' needs an axis")
    }
    guard operand.dtype.isFloat else {
      throw TypeError("'\(name)' takes floating-point numbers, not '\(operand.dtype.rawValue)'")
    }
    return [operand]
  }

  /// The operations that compute the same; half types are computed in `f32` throughout.
  static func expansion(
    _ body: @escaping @Sendable (inout Builder, DerivativeContext) -> Value
  ) -> Kernel {
    .expansion { b, c in
      let dtype = b.dtype(c.operands[0])
      let value = body(&b, widened(&b, c))
      return [b.convert(value, to: dtype)]
    }
  }

  /// Both modes of a function of one operand, from one tangent and one cotangent.
  static func derivative(
    jvp: @escaping @Sendable (inout Builder, DerivativeContext, Value) -> Value,
    vjp: @escaping @Sendable (inout Builder, DerivativeContext, Value) -> Value
  ) -> Derivative {
    .custom(
      jvp: { b, c, tangents in
        guard let tangent = tangents[0] else { return [nil] }
        let dtype = b.dtype(tangent)
        let wide = b.convert(tangent, to: dtype.arithmetic)
        let value = jvp(&b, widened(&b, c), wide)
        return [b.convert(value, to: dtype)]
      },
      vjp: { b, c, cotangents in
        guard let ct = cotangents[0] else { return [nil] }
        let dtype = b.dtype(ct)
        let wide = b.convert(ct, to: dtype.arithmetic)
        let value = vjp(&b, widened(&b, c), wide)
        return [b.convert(value, to: dtype)]
      })
  }

  /// The context with operands and results in the type of arithmetic.
  private static func widened(_ b: inout Builder, _ c: DerivativeContext) -> DerivativeContext {
    var wide = c
    for (i, value) in c.operands.enumerated() {
      wide.operands[i] = b.convert(value, to: b.dtype(value).arithmetic)
    }
    for (i, value) in c.results.enumerated() {
      wide.results[i] = b.convert(value, to: b.dtype(value).arithmetic)
    }
    return wide
  }

  /// One number for the elements of each row along the attributes' axes.
  static func summarize(
    _ context: EvaluationContext, _ function: ([Double]) -> Double
  ) -> Tensor {
    let (rows, _) = rows(context)
    return Tensor(
      context.dtype, context.shape, floats: rows.map { context.dtype.rounded(function($0)) })
  }

  /// As many numbers as there are elements for each row along the attributes' axes.
  static func map(_ context: EvaluationContext, _ function: ([Double]) -> [Double]) -> Tensor {
    let (rows, places) = rows(context)
    var next = rows.map { function($0).makeIterator() }
    let values = places.map { next[$0].next() ?? .nan }
    return Tensor(context.dtype, context.shape, floats: values.map { context.dtype.rounded($0) })
  }

  /// The elements of each row, and for each element the number of its row.
  private static func rows(_ context: EvaluationContext) -> ([[Double]], [Int]) {
    let operand = context.operands[0]
    let axes = context.attributes.reducedAxes
    let places = Operation.places(of: operand, reducing: axes)
    let count = operand.shape.enumerated().map { axes.contains($0) ? 1 : $1 }.reduce(1, *)
    var rows = [[Double]](repeating: [], count: count)
    for (value, place) in zip(operand.floats, places) { rows[place].append(value) }
    return (rows, places)
  }

  /// Operands of a reduction with given numbers.
  static func reductionSamples(_ domain: Sample.Domain) -> [Sample] {
    Operation.reductionSamples(domain, withEmpty: false)
  }

  /// Operands of a function along axes.
  static let alongSamples = [
    sample([2, 3], .axis(1)), sample([3, 2], .axis(0)), sample([2, 1], .axis(1)),
    sample([3, 2, 2], .axes([0, 2])), sample([], .axes([])), sample([0, 2], .axis(0)),
  ]

  /// An operand of that shape.
  private static func sample(_ shape: [Int], _ attributes: Attributes) -> Sample {
    Sample(shapes: [shape], domains: [.interval(-2, 2)], attributes: attributes)
  }
}
