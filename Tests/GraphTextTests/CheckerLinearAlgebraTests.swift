import GraphIR
import GraphText
import Support
import Testing

/// Functions of matrices: their types, and what they refuse.
@Suite struct CheckerLinearAlgebraTests {
  /// What the expressions are made of.
  static let parameters =
    "a: f64[n, n], v: f64[n], r: f64[n, 2], s: f32[m, 3, 3], q: f64[m, n], i: i32[2, 2], "
    + "h: f16[3, 3], w: f32[3], t: f32[5, 1, 3, 4], c: f64, e: bool[2], o: f64[1, 0, 0]"

  /// Checks an expression on line 3.
  private func checked(_ expression: String) -> Checked {
    Checked("graph t(\(Self.parameters)) -> (v0) {\nv0 = c\nv1 = \(expression)\n}\n")
  }

  /// Expressions with their types.
  static let typed: [(String, String)] = [
    ("solve(a, v)", "f64[n]"), ("solve(a, r)", "f64[n, 2]"), ("solve(s, w)", "f32[m, 3]"),
    ("solve(s, t)", "f32[5, m, 3, 4]"), ("solve(s[0], t)", "f32[5, 1, 3, 4]"),
    ("solve(i, e)", "f64[2]"), ("solve(h, h)", "f16[3, 3]"), ("solve(h, w)", "f32[3]"),
    ("solve(s, eye(3))", "f32[m, 3, 3]"), ("solve(eye(3), w)", "f32[3]"),
    ("solve(s, [1, 2, 3])", "f32[m, 3]"), ("solve(i, [1, 2.5])", "f64[2]"),
    ("triangular_solve(a, v, lower: false)", "f64[n]"), ("triangular_solve(a, r)", "f64[n, 2]"),
    ("cholesky(s)", "f32[m, 3, 3]"), ("cholesky(i)", "f64[2, 2]"), ("inv(h)", "f16[3, 3]"),
    ("inv([[1, 2], [3, 4]])", "f64[2, 2]"), ("det(s)", "f32[m]"), ("det(a)", "f64"),
    ("det(i)", "f64"), ("det(o)", "f64[1]"), ("inv(o)", "f64[1, 0, 0]"),
    ("expm(s)", "f32[m, 3, 3]"),
  ]

  @Test(arguments: typed)
  func types(_ expression: String, _ type: String) {
    let checked = Checked("graph t(\(Self.parameters)) -> (v1) { v1 = \(expression) }")
    #expect(checked.complaints == [])
    #expect(checked.type(of: "v1") == type)
  }

  @Test func severalResults() {
    let text = "graph t(\(Self.parameters)) -> (p, l) { p, l = slogdet(s) }"
    #expect(Checked(text).type(of: "p") == "f32[m]")
    #expect(Checked(text).type(of: "l") == "f32[m]")
  }

  /// Factorisations with the types of their factors.
  static let factored: [(String, [String])] = [
    ("qr(a)", ["f64[n, n]", "f64[n, n]"]),
    ("qr(s[:, :, :2])", ["f32[m, 3, 2]", "f32[m, 2, 2]"]),
    ("qr(t)", ["f32[5, 1, 3, 3]", "f32[5, 1, 3, 4]"]),
    ("qr(concatenate([a, q], axis: 0))", ["f64[m + n, n]", "f64[n, n]"]),
    ("qr(h)", ["f16[3, 3]", "f16[3, 3]"]), ("qr(i)", ["f64[2, 2]", "f64[2, 2]"]),
    ("qr(o)", ["f64[1, 0, 0]", "f64[1, 0, 0]"]),
    ("eigh(a)", ["f64[n]", "f64[n, n]"]), ("eigh(s)", ["f32[m, 3]", "f32[m, 3, 3]"]),
    ("eigh(h)", ["f16[3]", "f16[3, 3]"]), ("eigh(i)", ["f64[2]", "f64[2, 2]"]),
    ("svd(a)", ["f64[n, n]", "f64[n]", "f64[n, n]"]),
    ("svd(t)", ["f32[5, 1, 3, 3]", "f32[5, 1, 3]", "f32[5, 1, 3, 4]"]),
    ("svd(concatenate([q, a], axis: 0))", ["f64[m + n, n]", "f64[n]", "f64[n, n]"]),
    (
      "svd(concatenate([a, transpose(q)], axis: 1))", ["f64[n, n]", "f64[n]", "f64[n, m + n]"]
    ),
  ]

  @Test(arguments: factored)
  func factors(_ expression: String, _ types: [String]) {
    let names = types.indices.map { "y\($0)" }.joined(separator: ", ")
    let checked = Checked("graph t(\(Self.parameters)) -> (\(names)) { \(names) = \(expression) }")
    #expect(checked.complaints == [])
    #expect(types.indices.map { checked.type(of: "y\($0)") } == types)
  }

  /// Expressions with their errors.
  static let refused: [(String, [String])] = [
    ("inv(q)", ["3:10: 'inv' takes square matrices, not f64[m, n]"]),
    ("det(s[0, :2])", ["3:10: 'det' takes square matrices, not f32[2, 3]"]),
    ("cholesky(v)", ["3:15: 'cholesky' takes matrices, not f64[n]"]),
    ("slogdet(c)", ["3:14: 'slogdet' takes matrices, not f64"]),
    ("det(3)", ["3:10: 'det' takes matrices, not i64"]),
    (
      "det([[1, 2], [3]])",
      [
        "3:19: the rows of an array have one shape: this one is 1 element, the first 2 elements"
      ]
    ),
    ("solve(r, v)", ["3:12: 'solve' takes square matrices, not f64[n, 2]"]),
    ("solve(v, v)", ["3:12: 'solve' takes matrices, not f64[n]"]),
    (
      "solve(a, c)",
      ["3:15: 'solve' takes a vector or matrices as the right side, not f64"]
    ),
    (
      "solve(a, w)",
      ["3:6: 'solve' takes a right side for each row of f64[n, n]: 3 of f64[3] are not n"]
    ),
    (
      "triangular_solve(i, transpose(q))",
      [
        "3:6: 'triangular_solve' takes a right side for each row of f64[2, 2]: n of f64[n, m] "
          + "are not 2"
      ]
    ),
    (
      "solve(stack([s[0], s[1]]), t[:3, 0])",
      [
        "3:6: 'solve' of f32[2, 3, 3] and f32[3, 3, 4]: shapes [2] and [3] do not fit "
          + "together: 2 against 3 along axis 0"
      ]
    ),
    ("eigh(q)", ["3:11: 'eigh' takes square matrices, not f64[m, n]"]),
    ("qr(v)", ["3:9: 'qr' takes matrices, not f64[n]"]),
    ("svd(c)", ["3:10: 'svd' takes matrices, not f64"]),
    (
      "qr(q)",
      [
        "3:6: 'qr' must know which is less, m rows or n columns: declare the greater one as a "
          + "sum, such as 'n + k' rows"
      ]
    ),
    (
      "svd(r)",
      [
        "3:6: 'svd' must know which is less, n rows or 2 columns: declare the greater one as "
          + "a sum, such as '2 + k' rows"
      ]
    ),
    ("eigh(a, lower: true)", ["3:14: 'eigh' has no option 'lower'; it is written 'eigh(x)'"]),
    ("qr(a) + 1", ["3:6: 'qr' gives 2 values here; take them apart: 'a, b = qr(…)'"]),
    ("solve(a)", ["3:6: 'solve' takes 2 arguments, not 1: 'solve(a, b)'"]),
    (
      "solve(a, v, lower: true)",
      ["3:18: 'solve' has no option 'lower'; it is written 'solve(a, b)'"]
    ),
    (
      "triangular_solve(a, v, lower: 1)", ["3:36: 'lower' is 'true' or 'false'"]
    ),
    (
      "triangular_solve(a, v, upper: true)",
      [
        "3:29: 'triangular_solve' has no option 'upper'; it is written "
          + "'triangular_solve(l, b, lower: …)'"
      ]
    ),
    (
      "slogdet(a) + 1",
      ["3:6: 'slogdet' gives 2 values here; take them apart: 'a, b = slogdet(…)'"]
    ),
  ]

  @Test(arguments: refused)
  func refusal(_ expression: String, _ errors: [String]) {
    #expect(checked(expression).errors == errors)
  }
}
