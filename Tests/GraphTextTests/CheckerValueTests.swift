import GraphIR
import GraphText
import Support
import Testing

/// What checked graphs compute, by the reference evaluator.
@Suite struct CheckerValueTests {
  /// Expressions without parameters; `n` is 5, `m` is 2.
  static let values: [(String, String)] = [
    ("-2 ** 2", "i64: -4"), ("2 ** -1.0", "f64: 0.5"), ("2 ** 3 ** 2", "i64: 512"),
    ("(-2) ** 63", "i64: -9223372036854775808"), ("(-1) ** 1001", "i64: -1"),
    ("7 // 2", "i64: 3"), ("-7 // 2", "i64: -4"), ("-7 % 2", "i64: 1"), ("7 // -2", "i64: -4"),
    ("7 % -2", "i64: -1"), ("7 // 0", "i64: 0"), ("n // 2 * 2", "i64: 4"), ("n % 2", "i64: 1"),
    ("n // m", "i64: 2"), ("1 / 4", "f64: 0.25"), ("n / m", "f64: 2.5"), ("1 / 0", "f64: inf"),
    ("9223372036854775807 + 1", "i64: -9223372036854775808"),
    ("2.5 * 2 - 1", "f64: 4.0"), ("inf - inf", "f64: nan"), ("7.5 // 2", "f64: 3.0"),
    ("1 < 2", "bool: true"), ("n == 5 && m != 2", "bool: false"), ("!(n > m)", "bool: false"),
    ("true + true", "bool: true"), ("true * false", "bool: false"), ("true / true", "f64: 1.0"),
    ("true // true", "i8: 1"), ("[1, 2] + 0.5", "f64[2]: 1.5 2.5"),
    ("[[1, 2], [3, 4]][1]", "i64[2]: 3 4"), ("[n, 2 * n]", "i64[2]: 5 10"),
    ("[true, 2]", "i64[2]: 1 2"), ("[1, 2.5]", "f64[2]: 1.0 2.5"), ("[[], []]", "f64[2, 0]: "),
    ("arange(4)[::-1]", "i64[4]: 3 2 1 0"), ("arange(n)[1:-1]", "i64[3]: 1 2 3"),
    ("arange(7)[5:1:-2]", "i64[2]: 5 3"), ("arange(n)[-m:]", "i64[2]: 3 4"),
    ("arange(6)[4::-3]", "i64[2]: 4 1"), ("arange(6)[-2:0:-1]", "i64[4]: 4 3 2 1"),
    ("reshape(arange(6), [2, -1])[1]", "i64[3]: 3 4 5"),
    ("reshape(arange(6), [2, 3])[:, new, -1]", "i64[2, 1]: 2 5"),
    ("transpose(reshape(arange(6), [2, 3]))", "i64[3, 2]: 0 3 1 4 2 5"),
    ("flip(arange(3))", "i64[3]: 2 1 0"), ("pad(arange(2), [[1, 2]])", "i64[5]: 0 0 1 0 0"),
    ("pad(ones([1]), [[1, 0]], value: 2)", "f64[2]: 2.0 1.0"),
    ("pad([true], [[1, 0]])", "bool[2]: false true"),
    ("concatenate([arange(2), [7.5]])", "f64[3]: 0.0 1.0 7.5"),
    ("stack([arange(2), arange(2) + 5], axis: 1)", "i64[2, 2]: 0 5 1 6"),
    ("eye(2)", "f64[2, 2]: 1.0 0.0 0.0 1.0"), ("full([2], m)", "i64[2]: 2 2"),
    ("linspace(0, 1, 5)", "f64[5]: 0.0 0.25 0.5 0.75 1.0"), ("linspace(3, 9, 1)", "f64[1]: 3.0"),
    ("linspace(0, 1, n)[-1]", "f64: 1.0"), ("linspace(3, 9, n - 5)", "f64[0]: "),
    ("zeros_like(arange(2))", "i64[2]: 0 0"), ("ones_like([true, false])", "bool[2]: true true"),
    ("sum([true, true, false])", "i64: 2"), ("prod([2, 3, 4])", "i64: 24"),
    ("mean([1, 2])", "f64: 1.5"), ("var([1, 3])", "f64: 1.0"), ("std([1, 3])", "f64: 1.0"),
    ("norm([3, 4])", "f64: 5.0"), ("max([3, 7, 5])", "i64: 7"), ("argmax([3, 7, 5])", "i64: 1"),
    ("argmax([[1, 9], [7, 3]], axis: 1)", "i64[2]: 1 0"), ("argmin([[1, 9], [7, 0]])", "i64: 3"),
    ("any([0, 0])", "bool: false"), ("all([1, 2])", "bool: true"),
    ("sum([[1, 2], [3, 4]], axis: 0)", "i64[2]: 4 6"),
    ("sum([[1, 2], [3, 4]], axis: -1, keepdims: true)", "i64[2, 1]: 3 7"),
    ("sum(zeros([0]))", "f64: 0.0"), ("dot([1, 2], [3, 4])", "i64: 11"),
    ("outer([1, 2], [3, 4])", "i64[2, 2]: 3 4 6 8"), ("[[1, 2], [3, 4]] @ [1, 1]", "i64[2]: 3 7"),
    ("where([true, false], 1, 2.5)", "f64[2]: 1.0 2.5"), ("clip([1, 5, 9], 2, 6)", "i64[3]: 2 5 6"),
    ("maximum([1, 5], 3)", "i64[2]: 3 5"), ("relu([-1, 2])", "i64[2]: 0 2"),
    ("i32(2.9)", "i32: 2"), ("u8(-1.5)", "u8: 0"), ("i8(f64(300))", "i8: 127"),
    ("bool([0, 2])", "bool[2]: false true"), ("i32(nan)", "i32: 0"), ("f16(70000)", "f16: inf"),
    ("f32(0.1)", "f32: 0.10000000149011612"), ("i8([1, 2])", "i8[2]: 1 2"),
    ("isnan([1, nan])", "bool[2]: false true"), ("bit_xor(5, 3)", "i64: 6"),
    ("shift_left(1, n)", "i64: 32"), ("squeeze([[7]])", "i64: 7"),
    ("broadcast_to(m, [2])", "i64[2]: 2 2"), ("(n + 1) ** 2", "i64: 36"),
    ("arange(4) ** arange(4)", "i64[4]: 1 1 4 27"), ("stop_gradient(2.5)", "f64: 2.5"),
    ("softmax([0, 0])", "f64[2]: 0.5 0.5"),
    ("softmax([[0, 0], [0, 0]], axis: [0, 1])", "f64[2, 2]: 0.25 0.25 0.25 0.25"),
    ("round(2.5)", "f64: 2.0"), ("sign(-3)", "i64: -1"),
  ]

  @Test(arguments: values)
  func value(_ expression: String, _ expected: String) {
    #expect(computed(expression) == expected)
  }

  /// What goes wrong when the graph runs.
  static let failures: [(String, [String: Int], String)] = [
    ("arange(n)[m]", ["n": 2, "m": 2], "a size does not fit"),
    ("arange(n)[3]", ["n": 3, "m": 0], "a size does not fit"),
    ("arange(n)[m:]", ["n": 2, "m": 3], "a size does not fit"),
    ("arange(n)[-m:]", ["n": 2, "m": 0], "a size does not fit"),
    ("reshape(arange(n), [2, -1])", ["n": 5, "m": 0], "a size does not fit"),
    ("reshape(arange(n), [m, 2])", ["n": 5, "m": 2], "a size does not fit"),
    ("2 ** (arange(n) - m)", ["n": 2, "m": 1], "an integer to a negative power"),
  ]

  @Test(arguments: failures)
  func failure(_ expression: String, _ sizes: [String: Int], _ message: String) {
    #expect(computed(expression, sizes: sizes) == message)
  }

  @Test func updatesHappenTogether() throws {
    let checked = Checked(
      """
      graph t(inout p: f64, inout q: f64) -> (v) {
        p <- q * 2
        q <- p
        v = p + q
      }
      """)
    let parameters = [3.0, 5.0].map { Tensor(.f64, scalar: .float($0)) }
    let results = try checked.run(parameters)
    #expect(results.map { $0[0] } == [.float(8), .float(10), .float(3)])
  }

  @Test func aParameterThatIsAResultHasANameOfItsOwn() {
    let checked = Checked("graph t(x: f64) -> (x, y) { y = 2 * x }")
    #expect(checked.errors == [])
    #expect(checked.graph?.outputs.map(\.name) == ["x_out", "y"])
  }

  @Test func literalsAreSpelledAsTheyAreWritten() {
    let checked = Checked("graph t(x: f64) -> (v) { v = x ** 2 - 2.5 * x }")
    let text = checked.graph.map { PrettyPrinter.text(of: $0) }
    #expect(text == "v = ((x ** 2) - (2.5 * x))\n")
  }

  @Test func aDataIsInTheGraphOnce() {
    let checked = Checked(
      "const k: f64[2] = [1, 2]\ngraph t(x: f64[2]) -> (v) { w = [3, 4]; v = x * k + k * w + w }")
    #expect(checked.graph?.data.count == 2)
  }

  @Test func assertionsAndCommentsAreKept() {
    let checked = Checked(
      """
      ## What it does.
      ## More of it.
      graph t(
        ## The number.
        x: f64
      ) -> (v) {
        assert x > 0, "x must be positive"
        v = x
      }
      """)
    #expect(checked.graph?.doc == "What it does.\nMore of it.")
    #expect(checked.graph?.parameters.map(\.doc) == ["The number."])
    #expect(checked.graph?.assertions.map(\.message) == ["x must be positive"])
  }
}
