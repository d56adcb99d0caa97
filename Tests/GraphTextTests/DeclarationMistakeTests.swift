import Testing

/// What is said about declarations that cannot be read.
@Suite struct DeclarationMistakeTests {
  /// Whole files.
  static let mistakes: [(String, [String])] = [
    ("graph", ["1:6: expected the name of the graph before the end of the file"]),
    ("graph 3", ["1:7: expected the name of the graph, found '3'"]),
    ("graph f", ["1:8: expected '(' with the parameters before the end of the file"]),
    ("graph f(", ["1:9: expected a parameter before the end of the file"]),
    ("graph f()", ["1:10: expected '{' with the body of the graph before the end of the file"]),
    (
      "graph f(x: f64) -> (y)",
      [
        "1:23: expected '{' with the body of the graph before the end of the file",
      ]
    ),
    (
      "graph f(x: f64) -> (y) = x",
      [
        "1:24: the body of a graph stands in braces; '= value' is for a func",
      ]
    ),
    ("graph f(x: f64) -> y { y = x }", ["1:20: results stand in parentheses"]),
    ("graph f(x: f64) (y) { y = x }", ["1:16: '->' is missing before the results => ' ->'"]),
    ("graph f(x: f64) => (y) { y = x }", ["1:17: an arrow is written '->' => '->'"]),
    ("graph f(x: f64) { y = x", ["1:24: missing '}' => ' }'", "  note 1:17: opened here"]),
    ("graph f(x: f64 -> (y) { y = x }", ["1:15: missing ')' => ')'", "  note 1:8: opened here"]),
    ("graph f(x: f64) -> (y { y = x }", ["1:22: missing ')' => ')'", "  note 1:20: opened here"]),
    (
      "graph f(x: f64[n) -> (y) { y = x }",
      [
        "1:17: missing ']' => ']'",
        "  note 1:15: opened here",
      ]
    ),
    ("graph f x -> (y) { y = x }", ["1:9: expected '(' with the parameters, found 'x'"]),
    (
      "graph f(x) -> (y) { y = x }",
      [
        "1:9: a parameter of a graph has a type: 'x: f64' => ': f64'",
      ]
    ),
    (
      "graph f(x, y) -> (z) { z = x }",
      [
        "1:9: a parameter of a graph has a type: 'x: f64' => ': f64'",
        "1:12: a parameter of a graph has a type: 'y: f64' => ': f64'",
      ]
    ),
    (
      "graph f(x f64) -> (y) { y = x }",
      [
        "1:10: ':' is missing between the name and its type => ':'",
      ]
    ),
    ("graph f(f64 x) -> (y) { y = x }", ["1:9: the type stands behind the name: 'x: f64'"]),
    (
      "graph f(double x, int y) -> (z) { z = x }",
      [
        "1:9: the type stands behind the name: 'x: f64'",
        "1:19: the type stands behind the name: 'y: i32'",
      ]
    ),
    (
      "graph f(x: f64 y: f64) -> (z) { z = x }",
      [
        "1:16: an operator or a comma is missing between 'f64' and 'y'",
      ]
    ),
    ("graph f(x: f64; y: f64) -> (z) { z = x }", ["1:15: expected ',' or ')' before ';'"]),
    ("graph f(x:) -> (y) { y = x }", ["1:11: expected a type, found ')'"]),
    ("graph f(x: 3) -> (y) { y = x }", ["1:12: expected a type, found '3'"]),
    ("graph f(x: f64[]) -> (y) { y = x }", ["1:15: a scalar has no brackets => ''"]),
    ("graph f(x: f64[:]) -> (y) { y = x }", ["1:16: every size of a type has a number or a name"]),
    (
      "graph f(x: f64[..., 3]) -> (y) { y = x }",
      [
        "1:16: every size of a type has a number or a name",
      ]
    ),
    (
      "graph f(x: [n]f64) -> (y) { y = x }",
      [
        "1:12: the shape stands behind the element type: 'f64[n]'",
      ]
    ),
    ("graph f(x: f64(n)) -> (y) { y = x }", ["1:15: a shape stands in brackets: 'f64[…]'"]),
    ("graph f(x: f64 = 3) -> (y) { y = x }", ["1:16: parameters have no default values"]),
    ("graph f(: f64) -> (y) { y = x }", ["1:9: expected a parameter, found ':'"]),
    ("graph f(,) -> (y) { y = x }", ["1:9: expected a parameter, found ','"]),
    ("graph f(inout) -> (y) { y = x }", ["1:14: expected a parameter, found ')'"]),
    (
      "graph f(in: f64, new: f64) -> (y) { y = x }",
      [
        "1:9: 'in' is a reserved word and cannot be a name; call it 'in_' => 'in_'",
        "1:18: 'new' is a reserved word and cannot be a name; call it 'new_' => 'new_'",
      ]
    ),
    (
      "graph limit(x: f64) -> (for) { for = x }",
      [
        "1:7: 'limit' is a reserved word and cannot be a name; call it 'limit_' => 'limit_'",
        "1:25: 'for' is a reserved word and cannot be a name; call it 'for_' => 'for_'",
      ]
    ),
    ("graph f[3](x: f64) -> (y) { y = x }", ["1:9: expected the name of a size, found '3'"]),
    ("graph f[n: 3](x: f64) -> (y) { y = x }", ["1:10: a declared size is a name alone"]),
    ("graph f[n(x: f64) -> (y) { y = x }", ["1:10: expected ',' or ']', found '('"]),
    ("graph f(x: f64) -> (y: ) { y = x }", ["1:24: expected a type, found ')'"]),
    ("graph f(x: f64) -> (3) { y = x }", ["1:21: expected a result, found '3'"]),
    (
      "graph f(a b, c d, e: f64, g h) -> (y) { y = e }",
      [
        "1:10: ':' is missing between the name and its type => ':'",
        "1:15: ':' is missing between the name and its type => ':'",
        "1:28: ':' is missing between the name and its type => ':'",
      ]
    ),
    ("func", ["1:5: expected the name of the func before the end of the file"]),
    ("func f", ["1:7: expected '(' with the parameters before the end of the file"]),
    ("func f(x)", ["1:10: expected '=' or '{' behind the parameters before the end of the file"]),
    ("func f(x) x", ["1:11: expected '=' or '{' behind the parameters, found 'x'"]),
    ("func f(x) =", ["1:12: expected a value behind '=' before the end of the file"]),
    (
      "func f(x) = x, x",
      [
        "1:14: '= value' gives one value; for several the body is '{ return a, b }'",
      ]
    ),
    (
      "func f(x) -> (y) { return x }",
      [
        "1:11: a func gives its results by 'return': leave '->' out",
      ]
    ),
    ("func f(x) -> (y) = x", ["1:11: a func gives its results by 'return': leave '->' out"]),
    ("func f[n](x) = x", ["1:7: only a graph declares sizes"]),
    ("func f(inout x) = x", ["1:8: only graphs have 'inout' parameters"]),
    ("func f(x) { }", ["1:11: the body of a func ends in 'return', and this one has none"]),
    ("func f(x) { y = x }", ["1:11: the body of a func ends in 'return', and this one has none"]),
    ("func f(x) { x }", ["1:13: the body of a func ends in 'return' => 'return '"]),
    ("func f(x) { y = x; y, x }", ["1:20: the body of a func ends in 'return' => 'return '"]),
    ("func f(x) { return }", ["1:20: expected a value behind 'return', found '}'"]),
    ("func f(x) { return x; y = x; z = x }", ["1:23: nothing can follow 'return'"]),
    ("func f(x) { return x; return x }", ["1:23: nothing can follow 'return'"]),
    (
      "func f(x) { x <- 1; return x }",
      [
        "1:15: '<-' stands only in bodies of graphs and loops; a func gives values",
      ]
    ),
    ("func f(x) { emit y = x; return x }", ["1:13: 'emit' stands only in the body of a 'for'"]),
    (
      "func f(x) { if x { return 1 } else { return 2 } }",
      [
        "1:13: the body of a func ends in 'return' => 'return '",
        "1:20: a branch gives its last line, without 'return' => ''",
        "1:38: a branch gives its last line, without 'return' => ''",
      ]
    ),
    ("const", ["1:6: expected the name of the const before the end of the file"]),
    ("const a", ["1:8: expected '= value' behind the const before the end of the file"]),
    ("const a =", ["1:10: expected a value behind '=' before the end of the file"]),
    ("const a: = 3", ["1:10: expected a type, found '='"]),
    ("const a 3", ["1:9: expected '= value' behind the const, found '3'"]),
    ("const a: f64", ["1:13: expected '= value' behind the const before the end of the file"]),
    ("const in = 3", ["1:7: 'in' is a reserved word and cannot be a name; call it 'in_' => 'in_'"]),
    ("const a = 1, 2", ["1:12: one name takes one value; several stand in an array '[a, b]'"]),
    ("const a = load(", ["1:16: expected a value behind '(' before the end of the file"]),
    ("import", ["1:7: expected the path of a file in quotes before the end of the file"]),
    ("import layers", ["1:8: an import names a file: \"layers.graph\" => '\"layers.graph\"'"]),
    ("import 3", ["1:8: expected the path of a file in quotes, found '3'"]),
    (
      "import \"a.graph\" \"b.graph\"",
      [
        "1:18: expected the end of the statement, found \"b.graph\"",
      ]
    ),
    ("import \"a.graph", ["1:8: this text has no closing '\"' on its line"]),
    ("def f(x) { return x }", ["1:1: 'def' declares nothing; did you mean 'func'? => 'func'"]),
    ("fn f(x) = x", ["1:1: 'fn' declares nothing; did you mean 'func'? => 'func'"]),
    ("function f(x) = x", ["1:1: 'function' declares nothing; did you mean 'func'? => 'func'"]),
    (
      "grpah f(x: f64) -> (y) { y = x }",
      [
        "1:1: 'grpah' declares nothing; did you mean 'graph'? => 'graph'",
      ]
    ),
    ("fucn f(x) = x", ["1:1: 'fucn' declares nothing; did you mean 'func'? => 'func'"]),
    ("cosnt a = 3", ["1:1: 'cosnt' declares nothing; did you mean 'const'? => 'const'"]),
    ("blah f(x) = x", ["1:1: expected 'import', 'graph', 'func' or 'const', found 'blah'"]),
    ("y = 3", ["1:1: statements stand in the body of a 'graph' or a 'func'"]),
    ("f(x)", ["1:1: statements stand in the body of a 'graph' or a 'func'"]),
    ("emit y = 3", ["1:1: statements stand in the body of a 'graph' or a 'func'"]),
    ("for x in xs { }", ["1:1: statements stand in the body of a 'graph' or a 'func'"]),
    ("if a { b } else { c }", ["1:1: statements stand in the body of a 'graph' or a 'func'"]),
    ("// text\nfunc f(x) = x", ["1:1: a comment begins with '#'; '//' divides => '#'"]),
    ("}", ["1:1: this '}' closes nothing => ''"]),
    ("{", ["1:1: expected 'import', 'graph', 'func' or 'const', found '{'"]),
    ("3", ["1:1: expected 'import', 'graph', 'func' or 'const', found '3'"]),
    ("-", ["1:1: expected 'import', 'graph', 'func' or 'const', found '-'"]),
    ("(", ["1:1: expected 'import', 'graph', 'func' or 'const', found '('"]),
    ("]", ["1:1: expected 'import', 'graph', 'func' or 'const', found ']'"]),
    ("func f(x) = x func g(x) = x", ["1:15: expected the end of the statement, found 'func'"]),
    (
      "graph f() -> () {} graph g() -> () {}",
      [
        "1:20: expected the end of the statement, found 'graph'",
      ]
    ),
  ]

  @Test(arguments: mistakes) func told(source: String, complaints: [String]) {
    #expect(Parsed(source).complaints == complaints)
  }
}
