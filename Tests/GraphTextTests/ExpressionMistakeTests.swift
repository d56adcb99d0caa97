import Testing

/// What is said about expressions that cannot be read.
@Suite struct ExpressionMistakeTests {
  /// In the body of a graph, whose first line is line 2.
  static let mistakes: [(String, [String])] = [
    ("y =", ["2:4: expected a value behind '=' before the end of the line"]),
    ("y = a +", ["2:8: expected a value behind '+' before the end of the line"]),
    ("y = a + * b", ["2:9: expected a value behind '+', found '*'"]),
    ("y = * a", ["2:5: expected a value behind '=', found '*'"]),
    ("y = a * * b", ["2:9: expected a value behind '*', found '*'"]),
    ("y = a ** ** b", ["2:10: expected a value behind '**', found '**'"]),
    ("y = +a", ["2:5: a '+' in front of a value means nothing; leave it out => ''"]),
    ("y = a + +b", ["2:9: a '+' in front of a value means nothing; leave it out => ''"]),
    (
      "y = + + a",
      [
        "2:5: a '+' in front of a value means nothing; leave it out => ''",
        "2:7: a '+' in front of a value means nothing; leave it out => ''",
      ]
    ),
    ("y = +", ["2:5: expected a value behind '=', found '+'"]),
    ("y = a b", ["2:7: an operator or a comma is missing between 'a' and 'b'"]),
    ("y = 2 a", ["2:7: an operator or a comma is missing between '2' and 'a'"]),
    ("y = a 2", ["2:7: expected the end of the statement, found '2'"]),
    ("y = 2 2", ["2:7: expected the end of the statement, found '2'"]),
    ("y = \"a\" \"b\"", ["2:9: expected the end of the statement, found \"b\""]),
    ("y = f x", ["2:7: an operator or a comma is missing between 'f' and 'x'"]),
    ("y = (a) b", ["2:9: an operator or a comma is missing between ')' and 'b'"]),
    ("y = a[0] b", ["2:10: an operator or a comma is missing between ']' and 'b'"]),
    ("y = a ! b", ["2:7: expected the end of the statement, found '!'"]),
    ("y = a (b", ["2:9: missing ')' => ')'", "  note 2:7: opened here"]),
    ("y = 2(a)", ["2:6: only names can be called; a product needs its '*' => '*'"]),
    ("y = f(a)(b)", ["2:9: only names can be called; a product needs its '*' => '*'"]),
    ("y = (a)(b)", ["2:8: only names can be called; a product needs its '*' => '*'"]),
    ("y = a[0](b)", ["2:9: only names can be called; a product needs its '*' => '*'"]),
    ("y = x.T", ["2:6: '.T' is written 'transpose(x)'"]),
    ("y = x.shape", ["2:6: a size has a name: give the parameter a type like 'f64[n]'"]),
    ("y = x.sum()", ["2:6: values have no members: '.sum(…)' is written 'sum(x)'"]),
    ("y = np.exp(x)", ["2:7: values have no members: '.exp(…)' is written 'exp(x)'"]),
    ("y = x.", ["2:6: '.' means nothing here"]),
    ("y = x.5", ["2:6: digits stand on both sides of a decimal point => '0.5'"]),
    ("y = a < b < c", ["2:11: comparisons are not chained: join them with '&&' => '&& b <'"]),
    (
      "y = a == b == c < d",
      [
        "2:12: comparisons are not chained: join them with '&&' => '&& b =='",
        "2:17: comparisons are not chained: join them with '&&' => '&& b <'",
      ]
    ),
    ("y = a and b", ["2:7: 'and' is written '&&' => '&&'"]),
    (
      "y = a or b and c",
      [
        "2:7: 'or' is written '||' => '||'",
        "2:12: 'and' is written '&&' => '&&'",
      ]
    ),
    ("y = not a", ["2:5: 'not' is written '!' => '!'"]),
    (
      "y = not a or not b",
      [
        "2:5: 'not' is written '!' => '!'",
        "2:11: 'or' is written '||' => '||'",
        "2:14: 'not' is written '!' => '!'",
      ]
    ),
    ("y = a if c else b", ["2:7: a choice is written 'if c { a } else { b }'"]),
    ("y = ()", ["2:6: expected a value behind '(', found ')'"]),
    (
      "y = (a, b)",
      [
        "2:7: there are no tuples; an array is written '[a, b]', several values without "
          + "parentheses",
      ]
    ),
    ("y = (a", ["2:7: missing ')' => ')'", "  note 2:5: opened here"]),
    ("y = a)", ["2:6: this ')' closes nothing => ''"]),
    ("y = (a]", ["2:7: expected ')', found ']' => ')'", "  note 2:5: opened here"]),
    ("y = [a)", ["2:7: expected ']', found ')' => ']'", "  note 2:5: opened here"]),
    ("y = f(a]", ["2:8: expected ')', found ']' => ')'", "  note 2:6: opened here"]),
    ("y = [1, 2", ["2:10: missing ']' => ']'", "  note 2:5: opened here"]),
    ("y = [1 2]", ["2:8: expected ',' or ']', found '2'"]),
    ("y = [1,,2]", ["2:8: expected a value behind ',', found ','"]),
    ("y = [,]", ["2:6: expected a value behind '[', found ','"]),
    ("y = ((a + b)", ["2:13: missing ')' => ')'", "  note 2:5: opened here"]),
    ("y = f(g(a)\nz = a", ["2:11: missing ')' => ')'", "  note 2:6: opened here"]),
    ("y = f(a\n  b)", ["3:3: an operator or a comma is missing between 'a' and 'b'"]),
    ("y = {a}", ["2:5: expected a value behind '=', found '{'"]),
    ("y = x[]", ["2:6: an index is missing between the brackets"]),
    ("y = x[0", ["2:8: missing ']' => ']'", "  note 2:6: opened here"]),
    ("y = x[0)", ["2:8: expected ']', found ')' => ']'", "  note 2:6: opened here"]),
    ("y = f(x[0)", ["2:10: missing ']' => ']'", "  note 2:8: opened here"]),
    ("y = f([1, 2))", ["2:12: expected ']', found ')' => ']'", "  note 2:7: opened here"]),
    ("y = x[,0]", ["2:7: expected a value behind '[', found ','"]),
    ("y = x[0,,1]", ["2:9: expected a value behind ',', found ','"]),
    ("y = x[0..3]", ["2:8: a range is written '0..<n', and ends before n => '..<'"]),
    ("y = x[0..<3]", ["2:8: a slice is written 'x[a:b]' => ':'"]),
    ("y = x[0...3]", ["2:8: a slice is written 'x[a:b]' => ':'"]),
    ("y = x[1:2:3:4]", ["2:12: ':' stands only behind a label, before a type and in a slice"]),
    ("y = new", ["2:5: 'new' stands only in an index, as in 'x[..., new]'"]),
    ("y = f(new)", ["2:7: 'new' stands only in an index, as in 'x[..., new]'"]),
    ("y = ...", ["2:5: expected a value behind '=', found '...'"]),
    ("y = f(...)", ["2:7: expected a value behind '(', found '...'"]),
    (
      "y = 0..<3",
      [
        "2:6: a range stands only behind the 'in' of a 'for'; a slice is written 'x[a:b]'",
      ]
    ),
    ("y = a : b", ["2:7: ':' stands only behind a label, before a type and in a slice"]),
    ("y = sum(x, axis=0)", ["2:16: an option is given as 'axis: value' => ':'"]),
    ("y = sum(x,\n  axis = 0)", ["3:8: an option is given as 'axis: value' => ':'"]),
    ("y = sum(axis: 0, x)", ["2:18: values without a label come before those with one"]),
    ("y = sum(x, axis:)", ["2:17: expected a value behind ':', found ')'"]),
    ("y = sum(x, 3: 0)", ["2:13: ':' stands only behind a label, before a type and in a slice"]),
    (
      "y = sum(x, in: 0)",
      [
        "2:12: 'in' is a reserved word and cannot be a name; call it 'in_' => 'in_'",
      ]
    ),
    ("y = f(,)", ["2:7: expected a value behind '(', found ','"]),
    ("y = f(a b)", ["2:9: an operator or a comma is missing between 'a' and 'b'"]),
    ("y = f(a;b)", ["2:8: expected ',' or ')' before ';'"]),
    (
      "y = f(a = b = c)",
      [
        "2:13: '=' cannot stand in an expression; 'equal' is written '==' => '=='",
      ]
    ),
    (
      "y = f(a < b = c)",
      [
        "2:13: '=' cannot stand in an expression; 'equal' is written '==' => '=='",
      ]
    ),
    (
      "y = x <-1",
      [
        "2:7: '<-' gives an update; 'less than a negative value' is written '< -' => '< -'",
      ]
    ),
    (
      "y = if x <-1 { a } else { b }",
      [
        "2:10: '<-' gives an update; 'less than a negative value' is written '< -' => '< -'",
      ]
    ),
    ("y = a = b", ["2:7: a statement has one '='; 'equal' is written '=='"]),
    ("y = a -> b", ["2:7: expected the end of the statement, found '->'"]),
    ("y = in", ["2:5: 'in' is a reserved word and cannot be a name; call it 'in_' => 'in_'"]),
    (
      "y = limit * 2",
      [
        "2:5: 'limit' is a reserved word and cannot be a name; call it 'limit_' => 'limit_'",
      ]
    ),
    (
      "y = with + with",
      [
        "2:5: 'with' is a reserved word and cannot be a name; call it 'with_' => 'with_'",
      ]
    ),
    ("y = a in b", ["2:7: expected the end of the statement, found 'in'"]),
    (
      "y = f(for)",
      [
        "2:7: 'for' is a reserved word and cannot be a name; call it 'for_' => 'for_'",
      ]
    ),
    ("y = return a", ["2:5: expected a value behind '=', found 'return'"]),
    (
      "y = graph",
      [
        "2:5: 'graph' is a reserved word and cannot be a name; call it 'graph_' => 'graph_'",
      ]
    ),
    ("y = if c { a }", ["2:15: an 'if' gives a value in every case: it needs 'else { … }'"]),
    ("y = if c { a } else", ["2:20: expected '{' with the branch before the end of the line"]),
    ("y = if c { a } else b", ["2:21: expected '{' with the branch, found 'b'"]),
    ("y = if c a else b", ["2:10: an operator or a comma is missing between 'c' and 'a'"]),
    ("y = if c: a else: b", ["2:9: a branch stands in braces => ' {'"]),
    ("y = if c then a else b", ["2:10: an operator or a comma is missing between 'c' and 'then'"]),
    ("y = if { a } else { b }", ["2:8: expected a value behind 'if', found '{'"]),
    ("y = if c = d { a } else { b }", ["2:10: '=' gives a name; 'equal' is written '==' => '=='"]),
    ("y = if c { } else { b }", ["2:10: a branch ends in its value, and this one has none"]),
    (
      "y = if c { t = a } else { t = b }",
      [
        "2:10: a branch ends in its value, and its names end with it: write 't = if …'",
      ]
    ),
    ("y = if c { a } elif d { b } else { c }", ["2:16: 'else if' is two words => 'else if'"]),
    ("y = if c { a } elsif d { b } else { c }", ["2:16: 'else if' is two words => 'else if'"]),
    (
      "y = if c { a; b } else { c }",
      [
        "2:12: only the last line of a branch gives its values; give this one a name",
      ]
    ),
    (
      "y = if c { return a } else { b }",
      [
        "2:12: a branch gives its last line, without 'return' => ''",
      ]
    ),
    ("y = if c { w <- a } else { b }", ["2:14: '<-' cannot stand in a branch: write 'w <- if …'"]),
    (
      "y = if c { emit q = a } else { b }",
      [
        "2:12: 'emit' cannot stand in a branch: write 'emit q = if …'",
      ]
    ),
    ("y = if c { assert a, \"m\"; a } else { b }", ["2:12: 'assert' cannot stand in a branch"]),
    (
      "y = if c { for r in x { assert r, \"m\" }; a } else { b }",
      [
        "2:25: 'assert' cannot stand in a branch",
      ]
    ),
    (
      "if c { a } else { b }",
      [
        "2:1: an 'if' gives a value: write 'y = if …'; to choose what a loop carries, 'h <- if …'",
      ]
    ),
    (
      "if c { y = a } else { y = b }",
      [
        "2:6: a branch ends in its value, and its names end with it: write 'y = if …'",
      ]
    ),
    ("else { a }", ["2:1: this 'else' belongs to no 'if'"]),
  ]

  @Test(arguments: mistakes) func told(source: String, complaints: [String]) {
    #expect(Parsed(body: source).complaints == complaints)
  }
}
