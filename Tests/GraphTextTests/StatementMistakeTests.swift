import Testing

/// What is said about statements that cannot be read.
@Suite struct StatementMistakeTests {
  /// In the body of a graph, whose first line is line 2.
  static let mistakes: [(String, [String])] = [
    ("a", ["2:1: this value is not used; give it a name: 'y = …'"]),
    ("a, b", ["2:1: this value is not used; give it a name: 'y = …'"]),
    ("f(x)", ["2:1: this value is not used; give it a name: 'y = …'"]),
    ("a + b", ["2:1: this value is not used; give it a name: 'y = …'"]),
    ("y == a", ["2:3: '==' compares; a name is given with '=' => '='"]),
    ("y == a + b", ["2:3: '==' compares; a name is given with '=' => '='"]),
    ("\"text\"", ["2:1: this value is not used; give it a name: 'y = …'"]),
    (
      "y[0] = a",
      [
        "2:1: values do not change: write 'y = set_at(x[i], v)' or 'y = add_at(x[i], v)'",
      ]
    ),
    ("y[0] <- a", ["2:1: only whole values are updated: write 'w <- set_at(w[i], v)'"]),
    ("f(x) = a", ["2:1: only names stand before '='; a function is declared by 'func'"]),
    ("a + b = c", ["2:1: only names stand before '='"]),
    ("3 = a", ["2:1: only names stand before '='"]),
    (
      "true = a",
      [
        "2:1: 'true' is a reserved word and cannot be a name; call it 'true_' => 'true_'",
      ]
    ),
    (
      "a, b[0] = f(x)",
      [
        "2:4: values do not change: write 'y = set_at(x[i], v)' or 'y = add_at(x[i], v)'",
      ]
    ),
    ("a, b <- f(x)", ["2:6: an update has one name: write one for each"]),
    ("a + b <- c", ["2:1: only names stand before '<-'"]),
    ("y = 1, 2", ["2:6: one name takes one value; several stand in an array '[a, b]'"]),
    (
      "a, b = 1, 2",
      [
        "2:9: names are given one by one here: 'a = …; b = …'; only a call and an 'if' "
          + "give several",
      ]
    ),
    ("w <- 1, 2", ["2:7: one name takes one value; several stand in an array '[a, b]'"]),
    ("y = a y = b", ["2:7: an operator or a comma is missing between 'a' and 'y'"]),
    ("y = a, b = c", ["2:6: one name takes one value; several stand in an array '[a, b]'"]),
    ("let y = a", ["2:1: a name is given without a word before it: 'y = …' => ''"]),
    ("var y = a", ["2:1: a name is given without a word before it: 'y = …' => ''"]),
    ("float y = a", ["2:1: a name is given without a word before it: 'y = …' => ''"]),
    ("double y = a", ["2:1: a name is given without a word before it: 'y = …' => ''"]),
    ("def f(x) = x", ["2:1: a function is declared by 'func', outside of other bodies"]),
    ("fn f(x) { x }", ["2:1: a function is declared by 'func', outside of other bodies"]),
    ("y: f64 = a", ["2:2: only parameters, results and consts have types"]),
    ("lambda a: b", ["2:8: an operator or a comma is missing between 'lambda' and 'a'"]),
    ("return a", ["2:1: a graph gives its results by their names: 'y = …'"]),
    ("return", ["2:1: a graph gives its results by their names: 'y = …'"]),
    ("emit y = a", ["2:1: 'emit' stands only in the body of a 'for'"]),
    ("emit y", ["2:7: expected '= value' behind the name before the end of the line"]),
    ("for x in xs { emit }", ["2:20: expected the name of what is emitted, found '}'"]),
    ("for x in xs { emit 3 = a }", ["2:20: expected the name of what is emitted, found '3'"]),
    ("for x in xs { emit y }", ["2:22: expected '= value' behind the name, found '}'"]),
    ("for x in xs { emit y == a }", ["2:22: expected '= value' behind the name, found '=='"]),
    ("for x in xs { emit a, b = f(x) }", ["2:21: an 'emit' has one name: write one for each"]),
    ("for x in xs { emit y + 1 = a }", ["2:22: expected '= value' behind the name, found '+'"]),
    ("for x in xs { return a }", ["2:15: 'return' stands at the end of a func, not in a loop"]),
    ("for x in xs { a }", ["2:15: this value is not used; give it a name: 'y = …'"]),
    ("assert", ["2:7: expected a value behind 'assert' before the end of the line"]),
    ("assert a", ["2:9: expected ', \"message\"' before the end of the line"]),
    ("assert a,", ["2:10: expected a message in quotes before the end of the line"]),
    ("assert a, b", ["2:11: expected a message in quotes, found 'b'"]),
    ("assert a = b, \"m\"", ["2:10: '=' gives a name; 'equal' is written '==' => '=='"]),
    ("assert(a, \"m\")", ["2:7: 'assert' has no parentheses: write 'assert c, \"message\"'"]),
    ("for", ["2:4: expected a name behind 'for' before the end of the line"]),
    ("for x", ["2:6: expected 'in' behind 'x' before the end of the line"]),
    ("for x in", ["2:9: expected a value behind 'in' before the end of the line"]),
    ("for in xs { }", ["2:5: expected a name behind 'for', found 'in'"]),
    ("for x on xs { }", ["2:7: expected 'in' behind 'x', found 'on'"]),
    ("for x = xs { }", ["2:7: a 'for' is written 'for x in xs' => 'in'"]),
    ("for (x in xs) { }", ["2:5: the head of a 'for' has no parentheses"]),
    ("for x, y in xs { }", ["2:6: each name has its own 'in': 'for x in xs, y in ys'"]),
    ("for x in xs", ["2:12: expected '{' with the body of the 'for' before the end of the line"]),
    ("for x in xs a { }", ["2:13: an operator or a comma is missing between 'xs' and 'a'"]),
    ("for x in xs: y = x", ["2:12: ':' stands only behind a label, before a type and in a slice"]),
    ("for x in xs, { }", ["2:14: expected a name behind 'for', found '{'"]),
    ("for x in xs with { }", ["2:18: expected the name of a carried value, found '{'"]),
    ("for x in xs with h { }", ["2:20: expected '= value' behind 'h', found '{'"]),
    ("for x in xs with h = { }", ["2:22: expected a value behind '=', found '{'"]),
    (
      "for x in xs with h = a b = c { }",
      [
        "2:24: an operator or a comma is missing between 'a' and 'b'",
      ]
    ),
    ("for x in xs, h = a { }", ["2:16: a 'for' is written 'for x in xs' => 'in'"]),
    ("for t in 0..< { }", ["2:15: expected a value behind '..<', found '{'"]),
    ("for 3 in xs { }", ["2:5: expected a name behind 'for', found '3'"]),
    ("for x in xs { a = }", ["2:19: expected a value behind '=', found '}'"]),
    ("while", ["2:6: expected a value behind 'while' before the end of the line"]),
    ("while { }", ["2:7: expected a value behind 'while', found '{'"]),
    ("while a { a <- b }", ["2:1: a 'while' changes only what it carries: it needs 'with x = x0'"]),
    (
      "while a limit 3 { a <- b }",
      [
        "2:1: a 'while' changes only what it carries: it needs 'with x = x0'",
      ]
    ),
    (
      "while a with a = 1 checkpoint 3 { a <- b }",
      ["2:20: 'checkpoint' stands at a 'for', whose number of turns is known"]
    ),
    (
      "for x in xs with h = a checkpoint { }",
      ["2:35: expected a value behind 'checkpoint', found '{'"]
    ),
    ("while a limit 3 with a = 1 { a <- b }", ["2:17: 'with' stands before 'limit'"]),
    ("while a with a = 1 limit { a <- b }", ["2:26: expected a value behind 'limit', found '{'"]),
    (
      "while a = b with a = 1 { a <- b }",
      [
        "2:9: '=' gives a name; 'equal' is written '==' => '=='",
      ]
    ),
    (
      "while a with a = 1 { emit b = a }",
      [
        "2:22: a 'while' cannot emit: the number of its turns is not known",
      ]
    ),
    (
      "while a with a = 1",
      [
        "2:19: expected '{' with the body of the 'while' before the end of the line",
      ]
    ),
    (
      "limit = 3\ny = limit + limit",
      [
        "2:1: 'limit' is a reserved word and cannot be a name; call it 'limit_' => 'limit_'",
      ]
    ),
    ("in = 3", ["2:1: 'in' is a reserved word and cannot be a name; call it 'in_' => 'in_'"]),
    ("for = 3", ["2:1: 'for' is a reserved word and cannot be a name; call it 'for_' => 'for_'"]),
    ("new <- 3", ["2:1: 'new' is a reserved word and cannot be a name; call it 'new_' => 'new_'"]),
    (
      "for in in xs { y = in }",
      [
        "2:5: 'in' is a reserved word and cannot be a name; call it 'in_' => 'in_'",
      ]
    ),
    (
      "for x in xs with limit = 3 { }",
      [
        "2:18: 'limit' is a reserved word and cannot be a name; call it 'limit_' => 'limit_'",
      ]
    ),
    (
      "emit = 3",
      [
        "2:1: 'emit' is a reserved word and cannot be a name; call it 'emit_' => 'emit_'",
      ]
    ),
    (")", ["2:1: this ')' closes nothing => ''"]),
    ("]", ["2:1: this ']' closes nothing => ''"]),
    ("(", ["3:1: expected a value behind '(', found '}'"]),
    (", a", ["2:1: a line goes on behind ',', not before it: put it at the end of the line above"]),
    ("-> a", ["2:1: expected a statement, found '->'"]),
    ("{ y = a }", ["2:1: expected a statement, found '{'"]),
    (": a", ["2:1: expected a statement, found ':'"]),
    ("} y = a", ["2:3: expected the end of the statement, found 'y'"]),
    ("y = a ) + b", ["2:7: this ')' closes nothing => ''"]),
  ]

  @Test(arguments: mistakes) func told(source: String, complaints: [String]) {
    #expect(Parsed(body: source).complaints == complaints)
  }
}
