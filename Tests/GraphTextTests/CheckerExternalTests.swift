import GraphIR
import GraphText
import Ops
import Support
import Testing

/// C functions that a file declares.
@Suite struct CheckerExternalTests {
  private static func text(_ declarations: String, _ call: String = "f(x)") -> String {
    "\(declarations)\ngraph g(x: f64[m], k: i64) -> (d) {\nd = \(call)\n}\n"
  }

  private static func form(_ graph: Graph?) -> ExternalForm? {
    for node in graph?.nodes ?? [] {
      if case .external(let form) = node.attributes { return form }
    }
    return nil
  }

  @Test func sizesOfACall() throws {
    let checked = Checked(
      """
      ## With a comment.
      extern func f(
          x: f64[n, p], s: f64, i: i32, y: f64[2 * n], z: f64[3]
      ) -> (a: f64[p, n + 1], b: i32)
      graph g(x: f64[m, 5], k: i64) -> (a, b) {
          c, b = f(x[1:m], 2, 3, concatenate([x[1:m, 0], x[1:m, 1]], axis: 0), [1, 2, 3])
          a = c + 0
      }
      """)
    #expect(checked.errors == [])
    let graph = try #require(checked.graph)
    try graph.verify()
    let form = try #require(Self.form(graph))
    #expect(form.symbols == ["n", "p"])
    #expect(form.sizes.map(\.description) == ["m - 1", "5"])
    #expect(checked.type(of: "a") == "f64[5, m]")
    #expect(checked.type(of: "b") == "i32")
    #expect(form.parameters[3].type.description == "f64[2 * n]")
  }

  /// Equal calls are one; the words mean something only where a declaration begins.
  @Test func callsAndWords() throws {
    let checked = Checked(
      """
      extern func f(x: real[n]) -> (y: real[n])
      graph g(extern_x: f64[m]) -> (y) {
          extern = f(extern_x)
          y = extern + f(extern_x)
      }
      """)
    // C++ has the word, but no argument is called so.
    #expect(checked.errors == [])
    #expect(checked.graph?.nodes.filter { $0.operation == .external }.count == 1)
  }

  static let mistakes: [(String, String)] = [
    ("extern func f(x) -> (y: f64[n])", "1:15: a parameter of a C function has a type: 'x: f64'"),
    (
      "extern func f(x: f64[n]) -> (y)",
      "1:30: a result of a C function has a type: 'y: f64'"
    ),
    ("extern func f(x: f64[n])", "1:25: expected '->' and the results of the C function"),
    (
      "extern func f(x: f64[n]) -> (y: f64[n]) = x", "1:41: a C function has no body here"
    ),
    (
      "extern func f(x: f64[n]) -> (y: f64[n]) {\n}",
      "1:41: a C function has no body here"
    ),
    ("extern func f(inout x: f64[n]) -> (y: f64[n])", "1:15: only graphs have 'inout' parameters"),
    (
      "extern func sin(x: f64[n]) -> (y: f64[n])\nfunc f(x) = x",
      "1:13: 'sin' is a function of C's library or of POSIX and cannot name a C function"
    ),
    (
      "extern func f(int: f64[n]) -> (y: f64[n])",
      "1:15: 'int' is a keyword of C or C++ and cannot name an argument"
    ),
    (
      "extern func f(x: f64[short]) -> (y: f64[short])",
      "1:22: 'short' is a keyword of C or C++ and cannot name an argument"
    ),
    ("extern func f(x: f64[n]) -> (x: f64[n])", "1:30: 'x' is given already"),
    ("extern func f(x: f64[n]) -> (y: f64[q])", "1:37: unknown name 'q'; did you mean 'n'?"),
    ("extern func f(x: f65[n]) -> (y: f64[n])", "1:18: unknown type 'f65'"),
    ("func f(x) = x\nextern func f(x: f64[n]) -> (y: f64[n])", "2:13: 'f' is given already"),
    (
      "extern func f(x: f32[n]) -> (y: f64[n])",
      "1:15: argument 'x' of 'f' is f64[m], declared f32[m]"
    ),
    (
      "extern func f(x: f64[n, n]) -> (y: f64[n])",
      "1:15: argument 'x' of 'f' is f64[m], declared with 2 axes"
    ),
    (
      "extern func f(x: f64[3]) -> (y: f64[3])",
      "1:15: argument 'x' of 'f' is f64[m], declared f64[3]"
    ),
    (
      "extern func f(x: f64[n]) -> (y: f64, z: f64)", "3:5: 'f' gives 2 values here; take them apart"
    ),
    (
      "extern func f(x: f64[n]) -> (y: f64)\nvjp f(x, y) along (u) = u",
      "2:5: 'f' has 1 parameter, not 2"
    ),
    (
      "extern func f(x: f64[n]) -> (y: f64)\nvjp f(x) along (u, v) = u",
      "2:5: a 'vjp' has a cotangent for each result behind 'along': 1, not 2"
    ),
  ]

  @Test(arguments: mistakes)
  func refuses(_ declarations: String, _ complaint: String) {
    let errors = Checked(Self.text(declarations)).errors
    #expect(errors.contains { $0.hasPrefix(complaint) }, "\(errors)")
  }

  @Test func ofTwoFiles() {
    let text = "extern func f(x: f64[n]) -> (y: f64[n])\n"
    let others = [
      "a.graph": Array((text + "func h(x) = f(x)\n").utf8),
      "b.graph": Array(text.utf8),
    ]
    let imported = Checked(
      "import \"a.graph\"\n" + Self.text("", "f(x) + h(x)"), with: others)
    #expect(imported.errors == [])
    let twice = Checked("import \"a.graph\"\n" + text + Self.text("", "h(x)"), with: others)
    #expect(!twice.errors.isEmpty)
  }
}
