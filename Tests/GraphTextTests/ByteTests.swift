import GraphText
import Support
import Testing

/// Files whose bytes are not what a text editor writes.
@Suite struct ByteTests {
  static let good = Array("graph f(x: f64) -> (y) {\n    y = x # ok\n}\n".utf8)

  @Test func lineEnds() {
    let text = "## Doc.\r\ngraph f(x: f64) -> (y) {\r\n    y = x +\r\n\t1\r\n    3 = x\r\n}\r\n"
    let parsed = Parsed(text)
    #expect(parsed.complaints == ["5:5: only names stand before '='"])
    guard case .graph(let graph) = parsed.unit.declarations[0] else {
      return #expect(Bool(false))
    }
    #expect(graph.documentation?.text == "Doc.")
    #expect(
      Parsed("func f(x) = x\rfunc g(x) = x\r").complaints
        == ["1:14: a carriage return alone does not end a line => '\n'"])
    #expect(Parsed("func f(x) = x").complaints == [])
    #expect(Parsed("\u{C}func f(x) = x\u{B}\n").complaints == [])
  }

  @Test func byteOrderMarks() {
    #expect(Parsed([0xEF, 0xBB, 0xBF] + ByteTests.good).complaints == [])
    for mark: [UInt8] in [[0xFF, 0xFE], [0xFE, 0xFF]] {
      let parsed = Parsed(mark + ByteTests.good)
      #expect(parsed.complaints == ["1:1: this is UTF-16; save it as UTF-8"])
    }
    #expect(Parsed([0xEF, 0xBB, 0xBF]).complaints == [])
  }

  @Test func zeroBytes() {
    for place in ByteTests.good.indices {
      var bytes = ByteTests.good
      bytes[place] = 0
      let parsed = Parsed(bytes)
      #expect(parsed.diagnostics.errorCount == 1)
      #expect(parsed.diagnostics.all[0].message == "a zero byte: this is no text file")
      #expect(Int(parsed.diagnostics.all[0].site.start) == place)
      #expect(parsed.unit.declarations.isEmpty && !parsed.unit.isWhole)
    }
  }

  static let invalid: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC3], [0xE2, 0x82], [0xE0, 0x80, 0x80],
    [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xF4, 0x90, 0x80, 0x80],
    [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xC3, 0x28],
  ]

  @Test(arguments: invalid) func invalidUTF8(bytes: [UInt8]) {
    let code = Parsed(Array("func f(x) = ".utf8) + bytes + Array(" + 3 3".utf8))
    #expect(code.complaints == ["1:13: this is not UTF-8 text"])
    #expect(code.unit.declarations.isEmpty)
    let comment = Parsed(Array("# ".utf8) + bytes + bytes + Array("\nfunc f(x) = x x".utf8))
    #expect(
      comment.complaints == [
        "1:3: this is not UTF-8 text",
        "2:15: an operator or a comma is missing between 'x' and 'x'",
      ])
    let text = Parsed(Array("import \"".utf8) + bytes + Array("\"\nfunc f(x) = x".utf8))
    #expect(text.complaints == ["1:9: this is not UTF-8 text"])
    #expect(text.unit.declarations.count == 1)
    #expect(Parsed(bytes).complaints == ["1:1: this is not UTF-8 text"])
  }

  @Test func commentsAndTextsMayHoldAnyCharacter() {
    let parsed = Parsed("# é 😀 \u{2028}\n## ∂/∂x 😀\nimport \"é 😀.graph\"\nfunc f(x) = x")
    #expect(parsed.complaints == [])
    #expect(parsed.unit.imports[0].path.text == "é 😀.graph")
  }

  /// A small generator of numbers that are the same in every run.
  struct Random {
    var state: UInt64
    mutating func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
  }

  @Test func garbage() {
    var random = Random(state: 1)
    for _ in 0..<100 {
      let bytes = (0..<200).map { _ in UInt8(random.next(256)) }
      checkInvariants(Parsed(bytes))
    }
    let signs = Array(" \n\tabx019()[]{}+-*/%@<>=!&|^~,;:.\"'#_?\\$é×π☃".unicodeScalars)
    for _ in 0..<300 {
      var text = ""
      for _ in 0..<120 { text.unicodeScalars.append(signs[random.next(signs.count)]) }
      checkInvariants(Parsed(text))
      checkInvariants(Parsed(body: text))
    }
  }

  @Test func randomWords() {
    let words = [
      "graph", "func", "const", "import", "inout", "return", "for", "in", "with", "while", "limit",
      "emit", "if", "else", "assert", "new", "true", "x", "y", "f(", "sum", "axis:", "\"t\"", "1",
      "2.5", "(", ")", "[", "]", "{", "}", "{\n", "\n}", "\n", "\n", ";", ",", "=", "<-", "->",
      "..<", "...", ":", "+", "-", "*", "**", "/", "//", "@", "==", "<", "&&", "||", "!",
      "## d\n", "and",
      "elif", "not", "let", ".", "graph f(x: f64) -> (y) {\n", "\n}\n", "y = ", "x\n",
    ]
    var random = Random(state: 2)
    for _ in 0..<600 {
      let text = (0..<60).map { _ in words[random.next(words.count)] }.joined(separator: " ")
      checkInvariants(Parsed(text))
      checkInvariants(Parsed(body: text))
    }
  }
}
