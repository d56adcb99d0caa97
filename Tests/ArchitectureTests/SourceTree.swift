import Foundation

/// The files of the project, as the rules of the house look at them.
enum SourceTree {
  /// The folder that holds Package.swift.
  static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// A file and its text.
  struct File {
    /// Its path from the root.
    let path: String
    let text: String
    let lines: [Substring]

    /// A place in the file, as compilers print it.
    func place(_ index: Int) -> String { "\(path):\(index + 1)" }
  }

  /// The text files below `folder` whose names end in one of `suffixes`; all without any.
  static func files(below folder: String, suffixes: [String] = []) -> [File] {
    let start = root.appending(path: folder)
    guard let walk = FileManager.default.enumerator(atPath: start.path) else { return [] }
    return walk.compactMap { $0 as? String }.sorted().compactMap { name in
      guard suffixes.isEmpty || suffixes.contains(where: name.hasSuffix) else { return nil }
      let bytes = try? Data(contentsOf: start.appending(path: name))
      guard let text = bytes.flatMap({ String(data: $0, encoding: .utf8) }) else { return nil }
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      return File(path: folder + "/" + name, text: text, lines: lines)
    }
  }

  /// The names of the folders right below `folder`.
  static func folders(in folder: String) -> [String] {
    let path = root.appending(path: folder).path
    let names = try? FileManager.default.contentsOfDirectory(atPath: path)
    return (names ?? []).filter { name in
      var isFolder: ObjCBool = false
      let path = root.appending(path: folder + "/" + name).path
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && isFolder.boolValue
    }.sorted()
  }

  /// The names at the top of the project, hidden ones apart.
  static var topNames: [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: root.path)
    return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }
}
