import GraphIR
import GraphText
import Support
import Testing

/// Texts with damage are diagnosed, whatever is missing.
@Suite struct CheckerRobustnessTests {
  /// A file with something of everything.
  static let sample = """
    import "lib.graph"
    const start: f64[4] = [0.1, 0, 3, -pi]
    const weak = [[1, 2], [3, 4]]
    func logistic(z) = 1 / (1 + exp(-z))
    func both(t: f64[k], s) {
      u = t * s + k
      assert s > 0, "positive"
      return u, sum(u, axis: 0, keepdims: true)
    }
    ## A step.
    graph step[q](x: f64[n, d], y: f64[n], rate: f64, inout w: f64[d])
        -> (loss: f64, x, v, z: f32) {
      for e in y with c = 0 { c <- c + e; emit es = c * rate }
      assert if rate > 0 { c > 1 } else { true }, "small"
      p = logistic(x @ w)
      loss = mean(-y * log(p) - (1 - y) * log(1 - p)) + 0.01 * sum(w ** 2)
      g, h = grad(loss, wrt: [w, p], constant: rate, disconnected: zero)
      a, _ = both(h[1:], 2.5)
      v = [sum(es), start[-1], sum(a), sum(reshape(x[::-1, new], [d, -1]) @ y[:], axis: [0])][0] + q
      w <- w - rate * g * where(w >= 0 && !(w == 1), 2, n // 2)
      z = f32(jvp(v, wrt: x, along: ones_like(x))) + weak[0, 1] + shared(3)
    }
    """

  static let library: [String: [UInt8]] = ["lib.graph": Array("func shared(x) = x + 1".utf8)]

  @Test func theSampleHasNoOtherMistakes() {
    let checked = Checked(Self.sample, with: Self.library)
    #expect(checked.complaints == [])
  }

  @Test func truncationsAreDiagnosed() {
    let bytes = Array(Self.sample.utf8)
    for count in stride(from: 0, to: bytes.count, by: 3) {
      _ = Checked(bytes: Array(bytes.prefix(count)), with: Self.library).complaints
    }
  }

  @Test func wordsMayBeMissingDoubledOrOthers() {
    let words = Self.sample.split { $0 == " " }.map(String.init)
    for place in stride(from: 0, to: words.count, by: 2) {
      var missing = words
      missing.remove(at: place)
      var doubled = words
      doubled.insert(words[place], at: place)
      var other = words
      other[place] = words[(place * 7 + 3) % words.count]
      for text in [missing, doubled, other] {
        _ = Checked(text.joined(separator: " "), with: Self.library).complaints
      }
    }
  }

  @Test func bytesMayBeMissing() {
    let bytes = Array(Self.sample.utf8)
    for place in stride(from: 0, to: bytes.count, by: 7) {
      var damaged = bytes
      damaged.remove(at: place)
      _ = Checked(bytes: damaged, with: Self.library).complaints
    }
  }

  /// One mistake in the head of a graph is told once.
  @Test func brokenHeadsCauseNoFurtherMistakes() {
    let checked = Checked("graph t(x: f64[n], y f64) -> (v, w) { v = x * y; w = v + n }")
    #expect(checked.errors.count == 1)
  }

  /// A condition that is no `bool` is told, also where it is a literal.
  @Test(arguments: ["0", "1.5", "x"]) func conditionsThatAreNumbers(_ condition: String) {
    let checked = Checked("graph t(x: f64) -> (y) { y = if \(condition) { x } else { 2 * x } }")
    let type = condition == "0" ? "i64" : "f64"
    #expect(checked.errors == ["1:33: a condition is a scalar 'bool', not \(type)"])
    #expect(checked.graph == nil)
  }

  @Test func longChainsAreFine() {
    let terms = Array(repeating: "x", count: 20_000).joined(separator: " + ")
    let checked = Checked("graph t(x: f64) -> (v) { v = \(terms) }")
    #expect(checked.graph?.nodes.count == 20_000)
  }

  @Test func longArraysAreData() {
    let numbers = (0..<20_000).map { "-\($0).5" }.joined(separator: ", ")
    let checked = Checked("graph t() -> (v) { v = [\(numbers)] }")
    #expect(checked.type(of: "v") == "f64[20000]")
    #expect(checked.graph?.nodes.count == 1)
  }
}
