package import GraphIR
import LoopIR
import Support

extension Operation {
  /// Operand 0 with each other operand added in a region of it, where a padding would put it: what
  /// gradients through many slices of one tensor add up to. Linear; its transpose slices.
  ///
  /// Rewriting makes it of sums of `pad`, which would each fill a whole tensor.
  package static let sumPads: Operation = .init(
    "sum_pads", arity: .atLeast(2),
    infer: { query throws(TypeError) in
      guard case .pads(let parts) = query.attributes, parts.count == query.operands.count - 1
      else { throw TypeError("needs widths for each part") }
      let whole = query.operands[0]
      _ = try TypeRules.common(query.operands)
      for (part, axes) in zip(query.operands.dropFirst(), parts) {
        let padded = zip(axes, part.shape).map { Padding.size($1, padded: $0) }
        guard axes.count == part.rank, padded == whole.shape else {
          throw TypeError(
            "a part of shape \(TensorType.spelling(part.shape)) does not fit "
              + TensorType.spelling(whole.shape), dims: part.shape + whole.shape)
        }
      }
      return [whole]
    },
    derivative: .linear(operands: .all, leavesOut: false) { b, c, ct, operand in
      guard operand > 0, case .pads(let parts) = c.attributes else { return ct }
      return b.slice(ct, Padding.region(parts[operand - 1], b.shape(c.operands[operand])))
    },
    evaluate: { context throws(EvaluationError) in
      guard case .pads(let parts) = context.attributes else { return [context.operands[0]] }
      var result = context.operands[0]
      for (part, axes) in zip(context.operands.dropFirst(), parts) {
        result = result.adding(part, at: try Padding.places(of: part, axes, context))
      }
      return [result]
    },
    lowering: Kernel.sumOfPieces { context in
      guard case .pads(let parts) = context.attributes else { return [] }
      return parts.enumerated().map { number, axes in
        Piece(
          operand: number + 1, region: Padding.region(axes, context.operandShapes[number + 1]))
      }
    },
    samples: [
      sample([5], [([1], [(2, 2, 0)]), ([3], [(0, 2, 0)]), ([2], [(1, 1, 1)])]),
      sample([2, 3], [([1, 2], [(1, 0, 0), (0, 1, 0)]), ([2, 1], [(0, 0, 0), (1, 1, 0)])]),
      sample([0], [([0], [(0, 0, 0)])]),
    ], notation: .function)

  /// A tensor of that shape with parts, each a shape and the widths around it.
  private static func sample(
    _ shape: [Int], _ parts: [(shape: [Int], pads: [(low: Int, high: Int, interior: Int)])]
  ) -> Sample {
    let pads = parts.map { part in
      part.pads.map { PadAxis(low: Dim($0.low), high: Dim($0.high), interior: $0.interior) }
    }
    return Sample(
      shapes: [shape] + parts.map(\.shape),
      domains: Array(repeating: .interval(-1, 1), count: parts.count + 1),
      attributes: .pads(pads))
  }
}
