package import GraphIR

extension Operation {
  /// The operations that put elements in order.
  package static let order: [Operation] = [.argsort, .sort, .rearrange, .topK, .topPlaces]
}
