import GraphIR
import GraphText
import Support
import Testing

/// Sizes: dims in types and expressions, shapes of slices, of indices and of what changes shapes.
@Suite struct CheckerSizeTests {
  /// Shapes with the checks that are left for the time when the graph runs; `n` and `m` are sizes.
  static let slices: [(String, String, [String])] = [
    ("x[0]", "f64", ["n - 1 in range"]),
    ("x[-1]", "f64", ["n - 1 in range"]),
    ("x[n - 1]", "f64", ["n - 1 in range"]),
    ("x[n // 2]", "f64", ["n - (n // 2) - 1 in range"]),
    ("x[1:]", "f64[n - 1]", ["n - 1 in range"]),
    ("x[:-1]", "f64[n - 1]", ["n - 1 in range"]),
    ("x[1:-1]", "f64[n - 2]", ["n - 1 in range", "n - 2 in range"]),
    ("x[1:n:2]", "f64[(n // 2)]", ["n - 1 in range"]),
    ("x[::-1]", "f64[n]", []),
    ("x[::2]", "f64[((n + 1) // 2)]", []),
    ("x[::-2]", "f64[((n + 1) // 2)]", []),
    ("x[-3:]", "f64[3]", ["n - 3 in range"]),
    ("x[n:]", "f64[0]", []),
    ("x[:0]", "f64[0]", []),
    ("x[:m]", "f64[m]", ["-m + n in range"]),
    ("x[-m:]", "f64[m]", ["m - 1 in range", "-m + n in range"]),
    ("a[1]", "f64[3]", []),
    ("a[:, 1]", "f64[2]", []),
    ("a[-1, :]", "f64[3]", []),
    ("a[..., 0]", "f64[2]", []),
    ("a[0, ...]", "f64[3]", []),
    ("a[...]", "f64[2, 3]", []),
    ("a[1:1]", "f64[0, 3]", []),
    ("a[:, 2:0]", "f64[2, 0]", []),
    ("a[:, ::2]", "f64[2, 2]", []),
    ("a[:, 2:0:-1]", "f64[2, 2]", []),
    ("a[:, -1:-3:-1]", "f64[2, 2]", []),
    ("a[:, 0:2:-1]", "f64[2, 0]", []),
    ("a[:, new]", "f64[2, 1, 3]", []),
    ("a[new, :, new, :, new]", "f64[1, 2, 1, 3, 1]", []),
    ("a[0, new, 1:]", "f64[1, 2]", []),
    ("a[new, 1, ..., new]", "f64[1, 3, 1]", []),
    ("a[1][2]", "f64", []),
    ("c[new]", "f64[1]", []),
    ("c[...]", "f64", []),
    ("x[::-1][0:2]", "f64[2]", ["n - 2 in range"]),
    ("[1, 2, 3][1]", "i64", []),
  ]

  @Test(arguments: slices)
  func slice(_ expression: String, _ type: String, _ checks: [String]) {
    let checked = Checked(
      "graph t(x: f64[n], a: f64[2, 3], c: f64, y: f64[m]) -> (v) {\nv = \(expression)\n}\n")
    #expect(checked.type(of: "v") == type)
    #expect(checked.graph?.sizeChecks.map(\.condition.spelling) == checks)
  }

  /// What changes shapes, with checks.
  static let shapes: [(String, String, [String])] = [
    ("reshape(a, [3, 2])", "f64[3, 2]", []),
    ("reshape(a, [-1])", "f64[6]", []),
    ("reshape(a, -1)", "f64[6]", []),
    ("reshape(x, [n, 1])", "f64[n, 1]", []),
    ("reshape(x, [2, -1])", "f64[2, (n // 2)]", ["n multiple of 2"]),
    ("reshape(x, [m, n])", "f64[m, n]", ["n == m * n"]),
    ("reshape(z, [l, 2, 4, b])", "f64[l, 2, 4, b]", []),
    ("reshape(z, [-1, b])", "f64[8 * l, b]", []),
    ("reshape(z, [l, -1])", "f64[l, 8 * b]", []),
    ("reshape(z, [4 * b, -1])", "f64[4 * b, 2 * l]", []),
    ("reshape(z, [3, -1])", "f64[3, 2 * b * l + ((2 * b * l) // 3)]", ["8 * b * l multiple of 3"]),
    ("reshape(c, [])", "f64", []),
    ("reshape(c, [1, 1])", "f64[1, 1]", []),
    ("transpose(a)", "f64[3, 2]", []),
    ("transpose(z[new], [2, 0, -2])", "f64[4 * b, 1, 2 * l]", []),
    ("expand_dims(a, axis: 0)", "f64[1, 2, 3]", []),
    ("expand_dims(a, axis: [0, -1])", "f64[1, 2, 3, 1]", []),
    ("squeeze(a[new, :, new])", "f64[2, 3]", []),
    ("squeeze(a[new, :, new], axis: 0)", "f64[2, 1, 3]", []),
    ("broadcast_to(x, [m, n])", "f64[m, n]", []),
    ("broadcast_to(c, [2])", "f64[2]", []),
    ("concatenate([x, y])", "f64[m + n]", []),
    ("concatenate([a, a, a[:1]], axis: 0)", "f64[5, 3]", []),
    ("concatenate([a, a], axis: -1)", "f64[2, 6]", []),
    ("stack([a, 2 * a])", "f64[2, 2, 3]", []),
    ("stack([a, 2 * a], axis: 2)", "f64[2, 3, 2]", []),
    ("[a, 2 * a]", "f64[2, 2, 3]", []),
    ("[[c, 1], [2, c]]", "f64[2, 2]", []),
    ("flip(a)", "f64[2, 3]", []),
    ("flip(a, axis: 1)", "f64[2, 3]", []),
    ("pad(a, [[1, 2], [0, m]])", "f64[5, m + 3]", []),
    ("pad(a, [[0, 0], [0, n - 1]], value: 1)", "f64[2, n + 2]", ["n - 1 in range"]),
    ("outer(x, y)", "f64[n, m]", []),
    ("zeros([2 * n + 1, m])", "f64[2 * n + 1, m]", []),
    ("zeros(3)", "f64[3]", []),
    ("zeros([])", "f64", []),
    ("eye(n)", "f64[n, n]", []),
    ("arange(n // 2)", "i64[(n // 2)]", []),
    ("linspace(0, 1, n)", "f64[n]", []),
    ("a @ a[0]", "f64[2]", []),
    ("x @ reshape(x, [n, 1])", "f64[1]", []),
  ]

  @Test(arguments: shapes)
  func shape(_ expression: String, _ type: String, _ checks: [String]) {
    let checked = Checked(
      "graph t(x: f64[n], a: f64[2, 3], c: f64, y: f64[m], z: f64[2 * l, 4 * b]) -> (v) {\n"
        + "v = \(expression)\n}\n")
    #expect(checked.type(of: "v") == type)
    #expect(checked.graph?.sizeChecks.map(\.condition.spelling) == checks)
  }

  /// Dims that are the same, and dims that are not.
  static let matches: [(String, String, Bool)] = [
    (
      "n + n",
      "2 * n",
      true), ("n * (m + 1)",
      "n * m + n",
      true), ("(2 * n + 3) // 2",
      "n + 1",
      true
    ),
    ("(n + 4) // 2", "n // 2 + 2", true), ("m", "n", false), ("n + 1", "n", false),
    ("2 * (n // 2)", "n", false), ("n * m", "m * n", true), ("-m + n", "n - m", true),
  ]

  @Test(arguments: matches)
  func matching(_ left: String, _ right: String, _ isSame: Bool) {
    let checked = Checked(
      "graph t[m, n](x: f64[\(left)], y: f64[\(right)]) -> (v) { v = x * y }")
    #expect(checked.errors.isEmpty == isSame)
  }

  @Test func symbolsStandInTheirOrder() {
    let checked = Checked("graph t[k](x: f64[2 * b + a, k], y: f64[c]) -> (v) { v = sum(x) + a }")
    #expect(checked.graph?.symbols == ["k", "b", "a", "c"])
  }

  @Test func sizesGoThroughNamesAndArguments() {
    let checked = Checked(
      """
      const width = 3
      func ramp(k) = arange(k + 1)
      graph t(x: f64[n]) -> (v, w) {
        half = n // 2
        v = ramp(half) + zeros([half + 1])
        w = zeros([width, half])
      }
      """)
    #expect(checked.type(of: "v") == "f64[(n // 2) + 1]")
    #expect(checked.type(of: "w") == "f64[3, (n // 2)]")
  }

  @Test func aConstStandsForItsSizeInTypes() {
    let checked = Checked("const k = 3\ngraph t(x: f64[k + 1]) -> (v) { v = x }")
    #expect(checked.type(of: "v") == "f64[4]")
    #expect(checked.graph?.symbols == [])
  }

  /// Mistakes in types.
  static let mistakes: [(String, [String])] = [
    ("x: f46[n]", ["1:12: unknown type 'f46'; did you mean 'f16'? => 'f16'"]),
    ("x: double", ["1:12: unknown type 'double'; did you mean 'f64'? => 'f64'"]),
    ("x: f64[-1]", ["1:16: size -1 is negative"]),
    ("x: f64[n, -n - 1]", ["1:19: size -n - 1 is negative"]),
    (
      "x: f64[n / 2]",
      [
        "1:16: a size is made of integers and of names of sizes by '+', '-', '*' and '//' with a "
          + "positive integer"
      ]
    ),
    (
      "x: f64[n // m]",
      [
        "1:16: a size is made of integers and of names of sizes by '+', '-', '*' and '//' with a "
          + "positive integer"
      ]
    ),
    (
      "n: i64, x: f64[n]",
      [
        "1:24: a size is made of integers and of names of sizes by '+', '-', '*' and '//' with "
          + "a positive integer",
      ]
    ),
    ("x: f64[n], n: i64", ["1:20: 'n' is a size already; a name is given once"]),
    (
      "x: f64[9223372036854775807, 9223372036854775807]",
      ["1:12: this shape has more elements than 64 bits can count"]
    ),
    ("x: f64[n * 9223372036854775807 * 2]", ["1:16: this size is too large for 64 bits"]),
  ]

  @Test(arguments: mistakes)
  func mistake(_ parameters: String, _ errors: [String]) {
    #expect(Checked("graph t(\(parameters)) -> (v) { v = x }").errors == errors)
  }

  @Test func hugeSizesThatFitAreTypes() {
    let checked = Checked("graph t(x: f64[1000000000000]) -> (v) { v = sum(x) }")
    #expect(checked.type(of: "v") == "f64")
  }
}
