/// What the header of a `.npy` file says.
struct NpyHeader {
  /// The type of the elements, such as `<f8`.
  var description: String
  /// Whether the first axis runs fastest.
  var isFortran: Bool
  var shape: [Int]
}

/// Reads a header: a Python dictionary of texts, truth values and tuples of integers.
struct NpyHeaderReader {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// Reads the whole header.
  mutating func read() throws(NpyError) -> NpyHeader {
    var description: String?
    var isFortran: Bool?
    var shape: [Int]?
    try expect("{")
    while !accept("}") {
      let key = try text()
      try expect(":")
      switch key {
      case "descr": description = try elementType()
      case "fortran_order": isFortran = try truth()
      case "shape": shape = try tuple()
      default: throw malformed
      }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard position == bytes.endIndex, let description, let isFortran, let shape else {
      throw malformed
    }
    return NpyHeader(description: description, isFortran: isFortran, shape: shape)
  }

  private var malformed: NpyError { NpyError("has a malformed header") }

  private mutating func skipSpace() {
    while position < bytes.endIndex, [0x20, 0x0A, 0x0D, 0x09, 0].contains(bytes[position]) {
      position += 1
    }
  }

  /// Passes over a sign, if it stands here.
  private mutating func accept(_ sign: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < bytes.endIndex, bytes[position] == UInt8(ascii: sign) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ sign: Unicode.Scalar) throws(NpyError) {
    guard accept(sign) else { throw malformed }
  }

  /// Reads the description of the elements; of a structure there is none.
  private mutating func elementType() throws(NpyError) -> String {
    skipSpace()
    if position < bytes.endIndex, bytes[position] == UInt8(ascii: "[") {
      throw NpyError("holds structures; only plain numbers can be read")
    }
    return try text()
  }

  /// Reads a text in either quotes, which has no escapes.
  private mutating func text() throws(NpyError) -> String {
    let quote: Unicode.Scalar = accept("\"") ? "\"" : "'"
    if quote == "'" { try expect("'") }
    let start = position
    while position < bytes.endIndex, bytes[position] != UInt8(ascii: quote) { position += 1 }
    guard position < bytes.endIndex, position - start <= 64 else { throw malformed }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func truth() throws(NpyError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)]
    where bytes[position...].starts(with: Array(word.utf8)) {
      position += word.utf8.count
      return value
    }
    throw malformed
  }

  /// Reads `()`, `(3,)`, `(3, 4)`.
  private mutating func tuple() throws(NpyError) -> [Int] {
    try expect("(")
    var values: [Int] = []
    while !accept(")") {
      values.append(try integer())
      guard values.count <= 64 else { throw NpyError("has more than 64 axes") }
      if !accept(",") {
        try expect(")")
        break
      }
    }
    return values
  }

  /// Reads an integer that is not negative, with the `L` that old Pythons put behind it.
  private mutating func integer() throws(NpyError) -> Int {
    skipSpace()
    var value = 0
    var digits = 0
    while position < bytes.endIndex, (0x30...0x39).contains(bytes[position]) {
      let (product, isLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isLarger) = product.addingReportingOverflow(Int(bytes[position]) - 0x30)
      if isLarge || isLarger { throw NpyError("has an impossible shape") }
      value = sum
      digits += 1
      position += 1
    }
    guard digits > 0 else { throw malformed }
    if position < bytes.endIndex, bytes[position] == UInt8(ascii: "L") { position += 1 }
    return value
  }
}
