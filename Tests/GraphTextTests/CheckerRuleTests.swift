import GraphIR
import GraphText
import Ops
import Support
import Testing

/// Derivatives that a file gives its funcs.
@Suite struct CheckerRuleTests {
  /// A graph that takes the gradient of a sum of what `f` gives, behind some declarations.
  private static func text(_ declarations: String, _ call: String = "f(x)") -> String {
    "\(declarations)\ngraph g(x: f64[n], k: i64) -> (d) {\nd = grad(sum(\(call)), wrt: x)\n}\n"
  }

  private static func call(in graph: Graph?) -> Node? {
    graph?.nodes.first { $0.operation == .call }
  }

  static let right = [
    "func f(x) = sin(x)\njvp f(x) along (t) = cos(x) * t",
    "func f(x) = sin(x)\nvjp f(x) along (u) = cos(x) * u",
    "vjp f(x) -> (y) along (u) {\nreturn u * y\n}\nfunc f(x) = exp(x)",
    "func f(x) { return exp(x) }\njvp f(a: f64[m]) -> (y: f64[m]) along (t: f64[m]) = y * t",
    "func f(x) = x\njvp f(x) along (t) = t; vjp f(x) along (u) = u",
    "func f(x) = x\njvp f(x)\n  -> (y) along (t) = 0",
    "func f(x) = exp(x)\n## With a comment.\nvjp f(x) -> (y) along (\n  u,\n) = u * y",
  ]

  @Test(arguments: right)
  func accepts(_ declarations: String) throws {
    let checked = Checked(Self.text(declarations))
    #expect(checked.complaints == [])
    let graph = try #require(checked.graph)
    try graph.verify()
    #expect(Self.call(in: graph) != nil)
  }

  @Test func argumentsByTheirKind() throws {
    let checked = Checked(
      Self.text(
        """
        const c: f64[2] = [1, 2]
        func f(x, k, i, s) {
            assert i > 0, "positive"
            return x * k + sum(c) * i, i + s
        }
        vjp f(x, k, i, s) -> (y, z) along (u, v) = h(u * k, sum(u * x) + v)
        func h(a, b) { return a, 0, b, 0 }
        """, "p(f(x, 2.5, k, 3))"
      ).replacing("graph", with: "func p(a, b) = a + b\ngraph")
        .replacing("p(f(x, 2.5, k, 3))", with: "f(x, 2.5, k, 3)"))
    // A func with two results stands for no single value.
    #expect(checked.errors.count == 1)
    let taken = Checked(
      """
      const c: f64[2] = [1, 2]
      func f(x, k, i, s) {
          assert i > 0, "positive"
          return x * k + sum(c) * i, i + s
      }
      vjp f(x, k, i, s) -> (y, z) along (u, v) { return u * k, sum(u * x), 0 * v, 0 }
      graph g(x: f64[n], i: i64) -> (d, z) {
          y, z = f(x, 2.5, i, 3)
          d = grad(sum(y), wrt: x)
      }
      """)
    #expect(taken.errors == [])
    let node = try #require(Self.call(in: taken.graph))
    guard case .call(let form) = node.attributes else { return }
    #expect(form == CallForm(name: "f", arguments: 2, hasJvp: false, hasVjp: true))
    #expect(node.regions[0].assertions.count == 1)
    #expect(node.regions[1].assertions.isEmpty)
    #expect(node.regions[1].outputs.count == 1, "of the arguments, 'x' alone is floating")
  }

  /// Without a floating value among its arguments, a call is what it was.
  @Test func callsWithoutDerivatives() throws {
    let checked = Checked(
      "func f(x) = x + 1\njvp f(x) along (t) = t\ngraph g(k: i64) -> (a, b) {\na = f(k)\nb = f(2)\n}")
    #expect(checked.errors == [])
    #expect(Self.call(in: checked.graph) == nil)
  }

  static let mistakes: [(String, [String])] = [
    (
      "func f(x) = x\njvp h(x) along (t) = t",
      ["2:5: unknown func 'h'; did you mean 'f'? => 'f'"]
    ),
    (
      "const f2: f64 = 1\nfunc f(x) = x\njvp f2(x) along (t) = t",
      ["3:5: 'f2' is a const; only a 'func' is given a 'jvp'", "  note 1:7: it is declared here"]
    ),
    (
      "func f(x) = x\njvp f(x) along (t) = t\njvp f(x) along (t) = 2 * t",
      ["3:5: 'f' has a 'jvp' already", "  note 2:5: it is declared here"]
    ),
    (
      "func f(x) = x\njvp f(x, y) along (t) = t",
      ["2:5: 'f' has 1 parameter, not 2", "  note 1:6: the func is declared here"]
    ),
    (
      "func f(x) = x\njvp f(x) along (t, s) = t",
      [
        "2:5: a 'jvp' has a tangent for each parameter behind 'along': 1, not 2",
        "  note 1:6: the func is declared here",
      ]
    ),
    (
      "func f(x) { return 2 * x }\nvjp f(x) along (t, s) = t",
      [
        "2:5: a 'vjp' has a cotangent for each result behind 'along': 1, not 2",
        "  note 1:6: the func is declared here",
      ]
    ),
    (
      "func f(x) = 2 * x\nvjp f(x) -> (y, z) along (t) = t",
      ["2:5: 'f' has 1 result, not 2", "  note 1:6: the func is declared here"]
    ),
    (
      "func f(x) = g2(x)\nfunc g2(x) = x\nvjp f(x) along (t, s) = t",
      ["3:5: 'f' has 1 result, not 2", "  note 5:14: in this call of 'f'"]
    ),
    (
      "func f(x) = x\nvjp f(x) along (u) = sum(u)",
      [
        "2:22: the cotangent of 'x' is f64, and must be f64[n]",
        "  note 4:14: in this call of 'f'", "  note 3:16: 'n' is a size of 'x'",
      ]
    ),
    (
      "func f(x) = sum(x)\njvp f(x) along (t) = t",
      ["2:22: the tangent of result 1 of 'f' is f64[n], and must be f64"]
    ),
    (
      "func f(x) = x\nvjp f(x) along (u) { return u, u }",
      ["2:29: a 'vjp' of 'f' gives a cotangent for each argument: 1, not 2"]
    ),
    (
      "func f(x) = x\nvjp f(x) along (u) {\nassert all(x > 0), \"no\"\nreturn u\n}",
      ["3:8: a derivative asserts nothing; 'assert' stands in the func"]
    ),
    (
      "func f(x) = x\nvjp f(x) along (u) = u * f(x)",
      [
        "2:26: a 'vjp' of 'f' may not call 'f', nor a func that does; behind '->' its result has a "
          + "name"
      ]
    ),
    (
      "func f(x) = x\nfunc h(x) = f(x)\nvjp f(x) along (u) = u * h(x)",
      [
        "2:13: a 'vjp' of 'f' may not call 'f', nor a func that does; behind '->' its result has a "
          + "name"
      ]
    ),
    (
      "func f(x) = x\nvjp f(x) along (u) = u * zz", ["2:26: unknown name 'zz'"]
    ),
    (
      "func f(x) = x\nvjp f(x) along (x) = x",
      ["2:17: 'x' is given already; a name is given once"]
    ),
    ("func f(x) = x\nvjp f(x) = x", ["2:10: expected 'along' and the directions, found '='"]),
    (
      "func f(x) = x\nvjp f(x) along u = u",
      ["2:16: expected '(' with the directions, found 'u'"]
    ),
    (
      "func f(x) = x\nvjp f(x) along (u) -> u",
      ["2:20: expected '=' or '{' behind the directions, found '->'"]
    ),
    ("func f(x) = x\nvjp f(x) -> y along (u) = u",
     ["2:13: expected '(' with names for the results of the func, found 'y'"]),
    (
      "func f(x) = x\nvjp f(x) along (u) = u, u",
      ["2:23: '= value' gives one value; for several the body is '{ return a, b }'"]
    ),
  ]

  @Test(arguments: mistakes)
  func refuses(_ declarations: String, _ complaints: [String]) {
    let found = Checked(Self.text(declarations)).complaints
    for complaint in complaints {
      #expect(found.contains(complaint), "\(found)")
    }
    #expect(found.filter { !$0.hasPrefix("  note") && !$0.contains("warning:") }.count == 1)
  }

  @Test func funcsOfOtherFiles() {
    let others = ["lib.graph": Array("func f(x) = x\n".utf8)]
    let checked = Checked(
      "import \"lib.graph\"\n" + Self.text("vjp f(x) along (u) = u"), with: others)
    #expect(
      checked.errors == [
        "2:5: 'f' is a func of another file, in which its derivatives stand too"
      ])
    let with = ["lib.graph": Array("func f(x) = x\nvjp f(x) along (u) = 2 * u\n".utf8)]
    let imported = Checked("import \"lib.graph\"\n" + Self.text(""), with: with)
    #expect(imported.errors == [])
    #expect(Self.call(in: imported.graph) != nil)
  }

  /// A derivative of a func that nothing calls is checked as the func is.
  @Test func uncalled() {
    let checked = Checked(
      "func f(x) = x\nvjp f(x) along (u) { v = 2\nreturn u * zz }\n"
        + "graph g(x: f64) -> (y) {\ny = x\n}")
    #expect(checked.complaints == ["3:12: unknown name 'zz'", "2:22: warning: 'v' is never used"])
  }

  /// The words mean something only in front of a func's name.
  @Test func theWordsAreNotReserved() {
    let checked = Checked(
      """
      func vjp2(along) = along
      graph g(x: f64[n]) -> (jvp, vjp) {
          along = x * 2
          jvp = vjp2(along)
          vjp = jvp + 1
      }
      """)
    #expect(checked.errors == [])
  }
}
