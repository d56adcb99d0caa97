import Testing

/// Where lines end, and where they go on.
@Suite struct ContinuationTests {
  /// A `/` stands for a line end.
  static let goingOn: [(String, String)] = [
    ("a = f(/x/,/y/)", "a = f(x, y)"), ("a = (/x/+ y/)", "a = (x + y)"),
    ("a = [/1,/2/]", "a = [1, 2]"), ("a = x[/1/:/2/]", "a = x[(1:2:_)]"),
    ("a = (x/[0])", "a = x[0]"), ("a = (-/x)", "a = (-x)"), ("a = (f/(x))", "a = f(x)"),
    ("a,/b = f(x)", "a, b = f(x)"), ("a =/x", "a = x"), ("a <-/x", "a <- x"),
    ("a = x ||/y", "a = (x || y)"), ("a = x &&/y", "a = (x && y)"), ("a = x ==/y", "a = (x == y)"),
    ("a = x !=/y", "a = (x != y)"), ("a = x </y", "a = (x < y)"), ("a = x <=/y", "a = (x <= y)"),
    ("a = x >/y", "a = (x > y)"), ("a = x >=/y", "a = (x >= y)"), ("a = x +/y", "a = (x + y)"),
    ("a = x -/y", "a = (x - y)"), ("a = x */y", "a = (x * y)"), ("a = x %/y", "a = (x % y)"),
    ("a = x @/y", "a = (x @ y)"), ("a = x **/y", "a = (x ** y)"), ("a = x -/-y", "a = (x - (-y))"),
    ("a = x +//# comment/y", "a = (x + y)"),
    ("a = if c { x }/else { y }", "a = (if c {=> x} else {=> y})"),
    ("a = if c { x }/else if d { y }//else { z }",
      "a = (if c {=> x} else if d {=> y} else {=> z})"),
    ("for x in xs,/y in ys with a =/1,/b = 2 { }",
      "for x in xs, y in ys with a = 1, b = 2 {}"),
    ("for t in 0..</n { }", "for t in 0..<n {}"),
    ("for x in xs {/a = x//b = x/}", "for x in xs {a = x; b = x}"),
    ("a = (if c {/t = x/-t/} else { y })", "a = (if c {t = x; => (-t)} else {=> y})"),
  ]

  @Test(arguments: goingOn) func goesOn(source: String, tree: String) {
    let parsed = Parsed(body: source.replacing("/", with: "\n"))
    #expect(parsed.complaints == [])
    #expect(parsed.statements.map(TreeDump.text(of:)).joined(separator: "; ") == tree)
  }

  @Test func divisionsGoOn() {
    for sign in ["/", "//"] {
      let parsed = Parsed(body: "a = x \(sign)\n y")
      #expect(parsed.complaints == [])
      #expect(parsed.statements.map(TreeDump.text(of:)) == ["a = (x \(sign) y)"])
    }
  }

  @Test func headsGoOnBeforeArrows() {
    let parsed = Parsed("graph f(x: f64)\n\n  # comment\n  -> (\n  y) { y = x }")
    #expect(parsed.complaints == [])
  }

  /// What is said about a line that begins with a sign that ends one.
  static func early(_ sign: String) -> String {
    "3:1: a line goes on behind '\(sign)', not before it: put it at the end of the line above"
  }

  static let ending: [(String, [String])] = [
    ("a = x/+ y", [early("+")]),
    ("a = x/- y", [early("-")]),
    ("a = x/** y", [early("**")]),
    ("a/= x", [early("=")]),
    ("a/<- x", [early("<-")]),
    ("a/, b = x", [early(",")]),
    ("a = -/x", ["2:6: expected a value behind '-' before the end of the line"]),
    ("a = !/x", ["2:6: expected a value behind '!' before the end of the line"]),
    ("a = x/[0]", ["3:1: this value is not used; give it a name: 'y = …'"]),
    ("a = f/(x)", ["3:1: this value is not used; give it a name: 'y = …'"]),
    ("for x/in xs { }", ["2:6: expected 'in' behind 'x' before the end of the line"]),
    ("for x in/xs { }", ["2:9: expected a value behind 'in' before the end of the line"]),
    ("for x in xs/with a = 1 { }",
      ["3:1: a line does not go on before 'with': put it on the line above"]),
    ("for t in 0..</n, u in/us { }",
      ["3:8: expected a value behind 'in' before the end of the line"]),
    ("while a with a = 1/limit 3 { a <- a }",
      ["3:1: a line does not go on before 'limit': put it on the line above"]),
    ("for x in xs/{ }", ["3:1: '{' stands at the end of the line above"]),
    ("a = if c/{ x } else/{ y }",
      [
        "3:1: '{' stands at the end of the line above",
        "4:1: '{' stands at the end of the line above",
      ]),
    ("assert x/, \"m\"", ["2:9: expected ', \"message\"' before the end of the line"]),
    ("assert/x, \"m\"", ["2:7: expected a value behind 'assert' before the end of the line"]),
  ]

  @Test(arguments: ending) func ends(source: String, complaints: [String]) {
    let parsed = Parsed(body: source.replacing("/", with: "\n"))
    #expect(parsed.complaints == complaints)
  }

  @Test func arrowsDoNotGoOn() {
    #expect(
      Parsed("graph f(x: f64) ->\n(y) { y = x }").complaints
        == ["1:19: expected '(' with the results before the end of the line"])
    #expect(
      Parsed("graph f(x: f64) -> (y)\n{ y = x }").complaints
        == ["2:1: '{' stands at the end of the line above"])
  }
}
