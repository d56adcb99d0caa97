import Foundation
import Testing

/// What gradc prints for some files, as it was once read and found good.
///
/// Beside `Golden/NAME.graph` stand the outputs by their suffixes. They record; that the outputs are
/// right is for other tests to say. With `GRADC_BLESS=1` in the environment the records are written
/// anew, to be read in the difference.
struct GoldenTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden")

  /// The commands by the suffix of their record; the target is fixed, so that no machine matters.
  private static let commands: [String: [String]] = [
    "pp": ["pp"],
    "optimized": ["pp", "--optimized"],
    "h": ["--target=x86_64-linux-gnu", "-mcpu=x86-64-v3", "--emit=header", "-o", "-"],
    "errors": ["--emit=header", "-o", "-"],
  ]

  /// The records, as `NAME.SUFFIX`.
  static let records: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { !$0.hasSuffix(".graph") }.sorted()
  }()

  @Test(arguments: records)
  func printsWhatWasRecorded(_ record: String) throws {
    let suffix = String(record.split(separator: ".").last ?? "")
    let name = String(record.dropLast(suffix.count + 1))
    let command = try #require(GoldenTests.commands[suffix])
    let outcome = try Shell.run(
      [Shell.gradc] + command + [name + ".graph"], in: GoldenTests.folder)
    // How much stack a call takes is for LLVM to say, and changes with it.
    let text = (suffix == "errors" ? outcome.errors : outcome.output)
      .replacing(/at most [0-9]+ bytes of stack/, with: "at most N bytes of stack")
    #expect(outcome.status == (suffix == "errors" ? 1 : 0), "\(outcome.errors)")
    let file = GoldenTests.folder.appendingPathComponent(record)
    if ProcessInfo.processInfo.environment["GRADC_BLESS"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(text == (try String(contentsOf: file, encoding: .utf8)), "\(record)")
  }
}
