import GraphText
import Support
import Testing

/// How reading goes on behind a mistake.
@Suite struct RecoveryTests {
  @Test func everyMistakeIsToldOnceAndTheRestIsRead() {
    let parsed = Parsed(
      """
      import layers
      const start = [1, 2
      func broken(x { return x }
      func good(x) = x
      graph f(x f64, y: f64[n) -> (a, b) {
          a = good(x
          b = good(y) +
          c = a b
          for t on xs with h = a { emit q = t +; h <- 3 }
          d = if a { 1 }
      }
      grpah g(x: f64) -> (y) { y = }
      """)
    #expect(
      parsed.complaints == [
        "1:8: an import names a file: \"layers.graph\" => '\"layers.graph\"'",
        "2:20: missing ']' => ']'", "  note 2:15: opened here",
        "3:14: missing ')' => ')'", "  note 3:12: opened here",
        "5:10: ':' is missing between the name and its type => ':'",
        "5:24: missing ']' => ']'", "  note 5:22: opened here",
        "6:15: missing ')' => ')'", "  note 6:13: opened here",
        "7:18: expected a value behind '+' before the end of the line",
        "8:11: an operator or a comma is missing between 'a' and 'b'",
        "9:11: expected 'in' behind 't', found 'on'",
        "9:42: expected a value behind '+' before ';'",
        "10:19: an 'if' gives a value in every case: it needs 'else { … }'",
        "12:1: 'grpah' declares nothing; did you mean 'graph'? => 'graph'",
        "12:30: expected a value behind '=', found '}'",
      ])
    #expect(!parsed.unit.isWhole)
    #expect(
      TreeDump.text(of: parsed.unit) == """
        const start = [1, 2]
        func broken(x) {=> x}
        func good(x) = {=> x}
        graph f[](y: f64[n]) -> (a, b) {a = good(x); b = ?; c = ?; d = ?}
        graph g[](x: f64[]) -> (y) {y = ?}

        """)
  }

  @Test func brokenHeadsAreMarked() {
    let parsed = Parsed("graph f(x f64) -> (y) { y = x }\nfunc g(x, 3) = x\nfunc h(x) = x")
    let marks = parsed.unit.declarations.map { declaration in
      switch declaration {
      case .graph(let graph): graph.isWhole
      case .function(let function): function.isWhole
      case .rule(let rule): rule.isWhole
      case .constant: true
      }
    }
    #expect(marks == [false, false, true])
  }

  @Test func brokenBlocksAreMarked() {
    let parsed = Parsed(body: "3 = x\ny = x\nfor a in b { 3 = x }\nfor a in b { c = a }")
    guard case .graph(let graph) = parsed.unit.declarations[0] else {
      return #expect(Bool(false))
    }
    #expect(!graph.body.isWhole)
    let loops = graph.body.statements.compactMap { statement in
      if case .forLoop(let loop) = statement.kind { loop.body.isWhole } else { nil }
    }
    #expect(loops == [false, true])
  }

  @Test func missingBraceBeforeTheNextDeclaration() {
    let parsed = Parsed(
      """
      graph f(x: f64) -> (y) {
          for t in 0..<3 with s = x {
              s <- s + 1
          y = s
      }

      ## Of g.
      graph g(x: f64) -> (y) { y = x }
      """)
    #expect(
      parsed.complaints == [
        "5:2: missing '}' => ' }'", "  note 1:24: opened here",
        "  note 2:31: the lines suggest that this one is not closed",
      ])
    guard case .graph(let graph) = parsed.unit.declarations.last else {
      return #expect(Bool(false))
    }
    #expect(graph.name.text == "g")
    #expect(graph.documentation?.text == "Of g.")
  }

  @Test func missingBraceAtTheEnd() {
    #expect(
      Parsed("graph f(x: f64) -> (y) {\n  for t in x {\n    emit y = t\n").complaints
        == ["3:15: missing '}' => ' }'", "  note 2:14: opened here"])
  }

  @Test func surplusBraceIsToldOnce() {
    let parsed = Parsed("func f(x) = x\n}\n}\ny = 3\nfunc g(x) = y y")
    #expect(
      parsed.complaints == [
        "2:1: this '}' closes nothing => ''",
        "5:15: an operator or a comma is missing between 'y' and 'y'",
      ])
    #expect(parsed.unit.declarations.map(\.name.text) == ["f", "g"])
  }

  @Test func nestedDeclarationsAreMovedOut() {
    let parsed = Parsed(
      """
      graph f(x: f64) -> (y) {
          func h(a) {
              return a +
          }
          y = if x > 0 {
              const c = 3
              c
          } else { h(x) }
          import "a.graph"
      }
      """)
    #expect(
      parsed.complaints == [
        "2:5: 'func' stands outside of bodies: move it out of this one",
        "3:19: expected a value behind '+' before the end of the line",
        "6:9: 'const' stands outside of bodies: move it out of this one",
        "9:5: 'import' stands outside of bodies: move it out of this one",
      ])
    #expect(parsed.unit.declarations.map(\.name.text) == ["f", "h", "c"])
  }

  @Test func indentedLinesBehindABrokenHeadAreItsBody() {
    let parsed = Parsed(
      """
      func f(x) {
          for r in x with s = 0.0
              s <- s + r
              emit q = s s
          }
          while s > 1 with s = "1.0 limit 3 {
              s <- s / 2
          }
          return s, q q
      }
      """)
    #expect(
      parsed.complaints == [
        "2:28: expected '{' with the body of the 'for' before the end of the line",
        "4:20: an operator or a comma is missing between 's' and 's'",
        "6:26: this text has no closing '\"' on its line",
        "9:17: an operator or a comma is missing between 'q' and 'q'",
      ])
  }

  @Test func aBodyThatEndedEarlyIsToldOnce() {
    let parsed = Parsed(
      """
      graph f(x: f64) -> (y) {
          for r in x with s = 0.0 {
              s <- (s + }
              emit q = s
          }
          y = s
      }
      graph g(x: f64) -> (y) { y = x x }
      """)
    #expect(
      parsed.complaints == [
        "3:19: expected a value behind '+', found '}'",
        "4:9: 'emit' stands only in the body of a 'for'",
        "8:32: an operator or a comma is missing between 'x' and 'x'",
      ])
  }

  @Test func strayClosersArePassedOver() {
    let parsed = Parsed("graph f(x: f64], y: f64) -> (z: f64]) { a, b = f(x], y])\nz = [x), y] }")
    #expect(
      parsed.complaints == [
        "1:15: this ']' closes nothing => ''", "1:36: this ']' closes nothing => ''",
        "1:51: this ']' closes nothing => ''", "2:7: this ')' closes nothing => ''",
      ])
  }

  @Test func missingParenthesisEndsWithItsStatement() {
    let parsed = Parsed(
      body: "a = f(x,\n  [y\nb, c = f(x\nfor r in f(x { emit q = r }\nassert (a, \"m\"\nemit")
    #expect(
      parsed.complaints == [
        "3:5: missing ']' => ']'", "  note 3:3: opened here",
        "4:11: missing ')' => ')'", "  note 4:9: opened here",
        "5:13: missing ')' => ')'", "  note 5:11: opened here",
        "6:8: 'assert' has no parentheses: write 'assert c, \"message\"'",
        "7:5: expected the name of what is emitted before the end of the line",
      ])
  }

  @Test func atMostAHundredErrors() {
    let parsed = Parsed(body: String(repeating: "3 = x\n", count: 500))
    #expect(parsed.diagnostics.errorCount == 100)
    #expect(parsed.complaints.last == "101:1: only names stand before '='")
    #expect(Parsed(String(repeating: "$ ", count: 500)).diagnostics.errorCount == 100)
    // Whatever is wrong where reading ends.
    let lines = ["a = f(x], y)", "a = f(x] )", "a = +b", "a = f(b = 1, c)", "1 2", "a (", "a = [x"]
    for line in lines {
      for lead in 0..<3 {
        let text = String(repeating: "3 = x\n", count: lead)
          + String(repeating: line + "\n", count: 150)
        checkInvariants(Parsed(body: text))
        checkInvariants(Parsed(text))
      }
    }
  }

  @Test func mistakesComeInTheOrderOfTheText() {
    let parsed = Parsed(body: "a = b c\nd = 'e'\nf = g h\n")
    let starts = parsed.diagnostics.all.map(\.site.start)
    #expect(starts == starts.sorted())
    #expect(starts.count == 3)
  }
}
