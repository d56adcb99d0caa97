import GraphIR
import GraphText
import Support
import Testing

/// Derivatives that are asked for.
@Suite struct CheckerDerivativeTests {
  /// The types of what the forms give.
  static let forms: [(String, [String])] = [
    ("p = grad(s, wrt: x)", ["f64[n]"]), ("p, q = grad(s, wrt: [k, x])", ["f32", "f64[n]"]),
    ("p, q = value_and_grad(s, wrt: x)", ["f64", "f64[n]"]),
    ("p, q, r = value_and_grad(s, wrt: [x, k])", ["f64", "f64[n]", "f32"]),
    (
      "p = vjp(y, wrt: x, along: u)",
      ["f64[n]"]), ("p = vjp(y, wrt: [x], along: 2 * u)",
      ["f64[n]"]
    ),
    ("p = jvp(y, wrt: x, along: u)", ["f64[n]"]),
    (
      "p = jvp(y, wrt: [k, x], along: [1, u])",
      ["f64[n]"]), ("p = jvp(s, wrt: k, along: 0.5)",
      ["f64"]
    ),
    ("p = hvp(s, wrt: x, along: u)", ["f64[n]"]),
    ("p, q = hvp(s, wrt: [x, k], along: [u, 1])", ["f64[n]", "f32"]),
    ("p = grad(s, wrt: x, constant: y)", ["f64[n]"]),
    ("p = grad(s, wrt: x, constant: [y, k], disconnected: zero)", ["f64[n]"]),
    ("p = grad(grad(s, wrt: k), wrt: k)", ["f32"]), ("p = grad(s, wrt: y)", ["f64[n]"]),
  ]

  @Test(arguments: forms)
  func form(_ statement: String, _ types: [String]) {
    let names = ["p", "q", "r"].prefix(types.count)
    let checked = Checked(
      """
      graph t(x: f64[n], u: f64[n], k: f32) -> (\(names.joined(separator: ", "))) {
        y = k * x ** 2
        s = sum(y * x)
        \(statement)
      }
      """)
    // The gradient with respect to a scalar is none, so that it can be differentiated again.
    #expect(names.map { checked.type(of: $0) } == types)
  }

  @Test func literalsThatDerivativesNameAreValues() {
    let checked = Checked(
      """
      func slope(t) = grad(t ** 3, wrt: t)
      graph t(x: f32) -> (g, h) {
        k = 0.5
        g = grad(k * x, wrt: k)
        h = slope(2.0)
      }
      """)
    #expect(
      nodes(of: checked) == [
        "%0: f32 = parameter", "%1: f64 = literal", "%2: f32 = convert(%1)",
        "%3: f32 = mul(%2, %0)",
        "%4: f64 = derivative(%3, %1)", "%5: f64 = literal", "%6: f64 = literal",
        "%7: f64 = pow(%5, %6)", "%8: f64 = derivative(%7, %5)", "%9: f64 = copy(%8)",
      ])
  }

  @Test func equalCallsAreDifferentValuesAndNamesOfOneValueAreNot() {
    let checked = Checked(
      """
      func f(t) = -t
      graph t(x: f64) -> (g, h) {
        a = f(x)
        b = f(x)
        g = grad(a * b, wrt: a)
        c = a
        h = grad(a * c, wrt: c)
      }
      """)
    #expect(
      nodes(of: checked) == [
        "%0: f64 = parameter", "%1: f64 = neg(%0)", "%2: f64 = copy(%1)", "%3: f64 = copy(%1)",
        "%4: f64 = mul(%2, %3)", "%5: f64 = derivative(%4, %2)", "%6: f64 = mul(%2, %2)",
        "%7: f64 = derivative(%6, %2)",
      ])
  }

  @Test func anArgumentIsTheCallersValue() {
    let checked = Checked(
      "func g(c, t) = grad(c, wrt: t)\ngraph t(x: f64) -> (v) { y = -x; v = g(y * x, y) }")
    #expect(
      nodes(of: checked) == [
        "%0: f64 = parameter", "%1: f64 = neg(%0)", "%2: f64 = mul(%1, %0)",
        "%3: f64 = derivative(%2, %1)", "%4: f64 = copy(%3)",
      ])
  }

  @Test func operandsStandInTheirOrder() {
    let checked = Checked(
      """
      graph t(x: f64, y: f64, u: f64, v: f64, w: f64) -> (p, q) {
        c = x * y
        p, q = hvp(c, wrt: [y, x], along: [u, v], constant: [w], disconnected: zero)
      }
      """)
    let request = checked.graph?.nodes.last
    #expect(request?.operands.map(\.index) == [5, 1, 0, 2, 3, 4])
    let expected = DerivativeRequest(
      form: .hvp, wrtCount: 2, alongCount: 2, constantCount: 1, zeroWhereDisconnected: true)
    #expect(request?.attributes == .derivative(expected))
  }

  @Test func valuesHaveTheNamesThatMessagesSay() {
    let checked = Checked("graph t(x: f64) -> (v) { y = -x; v = grad(y, wrt: y) }")
    #expect(checked.graph?.values.map { $0.name } == ["x", "y", "v"])
  }

  /// The nodes of a graph as text, without attributes.
  private func nodes(of checked: Checked) -> [String] {
    guard checked.errors.isEmpty, let graph = checked.graph else { return checked.errors }
    return graph.nodes.map { node in
      let operands = node.operands.map { "%\($0.index)" }.joined(separator: ", ")
      return "%\(node.firstResult): \(graph.type(node.result)) = \(node.operation.name)"
        + (operands.isEmpty ? "" : "(\(operands))")
    }
  }
}
