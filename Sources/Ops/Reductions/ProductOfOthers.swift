package import GraphIR
import Support

extension Operation {
  /// For each element the product of all others along axes, without a division: the derivative of
  /// `prod`.
  ///
  /// It takes the axis by blocks of 16, in each of which every element meets the other fifteen and
  /// the product of the other blocks, which is found the same way. So n elements cost about 17 n
  /// multiplications, and all derivatives are exact with any number of zeros. Of a size that is not
  /// known, what two levels leave (1 in 256) is done in one block.
  package static let productOfOthers: Operation = .init(
    "prod_others", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .axes(let axes) = query.attributes else { throw TypeError("needs axes") }
      let operand = query.operands[0]
      guard operand.dtype.isFloat else {
        throw TypeError(
          "'prod_others' takes floating-point numbers, not '\(operand.dtype.rawValue)'")
      }
      try TypeRules.axes(axes, of: operand)
      return [operand]
    },
    derivative: .byExpansion,
    evaluate: { context in [OtherProducts.evaluate(context)] },
    lowering: Kernel.expansion { b, c in
      [OtherProducts.expansion(&b, c.operands[0], c.attributes.reducedAxes)]
    },
    samples: OtherProducts.samples, notation: .function)
}

/// What makes up the record of `prod_others`.
private enum OtherProducts {
  /// Elements that meet each other directly.
  static let block = 16
  /// Levels of blocks where the size is not known.
  static let levels = 2

  /// The axes joined to one at the end, and back.
  static func expansion(_ b: inout Builder, _ x: Value, _ axes: [Int]) -> Value {
    let shape = b.shape(x)
    let kept = shape.indices.filter { !axes.contains($0) }
    let count = Dim.product(axes.map { shape[$0] })
    let moved = b.transpose(x, kept + axes)
    let flat = b.reshape(moved, to: kept.map { shape[$0] } + [count])
    let others = alongLast(&b, flat)
    let restored = b.reshape(others, to: b.shape(moved))
    return b.transpose(restored, Operation.inverse(kept + axes))
  }

  /// One level of blocks on its way down: the products within blocks of what was padded.
  private struct Level {
    var within: Value
    var padded: [Dim]
    var size: Dim
  }

  /// The products of the others along the last axis.
  private static func alongLast(_ b: inout Builder, _ x: Value) -> Value {
    var open: [Level] = []
    var products = x
    while let size = b.shape(products).last, !isOneBlock(size, level: open.count) {
      let rest = Array(b.shape(products).dropLast())
      let blocks = (size + (block - 1)).quotient(block)
      let padding = rest.map { _ in PadAxis(low: Dim(0), high: Dim(0)) }
        + [PadAxis(low: Dim(0), high: block * blocks - size)]
      let padded = b.pad(products, with: b.literal(1.0, like: x), padding)
      let inBlocks = b.reshape(padded, to: rest + [blocks, Dim(block)])
      open.append(
        Level(within: inOneBlock(&b, inBlocks), padded: b.shape(padded), size: size))
      products = b.reduce(.product, inBlocks, axes: [rest.count + 1])
    }
    var others = inOneBlock(&b, products)
    for level in open.reversed() {
      let last = b.shape(level.within).count - 1
      let whole = b.multiply(level.within, b.expandDims(others, axes: [last]))
      let flat = b.reshape(whole, to: level.padded)
      others = b.slice(flat, axis: last - 1, from: Dim(0), size: level.size)
    }
    return others
  }

  /// Whether so many elements meet each other directly.
  private static func isOneBlock(_ size: Dim, level: Int) -> Bool {
    size.constant.map { $0 <= block } ?? (level == levels)
  }

  /// Each element with 1 in its own place, multiplied along a new last axis.
  private static func inOneBlock(_ b: inout Builder, _ x: Value) -> Value {
    let shape = b.shape(x)
    let last = shape.count - 1
    let one = b.literal(1.0, like: x)
    if shape[last] == Dim(1) { return b.broadcast(one, to: shape) }
    if shape[last] == Dim(2) { return b.flip(x, axes: [last]) }
    let places = b.arange(shape[last])
    let isSelf = b.equal(b.expandDims(places, axes: [1]), places)
    let others = b.select(isSelf, one, b.expandDims(x, axes: [last]))
    return b.reduce(.product, others, axes: [last + 1])
  }

  /// Products of what is before and of what is behind.
  static func evaluate(_ context: EvaluationContext) -> Tensor {
    let operand = context.operands[0]
    let places = Operation.places(of: operand, reducing: context.attributes.reducedAxes)
    var result = [Double](repeating: 1, count: operand.count)
    var before: [Int: Double] = [:]
    var behind: [Int: Double] = [:]
    for (index, value) in operand.floats.enumerated() {
      result[index] *= before[places[index], default: 1]
      before[places[index], default: 1] *= value
    }
    for (index, value) in operand.floats.enumerated().reversed() {
      result[index] *= behind[places[index], default: 1]
      behind[places[index], default: 1] *= value
    }
    return Tensor(
      context.dtype, context.shape, floats: result.map { context.dtype.rounded($0) })
  }

  /// Operands of one block and of several.
  static let samples = [
    sample([2, 3], [1]), sample([2, 3], [0]), sample([3, 2, 2], [0, 2]), sample([1], [0]),
    sample([11], [0]), sample([70], [0]), sample([0], [0]), sample([], []),
  ]

  /// An operand of that shape.
  private static func sample(_ shape: [Int], _ axes: [Int]) -> Sample {
    Sample(shapes: [shape], domains: [.awayFromZero(0.8, 1.2)], attributes: .axes(axes))
  }
}
