package import GraphIR

extension Operation {
  /// The operations that run graphs.
  package static let regions: [Operation] = [.loop, .branch, .call]
}
