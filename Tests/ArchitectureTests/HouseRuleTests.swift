import Foundation
import Testing

/// The rules of the house that a machine can hold.
@Suite struct HouseRuleTests {
  /// What people write; cases and data of tests are not among it.
  private var sources: [SourceTree.File] {
    ["Sources", "Tests", "Examples"].flatMap {
      SourceTree.files(below: $0, suffixes: [".swift", ".c", ".h", ".py", "Makefile"])
    } + SourceTree.files(below: "Toolchain")
  }

  @Test func onlyTheseFoldersAreAtTheTop() {
    let allowed: Set = [
      "CONTRIBUTING.md", "Examples", "LICENSE", "Package.resolved", "Package.swift", "README.md",
      "Sources", "Tests", "Toolchain",
    ]
    #expect(SourceTree.topNames.filter { !allowed.contains($0) } == [])
    let missing = allowed.subtracting(SourceTree.topNames).subtracting(["Package.resolved"])
    #expect(missing.sorted() == [])
  }

  @Test func resolvedVersionsStayOutOfGit() throws {
    let ignored = try String(
      contentsOf: SourceTree.root.appending(path: ".gitignore"), encoding: .utf8)
    let lines = ignored.split(separator: "\n")
    #expect(lines.contains("Package.resolved"))
    #expect(lines.contains(".build/"))
  }

  /// Tests run in release, where modules do not show their internals.
  @Test func testsSeeNoInternals() {
    for file in sources {
      let isFound = file.lines.contains { $0.hasPrefix("@testable") }
      #expect(!isFound, "\(file.path) imports internals; make what it needs 'package'")
    }
  }

  @Test func filesAreShort() {
    for file in sources where file.path.hasSuffix(".swift") && !isGenerated(file) {
      // The last line break begins a line that is not one.
      let count = file.lines.last == "" ? file.lines.count - 1 : file.lines.count
      #expect(count <= 600, "\(file.path) has \(count) lines; split it")
    }
  }

  /// Whether a file says of itself that a program has made it.
  private func isGenerated(_ file: SourceTree.File) -> Bool {
    file.lines.first?.lowercased().contains("do not edit") == true
  }

  @Test func nothingPointsIntoOneMachine() {
    let homes = ["work", "root", "farm", "home", "Users"].map { "/" + $0 + "/" }
    for file in sources where homes.contains(where: file.text.contains) {
      for (index, line) in file.lines.enumerated() {
        for home in homes where pathBegins(home, in: line) {
          Issue.record("\(file.place(index)): a path of one machine")
        }
      }
    }
  }

  /// Whether `line` has `home` as the beginning of a path rather than in the middle of one.
  private func pathBegins(_ home: String, in line: Substring) -> Bool {
    line.ranges(of: home).contains { range in
      guard let next = line[range.upperBound...].first, next.isLetter else { return false }
      guard let previous = line[..<range.lowerBound].last else { return true }
      return !previous.isLetter && !previous.isNumber && !"_.".contains(previous)
    }
  }

  @Test func nothingIsLeftForLater() {
    // Put together, so that this file does not find itself.
    let marks = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
    for file in sources where marks.contains(where: file.text.contains) {
      for (index, line) in file.lines.enumerated() {
        let words = line.split { !$0.isLetter }
        for mark in marks where words.contains(Substring(mark)) {
          Issue.record("\(file.place(index)): \(mark)")
        }
      }
    }
  }

  @Test func declarationsHaveDocumentation() {
    for file in SourceTree.files(below: "Sources", suffixes: [".swift"]) {
      for index in file.lines.indices where isDeclaration(file.lines[index]) {
        let hasText = isDocumented(index, in: file)
        #expect(hasText, "\(file.place(index)): no '///' above '\(file.lines[index])'")
      }
    }
  }

  @Test func declarationsAreRecognised() {
    #expect(isDeclaration("package final class Context {"))
    #expect(isDeclaration("func double(_ x: Int) -> Int {"))
    #expect(isDeclaration("@main struct Gradc: ParsableCommand {"))
    #expect(isDeclaration("private let limit = 3"))
    #expect(!isDeclaration("extension Context {"))
    #expect(!isDeclaration("  let limit = 3"))
    #expect(!isDeclaration("// let it be"))
  }

  /// Whether a declaration other than an extension begins on this line, outside of all others.
  private func isDeclaration(_ line: Substring) -> Bool {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    let modifiers: Set = [
      "public", "package", "internal", "fileprivate", "private", "final", "indirect",
      "nonisolated", "nonisolated(unsafe)", "prefix", "infix", "postfix",
    ]
    let keywords: Set = [
      "struct", "class", "enum", "protocol", "actor", "func", "let", "var", "typealias",
    ]
    let rest = words.drop { $0.hasPrefix("@") || modifiers.contains(String($0)) }
    return rest.first.map { keywords.contains(String($0)) } ?? false
  }

  /// Whether a documentation comment ends right above a line, attributes apart.
  private func isDocumented(_ index: Int, in file: SourceTree.File) -> Bool {
    let above = file.lines[..<index].last { !$0.hasPrefix("@") }
    return above?.hasPrefix("///") ?? false
  }
}
