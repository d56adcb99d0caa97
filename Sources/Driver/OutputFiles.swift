import Glibc

/// The files of one compilation, written whole or not at all.
///
/// All are written under other names first and then renamed, one after the other, when nothing can
/// fail any more but the system; a mistake on the way removes what was written.
package struct OutputFiles {
  /// Why, and which file.
  package struct Failure: Error {
    package var path: String
    package var message: String
  }

  private var staged: [(temporary: String, final: String)] = []
  private var streamed: [[UInt8]] = []

  package init() {}

  /// Adds a file; `-` is standard output.
  package mutating func stage(_ bytes: [UInt8], as path: String) throws(Failure) {
    if path == "-" { return streamed.append(bytes) }
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      return try stage(special: bytes, as: path, mode: status.st_mode)
    }
    let (temporary, descriptor) = try OutputFiles.temporary(for: path)
    staged.append((temporary, path))
    do {
      try FileSystem.write(bytes, to: descriptor)
    } catch {
      close(descriptor)
      throw Failure(path: path, message: error.message)
    }
    guard close(descriptor) == 0 else {
      throw Failure(path: path, message: FileSystem.systemFailure().message)
    }
  }

  /// Opens a file of another name beside one, which nobody else has: a process of the same number
  /// may have been killed and left its own.
  private static func temporary(for path: String) throws(Failure) -> (String, Int32) {
    for attempt in 0..<100 {
      let name = "\(path).\(getpid())" + (attempt == 0 ? "" : "-\(attempt)") + ".tmp"
      let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (name, descriptor) }
      if errno != EEXIST { break }
    }
    throw Failure(path: path, message: FileSystem.systemFailure().message)
  }

  /// Devices such as `/dev/null` are written in place; directories are refused.
  private mutating func stage(
    special bytes: [UInt8], as path: String, mode: mode_t
  ) throws(Failure) {
    if mode & S_IFMT == S_IFDIR { throw Failure(path: path, message: "it is a directory") }
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw Failure(path: path, message: FileSystem.systemFailure().message)
    }
    defer { close(descriptor) }
    do { try FileSystem.write(bytes, to: descriptor) } catch {
      throw Failure(path: path, message: error.message)
    }
  }

  /// Gives all files their names.
  package mutating func commit() throws(Failure) {
    for bytes in streamed {
      do { try FileSystem.write(bytes, to: STDOUT_FILENO) } catch {
        throw Failure(path: "standard output", message: error.message)
      }
    }
    while let (temporary, final) = staged.first {
      guard rename(temporary, final) == 0 else {
        throw Failure(path: final, message: FileSystem.systemFailure().message)
      }
      staged.removeFirst()
    }
  }

  /// Removes what has been written under other names.
  package mutating func abandon() {
    for (temporary, _) in staged { unlink(temporary) }
    staged = []
  }
}
