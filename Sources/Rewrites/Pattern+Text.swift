import GraphIR
import Support

extension Pattern: CustomStringConvertible {
  /// The term in the notation of the graph language, with parentheses around every inner infix.
  package var description: String { spelled(isInner: false) }

  private func spelled(isInner: Bool) -> String {
    switch self {
    case .value(let variable), .constant(let variable): return variable.name
    case .literal(let literal): return literal.description
    case .node(let operation, let operands, let attributes):
      var texts = operands.map { $0.spelled(isInner: true) }
      switch operation.notation {
      case .infix(let symbol):
        let text = texts.joined(separator: " \(symbol) ")
        return isInner ? "(\(text))" : text
      case .prefix(let symbol): return "\(symbol)\(texts[0])"
      case .function, .transparent, .leaf:
        switch attributes {
        case .exactly(.none): break
        case .exactly(let attributes): texts.append(attributes.spelling)
        case .bound(let variable): texts.append(variable.name)
        }
        return "\(operation.name)(\(texts.joined(separator: ", ")))"
      }
    }
  }
}
