package import GraphIR
import LoopIR
import Support

extension Operation {
  /// ∂/∂x x/y = 1/y, ∂/∂y x/y = −x/y², or −(x/y)/y where the quotient is at hand: one division
  /// less, since ∂/∂x has the other.
  package static let divide: Operation = .pointwise(
    "div", operands: 2, of: .floats,
    derivative: .pointwise([
      .factors { b, c in
        if let inverse = b.inverse(of: c.operands[1]) { return [.times(inverse)] }
        return [.over(c.operands[1])]
      },
      .factors { b, c in
        let y = c.operands[1]
        if c.isResultKept { return [.over(y), .times(c.result), .negated] }
        return [.times(c.operands[0]), .negated, .over(b.multiply(y, y))]
      },
    ]),
    reference: .floats { $0[0] / $0[1] },
    domains: [.interval(-2, 2), .awayFromZero(0.5, 2)], notation: .infix("/")
  ) { b, c in b.divide(c.operands[0], c.operands[1]) }
}

extension Builder {
  /// 1/c of a constant far from where it would overflow or lose digits: to multiply by it takes a
  /// third of the time, and a slope of 1/c is rounded anyhow.
  fileprivate mutating func inverse(of divisor: Value) -> Value? {
    guard let constant = graph.literal(divisor)?.double else { return nil }
    let isFar = constant.magnitude > 0x1p-12 && constant.magnitude < 0x1p12
    return isFar ? literal(1 / constant, like: divisor) : nil
  }
}
