package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `pad(x, value)`: `x` with a scalar before, behind, and between its elements. Linear; the
  /// transpose for `x` slices, that for the value sums what lies outside `x`.
  ///
  /// An axis of size `n` becomes `low + n + (n - 1) * interior + high`, also where `n` is 0: an
  /// empty axis with elements between has `interior` fewer than `low + high`.
  package static let pad: Operation = .init(
    "pad", arity: .exactly(2),
    infer: { query throws(TypeError) in
      guard case .pad(let axes) = query.attributes else { throw TypeError("needs widths") }
      let operand = query.operands[0]
      let dtype = try TypeRules.common(query.operands)
      guard query.operands[1].isScalar else {
        throw TypeError(
          "padding is with a scalar, not with shape "
            + TensorType.spelling(query.operands[1].shape), dims: query.operands[1].shape)
      }
      guard axes.count == operand.rank else {
        throw TypeError(
          "\(axes.count) pairs of widths do not fit the \(operand.rank) axes of "
            + TensorType.spelling(operand.shape), dims: operand.shape)
      }
      let shape = zip(axes, operand.shape).map { Padding.size($1, padded: $0) }
      try TypeRules.sizes(axes.flatMap { [$0.low, $0.high, Dim($0.interior)] } + shape)
      return [TensorType(dtype, shape)]
    },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, operand in
      operand == 0 ? Padding.inside(&b, c, ct) : Padding.outside(&b, c, ct)
    },
    evaluate: { context throws(EvaluationError) in [try Padding.evaluate(context)] },
    lowering: Kernel.assembly { context in
      [
        Piece(operand: 1, region: context.resultShape.map { .whole($0) }),
        Piece(operand: 0, region: Padding.region(context.attributes, context.operandShapes[0])),
      ]
    },
    samples: Padding.samples, notation: .function)
}

/// What makes up the record of `pad`.
enum Padding {
  /// The size of a padded axis.
  static func size(_ size: Dim, padded axis: PadAxis) -> Dim {
    axis.low + size + axis.interior * (size - 1) + axis.high
  }

  /// Where the operand's elements stand in the result.
  static func region(_ attributes: Attributes, _ shape: [Dim]) -> [SliceAxis] {
    guard case .pad(let axes) = attributes else { return [] }
    return region(axes, shape)
  }

  /// Where elements of a shape stand behind a padding.
  static func region(_ axes: [PadAxis], _ shape: [Dim]) -> [SliceAxis] {
    zip(axes, shape).map { axis, size in
      SliceAxis(start: axis.low, step: axis.interior + 1, size: size)
    }
  }

  /// The cotangent of what was padded.
  static func inside(_ b: inout Builder, _ c: DerivativeContext, _ ct: Value) -> Value {
    b.slice(ct, region(c.attributes, b.shape(c.operands[0])))
  }

  /// The cotangent of the value. A difference of sums would lose digits, so what is inside is 0.
  static func outside(_ b: inout Builder, _ c: DerivativeContext, _ ct: Value) -> Value {
    let covered = b.zeros(TensorType(.bool, b.shape(c.operands[0])))
    let yes = b.literal(.bool(true), .bool)
    let isOutside = b.emit(.pad, [covered, yes], c.attributes)
    let zero = b.zeros(TensorType(b.dtype(ct)))
    return b.sum(b.select(isOutside, ct, zero), to: [])
  }

  /// The value everywhere, then the operand where it belongs.
  static func evaluate(_ context: EvaluationContext) throws(EvaluationError) -> Tensor {
    let operand = context.operands[0]
    guard case .pad(let axes) = context.attributes else { return operand }
    let places = try places(of: operand, axes, context)
    let count = context.shape.reduce(1, *)
    return context.operands[1]
      .gathering(Array(repeating: 0, count: count), shape: context.shape)
      .replacing(places, with: operand)
  }

  /// The row-major places in the result where an operand's elements stand behind a padding.
  static func places(
    of operand: Tensor, _ axes: [PadAxis], _ context: EvaluationContext
  ) throws(EvaluationError) -> [Int] {
    let strides = Broadcasting.strides(context.shape)
    var start = 0
    for (axis, stride) in zip(axes, strides) { start += try context.size(axis.low) * stride }
    return Broadcasting.offsets(
      shape: operand.shape, strides: zip(strides, axes).map { $0 * ($1.interior + 1) },
      start: start)
  }

  /// Operands with every kind of padding.
  static let samples = [
    sample([2, 3], [(1, 2, 0), (0, 1, 0)]),
    sample([3], [(1, 1, 2)]),
    sample([1, 2], [(0, 0, 3), (2, 0, 1)]),
    sample([0], [(2, 1, 0)]),
    sample([0], [(2, 3, 1)]),
    sample([2], [(0, 0, 0)]),
    sample([], []),
  ]

  /// An operand of that shape with a value.
  private static func sample(
    _ shape: [Int], _ axes: [(low: Int, high: Int, interior: Int)]
  ) -> Sample {
    let pads = axes.map { PadAxis(low: Dim($0.low), high: Dim($0.high), interior: $0.interior) }
    return Sample(
      shapes: [shape, []], domains: [.interval(-1, 1), .interval(-1, 1)], attributes: .pad(pads))
  }
}
