import Foundation
import Testing

/// `gradc check` at the command line.
@Suite struct CheckTests {
  static let forms = """
    graph forms(x: f64[n], v: f64[n], a: f32[n, n]) -> (value, g, t, j, h, p, u) {
        y = tanh(a @ x)
        cost = sum(log(1 + y ** 2)) + prod(x)
        value, g = value_and_grad(cost, wrt: x)
        t = jvp(y, wrt: x, along: v)
        j = jacobian(y, wrt: x)
        h = hessian(cost, wrt: x)
        p = hvp(cost, wrt: x, along: v)
        u = vjp(y, wrt: x, along: v)
    }

    """

  /// The table, split into cells.
  private func rows(_ output: String) -> [[String]] {
    output.split(separator: "\n").map { line in
      line.components(separatedBy: "  ").map { $0.trimmingCharacters(in: .whitespaces) }
        .filter { !$0.isEmpty }
    }
  }

  @Test func checksEveryForm() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.forms, to: "forms.graph")
    let outcome = try Shell.gradc("check", file)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = rows(outcome.output)
    #expect(rows[0] == ["form", "place", "error", "verdict"])
    let wanted = [
      "value_and_grad by x", "jvp by x", "jacobian by x", "hessian by x", "hvp by x", "vjp by x",
      "compiled code",
    ]
    #expect(rows[1...7].map { $0[0] } == wanted)
    #expect(rows[1...7].allSatisfy { $0[3] == "ok" })
    #expect(rows[1][1].hasSuffix("forms.graph:4:16"))
    #expect(rows[8] == ["7 checked, 0 wrong"])
  }

  @Test func theSeedDecides() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.forms, to: "forms.graph")
    let first = try Shell.gradc("check", file, "--seed", "5", "--json")
    #expect(try Shell.gradc("check", file, "--seed", "5", "--json").output == first.output)
    #expect(try Shell.gradc("check", file, "--seed", "6", "--json").output != first.output)
    let object = try JSONSerialization.jsonObject(with: Data(first.output.utf8))
    let table = try #require(object as? [String: Any])
    #expect(table["wrong"] as? Int == 0)
    #expect(table["seed"] as? Int == 5)
    let checks = try #require(table["checks"] as? [[String: Any]])
    #expect(checks.count == 7)
    #expect(checks.allSatisfy { $0["verdict"] as? String == "ok" })
    #expect(checks[0]["graph"] as? String == "forms")
    #expect(try #require(checks[0]["error"] as? Double) < 1e-6)
  }

  @Test func takesValues() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      graph g(x: f64[n], y: f64) -> (gx) {
          gx = grad(sum(abs(x)) * y, wrt: x)
      }
      """, to: "g.graph")
    let kinked = try Shell.gradc("check", file, "x=[1, 0]", "y=2")
    #expect(kinked.status == 0, "\(kinked.errors)")
    #expect(rows(kinked.output)[1].last == "at a kink")
    #expect(rows(try Shell.gradc("check", file, "n=7").output)[1].last == "ok")
    #expect(rows(try Shell.gradc("check", file, "--dim", "n=7").output)[1].last == "ok")
    for (arguments, message) in [
      (["z=3"], "'g' has no parameter 'z'"), (["x=3"], "'x' has 1 axes, 0 are given"),
      (["n=-1"], "'n' is a size"), (["x=[1]", "x=[1]"], "'x' is given twice"),
    ] {
      let outcome = try Shell.run([Shell.gradc, "check", file] + arguments)
      #expect(outcome.status == 1)
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
    }
  }

  /// Forms that are too much work for a plain evaluation are checked along a line; those that are
  /// too much for compiled code too are told.
  @Test func boundsItsWork() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      graph g(x: f64[96], v: f64[96]) -> (gx, jx, hx, px, t, u, s) {
          w = linspace(0, 1, 64)
          a = 1 + w[:, new, new] * outer(x, stop_gradient(x))
          y = sum(tanh(a @ x), axis: 0)
          c = sum(y ** 2)
          gx = grad(c, wrt: x)
          jx = jacobian(y, wrt: x)
          hx = hessian(c, wrt: x)
          px = hvp(c, wrt: y, along: v)
          t = jvp(y, wrt: a, along: a)
          u, _ = vjp(y, wrt: [x, a], along: v)
          z = broadcast_to(x, [300000, 96])
          s = grad(sum(exp(outer(z, x))), wrt: x)
      }
      """, to: "g.graph")
    let outcome = try Shell.gradc("check", file)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rows = rows(outcome.output)
    #expect(rows[1...6].allSatisfy { $0[3] == "ok along one direction" }, "\(rows)")
    #expect(rows[7].last == "not checked: too large, give smaller sizes")
  }

  /// A wrong derivative shows along a line too.
  @Test func findsMistakesAlongLines() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      func cube(x) = x ** 3
      vjp cube(x) along (ct) = 3 * x * ct

      graph g(x: f64[n]) -> (g) {
          g = grad(sum(cube(x)), wrt: x)
      }
      """, to: "g.graph")
    let outcome = try Shell.gradc("check", file, "n=2000000")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("g.graph:5:9: error: 'grad' by 'x' is wrong"))
    #expect(outcome.errors.contains("this is too large to look for the operation at fault"))
  }

  @Test func findsDomains() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      graph g(x: f64[n], y: f64[n], z: f64[n], k: i64) -> (g) {
          s = sum(log(x) * sqrt(1 - y) + acosh(z)) + x[k]
          assert s > 0, "s is positive"
          g = grad(s, wrt: [x, y, z])
      }
      """.replacingOccurrences(of: "(g)", with: "(a, b, c)")
        .replacingOccurrences(of: "    g =", with: "    a, b, c ="), to: "g.graph")
    let outcome = try Shell.gradc("check", file)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(rows(outcome.output)[1].last == "ok")
    let impossible = try scratch.write(
      """
      graph g(x: f64) -> (g) {
          assert x > x, "never"
          g = grad(x * x, wrt: x)
      }
      """, to: "impossible.graph")
    let refused = try Shell.gradc("check", impossible)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("no values were found at which 'g' can be computed: never"))
  }

  @Test func checksFormsInLoopsAndBranches() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      graph newton(x0: f64, n_unused: f64) -> (x, y) {
          for i in 0..<4 with x = x0 {
              f = x ** 3 - 2 * x + n_unused ** 2
              x <- x - 0.01 * f * grad(f, wrt: x)
          }
          y = if x0 > 0 { grad(sin(x0), wrt: x0) } else { grad(cos(x0), wrt: x0) }
      }
      """, to: "newton.graph")
    let outcome = try Shell.gradc("check", file)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let verdicts = rows(outcome.output).dropFirst().map { $0.last }
    #expect(verdicts.filter { $0 == "ok" }.count >= 3)
  }

  @Test func choosesGraphs() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      graph a(x: f64) -> (g) {
          g = grad(x * x, wrt: x)
      }
      graph b(x: f64) -> (g) {
          g = grad(sin(x), wrt: x)
      }
      """, to: "two.graph")
    #expect(try Shell.gradc("check", file).output.contains("4 checked, 0 wrong"))
    #expect(
      try Shell.gradc("check", file, "--graph", "b", "x=1").output.contains("2 checked, 0 wrong"))
    let several = try Shell.gradc("check", file, "x=1")
    #expect(several.status == 1)
    #expect(several.errors.contains("the file has several graphs, 'a', 'b'"))
    #expect(try Shell.gradc("check", file, "--graph", "c").errors.contains("no graph 'c'"))
    #expect(try Shell.gradc("check", file, "--seed", "x").status == 2)
  }

  /// What the language means, where no function has such a gradient.
  @Test func knowsFilters() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      graph g(x: f64[3]) -> (a, b, c) {
          a = grad(sum(grad_scale(x, 0.5) * stop_gradient(x) + x), wrt: x)
          b = grad(sum(exp(3 + grad_clip(x, -0.1, 0.1))), wrt: x)
          y = x * x
          c = grad(sum(y * x), wrt: x, constant: [y])
      }
      """, to: "g.graph")
    let outcome = try Shell.gradc("check", file)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let verdicts = rows(outcome.output)[1...3].map { $0.last }
    #expect(verdicts == ["ok", "not checked: 'grad_clip' changes it", "ok"])
  }

  @Test func graphsWithoutDerivatives() throws {
    let scratch = try Scratch()
    let file = try scratch.write("graph g(x: f64) -> (y) {\n    y = x\n}\n", to: "g.graph")
    let outcome = try Shell.gradc("check", file)
    #expect(outcome.status == 0)
    #expect(outcome.output == "form  place  error  verdict\n0 checked, 0 wrong\n")
  }
}
