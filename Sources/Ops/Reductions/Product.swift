package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The product along axes; of none 1; of `bool` it is `all`.
  ///
  /// ∂/∂xᵢ Π x = Πⱼ﹤﹥ᵢ xⱼ, which is right whatever is 0.
  package static let product: Operation = .reduction(
    "prod", of: .all,
    reduction: Reduction(combine: .multiply) {
      $0.isFloat ? .float(1) : $0 == .bool ? .bool(true) : .int(1)
    },
    reference: .numbers(floats: { $0[0] * $0[1] }, integers: { $1[0] &* $1[1] }),
    domain: .interval(-2, 2),
    derivative: .custom(
      jvp: { b, c, tangents in
        guard let tangent = tangents[0] else { return [nil] }
        let others = b.productOfOthers(c.operands[0], axes: c.attributes.reducedAxes)
        return [b.emit(.sum, [b.multiply(tangent, others)], c.attributes)]
      },
      vjp: { b, c, cotangents in
        guard let ct = cotangents[0] else { return [nil] }
        let others = b.productOfOthers(c.operands[0], axes: c.attributes.reducedAxes)
        return [b.multiply(b.restoringAxes(ct, of: c), others)]
      }))
}
