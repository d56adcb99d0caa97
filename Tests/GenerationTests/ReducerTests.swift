import GraphText
import Support
import Testing

/// The reducer finds the little that makes a program fail.
@Suite struct ReducerTests {
  /// A program with something of everything.
  private static let program = """
    func f(a) {
        b = tanh(a) + sum(a)
        return b, a
    }

    ## sizes n=5 m=3
    ## seed 7
    graph first[m](x: f64[n], inout w: f64[n]) -> (y, z) {
        y = exp(x) * w
        z, q = f(sin(y))
        w <- w + q
    }

    ## sizes n=9
    graph second(x: f64[n], u: f64[n]) -> (y, hs) {
        v = [x, u]
        for e in u, t in 0..<n with h = 0.5, g = 1.0 checkpoint 2 {
            c = if h > 0 { p = tanh(e * 2 + h); p * t } else { h }
            d = e ** 2
            h <- c
            g <- g * d
            emit hs = where(c > 1, d, c + g)
        }
        y = sum(v) + h
    }
    """

  /// Reduces the program while it has a property, and is one that the checker takes.
  private static func reduced(_ property: @escaping (SourceUnit) -> Bool) -> String {
    Reducer.reduced(program) { text in
      guard let unit = Reducer.parsed(text), TypeOracle.graphs(of: text).graphs != nil else {
        return false
      }
      return property(unit)
    }
  }

  private static func calls(_ expr: Expr, _ wanted: String) -> Bool {
    if case .call(let name, _) = expr.kind { name.text == wanted } else { false }
  }

  @Test func theProgramIsGood() {
    #expect(TypeOracle.graphs(of: Self.program).error == "")
  }

  /// A call inside of a loop keeps the loop, and nothing else.
  @Test func aCallInALoop() {
    let text = Self.reduced { unit in
      unit.declarations.contains { declaration in
        guard case .graph(let graph) = declaration else { return false }
        return graph.body.statements.contains { statement in
          guard case .forLoop = statement.kind else { return false }
          return statement.sourceText.contains("tanh(")
        }
      }
    }
    #expect(text.split(separator: "\n").count <= 7, "\(text)")
    #expect(text.contains("tanh(") && text.contains("for "))
    #expect(!text.contains("checkpoint") && !text.contains("func") && !text.contains("sizes"))
  }

  /// A call alone becomes a graph of one statement.
  @Test func aCall() {
    let text = Self.reduced { unit in
      SyntaxEditor.expressions(of: unit).contains { Self.calls($0, "exp") }
    }
    #expect(text == "graph first(x: f64) -> (z) {\n    z = exp(x)\n}\n")
  }

  /// What does not fail is not touched.
  @Test func nothing() {
    #expect(Self.reduced { _ in false } == Self.program)
  }

  /// Sizes shrink as far as they may.
  @Test func sizes() {
    let text = Reducer.reduced(Self.program) { text in
      guard let graphs = TypeOracle.graphs(of: text).graphs else { return false }
      return graphs.contains { (ProgramInputs($0).sizes["n"] ?? 0) >= 4 }
    }
    #expect(text.contains("n=4"), "\(text)")
  }
}
