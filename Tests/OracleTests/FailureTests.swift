import Support
import Testing

/// Calls of sorting, searching and drawing that fail at run time, and derivatives that do not exist.
@Suite struct FailureTests {
  /// Programs with what they are given and what the failure tells.
  static let calls: [(String, [(String, String)], String?)] = [
    ("graph f[k](x: f64[n]) -> (v) { v, _ = top_k(x, k) }", [("x", "[1, 2, 3]"), ("k", "3")], nil),
    (
      "graph f[k](x: f64[n]) -> (v) { v, _ = top_k(x, k) }", [("x", "[1, 2, 3]"), ("k", "4")],
      "1:48: index out of range"
    ),
    (
      "graph f[k](x: f64[n]) -> (v) { v, _ = top_k(x, k) }", [("x", "[1, 2, 3]"), ("k", "-1")],
      "negative size: k"
    ),
    (
      "graph f(x: f64[n]) -> (v) { v, _ = top_k(x, 2) }", [("x", "[1]")],
      "1:45: index out of range"
    ),
    ("graph f(x: f64[n]) -> (v) { v = sort(x) }", [("x", "[]")], nil),
    (
      "graph f[m](k: u64) -> (v) { v = random_normal(k, [m - 5]) }", [("k", "1"), ("m", "3")],
      "1:33: negative size"
    ),
    (
      "graph f[m](k: u64) -> (v) { v = sum(random_uniform(k, [m - 5])) }",
      [("k", "1"), ("m", "3")], "1:37: negative size"
    ),
    ("graph f[m](k: u64) -> (v) { v = random_uniform(k, [m - 5]) }", [("k", "1"), ("m", "5")], nil),
    ("graph f(x: f64[n]) -> (v) { v = argmax(x) }", [("x", "[]")], "1:33: index out of range"),
    (
      "graph f(x: f64[n], i: i64) -> (v) { v = if i > 0 { argmax(x) } else { -1 } }",
      [("x", "[]"), ("i", "1")], "1:52: index out of range"
    ),
    (
      "graph f(x: f64[n], i: i64) -> (v) { v = if i > 0 { argmax(x) } else { -1 } }",
      [("x", "[]"), ("i", "0")], nil
    ),
  ]

  @Test(arguments: calls.indices)
  func callsThatFail(_ index: Int) throws {
    let (text, given, wanted) = Self.calls[index]
    let failure = try Program(text).failure(given)
    guard let wanted else {
      #expect(failure == nil)
      return
    }
    #expect(failure?.hasSuffix(wanted) == true, "\(failure ?? "no failure")")
  }

  /// What has no derivative is told, not given as 0.
  static let integers = [
    "f64(argsort(x))", "f64(argmax(x))", "f64(random_bernoulli(1, x, [3]))",
    "random_normal(1, [3])",
  ]

  @Test(arguments: integers)
  func derivativesThatDoNotExist(_ expression: String) throws {
    let text = "graph f(x: f64[3]) -> (g) { g = grad(sum(\(expression)), wrt: x) }"
    let refusal = #expect(throws: Program.Refusal.self) { try Program(text) }
    #expect(
      refusal?.messages == [
        "what is differentiated does not depend on 'x'; 'disconnected: zero' makes the derivative 0"
      ])
  }
}
