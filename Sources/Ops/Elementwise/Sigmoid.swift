package import GraphIR
import Glibc
import LoopIR
import Mathematics

extension Operation {
  /// s(x) = 1 / (1 + e⁻ˣ). ∂/∂x s(x) = s(x)·s(−x), which keeps its digits in both tails.
  package static let sigmoid: Operation = .function(
    "sigmoid", domain: .interval(-4, 4),
    derivative: { b, x, y in [.times(y), .times(b.sigmoid(b.negate(x)))] },
    reference: { Operation.sigmoid($0) }
  ) { b, x in b.mathSigmoid(x) }

  /// s′(x) = s(x)·s(−x), the slope of the logistic function. ∂/∂x s′(x) = −s′(x)·tanh(x/2), since
  /// s(−x) − s(x) = −tanh(x/2).
  package static let sigmoidSlope: Operation = .function(
    "sigmoid_slope", domain: .interval(-4, 4),
    derivative: { b, x, y in
      [.times(y), .times(b.tanh(b.multiply(b.literal(0.5, like: x), x))), .negated]
    },
    reference: { Operation.sigmoid($0) * Operation.sigmoid(-$0) }
  ) { b, x in b.mathSigmoidSlope(x) }

  /// ln(1 + eˣ). ∂/∂x = s(x)
  package static let softplus: Operation = .function(
    "softplus", domain: .interval(-4, 4),
    derivative: { b, x, _ in [.times(b.sigmoid(x))] },
    reference: { $0.isNaN ? .nan : max($0, 0) + Glibc.log1p(Glibc.exp(-$0.magnitude)) }
  ) { b, x in b.mathSoftplus(x) }

  /// ln(eᵃ + eᵇ). ∂/∂a = s(a − b), ∂/∂b = s(b − a); 0 where both are −∞.
  package static let logaddexp: Operation = .pointwise(
    "logaddexp", operands: 2, of: .floats,
    derivative: .pointwise([
      .factors { b, c in b.shareOfSum(c.operands[0], c.operands[1], c.result) },
      .factors { b, c in b.shareOfSum(c.operands[1], c.operands[0], c.result) },
    ]),
    reference: .floats { Operation.logaddexp($0[0], $0[1]) },
    domains: [.interval(-2, 2), .interval(-2, 2)], isCommutative: true
  ) { b, c in b.mathLogaddexp(c.operands[0], c.operands[1]) }

  /// The plain logistic function.
  static func sigmoid(_ x: Double) -> Double {
    let small = Glibc.exp(-x.magnitude)
    return x < 0 ? small / (1 + small) : 1 / (1 + small)
  }

  /// The plain logarithm of a sum of exponentials.
  private static func logaddexp(_ a: Double, _ b: Double) -> Double {
    if a.isNaN || b.isNaN { return .nan }
    if a == b { return a + 0.69314718055994531 }
    return max(a, b) + Glibc.log1p(Glibc.exp(-(a - b).magnitude))
  }
}

extension Builder {
  /// eᵃ / (eᵃ + eᵇ), 0 where the logarithm of the sum is −∞.
  fileprivate mutating func shareOfSum(_ a: Value, _ b: Value, _ result: Value) -> [Factor] {
    let share = sigmoid(subtract(a, b))
    return [.times(share), .selected(notEqual(result, literal(-Double.infinity, like: result)))]
  }
}
