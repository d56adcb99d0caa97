import Support

/// A source file of a test, with the places in it.
struct Source {
  private(set) var files = SourceFiles()
  private let file: FileID
  private let lines: [Int]

  init(_ text: String, path: String = "some/where/step.graph") {
    let bytes = Array(text.utf8)
    file = files.add(path: path, bytes: bytes)
    lines = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  /// The place at a line and a column.
  func site(_ line: Int, _ column: Int) -> Site {
    let start = lines[line - 1] + column - 1
    return Site(file: file, start: start, end: start + 1)
  }
}
