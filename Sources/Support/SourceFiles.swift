/// A position as users count: lines and columns from 1, columns in bytes.
package struct Position: Hashable, Sendable {
  package var line: Int
  package var column: Int
}

/// The text of one source file, with an index of its lines.
package struct SourceFile: Sendable {
  /// The path as the user gave it, which diagnostics print.
  package let path: String
  package let bytes: [UInt8]
  /// Byte offset at which each line begins.
  private let lineStarts: [Int]

  package init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    var starts = [0]
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      starts.append(offset + 1)
    }
    lineStarts = starts
  }

  /// Line and column of a byte offset; an offset behind the end is the end.
  package func position(of offset: Int) -> Position {
    let offset = min(offset, bytes.count)
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return Position(line: low + 1, column: offset - lineStarts[low] + 1)
  }

  /// The number of lines, with the one behind the last line end.
  package var lineCount: Int { lineStarts.count }

  /// The bytes of a line without its end.
  package func line(_ number: Int) -> ArraySlice<UInt8> {
    let start = lineStarts[number - 1]
    var end = number < lineStarts.count ? lineStarts[number] - 1 : bytes.count
    if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return bytes[start..<max(start, end)]
  }
}

/// The sources of one compilation.
package struct SourceFiles: Sendable {
  package private(set) var files: [SourceFile] = []

  package init() {}

  /// Adds a file; gives its identity.
  package mutating func add(path: String, bytes: [UInt8]) -> FileID {
    files.append(SourceFile(path: path, bytes: bytes))
    return FileID(index: UInt32(files.count - 1))
  }

  package subscript(_ id: FileID) -> SourceFile { files[Int(id.index)] }

  /// `file:line:column` of the beginning of a site, or nil for a site in no file.
  package func spelling(_ site: Site) -> String? {
    guard Int(site.file.index) < files.count else { return nil }
    let file = files[Int(site.file.index)]
    let position = file.position(of: Int(site.start))
    return "\(file.path):\(position.line):\(position.column)"
  }
}
