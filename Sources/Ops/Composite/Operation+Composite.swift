package import GraphIR

extension Operation {
  /// The operations that are made of others, with names and derivatives of their own.
  package static let composite: [Operation] = [
    .mean, .variance, .standardDeviation, .norm, .logSumExp, .softmax, .softmaxComplement,
    .logSoftmax,
  ]
}
