import GraphText
import Support
import Testing

/// Texts that are nested deeply, and texts that are only long.
@Suite struct NestingTests {
  /// How each kind of nesting is written so many levels deep, and its message's place.
  static let kinds: [(name: String, text: @Sendable (Int) -> String)] = [
    ("parentheses", { nested($0, "(", "x", ")") }),
    ("arrays", { nested($0, "[", "x", "]") }),
    ("calls", { nested($0, "f(", "x", ")") }),
    ("indices", { nested($0, "x[", "0", "]") }),
    ("minus", { nested($0, "-", "x", "") }),
    ("not", { nested($0, "!", "x", "") }),
    ("powers", { nested($0, "x ** ", "x", "") }),
    ("negative powers", { nested($0, "x ** -", "x", "") }),
    ("else if", { nested($0, "if c { x } else ", "if c { x } else { x }", "") }),
    ("branches", { nested($0, "if c { ", "x", " } else { x }") }),
    ("conditions", { nested($0, "if ", "c", " { c } else { c }") }),
    ("mixed", { nested($0, "-f([x[(2 ** ", "x", ")]])") }),
  ]

  static func nested(_ count: Int, _ before: String, _ middle: String, _ after: String) -> String {
    String(repeating: before, count: count) + middle + String(repeating: after, count: count)
  }

  @Test(arguments: kinds.indices) func deepNestingIsRefused(index: Int) {
    for count in [10_000, 500] {
      let parsed = Parsed(body: "y = \(NestingTests.kinds[index].text(count))\nz = 3 = 4")
      #expect(parsed.complaints.count == 2)
      #expect(parsed.complaints.first?.hasSuffix("nested too deeply: more than 200 levels") == true)
      #expect(parsed.complaints.last == "3:7: a statement has one '='; 'equal' is written '=='")
    }
  }

  @Test(arguments: kinds.indices) func moderateNestingIsRead(index: Int) {
    let kind = NestingTests.kinds[index]
    let source = kind.text(kind.name == "mixed" ? 30 : 90)
    let parsed = Parsed(body: "y = " + source)
    #expect(parsed.complaints == [])
    let printed = parsed.firstValue?.sourceText ?? ""
    #expect(dumped(printed) == dumped(source))
  }

  @Test func deepBlocksAreRefused() {
    for line in ["for x in y {", "while c with x = y {"] {
      let open = String(repeating: line + "\n", count: 5_000)
      let parsed = Parsed(body: open + String(repeating: "}\n", count: 5_000) + "3 = x")
      #expect(
        parsed.complaints == [
          "201:\(line.utf8.count): nested too deeply: more than 200 levels",
          "10002:1: only names stand before '='",
        ])
    }
  }

  @Test func deepNestingWithoutEndIsRefused() {
    for opener in ["(", "[", "{", "f(", "x[", "-", "!", "x ** ", "if c { ", "([{", "f(if (", "\""] {
      let parsed = Parsed(body: "y = " + String(repeating: opener, count: 20_000))
      #expect(parsed.diagnostics.hasErrors)
      #expect(parsed.complaints.count <= 4)
    }
    for closer in [")", "]", "}", "})", ")]}"] {
      let parsed = Parsed(body: "y = x" + String(repeating: closer, count: 20_000))
      #expect(1...2 ~= parsed.diagnostics.errorCount)
    }
  }

  @Test func nestedDeclarationsAreBounded() {
    var text = ""
    for level in 0..<1_000 {
      text += String(repeating: " ", count: level) + "graph f(x: f64) -> (y) {\n"
    }
    let parsed = Parsed(text)
    #expect(parsed.diagnostics.errorCount <= Diagnostics.errorLimit)
    #expect(parsed.diagnostics.hasErrors)
  }

  static let operators = ["-", "*", "/", "//", "%", "@", "&&", "||"]

  @Test func aHugeChainIsOneNode() { checkChain(of: "+", count: 100_000) }

  @Test(arguments: operators) func longChainsAreOneNode(sign: String) {
    checkChain(of: sign, count: 5_000)
  }

  private func checkChain(of sign: String, count: Int) {
    let source = "a" + String(repeating: " \(sign) a", count: count)
    let parsed = Parsed(body: "y = " + source)
    #expect(parsed.complaints == [])
    guard case .chain(_, let links) = parsed.firstValue?.kind else { return #expect(Bool(false)) }
    #expect(links.count == count)
    #expect(parsed.firstValue?.sourceText == source)
  }

  @Test func longListsAreFlat() {
    let count = 20_000
    let sources = [
      "[" + String(repeating: "1, ", count: count - 1) + "1]",
      "f(" + String(repeating: "a, ", count: count - 1) + "a)",
      "x[" + String(repeating: "0, ", count: count - 1) + "0]",
      "x" + String(repeating: "[0]", count: count),
    ]
    for source in sources {
      let parsed = Parsed(body: "y = " + source)
      #expect(parsed.complaints == [])
      #expect(parsed.firstValue?.sourceText == source)
    }
  }

  @Test func longFilesAreRead() {
    let count = 10_000
    let parsed = Parsed(body: (0..<count).map { "t\($0) = t\($0) + 1" }.joined(separator: "\n"))
    #expect(parsed.complaints == [])
    #expect(parsed.statements.count == count)
    let functions = Parsed((0..<count).map { "func f\($0)(x) = x" }.joined(separator: "\n"))
    #expect(functions.complaints == [])
    #expect(functions.unit.declarations.count == count)
  }

  @Test func longWordsAndLines() {
    let name = String(repeating: "a", count: 100_000)
    #expect(Parsed(body: "\(name) = \(name)").complaints == [])
    #expect(Parsed(body: "y = 1 # " + name).complaints == [])
    #expect(Parsed(body: "assert a, \"\(name)\"").complaints == [])
    let digits = String(repeating: "1", count: 100_000)
    #expect(
      Parsed(body: "y = \(digits)").complaints
        == ["2:5: this integer is too large: the largest is 9223372036854775807"])
    #expect(Parsed(body: "y = 0.\(digits)").complaints == [])
    #expect(
      Parsed(body: "y = \(digits).0").complaints
        == ["2:5: this number is too large for f64: write 'inf' => 'inf'"])
  }

  /// Where a very long word, `@`, is a mistake or stands beside one.
  static let longWords = [
    "y = a @", "y = 1@", "y = @é", "y = 1 \"@\"", "for @ on", "emit @ = 1", "y = x.@",
    "y = if c { @ = 1 } else { 2 }", "y = if c { @ <- 1 } else { 2 }", "y = f(@ = 1)", "let @ = 1",
    "y = '@'", "y = a < @ < b", "for x in xs with @", "}\n@ @(x) = x #", "}\nimport @ #",
    "}\ngraph f(x @) -> (y) { #", "}\ngraph f(@) -> (y) { #", "}\ngraph f(x: @(n)) -> (y) { #",
    "}\ngraph f(f64 @) -> (y) { #", "}\nfunc @", "}\nconst @", "assert @", "@", "@ b", "@: f64 = 1",
    "y = f(@: )", "y = [@ 2]",
  ]

  @Test(arguments: longWords) func messagesStayShort(source: String) {
    let word = String(repeating: "a", count: 100_000)
    let complaints = Parsed(body: source.replacing("@", with: word)).complaints
    #expect(!complaints.isEmpty)
    #expect(complaints.allSatisfy { $0.utf8.count < 200 })
  }
}
