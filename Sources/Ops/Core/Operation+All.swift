package import GraphIR

extension Operation {
  /// Every operation there is: what tests, tools and dumps go through.
  package static let all: [Operation] = core + elementwise + structure + reductions
    + composite + linearAlgebra + order + random + nets + regions

  private static let core: [Operation] = [
    .parameter, .literal, .data, .fill, .copy, .stopGradient, .gradScale, .gradClip, .derivative,
  ]
}
