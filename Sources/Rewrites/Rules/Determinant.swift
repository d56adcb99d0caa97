import GraphIR
import Ops
import Support

/// Logarithms of determinants, which overflow where their logarithms do not.
///
/// `log(det(x))` is `l + log(s)` with the sign and the logarithm that `slogdet` gives: NaN where
/// the determinant is negative, and `-inf` where it is 0. The slope is that of `l` everywhere.
extension Catalogue {
  static let determinants: [Rule] = [
    .code("log-det", "log(det(x))", "l + log(s) of slogdet(x)", .stable(.overflow), on: [.log]) {
      r, node in
      guard let (sign, size) = r.signedLogarithm(node.operands[0]) else { return nil }
      return r.emit(.add, [size, r.emit(.log, [sign])])
    },
    .code("log-abs-det", "log(abs(det(x)))", "l of slogdet(x)", .stable(.overflow), on: [.log]) {
      r, node in
      guard let inner = r.operand(of: node.operands[0], .abs) else { return nil }
      return r.signedLogarithm(inner)?.size
    },
    .code(
      "log-negated-det", "log(-det(x))", "l + log(-s) of slogdet(x)", .stable(.overflow), on: [.log]
    ) { r, node in
      guard let inner = r.operand(of: node.operands[0], .negate),
        let (sign, size) = r.signedLogarithm(inner)
      else { return nil }
      return r.emit(.add, [size, r.emit(.log, [r.emit(.negate, [sign])])])
    },
    .code(
      "log-multiple-det", "log(y * det(x))", "l + log(y * s) of slogdet(x)", .stable(.overflow),
      on: [.log]
    ) { r, node in
      guard r.isMade(node.operands[0], by: .multiply) else { return nil }
      let factors = r.node(of: node.operands[0]).operands
      for (y, inner) in [(factors[0], factors[1]), (factors[1], factors[0])] {
        guard let (sign, size) = r.signedLogarithm(inner) else { continue }
        return r.emit(.add, [size, r.emit(.log, [r.emit(.multiply, [y, sign])])])
      }
      return nil
    },
  ]
}

extension Rewriter {
  /// Sign and logarithm of the size of a value that is a determinant.
  fileprivate mutating func signedLogarithm(_ value: Value) -> (sign: Value, size: Value)? {
    guard let matrix = operand(of: value, .determinant) else { return nil }
    let results = emitAll(.signedLogDeterminant, [matrix])
    return (results[0], results[1])
  }
}
