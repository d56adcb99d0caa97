package import GraphIR

extension Operation {
  /// The operations that combine elements.
  package static let reductions: [Operation] = [.sum]
}
