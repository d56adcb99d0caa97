import GraphText
import Support
import Testing

/// The types of expressions: promotion, weak values, functions.
///
/// Their names are those of `Checked.parameters`.
@Suite struct CheckerTypeTests {
  /// What meets what.
  static let promotions: [(String, String)] = [
    ("x + c", "f64[n]"), ("y + x[0]", "f64[m, 4]"), ("i + c", "f64[3]"), ("y + j", "f64[m, 4]"),
    ("i + j", "i64[3]"), ("u + i[0]", "i32[2]"), ("u + b[0]", "u8[2]"), ("f16(c) + bf16(c)", "f32"),
    ("u64(c) + j", "f64"), ("i16(c) + f16(c)", "f32"), ("i8(c) + f16(c)", "f16"),
    ("u32(c) + i32(c)", "i64"), ("bool(c) + i8(c)", "i8"),
  ]

  @Test(arguments: promotions)
  func promotion(_ expression: String, _ type: String) {
    #expect(typed(expression) == type)
  }

  /// Literals, sizes and what is made of them.
  static let weak: [(String, String)] = [
    ("2", "i64"), ("2.0", "f64"), ("2 * y", "f32[m, 4]"), ("y * 2.5 + pi", "f32[m, 4]"),
    ("y / n", "f32[m, 4]"), ("n + 1", "i64"), ("n / 2", "f64"), ("7 // 2 + n", "i64"),
    ("i * 2", "i32[3]"), ("i * 2.0", "f64[3]"), ("u + 1", "u8[2]"), ("b + 1", "i64[n]"),
    ("b + 1.0", "f64[n]"), ("1 / 4", "f64"), ("y + 1 / 4", "f32[m, 4]"), ("y + inf", "f32[m, 4]"),
    ("y + zeros([4])", "f32[m, 4]"), ("y + arange(4)", "f32[m, 4]"), ("i + arange(3)", "i32[3]"),
    ("y * eye(4)[0]", "f32[m, 4]"), ("y + linspace(0, 1, 4)", "f32[m, 4]"),
    ("y + full([4], 1)", "f32[m, 4]"), ("y + full([4], c)", "f64[m, 4]"),
    ("y @ [1, 2, 3, 4]", "f32[m]"), ("y + [1, 2.5, 3, 4]", "f32[m, 4]"),
    ("i + [1.5, 2, 3]", "f64[3]"), ("full([2], 1)", "i64[2]"), ("arange(n)", "i64[n]"),
    ("zeros([n, 2])", "f64[n, 2]"), ("sum(arange(4)) * y", "f32[m, 4]"),
    ("where(y > 0, 1, 0.5) * y", "f32[m, 4]"), ("where(y > 0, 1, 0)", "i64[m, 4]"),
    (
      "exp(1) * y",
      "f32[m, 4]"), ("-n * y",
      "f32[m, 4]"), ("2 ** 10 * u",
      "2:5: 1024 does not fit in u8"
    ),
    (
      "n ** 2",
      "i64"), ("[1, 2] * 2",
      "i64[2]"), ("[n, 2]",
      "i64[2]"), ("y * [n, 2, 3, 4]",
      "f32[m, 4]"
    ),
    ("1 < 2", "bool"), ("[true, false]", "bool[2]"), ("[true, 2]", "i64[2]"), ("[]", "f64[0]"),
  ]

  @Test(arguments: weak)
  func weakValues(_ expression: String, _ type: String) {
    #expect(typed(expression) == type)
  }

  /// Operators.
  static let operators: [(String, String)] = [
    ("i / i", "f64[3]"), ("u / u", "f64[2]"), ("i // 2", "i32[3]"), ("i % 2", "i32[3]"),
    ("x // 2", "f64[n]"), ("i ** 2", "i32[3]"), ("i ** 2.0", "f64[3]"), ("y ** 2", "f32[m, 4]"),
    ("y ** -1", "f32[m, 4]"), ("b + b", "bool[n]"), ("b * b", "bool[n]"), ("b / b", "f64[n]"),
    ("b // b", "i8[n]"), ("b ** b", "i8[n]"), ("x > 0", "bool[n]"), ("b == b", "bool[n]"),
    ("b && !b || x > 0", "bool[n]"), ("-u", "u8[2]"), ("a @ transpose(a)", "f64[2, 2]"),
    ("i @ i", "i32"), ("x @ x", "f64"),
  ]

  @Test(arguments: operators)
  func operatorTypes(_ expression: String, _ type: String) {
    #expect(typed(expression) == type)
  }

  /// Conversions.
  static let conversions: [(String, String)] = [
    ("f32(x)", "f32[n]"), ("i8(2.5)", "i8"), ("f32(2) * c", "f64"), ("f32(2) * y", "f32[m, 4]"),
    ("real(y)", "f64[m, 4]"), ("bool(i)", "bool[3]"), ("u8([1, 2])", "u8[2]"), ("i32(n)", "i32"),
    ("i32(b)", "i32[n]"),
  ]

  @Test(arguments: conversions)
  func conversionTypes(_ expression: String, _ type: String) {
    #expect(typed(expression) == type)
  }

  /// Functions.
  static let functions: [(String, String)] = [
    ("exp(i)", "f64[3]"), ("exp(b)", "f64[n]"), ("exp(y)", "f32[m, 4]"), ("abs(i)", "i32[3]"),
    ("square(u)", "u8[2]"), ("floor(i)", "i32[3]"), ("relu(i)", "i32[3]"),
    ("maximum(i, 0)", "i32[3]"), ("maximum(y, c)", "f64[m, 4]"), ("maximum(b, b)", "bool[n]"),
    ("atan2(y, 1)", "f32[m, 4]"), ("atan2(i, i)", "f64[3]"), ("clip(y, 0, 1)", "f32[m, 4]"),
    ("clip(i, 0, 1)", "i32[3]"), ("clip(i, 0.5, 1)", "f64[3]"), ("isnan(i)", "bool[3]"),
    ("isnan(y)", "bool[m, 4]"), ("pow(y, 2)", "f32[m, 4]"), ("bit_and(i, 3)", "i32[3]"),
    ("bit_not(b)", "bool[n]"), ("shift_left(u, 1)", "u8[2]"), ("fmod(i, 2)", "i32[3]"),
    ("where(b, x, 0)", "f64[n]"), ("where(b, i[0], 2.5)", "f64[n]"), ("sum(i)", "i64"),
    ("sum(u)", "u64"), ("sum(b)", "i64"), ("sum(y)", "f32"), ("prod(u, axis: 0)", "u64"),
    ("mean(i)", "f64"), ("mean(y, axis: 1)", "f32[m]"), ("var(b)", "f64"), ("std(y)", "f32"),
    ("norm(i)", "f64"), ("logsumexp(y, axis: [0, 1], keepdims: true)", "f32[1, 1]"),
    ("max(i)", "i32"), ("max(b)", "bool"), ("min(y, axis: -1)", "f32[m]"), ("any(b)", "bool"),
    ("all(x)", "bool"), ("argmax(y)", "i64"), ("argmax(y, axis: 0)", "i64[4]"),
    ("argmin(y, axis: 1, keepdims: true)", "i64[m, 1]"), ("sum(y, axis: [])", "f32[m, 4]"),
    ("dot(y, y[0])", "f32[m]"), ("outer(x, y)", "f64[n, 4 * m]"), ("softmax(i)", "f64[3]"),
    ("log_softmax(y, axis: 0)", "f32[m, 4]"), ("softmax(y, axis: [1, 0])", "f32[m, 4]"),
    ("cross_entropy(y, y)", "f32"), ("cross_entropy(y, a[0, 0] * y)", "f64"),
    ("stop_gradient(y)", "f32[m, 4]"),
    ("grad_scale(y, 2)", "f32[m, 4]"), ("grad_clip(y, -1, 1)", "f32[m, 4]"),
    ("zeros_like(i)", "i32[3]"), ("ones_like(b)", "bool[n]"), ("ones_like(y)", "f32[m, 4]"),
  ]

  @Test(arguments: functions)
  func functionTypes(_ expression: String, _ type: String) {
    #expect(typed(expression) == type)
  }

  @Test func realIsWhatTheOptionsSay() {
    let options = CheckOptions(real: .f32)
    #expect(typed("real(c)", options: options) == "f32")
    let checked = Checked("graph t(x: real[n]) -> (v) { v = x * 2 }", options: options)
    #expect(checked.type(of: "v") == "f32[n]")
  }

  /// A weak value becomes the declared type of its result; any other type must be the same.
  static let results: [(String, String, String)] = [
    ("f32", "2", "f32"), ("i8", "2", "i8"), ("f32", "n / 2", "f32"), ("u64", "n", "u64"),
    ("f32[4]", "arange(4)", "f32[4]"), ("f16[2]", "[1, 2.5]", "f16[2]"),
    ("i32", "2.0", "2:5: result 'v' is f64, declared i32"),
    ("bool", "1", "2:5: result 'v' is i64, declared bool"),
    ("f32", "c", "2:5: result 'v' is f64, declared f32"),
    ("f64[n]", "c", "2:5: result 'v' is f64, declared f64[n]"),
    ("f64[n]", "0", "2:5: result 'v' is i64, declared f64[n]"),
    ("i8", "300", "2:5: 300 does not fit in i8"),
    ("f32", "1e300", "2:5: 1e+300 does not fit in f32"),
  ]

  @Test(arguments: results)
  func declaredResult(_ declared: String, _ value: String, _ type: String) {
    let text = "graph t(\(Checked.parameters)) -> (v: \(declared)) {\nv = \(value)\n}\n"
    #expect(Checked(text).type(of: "v") == type)
  }
}
