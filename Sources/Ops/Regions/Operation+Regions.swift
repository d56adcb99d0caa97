package import GraphIR

extension Operation {
  /// The operations that run graphs, or functions from outside.
  package static let regions: [Operation] = [.loop, .branch, .call, .external]
}
