import Testing

/// What is said about characters, numbers, texts and signs that are not the language's.
@Suite struct LexicalMistakeTests {
  /// In the body of a graph, whose first line is line 2.
  static let mistakes: [(String, [String])] = [
    ("y = 1__0", ["2:5: '_' stands only between digits of a number"]),
    ("y = 1_", ["2:5: '_' stands only between digits of a number"]),
    ("y = 1_.5", ["2:5: '_' stands only between digits of a number"]),
    ("y = 007", ["2:5: an integer does not begin with 0 => '7'"]),
    ("y = 0_1", ["2:5: an integer does not begin with 0 => '1'"]),
    ("y = 0x1F", ["2:5: numbers are decimal => '31'"]),
    ("y = 0b101", ["2:5: numbers are decimal => '5'"]),
    ("y = 0o17", ["2:5: numbers are decimal => '15'"]),
    ("y = 0xZZ", ["2:5: numbers are decimal"]),
    ("y = 1.5f", ["2:5: a number has no suffix; to convert it, write 'f32(x)' => '1.5'"]),
    ("y = 2u", ["2:5: a number has no suffix; to convert it, write 'f32(x)' => '2'"]),
    ("y = 3i64", ["2:5: a number has no suffix; to convert it, write 'f32(x)' => '3'"]),
    ("y = 1e", ["2:5: digits are missing behind '1e'"]),
    ("y = 1E + 2", ["2:5: digits are missing behind '1E'"]),
    ("y = 1.2.3", ["2:5: a number has one decimal point"]),
    ("y = 1.", ["2:5: digits stand on both sides of a decimal point => '1.0'"]),
    ("y = 1. + x", ["2:5: digits stand on both sides of a decimal point => '1.0'"]),
    ("y = .5", ["2:5: digits stand on both sides of a decimal point => '0.5'"]),
    ("y = 1.e5", ["2:5: digits stand on both sides of a decimal point => '1.0e5'"]),
    ("y = 1.f", ["2:5: digits stand on both sides of a decimal point => '1.0'"]),
    ("y = x[1.]", ["2:7: digits stand on both sides of a decimal point => '1.0'"]),
    ("y = 2x", ["2:5: a name cannot begin with a digit; a product needs its '*' => '2 * x'"]),
    (
      "y = 2 * 3abc",
      [
        "2:9: a name cannot begin with a digit; a product needs its '*' => '3 * abc'",
      ]
    ),
    ("y = 1e5x", ["2:5: a name cannot begin with a digit; a product needs its '*' => '1e5 * x'"]),
    (
      "y = 9223372036854775808",
      [
        "2:5: this integer is too large: the largest is 9223372036854775807",
      ]
    ),
    (
      "y = -9223372036854775809",
      [
        "2:6: this integer is too large: the largest is 9223372036854775807",
      ]
    ),
    (
      "y = -9223372036854775808 ** 2",
      [
        "2:6: this integer is too large: the largest is 9223372036854775807",
      ]
    ),
    (
      "y = 99999999999999999999999999",
      [
        "2:5: this integer is too large: the largest is 9223372036854775807",
      ]
    ),
    ("y = 1e400", ["2:5: this number is too large for f64: write 'inf' => 'inf'"]),
    ("y = 1e-400", ["2:5: this number is too small for f64: write '0.0' => '0.0'"]),
    ("y = \"abc", ["2:5: this text has no closing '\"' on its line"]),
    ("y = f(\"abc)", ["2:7: this text has no closing '\"' on its line"]),
    (
      "y = \"a\\qb\"",
      [
        "2:7: the escapes of a text are \\\\ \\\" \\n and \\t; a '\\' itself is written "
          + "'\\\\' => '\\\\'",
      ]
    ),
    ("y = 'text'", ["2:5: text stands in double quotes => '\"text\"'"]),
    ("y = 'it\"s'", ["2:5: text stands in double quotes"]),
    ("y = 'text", ["2:5: text stands in double quotes"]),
    ("y = a & b", ["2:7: 'and' is written '&&' (on the bits of integers: bit_and) => '&&'"]),
    ("y = a | b", ["2:7: 'or' is written '||' (on the bits of integers: bit_or) => '||'"]),
    ("y = a ^ b", ["2:7: a power is written '**' (on the bits of integers: bit_xor) => '**'"]),
    ("y = ~a", ["2:5: 'not' is written '!' (on the bits of integers: bit_not) => '!'"]),
    ("y = a <> b", ["2:7: 'not equal' is written '!=' => '!='"]),
    ("y = a === b", ["2:7: 'equal' is written '==' => '=='"]),
    ("y = a !== b", ["2:7: 'not equal' is written '!=' => '!='"]),
    ("y = a =< b", ["2:7: 'at most' is written '<=' => '<='"]),
    ("y = a => b", ["2:7: an arrow is written '->' => '->'"]),
    ("y := a", ["2:3: a name is given with '=' => '='"]),
    ("y = a << 2", ["2:7: a shift to the left is written 'shift_left(a, b)'"]),
    ("y = a >> 2", ["2:7: a shift to the right is written 'shift_right(a, b)'"]),
    ("y = a ? b : c", ["2:7: a choice is written 'if c { a } else { b }' or 'where(c, a, b)'"]),
    ("y = a ?? b", ["2:7: a choice is written 'if c { a } else { b }' or 'where(c, a, b)'"]),
    (
      "y += 1",
      [
        "2:3: there is no '+=': give the new value a name of its own, or update an "
          + "'inout' or a carried value with '<-'",
      ]
    ),
    (
      "y = a *= 2",
      [
        "2:7: there is no '*=': give the new value a name of its own, or update an "
          + "'inout' or a carried value with '<-'",
      ]
    ),
    (
      "y **= 2",
      [
        "2:3: there is no '**=': give the new value a name of its own, or update an "
          + "'inout' or a carried value with '<-'",
      ]
    ),
    (
      "y //= 2",
      [
        "2:3: there is no '//=': give the new value a name of its own, or update an "
          + "'inout' or a carried value with '<-'",
      ]
    ),
    (
      "y = a \\\n  + b",
      [
        "2:7: a line goes on after an operator or a comma, and in brackets: '\\' is not "
          + "needed => ''",
      ]
    ),
    (
      "y = a + \\\n  b",
      [
        "2:9: a line goes on after an operator or a comma, and in brackets: '\\' is not "
          + "needed => ''",
      ]
    ),
    ("y = $a", ["2:5: '$' means nothing here"]),
    ("y = `a`", ["2:5: '`' means nothing here", "2:7: '`' means nothing here"]),
    ("y = $$$$$$$$$$$$", ["2:5: '$$$$$$$$…' means nothing here"]),
    ("y = a .. b", ["2:7: a range is written '0..<n', and ends before n => '..<'"]),
    ("for t in 0..n { }", ["2:11: a range is written '0..<n', and ends before n => '..<'"]),
    ("for t in 0..=n { }", ["2:11: a range is written '0..<n', and ends before n => '..<'"]),
    ("for t in 0...n { }", ["2:11: a range is written '0..<n', and ends before n => '..<'"]),
    ("/* a\n b */ y = a", ["2:1: a comment begins with '#' and ends with its line"]),
    ("y = a /* b", ["2:7: a comment begins with '#' and ends with its line"]),
    ("// a\ny = x", ["2:1: a comment begins with '#'; '//' divides => '#'"]),
    ("y = a // the rest", ["2:14: a comment begins with '#'; '//' divides"]),
    ("y = a /* b */ + c", ["2:7: a comment begins with '#' and ends with its line"]),
    (
      "α = 1\ny = α + α",
      [
        "2:1: 'α' is no name: names are made of the letters a-z and A-Z, digits and '_'",
      ]
    ),
    ("y = xβ", ["2:5: 'xβ' is no name: names are made of the letters a-z and A-Z, digits and '_'"]),
    ("y = a − b", ["2:7: '−' is written '-' => '-'"]),
    (
      "y = a × b ⋅ c ÷ d",
      [
        "2:7: '×' is written '*' => '*'",
        "2:12: '⋅' is written '*' => '*'",
        "2:18: '÷' is written '/' => '/'",
      ]
    ),
    ("y = a ≤ b", ["2:7: '≤' is written '<=' => '<='"]),
    ("y = π", ["2:5: 'π' is written 'pi' => 'pi'"]),
    ("y = ∞", ["2:5: '∞' is written 'inf' => 'inf'"]),
    ("y ← a", ["2:3: '←' is written '<-' => '<-'"]),
    ("y = “text”", ["2:5: '“' is written '\"' => '\"'", "2:12: '”' is written '\"' => '\"'"]),
    ("y = a…", ["2:6: '…' is written '...' => '...'"]),
    ("y = ☃☃", ["2:5: '☃☃' means nothing here"]),
    ("y = \u{A0}a + \u{A0}b", ["2:5: this is a special space; use a plain one => ' '"]),
    ("y = \u{200B}a", ["2:5: this is a special space; use a plain one => ' '"]),
    ("y = \u{1}\u{2}", ["2:5: '\\u{1}\\u{2}' means nothing here"]),
    ("y = \u{7F}", ["2:5: '\\u{7f}' means nothing here"]),
  ]

  @Test(arguments: mistakes) func told(source: String, complaints: [String]) {
    #expect(Parsed(body: source).complaints == complaints)
  }
}
