package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `grad_scale(x, k)`: `x`, whose cotangent comes back times `k`. Nothing flows to `k`.
  package static let gradScale: Operation = .cotangentFilter(
    "grad_scale", bounds: [.interval(-2, 2)]
  ) { b, c, ct in b.multiply(ct, c.operands[1]) }

  /// `grad_clip(x, lo, hi)`: `x`, whose cotangent comes back clipped to `lo` … `hi`. Nothing flows
  /// to the bounds.
  package static let gradClip: Operation = .cotangentFilter(
    "grad_clip", bounds: [.interval(-2, -1), .interval(1, 2)]
  ) { b, c, ct in b.minimum(b.maximum(ct, c.operands[1]), c.operands[2]) }

  /// An operation that gives its first operand, and does something to the cotangent that comes
  /// back; it has no tangent, since no function has this derivative.
  private static func cotangentFilter(
    _ name: String, bounds: [Sample.Domain],
    _ filter: @escaping @Sendable (inout Builder, DerivativeContext, Value) -> Value
  ) -> Operation {
    Operation(
      name, arity: .exactly(1 + bounds.count),
      infer: { query throws(TypeError) in
        let dtype = try TypeRules.common(query.operands)
        guard dtype.isFloat else {
          throw TypeError("'\(name)' takes floating-point numbers, not '\(dtype.rawValue)'")
        }
        let shape = query.operands[0].shape
        guard try TypeRules.broadcast(query.operands.map(\.shape)) == shape else {
          let spelled = query.operands.map { TensorType.spelling($0.shape) }
          throw TypeError(
            "'\(name)' keeps the shape \(spelled[0]); "
              + spelled.dropFirst().joined(separator: " and ") + " does not fit into it",
            dims: query.operands.flatMap(\.shape))
        }
        return [query.operands[0]]
      },
      derivative: .reverseOnly("it acts on gradients that flow back, and has no forward mode") {
        b, c, cts in
        [cts[0].map { filter(&b, c, $0) }] + bounds.map { _ in nil }
      },
      evaluate: { context in [context.operands[0]] },
      lowering: Kernel.expansion { _, c in [c.operands[0]] },
      samples: [
        Sample(shapes: [[2, 3]] + bounds.map { _ in [] }, domains: [.interval(-1, 1)] + bounds)
      ],
      notation: .function)
  }
}
