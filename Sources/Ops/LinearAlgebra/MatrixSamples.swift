package import GraphIR

/// Operands for operations on matrices.
package enum MatrixSamples {
  /// One square matrix of each domain, of several sizes, also in stacks.
  package static func square(
    _ domains: [Sample.Domain], _ attributes: Attributes = .none
  ) -> [Sample] {
    domains.flatMap { domain in
      [[3, 3], [1, 1], [2, 3, 3], [4, 4], [0, 0], [2, 0, 0], [2, 2, 1, 1]].map {
        Sample(shapes: [$0], domains: [domain], attributes: attributes)
      }
    }
  }
}
