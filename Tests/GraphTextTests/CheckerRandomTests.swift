import GraphIR
import GraphText
import Support
import Testing

/// Random draws: their types, and what they refuse.
@Suite struct CheckerRandomTests {
  /// Expressions with their types.
  static let typed: [(String, String)] = [
    ("random_uniform(1, [m, n])", "f64[m, n]"),
    ("random_normal(u[0], n + 1)", "f64[n + 1]"),
    ("random_normal(n, [], dtype: f64)", "f64"),
    ("random_uniform(u64(j), [2, 0], dtype: f32)", "f32[2, 0]"),
    ("random_normal(u[1] + 3, [4], dtype: real)", "f64[4]"),
    ("random_bernoulli(7, 0.5, [m])", "bool[m]"),
    ("random_bernoulli(7, x, [m, n], dtype: f32)", "bool[m, n]"),
    ("random_bernoulli(7, 1, [3])", "bool[3]"),
    ("random_bernoulli(7, y[0, 0], [3])", "bool[3]"),
  ]

  @Test(arguments: typed)
  func types(_ expression: String, _ type: String) {
    let checked = Checked("graph t(\(Checked.parameters)) -> (v) { v = \(expression) }")
    #expect(checked.type(of: "v") == type)
  }

  /// Statements with their errors.
  static let refused: [(String, [String])] = [
    (
      "v = random_normal(j, [3])",
      ["3:19: the key of 'random_normal' is a 'u64', not 'i64'; write 'u64(…)'"]
    ),
    ("v = random_normal(c, [3])", ["3:19: the key of 'random_normal' is a 'u64', not f64"]),
    ("v = random_uniform(u, [3])", ["3:20: the key of 'random_uniform' is a 'u64', not u8[2]"]),
    (
      "v = random_bernoulli(b[0], 0.5, [3])",
      ["3:22: the key of 'random_bernoulli' is a 'u64', not bool"]
    ),
    ("v = random_uniform(1.5, [3])", ["3:20: the key of 'random_uniform' is a 'u64', not f64"]),
    ("v = random_uniform(-1, [3])", ["3:20: -1 does not fit in u64"]),
    ("v = random_uniform(1, [n, -3])", ["3:27: size -3 is negative"]),
    (
      "v = random_uniform(1, c)",
      [
        "3:23: a size is made of integers and of names of sizes by '+', '-', '*' and '//' with a "
          + "positive integer"
      ]
    ),
    (
      "v = random_uniform(1, [4294967296, 4294967296])",
      ["3:23: this shape has more elements than 64 bits can count"]
    ),
    (
      "v = random_uniform(1, [3], dtype: f16)",
      ["3:35: random numbers are drawn as 'f64' or 'f32'"]
    ),
    (
      "v = random_uniform(1, [3], dtype: 32)",
      ["3:35: random numbers are drawn as 'f64' or 'f32'"]
    ),
    (
      "v = random_bernoulli(1, u, [3])",
      ["3:5: probabilities of shape [2] do not fit draws of shape [3]"]
    ),
    (
      "v = random_bernoulli(1, a, [3])",
      ["3:5: probabilities of shape [2, 3] do not fit draws of shape [3]"]
    ),
    (
      "v = random_uniform(1)",
      ["3:5: 'random_uniform' takes 2 arguments, not 1: 'random_uniform(key, shape, dtype: …)'"]
    ),
    (
      "v = random_normal(1, [3], type: 32)",
      [
        "3:27: 'random_normal' has no option 'type'; did you mean 'dtype'? => 'dtype'"
      ]
    ),
  ]

  @Test(arguments: refused)
  func refusals(_ body: String, _ errors: [String]) {
    #expect(Checked(body: body).errors == errors)
  }
}
