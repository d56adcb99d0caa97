import Driver
import Foundation
import Testing

/// What shows how a program is compiled.
struct SeeingTests {
  /// A file with the first example.
  private static func logistic(_ scratch: Scratch) throws -> String {
    try scratch.write(CommandLineTests.dlogistic, to: "dlogistic.graph")
  }

  @Test func writesTheGraphInTheLanguage() throws {
    let scratch = try Scratch()
    let outcome = try Shell.gradc(try Self.logistic(scratch), "--emit=graph", "-o", "-")
    let wanted = """
      graph dlogistic(x: f64[m, n]) -> (gs: f64[m, n]) {
          gs = sigmoid(x) * sigmoid(-x)
      }

      """
    #expect(outcome.output == wanted && outcome.errors.isEmpty, "\(outcome)")
  }

  /// Files that are written have other names than the input.
  @Test func leavesTheInputAlone() throws {
    let scratch = try Scratch()
    _ = try Self.logistic(scratch)
    let outcome = try Shell.gradc(
      "dlogistic.graph", "--emit=graph,adjoint,dot", in: scratch.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      scratch.names == [
        "dlogistic.adjoint.graph", "dlogistic.dot", "dlogistic.graph", "dlogistic.rewritten.graph",
      ])
  }

  @Test func tellsWhatEachRuleChanges() throws {
    let scratch = try Scratch()
    let outcome = try Shell.gradc(
      try Self.logistic(scratch), "--emit=graph", "--print-changed", "-o", "-")
    for line in [
      "# pass stabilise\n", "by over-one-plus-exp at ", "dlogistic.graph:2:13\n",
      "-     s = sum(1 / (1 + exp(-x)))\n+     s = sum(sigmoid(x))\n",
    ] {
      #expect(outcome.errors.contains(line), "\(line) is not in\n\(outcome.errors)")
    }
    // Passes that change nothing, new spellings of constants, and loops are left out.
    for line in ["inline-calls", "canonical-literal", "pass lower"] {
      #expect(!outcome.errors.contains(line), "\(line) is in\n\(outcome.errors)")
    }
  }

  @Test func countsEveryRule() throws {
    let scratch = try Scratch()
    let outcome = try Shell.gradc(try Self.logistic(scratch), "--stats", "--emit=loops", "-o", "-")
    var counts: [String: Int] = [:]
    for line in outcome.errors.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 1)
      guard words.count == 2, let count = Int(words[0]) else { continue }
      counts[words[1].trimmingCharacters(in: .whitespaces)] = count
    }
    let total = try #require(counts["rewrites"])
    #expect(counts.filter { $0.key.hasPrefix("rewrite ") }.values.reduce(0, +) == total)
    #expect(counts["rewrite over-one-plus-exp"] == 1)
  }

  /// The reverse of the loop reads the sine, and computes again what costs less.
  @Test func tellsWhatIsComputedAgain() throws {
    let scratch = try Scratch()
    let path = try scratch.write(
      """
      graph power(x: f64, n: f64[k], u: f64[k]) -> (g: f64[k]) {
          for a in n, b in u with y = x {
              z = a * b + y
              y <- x + sin(z) * 0.5 * z
          }
          g = grad(y * y, wrt: u)
      }
      """, to: "power.graph")
    for (line, row) in [(3, "\n  recomputed    mul, add\n"), (4, "\n  recomputed    mul\n")] {
      let outcome = try Shell.gradc("explain", "\(path):\(line)")
      #expect(outcome.output.contains(row), "\(outcome.output)\(outcome.errors)")
    }
    #expect(try !Shell.gradc("explain", "\(path):6").output.contains("recomputed"))
  }

  @Test func explainsALine() throws {
    let scratch = try Scratch()
    let outcome = try Shell.gradc("explain", try Self.logistic(scratch) + ":2")
    #expect(outcome.status == 0, "\(outcome.errors)")
    for line in [
      ":2: s = sum(1 / (1 + exp(-x)))\n", "in graph 'dlogistic'\n", "over-one-plus-exp",
      "derivatives   fill, neg, sigmoid, mul", "nest 1 of 1: loops over m, n",
      "8 * m * n bytes",
    ] {
      #expect(outcome.output.contains(line), "\(line) is not in\n\(outcome.output)")
    }
    let nothing = try Shell.gradc("explain", try Self.logistic(scratch) + ":4")
    #expect(nothing.output.hasSuffix("nothing is computed here\n"), "\(nothing.output)")
    let outside = try Shell.gradc("explain", try Self.logistic(scratch) + ":40")
    #expect(outside.status == 1 && outside.errors.contains("has no line 40"), "\(outside.errors)")
    #expect(try Shell.gradc("explain", try Self.logistic(scratch)).status == 2)
  }

  @Test(arguments: [
    CommandLineTests.dlogistic,
    """
    const c: f64[3] = [1, 2, 3]

    graph f(xs: f64[t, n], inout w: f64[n]) -> (loss, hs) {
        for x in xs with h = zeros_like(w) {
            y = if sum(x) > 0 { tanh(x * w + h) } else { h }
            h <- y
            emit hs = y
        }
        loss = sum(h ** 2) + sum(c)
        assert loss < 1e9, "a \\"quoted\\" message"
        w <- w - 0.1 * grad(loss, wrt: w)
    }
    """,
  ])
  func drawsWhatGraphvizReads(_ text: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(text, to: "t.graph")
    let outcome = try Shell.gradc(file, "--emit=dot", "-o", "-")
    #expect(outcome.status == 0, "\(outcome.errors)")
    var reader = DotReader(outcome.output)
    let isRead = reader.readFile()
    #expect(isRead, "\(outcome.output)")
    #expect(outcome.output.contains("loop nest 1"))
    #expect(reader.drawn.isSuperset(of: reader.joined), "\(outcome.output)")
  }

  @Test func theReaderRefusesWhatIsNoDrawing() {
    for text in [
      "", "digraph {", "digraph f { a -> }", "digraph f { a [label=] }", "digraph f { \"a }",
      "digraph f { subgraph g { a }", "digraph f { a [label=\"b\" c] } }",
    ] {
      var reader = DotReader(text)
      let isRead = reader.readFile()
      #expect(!isRead, "\(text)")
    }
  }
}
