import Driver
import Foundation
import Support
import Testing

/// Damaged sources: each compiles or ends in a diagnostic, without a trap.
struct MutationTests {
  static let sources: [String] = {
    let examples = Shell.root.appendingPathComponent("Examples")
    let names = FileManager.default.enumerator(atPath: examples.path)?.compactMap { $0 as? String }
    return (names ?? []).filter { $0.hasSuffix(".graph") }.sorted()
      .map { examples.appendingPathComponent($0).path }
  }()

  /// Whether a text is taken or diagnosed; a trap would end the process.
  private static func isHandled(_ bytes: [UInt8]) throws -> Bool {
    let scratch = try Scratch()
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.path("m.graph")))
    let (functions, _, diagnostics) = Session.functions(
      CompileOptions(input: scratch.path("m.graph")))
    if diagnostics.contains(where: { $0.severity == .error }) { return functions.isEmpty }
    // A text without a graph holds nothing to compile, and nothing that is wrong.
    return !functions.isEmpty || !String(decoding: bytes, as: UTF8.self).contains("graph")
  }

  @Test(arguments: sources)
  func truncationAtEveryByte(_ path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    for count in 0...bytes.count {
      #expect(try MutationTests.isHandled(Array(bytes[..<count])), "cut at \(count)")
    }
  }

  @Test(arguments: sources)
  func everyTokenLeftOutOrDoubled(_ path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let tokens = MutationTests.tokens(text)
    for index in tokens.indices {
      let rest = tokens[..<index].joined() + tokens[(index + 1)...].joined()
      #expect(try MutationTests.isHandled(Array(rest.utf8)))
      let twice = tokens[...index].joined() + tokens[index...].joined()
      #expect(try MutationTests.isHandled(Array(twice.utf8)))
    }
  }

  /// Words, runs of blanks, and single signs.
  private static func tokens(_ text: String) -> [String] {
    var tokens: [String] = []
    for character in text {
      let isWord = character.isLetter || character.isNumber || character == "_"
      if isWord, let last = tokens.last?.last, last.isLetter || last.isNumber || last == "_" {
        tokens[tokens.count - 1].append(character)
      } else {
        tokens.append(String(character))
      }
    }
    return tokens
  }

  @Test(arguments: [
    "", "\0", "\u{FEFF}", String(repeating: "(", count: 10_000),
    "graph g(x: f64) -> (y) { y = " + String(repeating: "(", count: 10_000),
    "graph g(x: f64) -> (y) { y = " + String(repeating: "[", count: 10_000) + "x",
    "graph g(x: f64) -> (y) { y = " + String(repeating: "-", count: 10_000) + "x }",
    "graph g(x: f64) -> (y) { y = " + String(repeating: "x ** ", count: 10_000) + "x }",
    "graph g(x: f64) -> (y) { y = x # " + String(repeating: "long ", count: 100_000) + "\n}",
    "graph g(x: f64[1000000000000, 1000000000000]) -> (y) { y = sum(x) }",
    "graph g(x: f64[n ]) -> (y) { y = x[" + String(repeating: "9", count: 400) + "] }",
    String(repeating: "}", count: 1_000),
  ])
  func extremes(_ text: String) throws {
    #expect(try MutationTests.isHandled(Array(text.utf8)))
  }

  @Test func binaryGarbage() throws {
    var state: UInt64 = 42
    for _ in 0..<200 {
      let bytes: [UInt8] = (0..<300).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 33)
      }
      #expect(try MutationTests.isHandled(bytes))
    }
  }
}
