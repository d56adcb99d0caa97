import Glibc
import Synchronization

/// LLVM's complaints about CPUs and features go to standard error and nowhere else, and the C API
/// has no list of them. So they are read from there.
enum StandardErrorCapture {
  /// One capture at a time.
  private static let turn = Mutex(())

  /// Calls `body` and returns, beside its result, what was printed on standard error meanwhile; nil
  /// where it could not be caught.
  static func run<Result>(_ body: () -> Result) -> (result: Result, printed: String?) {
    turn.withLock { _ in
      guard let file = tmpfile() else { return (body(), nil) }
      defer { fclose(file) }
      let saved = dup(STDERR_FILENO)
      guard saved >= 0, dup2(fileno(file), STDERR_FILENO) >= 0 else { return (body(), nil) }
      let result = body()
      _ = dup2(saved, STDERR_FILENO)
      close(saved)
      return (result, contents(of: file))
    }
  }

  /// All that was written to `file`.
  private static func contents(of file: UnsafeMutablePointer<FILE>) -> String {
    let size = max(0, Int(lseek(fileno(file), 0, SEEK_END)))
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = max(0, pread(fileno(file), buffer.baseAddress, size, 0))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
