package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `clip(x, lo, hi)` = min(max(x, lo), hi); NaN where any is NaN.
  ///
  /// ∂/∂x = 1 where lo ≤ x ≤ hi; ∂/∂lo and ∂/∂hi = 1 where that bound is what comes out instead.
  package static let clip: Operation = .pointwise(
    "clip", operands: 3, of: .numbers,
    derivative: .pointwise([
      .factors { b, c in
        let (x, low, high) = (c.operands[0], c.operands[1], c.operands[2])
        return [.selected(b.and(b.lessEqual(low, x), b.lessEqual(x, high)))]
      },
      .factors { b, c in
        let (x, low, high) = (c.operands[0], c.operands[1], c.operands[2])
        return [.selected(b.and(b.less(x, low), b.lessEqual(low, high)))]
      },
      .factors { b, c in
        let (x, low, high) = (c.operands[0], c.operands[1], c.operands[2])
        return [.selected(b.greater(b.maximum(x, low), high))]
      },
    ]),
    reference: .numbers(
      floats: { -Double.greater(-Double.greater($0[0], $0[1]), -$0[2]) },
      integers: { type, x in
        let ordered = x.map { type.ordered($0) }
        return type.ordered(min(max(ordered[0], ordered[1]), ordered[2]))
      }),
    domains: [.interval(-2, 2), .interval(-1.2, -0.8), .interval(0.8, 1.2)]
  ) { b, c in
    let raised = b.binary(.maximum, c.operands[0], c.operands[1])
    return b.binary(.minimum, raised, c.operands[2])
  }
}
