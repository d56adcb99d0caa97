import Driver
import Foundation
import Testing

/// What `--emit=graph` and `--emit=adjoint` write is a program: it compiles again, gives the same
/// values, and is written again as it stands.
struct GraphTextTests {
  /// A text as a file of its own while a closure runs.
  static func withFile<T>(_ text: String, _ body: (String) throws -> T) throws -> T {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("gradc-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("t.graph").path
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    return try body(file)
  }

  /// A case of each program that compiles.
  static let names: [String] = {
    var sources: Set<String> = []
    return AcceptanceTests.names.filter { name in
      let url = AcceptanceTests.root.appendingPathComponent(name + ".json")
      guard !AcceptanceTests.pending.contains(name), let test = try? Case(url) else { return false }
      return (test.error == nil || test.failsAtRunTime) && sources.insert(test.source).inserted
    }
  }()

  /// Some of the programs; all of them where the environment has `GRADC_ALL_PROGRAMS`.
  static func sample<T>(_ programs: [T], every step: Int) -> [T] {
    if ProcessInfo.processInfo.environment["GRADC_ALL_PROGRAMS"] != nil { return programs }
    return programs.enumerated().filter { $0.offset % step == 0 }.map(\.element)
  }

  @Test(arguments: sample(names, every: 4))
  func rewrittenCompilesToTheSame(_ name: String) throws {
    try GraphTextTests.expectSame(name, .graph)
  }

  /// Before rewriting there is more to spell, but less that is new: some programs are enough.
  @Test(arguments: sample(names, every: 8))
  func adjointCompilesToTheSame(_ name: String) throws {
    try GraphTextTests.expectSame(name, .adjoint)
  }

  private static func expectSame(_ name: String, _ kind: EmitKind) throws {
    let test = try Case(AcceptanceTests.root.appendingPathComponent(name + ".json"))
    let text = try #require(Session.graphText(CompileOptions(input: test.source), kind))
    let mistake = try withFile(text) { file in
      var options = CompileOptions(input: file)
      options.target.optimization = 0
      return try AcceptanceTests.mistake(of: test, options)
    }
    #expect(mistake == nil, "\(name): \(mistake ?? "")\n\(text)")
  }

  /// Where rewriting finds something new in its own text, it finds nothing more in the next.
  @Test(arguments: sample(AcceptanceTests.sources, every: 4))
  func isWrittenAgainAsItStands(_ source: String) throws {
    guard let first = Session.graphText(CompileOptions(input: source), .graph) else { return }
    let second = try GraphTextTests.again(first)
    if second == first { return }
    #expect(try GraphTextTests.again(second) == second)
  }

  /// The text that is written of a text.
  private static func again(_ text: String) throws -> String {
    try withFile(text) { try #require(Session.graphText(CompileOptions(input: $0), .graph)) }
  }
}
