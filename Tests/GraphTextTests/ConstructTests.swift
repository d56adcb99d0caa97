import GraphText
import Support
import Testing

/// What each construct of the grammar becomes.
@Suite struct ConstructTests {
  static let expressions: [(String, String)] = [
    ("x", "x"), ("_x1Y", "_x1Y"), ("_", "_"), ("7", "7"), ("0", "0"), ("1_000", "1000"),
    ("00", "0"), ("2.5", "2.5f"), ("1e-3", "0.001f"), ("1E3", "1000.0f"), ("1e+3", "1000.0f"),
    ("1_0.2_5e1_0", "102500000000.0f"), ("0.1", "0.1f"), ("1.0", "1.0f"), ("0e999999", "0.0f"),
    ("123456789012345.6", "123456789012345.6f"), ("0.30000000000000004", "0.30000000000000004f"),
    ("0.000000000000001", "1e-15f"), ("1.7976931348623157e308", "1.7976931348623157e+308f"),
    ("5e-324", "5e-324f"), ("9223372036854775807", "9223372036854775807"),
    ("-9223372036854775808", "-9223372036854775808"),
    ("3 - -9223372036854775808", "(3 - -9223372036854775808)"),
    ("true", "true"), ("false", "false"), ("\"text\"", "<text>"), ("\"\"", "<>"),
    ("\"a\\\\b\\\"c\\n\\t é\"", "<a\\b\"c\n\t é>"), ("\"# no comment\"", "<# no comment>"),
    ("pi", "pi"), ("inf", "inf"), ("nan", "nan"),
    ("[]", "[]"), ("[1]", "[1]"), ("[1, 2,]", "[1, 2]"), ("[[1, 2], [3, 4]]", "[[1, 2], [3, 4]]"),
    ("[x, 2 * x]", "[x, (2 * x)]"), ("(x)", "x"), ("((x))", "x"),
    ("f()", "f()"), ("f(x)", "f(x)"), ("f(x,)", "f(x)"), ("f (x)", "f(x)"),
    ("f(g(x), [y], \"z\")", "f(g(x), [y], <z>)"),
    ("sum(x, axis: 0)", "sum(x, axis: 0)"),
    ("sum(x, axis: [0, 1], keepdims: true)", "sum(x, axis: [0, 1], keepdims: true)"),
    ("grad(c, wrt: [x, y], disconnected: zero)", "grad(c, wrt: [x, y], disconnected: zero)"),
    ("f(axis : -1)", "f(axis: (-1))"),
    ("x[0]", "x[0]"), ("x[:, new]", "x[(_:_:_), new]"), ("x[-1, :]", "x[(-1), (_:_:_)]"),
    ("x[1:n:2]", "x[(1:n:2)]"), ("x[::-1]", "x[(_:_:(-1))]"), ("x[::]", "x[(_:_:_)]"),
    ("x[:n]", "x[(_:n:_)]"), ("x[1:]", "x[(1:_:_)]"), ("x[::2]", "x[(_:_:2)]"),
    ("x[1::2]", "x[(1:_:2)]"), ("x[:n:2]", "x[(_:n:2)]"),
    ("x[2 * n - 1:]", "x[(((2 * n) - 1):_:_)]"),
    ("x[..., 0]", "x[..., 0]"), ("x[new, ...]", "x[new, ...]"), ("x[i, j,]", "x[i, j]"),
    ("table[ids]", "table[ids]"), ("logp[arange(n), y]", "logp[arange(n), y]"),
    ("x[0][1:][new]", "x[0][(1:_:_)][new]"), ("f(x)[0]", "f(x)[0]"), ("[1, 2][0]", "[1, 2][0]"),
    ("(a + b)[0]", "(a + b)[0]"), ("x [0]", "x[0]"), ("x[y[z[0]]]", "x[y[z[0]]]"),
    ("if c { a } else { b }", "(if c {=> a} else {=> b})"),
    ("if c { a, b } else { b, a }", "(if c {=> a, b} else {=> b, a})"),
    ("if c { a } else if d { b } else if e { f } else { g }",
      "(if c {=> a} else if d {=> b} else if e {=> f} else {=> g})"),
    ("if c { t = a; u = t\n t * u } else { b }", "(if c {t = a; u = t; => (t * u)} else {=> b})"),
    ("if c { a; } else { b\n }", "(if c {=> a} else {=> b})"),
    ("if (c) { if d { a } else { b } } else { c }",
      "(if c {=> (if d {=> a} else {=> b})} else {=> c})"),
    ("if c { for r in x { emit q = r }; q } else { x }",
      "(if c {for r in x {emit q = r}; => q} else {=> x})"),
    ("if c { while s < 1 with s = x { s <- s + 1 }; s } else { x }",
      "(if c {while (s < 1) with s = x {s <- (s + 1)}; => s} else {=> x})"),
    ("f(if c { a } else { b }, k: if c { 1 } else { 2 })",
      "f((if c {=> a} else {=> b}), k: (if c {=> 1} else {=> 2}))"),
  ]

  @Test(arguments: expressions) func expression(source: String, tree: String) {
    #expect(dumped(source) == tree)
  }

  static let statements: [(String, String)] = [
    ("a = x", "a = x"), ("a, b = f(x)", "a, b = f(x)"), ("a, _, c = f(x)", "a, _, c = f(x)"),
    ("a, b = if c { x, y } else { y, x }", "a, b = (if c {=> x, y} else {=> y, x})"),
    ("w <- w - rate * gw", "w <- (w - (rate * gw))"), ("w<-w", "w <- w"),
    ("assert x > 0, \"message\"", "assert (x > 0), <message>"),
    ("for x in xs { }", "for x in xs {}"), ("for x in xs {}", "for x in xs {}"),
    ("for x in xs { emit hs = x }", "for x in xs {emit hs = x}"),
    ("for t in 0..<T { a = t }", "for t in 0..<T {a = t}"),
    ("for t in n + 1..<2 * n { }", "for t in (n + 1)..<(2 * n) {}"),
    ("for t in 10..<20 { }", "for t in 10..<20 {}"),
    ("for x in xs, t in 0..<T with h = h0, c = c0 { h <- c; c <- h }",
      "for x in xs, t in 0..<T with h = h0, c = c0 {h <- c; c <- h}"),
    ("for x in xs { for y in x with s = 0.0 { s <- s + y }; emit r = s }",
      "for x in xs {for y in x with s = 0.0f {s <- (s + y)}; emit r = s}"),
    ("for x in xs { assert x < 1, \"m\" }", "for x in xs {assert (x < 1), <m>}"),
    ("for x in xs with h = h0 checkpoint 100, 2 * n { h <- x }",
      "for x in xs with h = h0 checkpoint 100, (2 * n) {h <- x}"),
    ("for checkpoint in xs with h = checkpoint checkpoint checkpoint { h <- x }",
      "for checkpoint in xs with h = checkpoint checkpoint checkpoint {h <- x}"),
    ("while r > 1 with r = x { r <- r / 2 }", "while (r > 1) with r = x {r <- (r / 2)}"),
    ("while r > 1 with r = x, q = y limit 2 * n { r <- q }",
      "while (r > 1) with r = x, q = y limit (2 * n) {r <- q}"),
    ("a = x;; b = x;\n; c = x;", "a = x; b = x; c = x"),
  ]

  @Test(arguments: statements) func statement(source: String, tree: String) {
    let parsed = Parsed(body: source)
    #expect(parsed.complaints == [])
    #expect(parsed.statements.map(TreeDump.text(of:)).joined(separator: "; ") == tree)
  }

  static let declarations: [(String, String)] = [
    ("", ""), ("\n  \n;\n", ""), ("# only a comment", ""),
    ("import \"layers.graph\"", "import layers.graph\n"),
    ("import \"a.graph\"; import \"b.graph\"", "import a.graph\nimport b.graph\n"),
    ("graph f(x: f64) -> (y) { y = x }", "graph f[](x: f64[]) -> (y) {y = x}\n"),
    ("graph f() -> () {}", "graph f[]() -> () {}\n"),
    ("graph f(inout w: f64) { w <- w }", "graph f[](inout w: f64[]) -> () {w <- w}\n"),
    ("graph f[n, m](x: f64[n, m],) -> (y: f64[n], z: i32,) { y = x }",
      "graph f[n, m](x: f64[n, m]) -> (y: f64[n], z: i32[]) {y = x}\n"),
    ("graph f(x: real[2 * n + 1, (n - 1) // 2]) -> (y) {}",
      "graph f[](x: real[((2 * n) + 1), ((n - 1) // 2)]) -> (y) {}\n"),
    ("func f() = 1", "func f() = {=> 1}\n"),
    ("func f(x, y: f64[n]) = x + y", "func f(x, y: f64[n]) = {=> (x + y)}\n"),
    ("func f(x) =\n x", "func f(x) = {=> x}\n"),
    ("func f(x) { return x }", "func f(x) {=> x}\n"),
    ("func f(x) { y = x; return y, x }", "func f(x) {y = x; => y, x}\n"),
    ("func f(x) { for r in x { emit y = r }\n return y }",
      "func f(x) {for r in x {emit y = r}; => y}\n"),
    ("func f(x) = if x > 0 { x } else { 0 }", "func f(x) = {=> (if (x > 0) {=> x} else {=> 0})}\n"),
    ("const a = load(\"a.npy\")", "const a = load <a.npy>\n"),
    ("const a: f32[64] = load(\"a.npy\")", "const a: f32[64] = load <a.npy>\n"),
    ("const a: f64[2] = [0.1, -3]", "const a: f64[2] = [0.1f, (-3)]\n"),
    ("const a = 2.5", "const a = 2.5f\n"),
    ("const a = load(x)", "const a = load(x)\n"),
    ("func f(x) = x; const a = 1; graph g(x: f64) -> (y) { y = x };",
      "func f(x) = {=> x}\nconst a = 1\ngraph g[](x: f64[]) -> (y) {y = x}\n"),
  ]

  @Test(arguments: declarations) func declaration(source: String, tree: String) {
    let parsed = Parsed(source)
    #expect(parsed.complaints == [])
    #expect(TreeDump.text(of: parsed.unit) == tree)
    #expect(parsed.unit.isWhole)
  }

  @Test func documentation() {
    let parsed = Parsed(
      """
      ## First line.
      ##   Second, indented.\u{20}
      # no doc
      ##
      ## After a gap.

      ## After an empty line.
      graph f(
        ## The x.
        x: f64, ## Belongs to y.
        y: f64, # no doc
        ## Through inout.
        inout z: f64
      ) -> (
        ## A result.
        r) {
        ## Lost.
        r = x
      }
      ### A ruler, and none of g's.
      func g(a) = a
      ## Of c.
      const c = 1
      ## Lost at the end.
      """)
    #expect(parsed.complaints == [])
    guard case .graph(let graph) = parsed.unit.declarations[0],
      case .function(let function) = parsed.unit.declarations[1],
      case .constant(let constant) = parsed.unit.declarations[2]
    else { return #expect(Bool(false)) }
    #expect(
      graph.documentation?.text
        == "First line.\n  Second, indented.\n\nAfter a gap.\n\nAfter an empty line.")
    #expect(
      graph.parameters.map(\.documentation?.text) == ["The x.", "Belongs to y.", "Through inout."])
    #expect(graph.results[0].documentation?.text == "A result.")
    #expect(function.documentation == nil)
    #expect(function.parameters[0].documentation == nil)
    #expect(constant.documentation?.text == "Of c.")
    if let site = constant.documentation?.site { #expect(parsed.text(at: site) == "## Of c.") }
  }

  @Test func emptyDocLinesAreParagraphs() {
    let parsed = Parsed("## a\n##\n## b\nfunc f(x) = x")
    guard case .function(let function) = parsed.unit.declarations[0] else {
      return #expect(Bool(false))
    }
    #expect(function.documentation?.text == "a\n\nb")
  }
}
