package import GraphIR

extension Operation {
  /// The operations that nets are made of beside all others.
  package static let nets: [Operation] = [
    .windows, .overlapAdd, .convolve, .convolveImage, .convolveKernel,
  ]
}
