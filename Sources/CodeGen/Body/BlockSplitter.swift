import LoopIR

/// Cuts long blocks into parts, which become functions of their own: some of LLVM's passes take time
/// that grows with the square of a function's length.
struct BlockSplitter {
  private let body: Body

  init(_ body: Body) { self.body = body }

  func parts(of block: Block) -> [[Item]]? { nil }
}

extension BodyEmitter {
  func emitParts(_ parts: [[Item]]) {}
}
