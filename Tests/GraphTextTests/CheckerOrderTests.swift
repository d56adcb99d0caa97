import GraphIR
import GraphText
import Support
import Testing

/// Order: types, and what is refused.
@Suite struct CheckerOrderTests {
  /// Expressions with their types.
  static let typed: [(String, String)] = [
    ("sort(x)", "f64[n]"),
    ("sort(y, axis: 0)", "f32[m, 4]"),
    ("sort(b)", "bool[n]"),
    ("sort([3, 1, 2]) * y[0, 0]", "f32[3]"),
    ("argsort(y, axis: -2)", "i64[m, 4]"),
    ("argsort(u)", "i64[2]"),
  ]

  @Test(arguments: typed)
  func types(_ expression: String, _ type: String) {
    let checked = Checked("graph t(\(Checked.parameters)) -> (v) { v = \(expression) }")
    #expect(checked.type(of: "v") == type)
  }

  @Test func typesOfTopK() {
    let checked = Checked(
      "graph t(y: f32[m, n + 3], u: u8[4]) -> (v, p, q) { v, p = top_k(y, 3); q, _ = top_k(u, 2) }")
    #expect(["v", "p", "q"].map(checked.type) == ["f32[m, 3]", "i64[m, 3]", "u8[2]"])
  }

  @Test func aNumberOfElementsThatMayBeTooLargeIsCheckedInTheCall() {
    let checked = Checked("graph t(y: f64[n]) -> (v) { v, _ = top_k(y, 3) }")
    #expect(checked.errors == [])
    #expect(checked.graph?.sizeChecks.map(\.condition) == [.inRange(.symbol("n") - 3)])
  }

  /// Statements with their errors.
  static let refused: [(String, [String])] = [
    ("v = sort(c)", ["3:5: 'sort' takes no scalar"]),
    ("v = sort(x, axis: 1)", ["3:19: axis 1 is out of range for 1 axes"]),
    ("v = argsort(y, axis: -3)", ["3:22: axis -3 is out of range for 2 axes"]),
    ("v = sort(y, axis: [0, 1])", ["3:19: an axis is an integer literal"]),
    ("v = argsort(y, axis: j)", ["3:22: an axis is an integer literal"]),
    ("v = sort(x, 0)", ["3:5: 'sort' takes 1 argument, not 2: 'sort(x, axis: …)'"]),
    ("v, w = top_k(c, 1)", ["3:14: 'top_k' takes no scalar"]),
    (
      "v, w = top_k(a, 4)",
      ["3:17: 4 elements are more than the 3 of the last axis of f64[2, 3]"]
    ),
    ("v, w = top_k(x, n + 1)", ["3:17: n + 1 elements are more than the n of the last axis of f64[n]"]),
    ("v, w = top_k(x, -1)", ["3:17: size -1 is negative"]),
    (
      "v, w = top_k(x, j)",
      [
        "3:17: a size is made of integers and of names of sizes by '+', '-', '*' and '//' with a "
          + "positive integer"
      ]
    ),
    ("v = top_k(x, 1)", ["3:5: 'top_k' gives 2 values here; take them apart: 'a, b = top_k(…)'"]),
    ("v, w = top_k(x)", ["3:8: 'top_k' takes 2 arguments, not 1: 'top_k(x, k)'"]),
  ]

  @Test(arguments: refused)
  func refusals(_ body: String, _ errors: [String]) {
    #expect(Checked(body: body).errors == errors)
  }
}
