import Glibc

/// Files, as much of them as a compiler needs.
package enum FileSystem {
  /// Why a file could not be read or written, in the system's words.
  package struct Failure: Error {
    package var message: String
  }

  /// The bytes of a file.
  package static func read(_ path: String) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw systemFailure() }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw systemFailure() }
    if status.st_mode & S_IFMT == S_IFDIR { throw Failure(message: "it is a directory") }
    return try readAll(descriptor, expecting: Int(status.st_size))
  }

  private static func readAll(
    _ descriptor: Int32, expecting size: Int
  ) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(size + 1, 4_096))
    var count = 0
    while true {
      if count == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
      let space = bytes.count - count
      let got = bytes.withUnsafeMutableBytes { memory in
        Glibc.read(descriptor, memory.baseAddress?.advanced(by: count), space)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw systemFailure() }
      if got == 0 { break }
      count += got
    }
    bytes.removeSubrange(count...)
    return bytes
  }

  /// Writes bytes to an open file.
  package static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Failure) {
    var done = 0
    while done < bytes.count {
      let put = bytes.withUnsafeBytes { memory in
        Glibc.write(descriptor, memory.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if put < 0, errno == EINTR { continue }
      guard put > 0 else { throw systemFailure() }
      done += put
    }
  }

  /// What the system says about the call that has just failed.
  package static func systemFailure() -> Failure {
    Failure(message: String(cString: strerror(errno)))
  }

  /// Writes text to standard error.
  package static func complain(_ text: String) {
    try? write(Array(text.utf8), to: STDERR_FILENO)
  }

  /// Whether standard error is a terminal that shows colour.
  package static var errorsHaveColour: Bool {
    isatty(STDERR_FILENO) == 1 && getenv("NO_COLOR") == nil
      && getenv("TERM").map { String(cString: $0) } != "dumb"
  }
}
