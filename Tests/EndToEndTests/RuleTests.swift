import Foundation
import Testing

/// Programs with derivatives of their own for funcs.
@Suite struct RuleTests {
  /// What `gradc run` gives, as JSON.
  private func run(_ text: String, _ arguments: String...) throws -> [String: Any] {
    let scratch = try Scratch()
    let file = try scratch.write(text, to: "t.graph")
    let outcome = try Shell.run([Shell.gradc, "run", "--json", file] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    return try #require(object as? [String: Any])
  }

  private func errors(_ text: String) throws -> String {
    let scratch = try Scratch()
    let file = try scratch.write(text, to: "t.graph")
    let outcome = try Shell.gradc(file, "-o", scratch.path("t.o"))
    #expect(outcome.status == 1)
    return outcome.errors
  }

  /// Derivatives that are wrong on purpose show which rule was applied: forward mode takes the
  /// `jvp`, reverse mode the `vjp`, and each the other's transpose if there is only one.
  @Test func eachModeTakesItsRule() throws {
    let graph = """
      graph g(x: f64[2], v: f64[2]) -> (y, a, b, c) {
          y = f(x)
          a = grad(sum(y), wrt: x)
          b = jvp(y, wrt: x, along: v)
          c = jacobian(sum(y), wrt: x)
      }

      """
    let cases: [(String, [Double], [Double])] = [
      ("func f(x) = x * x\n", [2, 4], [2, 12]),
      ("func f(x) = x * x\njvp f(x) along (t) = 10 * t\n", [10, 10], [10, 30]),
      ("func f(x) = x * x\nvjp f(x) along (u) = -x * u\n", [-1, -2], [-1, -6]),
      (
        "func f(x) = x * x\njvp f(x) along (t) = 10 * t\nvjp f(x) -> (y) along (u) = y * u\n",
        [1, 4], [10, 30]
      ),
      (
        "func f(x) = x * x\njvp f(x) along (t) = where(x > 1.5, [1, 2] * t, 0) - sum(t) / 2\n",
        [-1, 1], [-2, 4]
      ),
      ("func f(x) = x * x\njvp f(x) along (t) = 0\n", [0, 0], [0, 0]),
    ]
    for (rules, reverse, forward) in cases {
      let values = try run(rules + graph, "x=[1,2]", "v=[1,3]")
      #expect(values["y"] as? [Double] == [1, 4])
      #expect(values["a"] as? [Double] == reverse, "\(rules)")
      #expect(values["b"] as? [Double] == forward, "\(rules)")
      #expect(values["c"] as? [Double] == reverse, "\(rules)")
    }
  }

  /// A derivative of a derivative is that of the rule, in which the result is the call's again.
  @Test func derivativesNest() throws {
    let text = """
      func e(x) = exp(x)
      jvp e(x) -> (y) along (t) = 2 * y * t
      graph g(x: f64) -> (a, b, c) {
          a = grad(e(x), wrt: x)
          b = grad(a, wrt: x)
          c = hvp(b, wrt: x, along: 1.0)
      }
      """
    let values = try run(text, "x=0")
    #expect(values["a"] as? Double == 2)
    #expect(values["b"] as? Double == 4)
    #expect(values["c"] as? Double == 16)
  }

  /// Through loops, branches, several results, integers, literals and consts.
  @Test func everywhere() throws {
    let text = """
      const c: f64[2] = [2, 3]
      func f(x, k, s) {
          assert k > 0, "k is positive"
          return x * k + c, sum(x) * s, k + 1
      }
      vjp f(x, k, s) -> (y, z, i) along (u, v, w) = parts(u * k + v * s + 0 * (i + w))
      func parts(u) { return u, 0, 0 }
      graph g(x: f64[2], k: i64, p: bool) -> (a, b, i) {
          y, z, i = f(x, k, 0.5)
          a = grad(sum(y * y) + z, wrt: x)
          for t in 0..<3 with h = x {
              q = if p { r, _, _ = f(h, k, 1.0)
                  r } else { h }
              h <- q
          }
          b = grad(sum(h), wrt: x)
      }
      """
    let values = try run(text, "x=[1,2]", "k=2", "p=true")
    #expect(values["a"] as? [Double] == [16.5, 28.5])
    #expect(values["b"] as? [Double] == [8, 8])
    #expect(values["i"] as? Int == 3)
    let scratch = try Scratch()
    let file = try scratch.write(text, to: "t.graph")
    let failed = try Shell.gradc("run", file, "x=[1,2]", "k=0", "p=true")
    #expect(failed.status == 1)
    #expect(failed.errors.contains("t.graph:3:12: k is positive"))
  }

  /// What cannot be turned round is refused at the rule.
  @Test func onlyLinearRulesAreTurnedRound() throws {
    let clipped = """
      func f(x) = x * x
      vjp f(x) along (u) = clip(u, -1, 1)
      graph g(x: f64) -> (a) {
          a = jvp(f(x), wrt: x, along: 1.0)
      }
      """
    let errors = try errors(clipped)
    #expect(
      errors.contains(
        "t.graph:2:5: error: 'jvp' needs a 'jvp' of 'f': its 'vjp' is not known to be linear"),
      "\(errors)")
    #expect(errors.contains("t.graph:4:9: note: on the way of this 'jvp'"))
    for rule in ["t * t", "t + 1", "exp(t)", "1 / t", "max([t, 0])", "t * x + sum([t, 3])"] {
      let text = """
        func f(x) = x * x
        jvp f(x) along (t) = \(rule)
        graph g(x: f64) -> (a) {
            a = grad(f(x), wrt: x)
        }
        """
      #expect(try self.errors(text).contains("'grad' needs a 'vjp' of 'f'"), "\(rule)")
    }
  }

  /// A rule is turned round through loops and branches too: `f = x₀ · 3 x₁ · …`, summed turn by turn.
  @Test func rulesOfLoopsAreTurnedRound() throws {
    let text = """
      func f(x) = sum(x * x)
      jvp f(x) along (t) {
          for v in x, d in t with s = 0.0 {
              next = if v > 0 { 2 * v * d } else { d * v * 2 }
              s <- s + next
          }
          return s
      }
      graph g(x: f64[3]) -> (a, h) {
          a = grad(f(x), wrt: x)
          h = hvp(f(x), wrt: x, along: x)
      }
      """
    let values = try run(text, "x=[1,-2,3]")
    #expect(values["a"] as? [Double] == [2, -4, 6])
    #expect(values["h"] as? [Double] == [2, -4, 6])
    for next in ["s * d", "s + d + 1", "if d > 0 { d } else { 2 * d }"] {
      let text = """
        func f(x) = sum(x * x)
        jvp f(x) along (t) {
            for d in t with s = 0.0 {
                s <- \(next)
            }
            return s
        }
        graph g(x: f64[3]) -> (a) {
            a = grad(f(x), wrt: x)
        }
        """
      #expect(try self.errors(text).contains("'grad' needs a 'vjp' of 'f'"), "\(next)")
    }
  }

  /// A body that has no reverse mode of its own needs none.
  @Test func rulesForWhatHasNoDerivative() throws {
    let text = """
      func root(a) {
          while abs(x * x - a) > 1e-12 with x = a limit 60 {
              x <- (x + a / x) / 2
          }
          return x
      }
      vjp root(a) -> (x) along (u) = u / (2 * x)
      graph g(a: f64) -> (x, d, e) {
          x = root(a)
          d = grad(x, wrt: a)
          e = grad(d, wrt: a)
      }
      """
    let values = try run(text, "a=4")
    #expect(abs((values["x"] as? Double ?? 0) - 2) < 1e-12)
    #expect(abs((values["d"] as? Double ?? 0) - 0.25) < 1e-12)
    #expect(abs((values["e"] as? Double ?? 0) + 1.0 / 32) < 1e-12)
  }

  @Test func checkFindsAWrongRule() throws {
    let scratch = try Scratch()
    let text = """
      func f(x, k) = log(1 + exp(k * x)) / k
      vjp f(x, k) -> (y) along (u) {
          p = sigmoid(k * x)
          return u * p, sum(u * (x * p - y))
      }
      graph g(x: f64[n], k: f64) -> (a, b) {
          a = grad(sum(f(sin(x), k)), wrt: x)
          b = grad(sum(f(sin(x), k)), wrt: k)
      }
      """
    let file = try scratch.write(text, to: "t.graph")
    let wrong = try Shell.gradc("check", file)
    #expect(wrong.status == 1)
    #expect(wrong.output.contains("3 checked, 1 wrong"))
    #expect(wrong.errors.contains("t.graph:8:9: error: 'grad' by 'k' is wrong"))
    #expect(
      wrong.errors.contains("t.graph:2:5: note: the derivative of 'f' is at fault"),
      "\(wrong.errors)")
    let mended = text.replacingOccurrences(of: "(x * p - y))", with: "(x * p - y)) / k")
    try scratch.write(mended, to: "t.graph")
    let right = try Shell.gradc("check", file)
    #expect(right.status == 0, "\(right.errors)")
  }
}
