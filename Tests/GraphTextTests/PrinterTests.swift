import Foundation
import GraphText
import Support
import Testing

/// Printing, and reading what was printed.
@Suite struct PrinterTests {
  static let corpus: [URL] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Corpus")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".graph") }.sorted().map(folder.appendingPathComponent)
  }()

  @Test func theCorpusIsThere() {
    #expect(PrinterTests.corpus.count >= 4)
  }

  @Test(arguments: corpus) func roundTrip(file: URL) throws {
    let parsed = Parsed([UInt8](try Data(contentsOf: file)))
    #expect(parsed.complaints == [])
    let printed = parsed.unit.sourceText
    let again = Parsed(printed)
    #expect(again.complaints == [])
    #expect(TreeDump.text(of: again.unit) == TreeDump.text(of: parsed.unit))
    #expect(again.unit.sourceText == printed)
  }

  /// Texts and what is printed for them; where one is missing, the text itself.
  static let minimal: [(String, String?)] = [
    ("a + b - c", nil), ("(a + b) - c", "a + b - c"), ("a + (b - c)", nil), ("a - (b - c)", nil),
    ("(a * b) + c", "a * b + c"), ("(a + b) * c", nil), ("a * (b * c)", nil),
    ("((a))", "a"), ("-(a)", "-a"), ("-(a ** b)", "-a ** b"), ("(-a) ** b", nil),
    ("a ** (-b)", "a ** -b"), ("a ** (b ** c)", "a ** b ** c"), ("(a ** b) ** c", nil),
    ("a ** (b + c)", nil), ("a ** -(b + c)", nil), ("-(a + b)", nil), ("-(-a)", "--a"),
    ("!(a && b)", nil), ("!(a)", "!a"), ("(!a) && b", "!a && b"), ("(a < b) == c", nil),
    ("a == (b < c)", nil), ("(a < b) && c", "a < b && c"), ("(a && b) || c", "a && b || c"),
    ("a && (b || c)", nil), ("a || (b || c)", nil), ("(a + b)[0]", nil), ("(f(x))[0]", "f(x)[0]"),
    ("(x[0])[1]", "x[0][1]"), ("(-a)[0]", nil), ("(a ** b)[0]", nil), ("-(a[0])", "-a[0]"),
    ("a < -b", nil), ("a< -b", "a < -b"), ("f((a), k: (b + c))", "f(a, k: b + c)"),
    ("[(a), (b + c)]", "[a, b + c]"), ("x[(a):(b + c):(-1), (d)]", "x[a:b + c:-1, d]"),
    ("x[ : , new , ... , : : 2 ]", "x[:, new, ..., ::2]"), ("1_000", "1000"), ("1e-5", "1e-05"),
    ("1e22", "1e+22"), ("0.10", "0.1"), ("-9223372036854775808", nil),
    ("(-9223372036854775808) ** 2", nil),
    ("2 ** (-9223372036854775808)", "2 ** -9223372036854775808"),
    ("\"a\\n\\t\\\\\\\"é\"", nil), ("true", nil), ("f ( )", "f()"), ("[ ]", "[]"),
    ("if a{b}else{c}", "if a {\n    b\n} else {\n    c\n}"),
    ("(if a { b } else { c }) + 1", "(if a {\n    b\n} else {\n    c\n}) + 1"),
    ("f(if a { b } else { c })", "f(if a {\n    b\n} else {\n    c\n})"),
    ("if a { t = b; t, u } else if d { e } else { c }",
      "if a {\n    t = b\n    t, u\n} else if d {\n    e\n} else {\n    c\n}"),
  ]

  @Test(arguments: minimal) func parentheses(source: String, printed: String?) {
    #expect(Parsed(body: "y = " + source).firstValue?.sourceText == (printed ?? source))
  }

  @Test func declarationsArePrinted() {
    let source = """
      import "a.graph"

      ## First.
      ##
      ## Second.
      graph f[n](
      ## Of x.
      x: f64[n, 2 * n], inout w: f64) -> (y: f64, z) {
          a, b = g(x)
          w <- a
          for r in x, t in 1..<n + 1 with h = w, k = 0 {
              emit q = r
              h <- k
          }
          while h < 1 with h = 1, j = 2 limit n {
              h <- h + j
          }
          assert b > 0, "b"
      }

      func g(x, y: real) {
          z = x
          return z, y
      }

      func h(x) = x + 1

      const c: f32[2] = [1, 2]

      const d = load("d.npy")

      """
    let parsed = Parsed(source)
    #expect(parsed.complaints == [])
    #expect(parsed.unit.sourceText == source)
    guard case .graph(let graph) = parsed.unit.declarations[0] else {
      return #expect(Bool(false))
    }
    #expect(graph.parameters[0].type?.sourceText == "f64[n, 2 * n]")
    #expect(graph.body.statements[1].sourceText == "w <- a")
  }

  @Test func whatCouldNotBeReadIsPrintedAsABlank() {
    #expect(Parsed(body: "y = ").statements.first?.sourceText == "y = _")
  }
}
