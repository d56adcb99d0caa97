import Support

extension Parser {
  /// Keeps an error; after the last that is kept, reading ends.
  mutating func report(
    _ message: String, at site: Site, notes: [Diagnostic] = [], fix: String? = nil,
    fixing fixSite: Site? = nil
  ) {
    let fix = fix.map { Fix(site: fixSite ?? site, replacement: $0) }
    mistakes.append(.error(message, at: site, notes: notes, fix: fix))
    if mistakes.count >= Diagnostics.errorLimit { index = tokens.count - 1 }
  }

  /// Reports an error and gives what to throw.
  mutating func fail(
    _ message: String, at site: Site, notes: [Diagnostic] = [], fix: String? = nil,
    fixing fixSite: Site? = nil
  ) -> Abandoned {
    report(message, at: site, notes: notes, fix: fix, fixing: fixSite)
    return Abandoned()
  }

  /// Whether the mistake at the current token was already reported, with a token or as a missing
  /// closer.
  var isTold: Bool {
    current.isFlawed || previous?.isFlawed ?? false || missedCloser == index
  }

  /// Reports that something else was expected here, and gives what to throw.
  mutating func unexpected(expected: String) -> Abandoned {
    if isTold { return Abandoned() }
    if isAtLineEnd || current.kind == .semicolon {
      return fail("expected \(expected) before \(describe(current))", at: siteBehind)
    }
    return fail("expected \(expected), found \(describe(current))", at: currentSite)
  }

  /// Reports that a value cannot be followed by what stands here, and gives what to throw.
  mutating func unexpectedBehindValue(expected: String) -> Abandoned {
    if !isTold, !isAtLineEnd, let (message, replacement) = explainCurrent() {
      return fail(message, at: currentSite, fix: replacement)
    }
    return unexpected(expected: expected)
  }

  /// How a message names a token.
  func describe(_ token: Token) -> String {
    if token.kind == .endOfFile { return "the end of the file" }
    if token.startsLine, !isInParens, token.start == current.start, index != statementStart {
      return "the end of the line"
    }
    if token.end - token.start > 40 { return token.kind == .text ? "a text" : "a long word" }
    return token.kind == .text ? spelling(of: token) : "'\(spelling(of: token))'"
  }

  /// What the user most likely meant with the current token, which fits nowhere, and its fix.
  private func explainCurrent() -> (String, String?)? {
    switch current.kind {
    case .rightParen where !brackets.contains { $0.kind == .leftParen },
      .rightBracket where !brackets.contains { $0.kind == .leftBracket }:
      return ("this \(describe(current)) closes nothing", "")
    case .assign where isInParens:
      return ("'=' cannot stand in an expression; 'equal' is written '=='", "==")
    case .assign: return ("a statement has one '='; 'equal' is written '=='", nil)
    case .update:
      return ("'<-' gives an update; 'less than a negative value' is written '< -'", "< -")
    case .ifKeyword: return ("a choice is written 'if c { a } else { b }'", nil)
    case .range:
      return ("a range stands only behind the 'in' of a 'for'; a slice is written 'x[a:b]'", nil)
    case .ellipsis, .newKeyword:
      return ("\(describe(current)) stands only in an index, as in 'x[..., new]'", nil)
    case .colon:
      return ("':' stands only behind a label, before a type and in a slice", nil)
    case .dot: return explainDot()
    case .name: return explainName()
    default: return nil
    }
  }

  /// What is meant with a point behind a value.
  private func explainDot() -> (String, String?) {
    let next = peek()
    guard next.kind == .name, next.end - next.start <= 40 else {
      return ("'.' means nothing here", nil)
    }
    let name = spelling(of: next)
    switch name {
    case "T": return ("'.T' is written 'transpose(x)'", nil)
    case "shape", "size": return ("a size has a name: give the parameter a type like 'f64[n]'", nil)
    default: return ("values have no members: '.\(name)(…)' is written '\(name)(x)'", nil)
    }
  }

  /// What is meant with a name behind a value.
  private func explainName() -> (String, String?)? {
    guard let previous else { return nil }
    if lastFloorDivision >= statementStart, lastFloorDivision < index {
      return ("a comment begins with '#'; '//' divides", nil)
    }
    guard previous.end - previous.start <= 40 else { return nil }
    switch previous.kind {
    case .name, .integer, .float, .rightParen, .rightBracket:
      return (
        "an operator or a comma is missing between \(describe(previous)) and \(describe(current))",
        nil)
    default: return nil
    }
  }

  /// Reads the closer of the innermost bracket.
  ///
  /// A closer that is missing at the end of a statement is reported, and reading goes on.
  mutating func close(_ closer: TokenKind) throws(Abandoned) {
    if current.kind == closer { return advance() }
    guard let opener = brackets.last, let wanted = closer.spelling else { throw Abandoned() }
    let notes = [Diagnostic.note("opened here", at: site(of: opener))]
    if isWrongCloser {
      if peek().kind == .comma { throw refuseStrayCloser() }
      if peek().kind == closer {
        _ = refuseStrayCloser()
        return advance()
      }
      if !isTold {
        report(
          "expected '\(wanted)', found \(describe(current))", at: currentSite, notes: notes,
          fix: wanted)
      }
      return advance()
    }
    guard endsBrackets || startsStatement(at: index) else {
      throw unexpectedBehindValue(expected: "',' or '\(wanted)'")
    }
    if !isTold {
      report("missing '\(wanted)'", at: siteBehind, notes: notes, fix: wanted)
    }
    missedCloser = index
    brackets.removeLast()
  }

  /// Reports a closer that closes nothing, and passes over it.
  private mutating func refuseStrayCloser() -> Abandoned {
    if !isTold { report("this \(describe(current)) closes nothing", at: currentSite, fix: "") }
    if current.kind != .endOfFile { index += 1 }
    return Abandoned()
  }

  /// Whether a closer stands here in the place of that of the innermost bracket; it may also be
  /// that of the bracket around, and the one before be missing.
  private var isWrongCloser: Bool {
    let kind = current.kind
    guard kind == .rightParen || kind == .rightBracket else { return false }
    let opener: TokenKind = kind == .rightParen ? .leftParen : .leftBracket
    let isOuters = brackets.count > 1 && brackets[brackets.count - 2].kind == opener
    return !isOuters || peek().kind == kind
  }

  /// Whether what stands here cannot stand in parentheses or brackets.
  private var endsBrackets: Bool {
    switch current.kind {
    case .endOfFile, .leftBrace, .rightBrace, .arrow, .rightParen, .rightBracket: true
    case .semicolon: peek().startsLine || startsAssignment(at: index + 1)
    default: false
    }
  }

  /// Reports a reserved word that stands for a name, once for each word.
  mutating func refuseReservedWord() {
    let word = spelling(of: current)
    guard refusedWords.insert(word).inserted else { return }
    report(
      "'\(word)' is a reserved word and cannot be a name; call it '\(word)_'", at: currentSite,
      fix: "\(word)_")
  }
}

extension Name {
  /// The name as messages print it: cut where it is too long.
  var short: String { text.utf8.count <= 40 ? text : "\(text.prefix(40))…" }
}
