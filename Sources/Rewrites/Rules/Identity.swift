import GraphIR
import Ops

/// What only derivatives tell from its operand.
extension Catalogue {
  static let identities: [Rule] = [
    Rule("copy", .node(.copy, x) => x, .exact),
    Rule("stop-gradient", .node(.stopGradient, x) => x, .exact),
    Rule("grad-scale", .node(.gradScale, x, y) => x, .exact),
    Rule("grad-clip", .node(.gradClip, x, y, z) => x, .exact),
    Rule("fill", .node(.fill, x, y) => y, .exact),
  ]
}
