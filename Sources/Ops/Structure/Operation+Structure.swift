package import GraphIR

extension Operation {
  /// The operations that move elements or make them from their place.
  package static let structure: [Operation] = [
    .transpose, .reshape, .broadcastTo, .expandDims, .squeeze, .slice, .pad, .concatenate, .flip,
    .arange, .size, .gather, .addAt, .setAt, .sumPads,
  ]
}
