import GraphText
import Support
import Testing

/// Where the nodes of the tree say that they stand.
@Suite struct SiteTests {
  let parsed = Parsed(
    """
    import "a.graph"
    graph f[k](x: f64[n + 1], inout w: f64) -> (y: f64) {
        y = (a + b) * -x[1:n, new][0] ** f(c, axis: 0) - 2.5
        for r in xs, t in 0..<k with h = h0 { h <- if c { 1 } else { 2 } }
        assert x > 0, "message"
    }
    func g(x) = x + 1
    const d: f64 = load("d.npy")
    """)

  func text(_ site: Site) -> String { parsed.text(at: site) }

  @Test func declarations() {
    #expect(parsed.complaints == [])
    #expect(text(parsed.unit.imports[0].site) == "import \"a.graph\"")
    #expect(text(parsed.unit.imports[0].path.site) == "\"a.graph\"")
    guard case .graph(let graph) = parsed.unit.declarations[0],
      case .function(let function) = parsed.unit.declarations[1],
      case .constant(let constant) = parsed.unit.declarations[2],
      case .load(let path) = constant.value
    else { return #expect(Bool(false)) }
    #expect(text(graph.site).hasPrefix("graph f[k]") && text(graph.site).hasSuffix("\n}"))
    #expect(text(graph.name.site) == "f")
    #expect(text(graph.sizes[0].site) == "k")
    #expect(graph.parameters.map { text($0.site) } == ["x: f64[n + 1]", "inout w: f64"])
    #expect(graph.parameters[1].inoutSite.map(text) == "inout")
    #expect(graph.parameters[0].type.map { text($0.site) } == "f64[n + 1]")
    #expect(graph.parameters[0].type.map { text($0.element.site) } == "f64")
    #expect(graph.results.map { text($0.site) } == ["y: f64"])
    #expect(text(graph.body.site).hasPrefix("{\n") && text(graph.body.site).hasSuffix("\n}"))
    #expect(text(function.site) == "func g(x) = x + 1")
    #expect(text(function.body.site) == "x + 1")
    #expect(text(constant.site) == "const d: f64 = load(\"d.npy\")")
    #expect(text(path.site) == "\"d.npy\"")
  }

  @Test func statements() {
    #expect(
      parsed.statements.map { text($0.site) } == [
        "y = (a + b) * -x[1:n, new][0] ** f(c, axis: 0) - 2.5",
        "for r in xs, t in 0..<k with h = h0 { h <- if c { 1 } else { 2 } }",
        "assert x > 0, \"message\"",
      ])
    guard case .forLoop(let loop) = parsed.statements[1].kind,
      case .update(let name, let value) = loop.body.statements[0].kind,
      case .conditional(let choice) = value.kind,
      case .assert(let condition, let message) = parsed.statements[2].kind
    else { return #expect(Bool(false)) }
    #expect(loop.sequences.map { text($0.site) } == ["r in xs", "t in 0..<k"])
    #expect(loop.sequences.map { text($0.name.site) } == ["r", "t"])
    #expect(loop.carried.map { text($0.site) } == ["h = h0"])
    #expect(text(loop.body.site) == "{ h <- if c { 1 } else { 2 } }")
    #expect(text(name.site) == "h")
    #expect(text(value.site) == "if c { 1 } else { 2 }")
    #expect(choice.branches.map { text($0.site) } == ["{ 1 }", "{ 2 }"])
    #expect(text(condition.site) == "x > 0")
    #expect(text(message.site) == "\"message\"")
  }

  @Test func expressions() {
    guard case .assign(_, let value) = parsed.statements[0].kind,
      case .chain(let product, let differences) = value.kind,
      case .chain(let sum, let factors) = product.kind,
      case .unary(_, let power) = factors[0].operand.kind,
      case .power(let base, let powerSite, let exponent) = power.kind,
      case .index(let indexed, let indexings) = base.kind,
      case .call(let callee, let arguments) = exponent.kind
    else { return #expect(Bool(false)) }
    #expect(text(value.site) == "(a + b) * -x[1:n, new][0] ** f(c, axis: 0) - 2.5")
    #expect(differences.map { text($0.operatorSite) } == ["-"])
    #expect(text(product.site) == "(a + b) * -x[1:n, new][0] ** f(c, axis: 0)")
    #expect(text(sum.site) == "(a + b)")
    #expect(text(factors[0].operatorSite) == "*")
    #expect(text(factors[0].operand.site) == "-x[1:n, new][0] ** f(c, axis: 0)")
    #expect(text(power.site) == "x[1:n, new][0] ** f(c, axis: 0)")
    #expect(text(powerSite) == "**")
    #expect(text(base.site) == "x[1:n, new][0]")
    #expect(text(indexed.site) == "x")
    #expect(indexings.map { text($0.site) } == ["[1:n, new]", "[0]"])
    #expect(indexings[0].subscripts.map { text($0.site) } == ["1:n", "new"])
    #expect(text(exponent.site) == "f(c, axis: 0)")
    #expect(text(callee.site) == "f")
    #expect(arguments.map { $0.label.map { text($0.site) } } == [nil, "axis"])
    #expect(arguments.map { text($0.value.site) } == ["c", "0"])
  }
}
