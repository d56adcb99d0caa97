import Autodiff
import GraphIR
import Ops
import Rewrites
import Support
import TestSupport
import Testing

/// What is left of a gradient after rewriting, as `pp --optimized` prints it.
@Suite struct SeedTests {
  /// The gradient by the first parameter, simplified and printed.
  private func gradient(
    _ parameters: TensorType..., of build: (inout Builder, [Value]) -> Value
  ) throws -> String {
    let graph = Graph.of(parameters) { b, v in b.gradient(of: build(&b, v), wrt: v[0]) }
    let simplified = try Differentiate.run(graph).simplified().0
    try simplified.verify()
    return PrettyPrinter.text(of: simplified.outputs[0].value, in: simplified)
  }

  private func power(_ exponent: Literal) throws -> String {
    try gradient(.f64()) { b, v in b.power(v[0], b.literal(exponent, .f64)) }
  }

  @Test func squarePrintsAsTheTutorialDoes() throws {
    let graph = Graph.of([.f64()]) { b, v in
      b.gradient(of: b.power(v[0], b.literal(.int(2), .f64)), wrt: v[0])
    }
    let derivative = try Differentiate.run(graph)
    #expect(
      PrettyPrinter.text(of: derivative.outputs[0].value, in: derivative)
        == "((fill((x0 ** 2), 1.0) * 2) * (x0 ** (2 - 1)))")
    #expect(try power(.int(2)) == "(2.0 * x0)")
  }

  @Test func powers() throws {
    #expect(try power(.int(1)) == "1.0")
    #expect(try power(.int(3)) == "(3.0 * square(x0))")
    #expect(try power(.int(4)) == "(4.0 * (x0 * square(x0)))")
    #expect(try power(.float(-1)) == "(-square(reciprocal(x0)))")
  }

  @Test func seedVanishes() throws {
    #expect(try gradient(.f64(), .f64()) { b, v in b.multiply(v[0], v[1]) } == "x1")
    #expect(try gradient(.f64()) { b, v in b.exp(v[0]) } == "exp(x0)")
    #expect(try gradient(.f64()) { b, v in b.emit(.sin, [v[0]]) } == "cos(x0)")
    #expect(try gradient(.f64()) { b, v in b.log(v[0]) } == "reciprocal(x0)")
    #expect(
      try gradient(.f64()) { b, v in b.emit(.tanh, [v[0]]) } == "(1.0 - square(tanh(x0)))")
    #expect(
      try gradient(.f64()) { b, v in
        b.multiply(b.literal(.float(0.5), .f64), b.square(v[0]))
      } == "x0")
  }

  @Test func seedOfSumsVanishes() throws {
    let squares = try gradient(.f64(.m, .n)) { b, v in
      b.total(b.power(v[0], b.literal(.int(2), .f64)))
    }
    #expect(squares == "(2.0 * x0)")
    let products = try gradient(.f64(.m, .n), .f64(.n)) { b, v in
      b.total(b.multiply(v[0], v[1]))
    }
    #expect(products == "broadcast_to(x1, [m, n])")
    let sums = try gradient(.f64(.n)) { b, v in b.total(v[0]) }
    #expect(sums == "broadcast_to(1.0, [n])")
    let stretched = try gradient(.f64(.n), .f64(.m, .n)) { b, v in b.total(b.add(v[0], v[1])) }
    #expect(stretched == "broadcast_to(f64(m), [n])")
  }

  /// What the tutorial's logistic function leaves: nothing that overflows.
  @Test func logistic() throws {
    let text = try gradient(.f64(.m, .n)) { b, v in
      let one = b.literal(.int(1), .f64)
      return b.total(b.divide(one, b.add(one, b.exp(b.negate(v[0])))))
    }
    #expect(text == "(sigmoid((-x0)) * sigmoid(x0))")
  }

  @Test func singlePrecisionPrintsShort() throws {
    let text = try gradient(TensorType(.f32)) { b, v in
      b.multiply(b.literal(.float(0.1), .f32), b.square(v[0]))
    }
    #expect(text == "(0.2 * x0)")
  }

  /// Masks of derivatives are checked once, and not where they hold everywhere.
  @Test func masksCollapse() throws {
    let graph = Graph.of([.f64(.n)]) { b, v in
      let isPositive = b.greater(v[0], b.literal(.int(0), .f64))
      let safe = b.exp(b.log(b.sqrt(v[0])))
      let chosen = b.select(isPositive, safe, b.literal(.int(0), .f64))
      return b.gradient(of: b.total(chosen), wrt: v[0])
    }
    let simplified = try Differentiate.run(graph).simplified().0
    #expect(
      PrettyPrinter.text(of: simplified.outputs[0].value, in: simplified)
        == "where((x0 > 0.0), ((0.5 * (exp(log(sqrt(x0))) / sqrt(x0))) / sqrt(x0)), 0.0)")
  }
}
