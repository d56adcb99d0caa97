import Testing

/// Derivatives at ties and at the edge of domains, to second order: what the reference says, in all
/// modes the same, and in compiled code.
@Suite struct KinkTests {
  /// A cost at a point, with its gradient and its Hessian.
  struct Kink: CustomTestStringConvertible, Sendable {
    /// A formula of `x`.
    let cost: String
    let x: [Double]
    let gradient: [Double]
    /// Row by row.
    let hessian: [Double]
    /// Whether products with the Hessian are numbers, so that they can be told.
    var isFinite = true

    var testDescription: String { "\(cost) at \(x)" }
  }

  private static let infinity = Double.infinity

  /// Slopes by the conventions of the reference: 0 at 0 for `abs`, `norm`, `hypot` and `relu`; ties
  /// of two go to the first, ties of a reduction to all; orders are stable; `clip` is closed.
  static let kinks: [Kink] = [
    Kink(
      cost: "max(x) ** 2", x: [2, 2, 1], gradient: [4, 4, 0],
      hessian: [2, 2, 0, 2, 2, 0, 0, 0, 0]),
    Kink(
      cost: "min(x) ** 3", x: [2, 1, 1], gradient: [0, 3, 3],
      hessian: [0, 0, 0, 0, 6, 6, 0, 6, 6]),
    Kink(
      cost: "sum(maximum(x ** 2, [4.0, 1]))", x: [2, 0.5], gradient: [4, 0], hessian: [2, 0, 0, 0]),
    Kink(
      cost: "sum(maximum([4.0, 1], x ** 2))", x: [2, 3], gradient: [0, 6], hessian: [0, 0, 0, 2]),
    Kink(
      cost: "sum(minimum(x ** 2, x ** 3))", x: [1, 2], gradient: [2, 4], hessian: [2, 0, 0, 2]),
    Kink(
      cost: "maximum(x[0] ** 2, x[1] ** 2)", x: [-3, 3], gradient: [-6, 0],
      hessian: [2, 0, 0, 0]),
    Kink(
      cost: "sum(sort(x) ** 2 * [1.0, 2, 3])", x: [2, 2, 1], gradient: [8, 12, 2],
      hessian: [4, 0, 0, 0, 6, 0, 0, 0, 2]),
    Kink(
      cost: "dot(largest(x) ** 2, [1.0, 2])", x: [2, 2, 2], gradient: [4, 8, 0],
      hessian: [2, 0, 0, 0, 4, 0, 0, 0, 0]),
    Kink(
      cost: "sum(max_pool2d(reshape(x, [1, 1, 2, 2]), [2, 2]) ** 2)", x: [2, 2, 1, 2],
      gradient: [4, 4, 0, 4], hessian: [2, 2, 0, 2, 2, 2, 0, 2, 0, 0, 0, 0, 2, 2, 0, 2]),
    Kink(
      cost: "sum(relu(x) ** 2 + relu(x))", x: [0, -1, 1], gradient: [0, 0, 3],
      hessian: [0, 0, 0, 0, 0, 0, 0, 0, 2]),
    Kink(
      cost: "sum(abs(x) * (1 + abs(x)))", x: [0, -1, 1], gradient: [0, -3, 3],
      hessian: [0, 0, 0, 0, 2, 0, 0, 0, 2]),
    Kink(
      cost: "sum(clip(x, -1, 1) ** 2)", x: [-1, 1, 2], gradient: [-2, 2, 0],
      hessian: [2, 0, 0, 0, 2, 0, 0, 0, 0]),
    Kink(
      cost: "sum(where(x > 0, sqrt(x), x ** 2))", x: [0, -1, 4], gradient: [0, -2, 0.25],
      hessian: [2, 0, 0, 0, 2, 0, 0, 0, -0.03125]),
    Kink(cost: "norm(x)", x: [0, 0], gradient: [0, 0], hessian: [0, 0, 0, 0]),
    Kink(cost: "norm(x) + 3 * x[0] ** 2", x: [0, 0], gradient: [0, 0], hessian: [6, 0, 0, 0]),
    Kink(cost: "std(x)", x: [1, 1], gradient: [0, 0], hessian: [0, 0, 0, 0]),
    Kink(
      cost: "hypot(x[0], x[1]) + x[0] * x[1]", x: [0, 0], gradient: [0, 0], hessian: [0, 1, 1, 0]),
    Kink(cost: "prod(x)", x: [0, 0, 2], gradient: [0, 0, 0], hessian: [0, 2, 0, 2, 0, 0, 0, 0, 0]),
    Kink(
      cost: "sum(cumprod(x))", x: [0, 0, 1], gradient: [1, 0, 0],
      hessian: [0, 2, 0, 2, 0, 0, 0, 0, 0]),
    Kink(cost: "sum(x ** 2.0 + x ** 3)", x: [0, 1], gradient: [0, 5], hessian: [2, 0, 0, 8]),
    Kink(
      cost: "sum(x ** [0.0, 1, 2])", x: [0, 0, 0], gradient: [0, 1, 0],
      hessian: [0, 0, 0, 0, 0, 0, 0, 0, 2]),
    Kink(cost: "0.0 ** x[0] + x[1]", x: [2, 1], gradient: [0, 1], hessian: [0, 0, 0, 0]),
    // Where no slope exists, it is infinite or NaN, and not a number that is wrong.
    Kink(
      cost: "sum(sqrt(x))", x: [0, 4], gradient: [infinity, 0.25],
      hessian: [-infinity, 0, 0, -0.03125], isFinite: false),
    Kink(
      cost: "sum(log(x))", x: [0, 4], gradient: [infinity, 0.25],
      hessian: [-infinity, 0, 0, -0.0625], isFinite: false),
    Kink(
      cost: "sum(x ** 0.5)", x: [0, 4], gradient: [infinity, 0.25],
      hessian: [-infinity, 0, 0, -0.03125], isFinite: false),
    Kink(
      cost: "sum(x ** 1.5)", x: [0, 4], gradient: [0, 3], hessian: [infinity, 0, 0, 0.375],
      isFinite: false),
    Kink(
      cost: "sum(cbrt(x))", x: [0, 1], gradient: [infinity, 1 / 3.0],
      hessian: [.nan, 0, 0, -2 / 9.0], isFinite: false),
    Kink(
      cost: "sum(asin(x))", x: [1, 0], gradient: [infinity, 1], hessian: [.nan, 0, 0, 0],
      isFinite: false),
  ]

  @Test(arguments: kinks) func secondOrder(_ kink: Kink) throws {
    let n = kink.x.count
    var program = try TurnLaneTests.Program(
      """
      func largest(x) {
          values, _ = top_k(x, 2)
          return values
      }
      graph g(x: f64[\(n)], v: f64[\(n)]) -> (g, h, p, fr, rf, rr, ff) {
          c = \(kink.cost)
          g = grad(c, wrt: x)
          h = hessian(c, wrt: x)
          p = hvp(c, wrt: x, along: v)
          s = jvp(c, wrt: x, along: v)
          fr = jvp(g, wrt: x, along: v, disconnected: zero)
          rf = grad(s, wrt: x, disconnected: zero)
          rr = grad(dot(g, v), wrt: x, disconnected: zero)
          ff = jvp(s, wrt: x, along: v, disconnected: zero)
      }
      """)
    let v = (0..<n).map { Double($0 + 1) }
    let found = try program.run(["x": ([n], kink.x), "v": ([n], v)])
    #expect(agree(found[0], kink.gradient), "grad is \(found[0])")
    #expect(agree(found[1], kink.hessian), "hessian is \(found[1])")
    let product = (0..<n).map { i in
      zip(kink.hessian[(i * n)..<(i * n + n)], v).reduce(0) { $0 + $1.0 * $1.1 }
    }
    for (name, values) in zip(["hvp", "jvp of grad", "grad of jvp", "grad of vjp"], found[2...]) {
      #expect(agree(values, product), "\(name) is \(values), not \(product)")
    }
    let bend = zip(product, v).reduce(0) { $0 + $1.0 * $1.1 }
    if kink.isFinite { #expect(agree(found[6], [bend]), "jvp of jvp is \(found[6])") }
  }

  /// Whether numbers are the same up to the rounding of a few operations; NaN stands for any that
  /// is not finite.
  private func agree(_ a: [Double], _ b: [Double]) -> Bool {
    a.count == b.count
      && zip(a, b).allSatisfy { found, wanted in
        if wanted.isNaN { return !found.isFinite }
        return found == wanted || abs(found - wanted) <= 4 * max(found.ulp, wanted.ulp)
      }
  }
}
