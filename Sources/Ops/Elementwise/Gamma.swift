package import GraphIR
import Glibc
import LoopIR
import Mathematics
import Support

extension Operation {
  /// Γ(x). ∂/∂x = Γ(x)·ψ(x)
  package static let gamma: Operation = .function(
    "gamma", domain: .interval(0.4, 4),
    derivative: { b, x, y in [.times(y), .times(b.digamma(x))] },
    reference: { Glibc.tgamma($0) }
  ) { b, x in b.call(.tgamma, x) }

  /// ln |Γ(x)|. ∂/∂x = ψ(x)
  package static let lgamma: Operation = .function(
    "lgamma", domain: .interval(0.4, 4),
    derivative: { b, x, _ in [.times(b.digamma(x))] },
    reference: { SpecialFunctions.lgamma($0) }
  ) { b, x in b.mathLgamma(x) }

  /// ψ(x) = Γ'(x)/Γ(x). ∂/∂x = ψ'(x)
  package static let digamma: Operation = .function(
    "digamma", domain: .interval(0.4, 4),
    derivative: { b, x, _ in [.times(b.polygamma(1, x))] },
    reference: { SpecialFunctions.digamma($0) }
  ) { b, x in b.mathDigamma(x) }

  /// The derivative of ψ of the order that the attributes give, 1 or more.
  ///
  /// ∂/∂x ψ⁽ⁿ⁾(x) = ψ⁽ⁿ⁺¹⁾(x)
  package static let polygamma: Operation = .init(
    "polygamma", arity: .exactly(1),
    infer: { query throws(TypeError) in
      guard case .integer(let order) = query.attributes, order > 0 else {
        throw TypeError("'polygamma' needs an order of 1 or more")
      }
      let type = query.operands[0]
      guard type.dtype.isFloat else {
        throw TypeError(
          "'polygamma' takes \(ElementClass.floats.words), not '\(type.dtype.rawValue)'")
      }
      return [type]
    },
    derivative: .pointwise([
      .factors { b, c in
        [.times(b.polygamma(Operation.order(c.attributes) + 1, c.operands[0]))]
      }
    ]),
    evaluate: { context in
      let order = Operation.order(context.attributes)
      let values = context.operands[0].floats.map {
        context.dtype.rounded(SpecialFunctions.polygamma(order, $0))
      }
      return [Tensor(context.dtype, context.shape, floats: values)]
    },
    lowering: Kernel.pointwise { b, c in
      b.mathPolygamma(Operation.order(c.attributes), c.operands[0])
    },
    samples: [1, 2].map {
      Sample(shapes: [[2, 3]], domains: [.interval(0.5, 4)], attributes: .integer($0))
    },
    notation: .function)

  /// The order of a `polygamma`.
  private static func order(_ attributes: Attributes) -> Int {
    guard case .integer(let order) = attributes else { preconditionFailure("an order is missing") }
    return order
  }
}
