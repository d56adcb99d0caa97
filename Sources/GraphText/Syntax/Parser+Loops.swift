import Support

extension Parser {
  /// Reads `for x in xs, t in 0..<n with h = h0 checkpoint 100 { … }`.
  mutating func forLoop() throws(Abandoned) -> StatementOutcome {
    let start = index
    let base = brackets.count
    var sequences: [LoopSequence] = []
    var carried: [CarriedValue] = []
    var checkpoints: [Expr] = []
    var isWhole = true
    do throws(Abandoned) {
      advance()
      repeat { sequences.append(try sequence()) } while accept(.comma)
      carried = try carriedValues()
      checkpoints = try self.checkpoints()
      try refuseHeadEnd(of: "for")
    } catch {
      isWhole = false
      if try skippedBody(.forBody, from: start, brackets: base) { return .lost }
    }
    let body = try block(.forBody)
    guard isWhole else { return .lost }
    let loop = ForLoop(
      sequences: sequences, carried: carried, checkpoints: checkpoints, body: body)
    return .statement(Statement(site: site(from: start), kind: .forLoop(loop)))
  }

  /// Reads `while c with x = x0 limit 50 { … }`.
  mutating func whileLoop() throws(Abandoned) -> StatementOutcome {
    let start = index
    let base = brackets.count
    var condition: Expr?
    var carried: [CarriedValue] = []
    var limit: Expr?
    do throws(Abandoned) {
      advance()
      let read = try self.condition()
      carried = try carriedValues()
      if isOnWord(.limitKeyword) {
        advance()
        limit = try expression()
      }
      if carried.isEmpty, isAt(.withKeyword) {
        report("'with' stands before 'limit'", at: currentSite)
        carried = try carriedValues()
      } else if carried.isEmpty, isAt(.leftBrace) {
        report(
          "a 'while' changes only what it carries: it needs 'with x = x0'",
          at: site(of: tokens[start]))
      }
      if isOnCheckpoint {
        throw fail(
          "'checkpoint' stands at a 'for', whose number of turns is known", at: currentSite)
      }
      try refuseHeadEnd(of: "while")
      condition = read
    } catch {
      if try skippedBody(.whileBody, from: start, brackets: base) { return .lost }
    }
    let body = try block(.whileBody)
    guard let condition else { return .lost }
    let loop = WhileLoop(condition: condition, carried: carried, limit: limit, body: body)
    return .statement(Statement(site: site(from: start), kind: .whileLoop(loop)))
  }

  /// Goes on behind a broken head: to the brace of the body, or through a body without one.
  private mutating func skippedBody(
    _ kind: BlockKind, from start: Int, brackets base: Int
  ) throws(Abandoned) -> Bool {
    let statement = tokens[start]
    if !current.startsLine || brackets.count > base {
      if skipToBody(brackets: base) { return false }
      guard try blockWithoutBrace(kind, of: statement) != nil else { throw Abandoned() }
      return true
    }
    if try blockWithoutBrace(kind, of: statement) != nil { return true }
    guard skipToBody(brackets: base) else { throw Abandoned() }
    return false
  }

  /// Refuses what stands between the head of a loop and its body.
  private mutating func refuseHeadEnd(of word: String) throws(Abandoned) {
    if current.kind == .leftBrace { return }
    throw unexpectedBehindValue(expected: "'{' with the body of the '\(word)'")
  }

  /// Reads `x in xs` or `t in 0..<n`.
  private mutating func sequence() throws(Abandoned) -> LoopSequence {
    let start = index
    if isAt(.leftParen) {
      throw fail("the head of a 'for' has no parentheses", at: currentSite)
    }
    let name = try self.name("a name behind 'for'")
    guard accept(.inKeyword) else {
      if isAt(.assign) {
        throw fail("a 'for' is written 'for x in xs'", at: currentSite, fix: "in")
      }
      if isAt(.comma) {
        throw fail("each name has its own 'in': 'for x in xs, y in ys'", at: currentSite)
      }
      throw unexpected(expected: "'in' behind '\(name.short)'")
    }
    let first = try expression()
    if isAt(.ellipsis) {
      report(
        "a range is written '0..<n', and ends before n", at: currentSite, fix: "..<")
    }
    guard accept(.range) || accept(.ellipsis) else {
      return LoopSequence(site: site(from: start), name: name, source: .elements(first))
    }
    let upper = try expression()
    return LoopSequence(
      site: site(from: start), name: name, source: .range(lower: first, upper: upper))
  }

  /// Reads `with h = h0, c = c0`, if it stands here.
  private mutating func carriedValues() throws(Abandoned) -> [CarriedValue] {
    guard isOnWord(.withKeyword) else { return [] }
    advance()
    var carried: [CarriedValue] = []
    repeat {
      let start = index
      let name = try self.name("the name of a carried value")
      guard accept(.assign) else {
        throw unexpected(expected: "'= value' behind '\(name.short)'")
      }
      let initial = try expression()
      carried.append(CarriedValue(site: site(from: start), name: name, initial: initial))
    } while accept(.comma)
    return carried
  }

  /// Whether the word `checkpoint` stands here, which is reserved nowhere else.
  private var isOnCheckpoint: Bool {
    current.kind == .name && spelling(of: current) == "checkpoint"
  }

  /// Reads `checkpoint 100, 10`, if it stands here.
  private mutating func checkpoints() throws(Abandoned) -> [Expr] {
    guard isOnCheckpoint else { return [] }
    if isAtLineEnd {
      report("a line does not go on before 'checkpoint': put it on the line above", at: currentSite)
    }
    advance()
    var numbers: [Expr] = []
    repeat { numbers.append(try expression()) } while accept(.comma)
    return numbers
  }

  /// Whether this word stands here; one that begins the next line is reported and taken.
  private mutating func isOnWord(_ word: TokenKind) -> Bool {
    guard current.kind == word else { return false }
    if isAtLineEnd {
      report(
        "a line does not go on before \(word.spelling.map { "'\($0)'" } ?? "this word"): put it on "
          + "the line above", at: currentSite)
    }
    return true
  }

  /// Reads a name; a reserved word that stands for one is reported and taken.
  mutating func name(_ expected: String) throws(Abandoned) -> Name {
    if current.kind == .name, mayBeginValue() { return takeName() }
    if current.kind.isKeyword, mayBeginValue() {
      switch peek().kind {
      case .leftParen, .leftBracket, .colon, .comma, .rightParen, .assign, .inKeyword:
        refuseReservedWord()
        return takeName()
      default: break
      }
    }
    throw unexpected(expected: expected)
  }
}
