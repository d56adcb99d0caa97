import Synchronization

/// What the compiler is at work on, for the report of a crash.
///
/// There is one for the process: where several threads compile, it tells of one of them.
package enum Progress {
  private static let pass = Mutex("")
  private static let files = Mutex(SourceFiles())
  /// File and first byte of the site.
  private static let site = Atomic<UInt64>(packed(.none))
  private static let node = Atomic<Int>(-1)

  /// A pass begins.
  package static func enter(_ name: String) {
    pass.withLock { $0 = name }
    at(.none)
  }

  /// A file was read.
  package static func know(_ sources: SourceFiles) { files.withLock { $0 = sources } }

  /// Something is made of the text at a site; as the node of a graph where it has a number.
  @inline(__always)
  package static func at(_ place: Site, node number: Int = -1) {
    site.store(packed(place), ordering: .relaxed)
    node.store(number, ordering: .relaxed)
  }

  /// What was known last, in the words of a note with the line of the source.
  ///
  /// A signal may have come while something here was locked: then that is left out.
  package static func text(at known: Site?) -> String {
    let name = pass.withLockIfAvailable { $0 } ?? ""
    let sources = files.withLockIfAvailable { $0 } ?? SourceFiles()
    let place = known ?? unpacked
    let number = node.load(ordering: .relaxed)
    let pass = name.isEmpty ? "" : " in pass '\(name)'"
    let node = number < 0 || known != nil ? "" : ", at node \(number)"
    let here = place.file == Site.none.file ? "" : " here,"
    let renderer = DiagnosticRenderer(files: sources, colour: false)
    return renderer.render(.note("the compiler was at work\(here)\(pass)\(node)", at: place))
  }

  /// File and first byte of a site in one number.
  private static func packed(_ site: Site) -> UInt64 {
    UInt64(site.file.index) << 32 | UInt64(site.start)
  }

  /// The site that was noted last.
  private static var unpacked: Site {
    let bits = site.load(ordering: .relaxed)
    let start = Int(bits & 0xFFFF_FFFF)
    return Site(file: FileID(index: UInt32(bits >> 32)), start: start, end: start + 1)
  }
}
