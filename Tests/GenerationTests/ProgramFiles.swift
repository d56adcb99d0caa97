import Driver
import Foundation
import GraphIR
import Support

/// The files of a program, which are one text: behind a line `#= name.graph` stands a file that is
/// imported, and `#= name.npy f64[2, 3] rows 7` is one with numbers, of a type, by rows or by
/// columns, drawn from a seed. To the language these lines are comments.
struct ProgramFiles {
  /// The file that is compiled.
  let main: String
  /// The bytes of the others, by name.
  private(set) var others: [String: [UInt8]] = [:]
  /// The lines that stand for files with numbers.
  let tables: String
  /// The text of the others, as it stands behind the main one.
  let appendix: String
  /// All declarations in one file.
  let merged: String

  private static let mark = "#= "

  init(_ text: String) {
    var sections = [(name: "", lines: [Substring]())]
    var tables: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(Self.mark), line.hasSuffix(".graph") {
        sections.append((String(line.dropFirst(Self.mark.count)), []))
      } else if line.hasPrefix(Self.mark) {
        tables.append(line)
      } else {
        sections[sections.count - 1].lines.append(line)
      }
    }
    func joined(_ lines: [Substring]) -> String { lines.joined(separator: "\n") }
    main = joined(sections[0].lines)
    let imported = sections.dropFirst()
    for section in imported { others[section.name] = Array(joined(section.lines).utf8) }
    for table in tables {
      if let (name, bytes) = Self.numbers(table) { others[name] = bytes }
    }
    let files = imported.map { Self.mark + $0.name + "\n" + joined($0.lines) }
    self.tables = "\n" + joined(tables) + "\n"
    appendix = self.tables + files.joined(separator: "\n")
    let all = (imported.map(\.lines) + [sections[0].lines]).joined()
    merged = joined(all.filter { !$0.hasPrefix("import ") }) + self.tables
  }

  /// The bytes of a file, told by the last part of its path.
  func bytes(_ path: String) -> [UInt8]? {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return others[name] ?? (name.hasSuffix(".npy") ? nil : Array(main.utf8))
  }

  /// Writes the files into a new folder; gives the path of the main one.
  func write() throws -> String {
    let folder = NSTemporaryDirectory() + "gradc-program-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (name, bytes) in others {
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
    }
    let path = folder + "/program.graph"
    try Data(main.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  /// Removes what was written.
  static func remove(_ path: String) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    try? FileManager.default.removeItem(at: folder)
  }

  /// The line that stands for a file with numbers.
  static func line(
    _ name: String, _ dtype: DType, _ shape: [Int], byColumns: Bool, seed: Int
  ) -> String {
    let order = byColumns ? "columns" : "rows"
    let sizes = shape.map { "\($0)" }.joined(separator: ",")
    return "\(mark)\(name) \(dtype.rawValue) [\(sizes)] \(order) \(seed)"
  }

  /// The file with numbers that a line stands for.
  private static func numbers(_ line: Substring) -> (name: String, bytes: [UInt8])? {
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 6, let dtype = DType(rawValue: words[2]), let seed = UInt64(words[5])
    else { return nil }
    let shape = words[3].dropFirst().dropLast().split(separator: ",").compactMap { Int($0) }
    var random = RandomSource(seed: seed, words[1])
    let tensor = random.tensor(dtype, shape, Sample.Domain(of: dtype))
    var bytes = NpyWriter.bytes(RawTensor(tensor))
    // The numbers mean nothing, so that the same bytes stand for others by columns.
    if words[4] == "columns", let place = bytes.firstRange(of: Array("False".utf8)) {
      bytes.replaceSubrange(place, with: Array("True ".utf8))
    }
    return (words[1], bytes)
  }
}
