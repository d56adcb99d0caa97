package import GraphIR

extension Operation {
  /// The operations that work element by element.
  package static let elementwise: [Operation] = [.add, .multiply, .exp]
}
