import GraphIR
import Support

/// Parts of tensors.
extension ProgramGenerator {
  /// Adds an element, a slice or a choice of elements of something.
  mutating func addIndexing(to scope: inout Scope) {
    guard let base = local(in: scope, where: { $0.rank > 0 }) else { return }
    for _ in 0..<4 {
      let text = "\(base.name)[\(subscripts(base.type.shape, in: &scope))]"
      if define(text, in: &scope) { return }
    }
  }

  /// What may stand in the brackets behind something of a shape.
  mutating func subscripts(_ shape: [Dim], in scope: inout Scope) -> String {
    var parts: [String] = []
    for size in shape.prefix(chance(0.8) ? shape.count : 1) {
      if chance(0.1) { parts.append("new") }
      parts.append(subscript_(size, in: &scope))
    }
    if chance(0.1) { parts.insert("...", at: random.integer(0, parts.count)) }
    return parts.isEmpty ? "..." : parts.joined(separator: ", ")
  }

  /// What picks from one axis.
  private mutating func subscript_(_ size: Dim, in scope: inout Scope) -> String {
    switch random.integer(0, 9) {
    case 0...2: return ":"
    case 3: return pick(["0", "-1", "1"])
    case 4: return pick(["::-1", "::2", "1:", ":-1", "-2:", "::-2"])
    case 5: return "0:(\(size))"
    case 6:
      if let turn = scope.turns.last { return "\(turn) % (\(size))" }
      return "(\(size)) // 2:"
    case 7:
      let type = TensorType(pick([.i64, .i32]), [scope.isFunction || chance(0.5) ? Dim(2) : dim()])
      return "\(operand(type, .integers(0, 9), in: &scope)) % (\(size))"
    case 8:
      let type = TensorType(.i64)
      return "\(operand(type, .integers(-1, 3), in: &scope))"
    default: return "arange(\(size))"
    }
  }
}
