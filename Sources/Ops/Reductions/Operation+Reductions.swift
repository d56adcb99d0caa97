package import GraphIR

extension Operation {
  /// The operations that combine elements.
  package static let reductions: [Operation] = [
    .sum, .product, .productOfOthers, .greatest, .least, .any, .every, .argmax, .argmin, .contract,
  ]
}
