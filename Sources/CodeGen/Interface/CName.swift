/// Spellings of names in C.
package enum CName {
  /// The stem of the names that an object exports beside its functions: the output's name with `_`
  /// for what C does not allow.
  package static func stem(of outputName: String) -> String {
    let letters = outputName.unicodeScalars.map { scalar in
      isWordCharacter(scalar) ? Character(scalar) : "_"
    }
    let stem = String(letters)
    guard let first = stem.utf8.first, !isDigit(first) else { return "_" + stem }
    return stem
  }

  /// The name in capital letters, as macros and constants have it.
  static func capitals(_ name: String) -> String { name.uppercased() }

  /// The capital letters of a failure, such as `INDEX_OUT_OF_RANGE`.
  static func words(_ camelCase: String) -> String {
    camelCase.map { $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
  }

  /// The last part of a path.
  static func baseName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// Whether C allows a character in names.
  private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
  }

  /// Whether a byte is a digit.
  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
