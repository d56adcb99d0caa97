/// A file among the sources of one compilation.
package struct FileID: Hashable, Sendable {
  package let index: UInt32
  package init(index: UInt32) { self.index = index }
}

/// A stretch of bytes in a source file: where something in the user's text stands.
///
/// Every node of every IR carries one, so that diagnostics, debug information and run-time errors
/// point at the user's line.
package struct Site: Hashable, Sendable {
  package var file: FileID
  /// Byte offset of the first character.
  package var start: UInt32
  /// Byte offset behind the last character.
  package var end: UInt32

  package init(file: FileID, start: Int, end: Int) {
    self.file = file
    self.start = UInt32(start)
    self.end = UInt32(end)
  }

  /// A site that belongs to no file: what the compiler itself made up.
  package static let none = Site(file: FileID(index: .max), start: 0, end: 0)

  /// The stretch from the beginning of `self` to the end of `other`.
  package func through(_ other: Site) -> Site {
    var whole = self
    whole.end = max(end, other.end)
    return whole
  }
}
