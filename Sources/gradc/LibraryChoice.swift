import ArgumentParser

/// Options that say none, or what library the object calls.
enum LibraryChoice {
  /// Whether an option says a library.
  static func takes(_ library: String, _ option: String, _ choice: String) throws -> Bool {
    guard ["none", library].contains(choice) else {
      throw ValidationError("'\(option)' is none or \(library), not '\(choice)'")
    }
    return choice == library
  }
}
