import Foundation
import Testing

/// The programs in the manual.
@Suite struct ManualTests {
  static let pages: [String] = {
    let folder = Shell.root.appendingPathComponent("Sources/gradc/gradc.docc")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".md") }.sorted()
      .map { folder.appendingPathComponent($0).path }
  }()

  /// The texts between "```graph" and "```".
  private static func programs(_ text: String) -> [String] {
    text.components(separatedBy: "```graph\n").dropFirst().compactMap {
      $0.components(separatedBy: "```").first
    }
  }

  /// Every program compiles without a word, and its derivatives are right.
  @Test(arguments: pages)
  func programsAreRight(_ page: String) throws {
    let scratch = try Scratch()
    let text = try String(contentsOfFile: page, encoding: .utf8)
    for program in Self.programs(text) {
      let file = try scratch.write(program, to: "page.graph")
      let compiled = try Shell.gradc(file, "-o", scratch.path("page.o"))
      #expect(compiled.status == 0 && compiled.errors.isEmpty, "\(compiled.errors)")
      let checked = try Shell.gradc("check", file)
      #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
    }
  }

  @Test func thereArePages() { #expect(!Self.pages.isEmpty) }
}
