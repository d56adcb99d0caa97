import GraphIR
import GraphText
import Ops
import Support
import Testing

/// Calls of funcs.
@Suite struct CheckerFunctionTests {
  @Test func aFuncWorksAtEveryTypeThatItsBodyAllows() {
    let checked = Checked(
      """
      func twice(t) = 2 * t
      graph t(x: f32[n], i: i8) -> (v, w, k) {
        v = twice(x)
        w = twice(i)
        k = twice(n)
      }
      """)
    #expect(["v", "w", "k"].map(checked.type) == ["f32[n]", "i8", "i64"])
  }

  @Test func equalCallsAreExpandedOnceAndGiveValuesOfTheirOwn() {
    let checked = Checked(
      "func f(t) = sin(t)\ngraph t(x: f64) -> (v) { a = f(x); b = f(x); v = a * b }")
    let operations = checked.graph?.nodes.map(\.operation)
    #expect(operations == [.parameter, .sin, .copy, .copy, .multiply])
  }

  @Test func theMemoKeepsDoublingCallsLinear() {
    let funcs = (1..<60).map { "func f\($0)(x) = f\($0 - 1)(x) + f\($0 - 1)(x)\n" }.joined()
    let checked = Checked("func f0(x) = x\n\(funcs)graph t(x: f64) -> (v) { v = f59(x) }")
    #expect(checked.errors == [])
    #expect((checked.graph?.nodes.count ?? .max) < 300)
  }

  @Test func argumentsThatDifferInBitsAreDifferent() throws {
    let checked = Checked(
      "func f(k) = 1 / k\ngraph t(x: f64) -> (v, w) { v = x * f(0.0); w = x * f(-0.0) }")
    let results = try checked.run([Tensor(.f64, scalar: .float(1))])
    #expect(results.map(spelled) == ["f64: inf", "f64: -inf"])
    let funcs = (1..<40).map { "func f\($0)(x) = f\($0 - 1)(x) + f\($0 - 1)(x)\n" }.joined()
    let same = Checked(
      "func f0(x) = sin(x)\n\(funcs)graph t(x: f64) -> (v) { v = x * f39(nan) }",
      options: CheckOptions(nodeLimit: 1_000))
    #expect(same.errors == [])
  }

  @Test func aMistakeInAFuncIsToldOnceForAllGraphs() {
    let checked = Checked(
      """
      func f(a) = a + [1, 2]
      graph t(x: f64[3]) -> (v) { v = f(x) }
      graph u(x: f64[3]) -> (v) { v = f(x) }
      """)
    #expect(
      checked.errors == ["1:13: shapes [3] and [2] do not fit together: 3 against 2 along axis 0"])
    #expect(checked.file.graphs.isEmpty)
  }

  @Test func aFuncMayGiveSeveralValues() throws {
    let checked = Checked(
      """
      func both(t, k) {
        s = t * k
        return s, sum(s)
      }
      func again(t) = both(t, 3)
      graph t(x: f64[2]) -> (v, w) { v, w = again(x) }
      """)
    let results = try checked.run([Tensor(.f64, [2], floats: [1, 2])])
    #expect(results.map(spelled) == ["f64[2]: 3.0 6.0", "f64: 9.0"])
  }

  @Test func sizesInTypesAreThoseOfTheArguments() {
    let checked = Checked(
      """
      func average(x: f64[k], y: f64[2 * k]) = (sum(x) + sum(y)) / k
      graph t(x: f64[n], y: f64[n + n]) -> (v) { v = average(x, y) }
      """)
    #expect(checked.type(of: "v") == "f64")
    #expect(checked.graph?.symbols == ["n"])
  }

  /// Files with mistakes in funcs and their calls.
  static let mistakes: [(String, [String])] = [
    (
      "func f(a) = a + q\ngraph t(x: f64) -> (v) { v = f(x) + f(x) }",
      ["1:17: unknown name 'q'; did you mean 'a'? => 'a'", "  note 2:30: in this call of 'f'"]
    ),
    (
      "func f(a) = a + [1, 2]\nfunc g(a) = f(a)\ngraph t(x: f64[3]) -> (v) { v = g(x) }",
      [
        "1:13: shapes [3] and [2] do not fit together: 3 against 2 along axis 0",
        "  note 1:8: 'a' is f64[3]", "  note 2:13: in this call of 'f'",
        "  note 3:33: in this call of 'g'",
      ]
    ),
    (
      "func f(a, b) = a\ngraph t(x: f64) -> (v) { v = f(x) }",
      ["2:30: 'f' takes 2 arguments, not 1", "  note 1:6: it is declared here"]
    ),
    (
      "func f(a) = a\ngraph t(x: f64) -> (v) { v = f(a: x) }",
      ["2:32: a func takes no labelled arguments: leave 'a:' out"]
    ),
    (
      "func f(a: f64[n]) = a\ngraph t(x: f64) -> (v) { v = f(x) }",
      [
        "1:8: argument 'a' of 'f' is f64, declared with 1 axis", "  note 2:30: in this call of 'f'",
      ]
    ),
    (
      "func f(a: f32) = a\ngraph t(x: f64) -> (v) { v = f(x) }",
      ["1:8: argument 'a' of 'f' is f64, declared f32", "  note 2:30: in this call of 'f'"]
    ),
    (
      "func f(a: f64[n, n]) = a\ngraph t(x: f64[2, 3]) -> (v) { v = f(x) }",
      [
        "1:8: argument 'a' of 'f' is f64[2, 3], declared f64[2, 2]",
        "  note 2:36: in this call of 'f'",
      ]
    ),
    (
      "func f(x) = f(x) + 1\ngraph t(x: f64) -> (v) { v = f(x) }",
      ["1:13: 'f' calls itself; a func may not be recursive"]
    ),
    (
      "func f(x) = g(x)\nfunc g(x) = h(x)\nfunc h(x) = f(x)\ngraph t(x: f64) -> (v) { v = x }",
      ["3:13: 'f' calls itself by way of 'g', 'h'; a func may not be recursive"]
    ),
    (
      "func f(x) { return x, x }\ngraph t(x: f64) -> (v) { v = f(x) }",
      ["2:30: 'f' gives 2 values here; take them apart: 'a, b = f(…)'"]
    ),
    (
      "func f(x) { return x, x }\ngraph t(x: f64) -> (v, w, u) { v, w, u = f(x) }",
      ["2:32: 3 names for 2 values"]
    ),
    (
      "func f(x) { y = 2\n return x }\ngraph t(x: f64) -> (v) { v = f(x) }",
      ["1:13: warning: 'y' is never used"]
    ),
    (
      "const k = 2\nfunc f(x) { k = 3\n return x * k }\ngraph t(x: f64) -> (v) { v = f(x) }",
      [
        "2:13: 'k' is given already; a name is given once", "  note 1:7: it is given here",
        "  note 4:30: in this call of 'f'",
      ]
    ),
    (
      "func f(x, x) = x\ngraph t(x: f64) -> (v) { v = x }",
      ["1:11: 'x' is given already; a name is given once", "  note 1:8: it is given here"]
    ),
    // What is never called.
    (
      "func f(x) = x + q\ngraph t(x: f64) -> (v) { v = x }",
      ["1:17: unknown name 'q'; did you mean 'x'? => 'x'"]
    ),
    ("func f(x) = fx(x)\ngraph t(x: f64) -> (v) { v = x }", [
      "1:13: unknown function 'fx'; did you mean 'f'? => 'f'"
    ]),
    ("func f(x: f46) = x\ngraph t(x: f64) -> (v) { v = x }", [
      "1:11: unknown type 'f46'; did you mean 'f16'? => 'f16'"
    ]),
    ("func f(x) { y = 2 * x\n return x }\ngraph t(x: f64) -> (v) { v = x }", [
      "1:13: warning: 'y' is never used"
    ]),
  ]

  @Test(arguments: mistakes)
  func mistake(_ text: String, _ complaints: [String]) {
    #expect(Checked(text).complaints == complaints)
  }

  @Test func callsNestToALimit() {
    func text(_ count: Int) -> String {
      "func f0(x) = x\n" + (1..<count).map { "func f\($0)(x) = f\($0 - 1)(x) * 2\n" }.joined()
        + "graph t(x: f64) -> (v) { v = f\(count - 1)(x) }"
    }
    #expect(Checked(text(200)).errors == [])
    #expect(
      Checked(text(10_000)).errors == ["9801:17: calls of funcs are nested more than 200 deep"])
  }

  @Test func expressionsOfAllCallersNestToALimit() {
    let open = String(repeating: "-(", count: 60)
    let close = String(repeating: ")", count: 60)
    let funcs = (1..<100).map { "func f\($0)(x) = \(open)f\($0 - 1)(x)\(close)\n" }.joined()
    let checked = Checked("func f0(x) = x\n\(funcs)graph t(x: f64) -> (v) { v = f99(x) }")
    #expect(
      checked.errors.map { $0.drop { $0 != "n" } } == [
        "nested too deeply: more than 500 levels in all calls"
      ])
  }

  @Test func graphsGrowToALimit() {
    let funcs = (1..<60).map { "func f\($0)(x) = f\($0 - 1)(x) + f\($0 - 1)(2 * x)\n" }.joined()
    let text = "func f0(x) = x\n\(funcs)graph t(x: f64) -> (v) { v = f59(x) }"
    let grown = Checked(text, options: CheckOptions(nodeLimit: 1_000))
    #expect(
      grown.errors.map { $0.drop { $0 != "t" } } == ["the graph grows past 1000 nodes here"])
    let expanded = Checked(text, options: CheckOptions(expansionLimit: 1_000))
    #expect(
      expanded.errors.map { $0.drop { $0 != "c" } } == [
        "calls are expanded more than 1000 times here"
      ])
    #expect(grown.graph == nil && expanded.graph == nil)
  }

  /// What is refused is that calls are expanded, not that they stand there: equal ones are one.
  @Test func equalCallsAreExpandedOnce() {
    let funcs = (1..<60).map { "func f\($0)(x) = f\($0 - 1)(x) + f\($0 - 1)(x)\n" }.joined()
    let text = "func f0(x) = x\n\(funcs)graph t(x: f64) -> (v) { v = f59(x) }"
    #expect(Checked(text, options: CheckOptions(expansionLimit: 1_000)).complaints == [])
  }

  /// Where funcs double without end, that is found without expanding them.
  @Test func doublingsAreCounted() {
    let funcs = (1..<190).map { "func f\($0)(x) = f\($0 - 1)(x) + f\($0 - 1)(2 * x)\n" }.joined()
    let checked = Checked("func f0(x) = x\n\(funcs)graph t(x: f64) -> (v) { v = f189(x) }")
    #expect(
      checked.errors.map { $0.drop { $0 != "c" } } == [
        "calls are expanded more than 1000000 times here"
      ])
  }
}
