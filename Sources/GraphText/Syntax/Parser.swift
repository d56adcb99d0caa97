package import Support

/// Reads the syntax tree of a file.
///
/// A function that meets a mistake reports it and throws `Abandoned`; statements and declarations
/// catch that, skip to their end and go on, so that one mistake is told once.
package struct Parser {
  let file: FileID
  let bytes: [UInt8]
  let tokens: [Token]
  let docLines: [DocLine]
  /// The current token.
  var index = 0
  /// The first of `docLines` that has not been passed.
  var docIndex = 0
  /// The brackets around the current token, outermost first.
  var brackets: [OpenBracket] = []
  var mistakes: [Diagnostic] = []
  /// How deeply what is being read is nested.
  var depth = 0
  /// How many branches of `if` are around the current token.
  var branchDepth = 0
  /// What the innermost block is the body of.
  var blockKind = BlockKind.graph
  /// The token with which the current statement begins.
  var statementStart = 0
  /// The last operator in front of a value; a line that ends with it does not go on.
  var lastPrefix = -1
  /// The last `//`, which may be meant for a comment.
  var lastFloorDivision = -1
  /// The token before which a closing bracket was missed last.
  var missedCloser = -1
  /// The innermost bracket that, by the indentation, was closed by another's closer.
  var suspect: Site?
  /// Column of the declaration that is being read.
  var declarationColumn = 0
  /// Whether there were mistakes in the declaration before, so that its body may have ended early.
  var isBehindMistake = false
  /// Reserved words that have been refused as names.
  var refusedWords: Set<String> = []
  /// Declarations that stand inside the body of another.
  var nestedDeclarations: [Declaration] = []

  /// How deeply brackets, blocks, `else if`, `**` and operators in front of a value may nest.
  package static let nestingLimit = 200

  /// Reads the file; reports what is wrong with it, in the order of its text.
  package static func parse(
    file: FileID, in files: SourceFiles, diagnostics: inout Diagnostics
  ) -> SourceUnit {
    let bytes = files[file].bytes
    guard bytes.count < Int(Int32.max) else {
      diagnostics.error("this file is too large", at: Site(file: file, start: 0, end: 0))
      return .unread(file)
    }
    var lexer = Lexer(bytes: bytes, file: file)
    lexer.run()
    var parser = Parser(lexer)
    let unit = lexer.isText ? parser.sourceUnit() : .unread(file)
    let mistakes = (lexer.mistakes + parser.mistakes).enumerated()
      .sorted { ($0.element.site.start, $0.offset) < ($1.element.site.start, $1.offset) }
    for mistake in mistakes { diagnostics.report(mistake.element) }
    return unit
  }

  /// A parser at the first token of what the lexer has read.
  init(_ lexer: Lexer) {
    file = lexer.file
    bytes = lexer.bytes
    tokens = lexer.tokens
    docLines = lexer.docLines
  }
}

/// Thrown where reading cannot go on; the reason has been reported.
struct Abandoned: Error {}

/// A bracket that waits for its closer.
struct OpenBracket {
  var kind: TokenKind
  /// Index of its token.
  var token: UInt32
  /// Index of the first token of the statement that it stands in.
  var statement: UInt32
  /// Index, among the open brackets, of the innermost brace up to this one; -1 for none.
  var innermostBrace: Int32
}

extension SourceUnit {
  /// A file that could not be read.
  fileprivate static func unread(_ file: FileID) -> SourceUnit {
    var unit = SourceUnit(file: file)
    unit.isWhole = false
    return unit
  }
}
