package import GraphIR

extension Operation {
  /// The operations that move elements or make them from their place.
  package static let structure: [Operation] = [.broadcastTo, .expandDims, .squeeze]
}
