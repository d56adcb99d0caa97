import Support

/// A word or sign of the language, as a stretch of bytes.
struct Token: Sendable {
  var kind: TokenKind
  /// Whether it is the first of its line.
  var startsLine: Bool
  /// Whether a mistake in it has been reported, so that what follows from it need not be.
  var isFlawed: Bool
  var start: UInt32
  var end: UInt32
}

/// A `##` comment line.
struct DocLine: Sendable {
  /// Index of the token that follows.
  var token: Int
  /// Of the text behind `##` and one blank.
  var range: Range<Int>
  /// Offset of the `##`.
  var start: Int
  /// Whether an empty line separates it from the doc line above.
  var isSeparate: Bool
}

/// The kinds of tokens.
enum TokenKind: UInt8, Sendable, CaseIterable {
  case name, integer, float, text
  /// Something unreadable that stands for a value; it has been reported.
  case malformed
  case endOfFile

  case importKeyword, graphKeyword, funcKeyword, constKeyword, inoutKeyword, returnKeyword
  case forKeyword, inKeyword, withKeyword, whileKeyword, limitKeyword, emitKeyword
  case ifKeyword, elseKeyword, assertKeyword, newKeyword, trueKeyword, falseKeyword

  case leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
  case comma, semicolon, colon, dot, ellipsis, range, assign, update, arrow
  case power, star, slash, doubleSlash, percent, at, plus, minus
  case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, and, or, not

  /// How it is written, for all that is written in one way only.
  var spelling: String? {
    switch self {
    case .name, .integer, .float, .text, .malformed, .endOfFile: nil
    case .importKeyword: "import"
    case .graphKeyword: "graph"
    case .funcKeyword: "func"
    case .constKeyword: "const"
    case .inoutKeyword: "inout"
    case .returnKeyword: "return"
    case .forKeyword: "for"
    case .inKeyword: "in"
    case .withKeyword: "with"
    case .whileKeyword: "while"
    case .limitKeyword: "limit"
    case .emitKeyword: "emit"
    case .ifKeyword: "if"
    case .elseKeyword: "else"
    case .assertKeyword: "assert"
    case .newKeyword: "new"
    case .trueKeyword: "true"
    case .falseKeyword: "false"
    case .leftParen: "("
    case .rightParen: ")"
    case .leftBracket: "["
    case .rightBracket: "]"
    case .leftBrace: "{"
    case .rightBrace: "}"
    case .comma: ","
    case .semicolon: ";"
    case .colon: ":"
    case .dot: "."
    case .ellipsis: "..."
    case .range: "..<"
    case .assign: "="
    case .update: "<-"
    case .arrow: "->"
    case .power: "**"
    case .star: "*"
    case .slash: "/"
    case .doubleSlash: "//"
    case .percent: "%"
    case .at: "@"
    case .plus: "+"
    case .minus: "-"
    case .equal: "=="
    case .notEqual: "!="
    case .less: "<"
    case .lessOrEqual: "<="
    case .greater: ">"
    case .greaterOrEqual: ">="
    case .and: "&&"
    case .or: "||"
    case .not: "!"
    }
  }
}

extension TokenKind {
  /// Whether it is a reserved word.
  var isKeyword: Bool {
    rawValue >= TokenKind.importKeyword.rawValue && rawValue <= TokenKind.falseKeyword.rawValue
  }

  /// The left-associative operator that it is between operands.
  var binaryOperator: BinaryOperator? {
    switch self {
    case .or: .or
    case .and: .and
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .plus: .add
    case .minus: .subtract
    case .star: .multiply
    case .slash: .divide
    case .doubleSlash: .floorDivide
    case .percent: .remainder
    case .at: .matrixMultiply
    default: nil
    }
  }

  /// Whether a line that ends with it goes on, where it is not an operator in front of a value.
  var continuesLine: Bool {
    switch self {
    case .comma, .assign, .update, .power, .range: true
    default: binaryOperator != nil
    }
  }

  /// Whether a value may begin with it.
  var startsValue: Bool {
    switch self {
    case .name, .integer, .float, .text, .malformed, .trueKeyword, .falseKeyword, .ifKeyword,
      .leftParen, .leftBracket, .minus, .not:
      true
    default: false
    }
  }

  /// The reserved words by their letters, packed by `pack`.
  static let keywords: [UInt64: TokenKind] = {
    var table: [UInt64: TokenKind] = [:]
    for kind in TokenKind.allCases where kind.isKeyword {
      if let spelling = kind.spelling { table[pack(Array(spelling.utf8)[...])] = kind }
    }
    return table
  }()

  /// Up to eight letters in one number.
  static func pack(_ letters: ArraySlice<UInt8>) -> UInt64 {
    letters.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
