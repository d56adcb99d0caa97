import Driver

/// What `--version` prints.
enum Version {
  static var text: String { "gradc \(Session.version) (LLVM \(Session.llvmVersion))" }
}
