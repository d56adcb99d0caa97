/// Reads the grammar of Graphviz's language, as much of it as is written here: directed graphs of
/// node, edge and attribute statements and of subgraphs.
struct DotReader {
  private let tokens: [String]
  private var place = 0
  /// The nodes that have a statement, and those that edges name.
  private(set) var drawn: Set<String> = []
  private(set) var joined: Set<String> = []

  init(_ text: String) { tokens = DotReader.tokens(of: text) }

  /// Names, numbers, texts in quotes and signs; a text that does not end is a token of its own.
  private static func tokens(of text: String) -> [String] {
    var tokens: [String] = []
    var rest = Substring(text)
    while let first = rest.first {
      var length = 1
      if first == "\"" {
        var isEscaped = false
        for character in rest.dropFirst() {
          length += 1
          if !isEscaped, character == "\"" { break }
          isEscaped = !isEscaped && character == "\\"
        }
      } else if first.isLetter || first.isNumber || first == "_" {
        length = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }.count
      } else if rest.hasPrefix("->") {
        length = 2
      }
      if !first.isWhitespace { tokens.append(String(rest.prefix(length))) }
      rest = rest.dropFirst(length)
    }
    return tokens
  }

  private var next: String { place < tokens.count ? tokens[place] : "" }

  private mutating func accept(_ token: String) -> Bool {
    guard next == token else { return false }
    place += 1
    return true
  }

  /// A name, a number or a text in quotes.
  private mutating func identifier() -> String? {
    guard let first = next.first else { return nil }
    let isQuoted = first == "\"" && next.count > 1 && next.last == "\""
    guard isQuoted || first.isLetter || first.isNumber || first == "_" else { return nil }
    defer { place += 1 }
    return next
  }

  /// One or more graphs, and nothing else.
  mutating func readFile() -> Bool {
    repeat {
      guard accept("digraph") else { return false }
      if next != "{", identifier() == nil { return false }
      guard statements() else { return false }
    } while place < tokens.count
    return true
  }

  /// `{ … }`.
  private mutating func statements() -> Bool {
    guard accept("{") else { return false }
    while !accept("}") {
      guard statement() else { return false }
      _ = accept(";")
    }
    return true
  }

  private mutating func statement() -> Bool {
    if accept("subgraph") {
      if next != "{", identifier() == nil { return false }
      return statements()
    }
    if accept("node") || accept("edge") || accept("graph") { return next == "[" && attributes() }
    guard let name = identifier() else { return false }
    if accept("=") { return identifier() != nil }
    guard accept("->") else {
      drawn.insert(name)
      return attributes()
    }
    joined.insert(name)
    repeat {
      guard let target = identifier() else { return false }
      joined.insert(target)
    } while accept("->")
    return attributes()
  }

  /// `[a=b, c=d]`, which may be missing.
  private mutating func attributes() -> Bool {
    guard accept("[") else { return true }
    while !accept("]") {
      guard identifier() != nil, accept("="), identifier() != nil else { return false }
      _ = accept(",") || accept(";")
    }
    return true
  }
}
