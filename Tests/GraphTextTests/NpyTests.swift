import GraphIR
import GraphText
import Support
import Testing

/// Files of NumPy's format.
@Suite struct NpyTests {
  /// A file with a header and data.
  static func file(
    _ header: String, _ data: [UInt8], version: UInt8 = 1, length: Int? = nil
  ) -> [UInt8] {
    let text = Array(header.utf8) + [10]
    let count = length ?? text.count
    let size = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + text + data
  }

  static func header(_ type: String, _ shape: String, fortran: Bool = false) -> String {
    "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }"
  }

  /// Bytes of a number, the lowest first.
  static func bytes<T: FixedWidthInteger>(_ values: [T]) -> [UInt8] {
    values.flatMap { value in
      (0..<(T.bitWidth / 8)).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
  }

  /// Files with the tensors that they hold, or what is wrong with them.
  static let files: [([UInt8], String)] = [
    (
      file(header("<f8", "(2,)"), bytes([(1.5).bitPattern, (-2.0).bitPattern])), "f64[2]: 1.5 -2.0"
    ),
    (file(header("<f4", "()"), bytes([Float(0.1).bitPattern])), "f32: 0.10000000149011612"),
    (file(header(">i4", "(2,)"), [0, 0, 1, 0, 255, 255, 255, 254]), "i32[2]: 256 -2"),
    (file(header("|b1", "(3,)"), [0, 1, 2]), "bool[3]: false true true"),
    (file(header("|u1", "(2,)"), [7, 255]), "u8[2]: 7 255"),
    (file(header("|i1", "(1,)"), [255]), "i8[1]: -1"),
    (file(header("<u8", "(1,)"), bytes([UInt64.max])), "u64[1]: -1"),
    (file(header("<i8", "(1,)"), bytes([Int64.min])), "i64[1]: -9223372036854775808"),
    (file(header("<u2", "(1,)"), bytes([UInt16(65535)])), "u16[1]: 65535"),
    (
      file(header("<f2", "(5,)"), bytes([0x3C00, 0x7BFF, 0x0001, 0xFC00, 0xC000] as [UInt16])),
      "f16[5]: 1.0 65504.0 5.960464477539063e-08 -inf -2.0"
    ),
    (
      file(header("|u1", "(2, 3)", fortran: true), [1, 4, 2, 5, 3, 6]), "u8[2, 3]: 1 2 3 4 5 6"
    ),
    (file(header("|u1", "(2, 3)"), [1, 2, 3, 4, 5, 6]), "u8[2, 3]: 1 2 3 4 5 6"),
    (
      file(header("|u1", "(2, 2, 2)", fortran: true), [0, 1, 2, 3, 4, 5, 6, 7]),
      "u8[2, 2, 2]: 0 4 2 6 1 5 3 7"
    ),
    (file(header("<f8", "(0, 3)"), []), "f64[0, 3]: "),
    (file(header("|u1", "(1L,)"), [9], version: 2), "u8[1]: 9"),
    (file(header("|u1", "(1,)"), [9], version: 3), "u8[1]: 9"),
    (file("{\"shape\":(1,),\"descr\":\"|u1\",\"fortran_order\":False}", [9]), "u8[1]: 9"),
    ([], "is no .npy file"), (Array("hello world".utf8), "is no .npy file"),
    (Array(file(header("|u1", "(1,)"), [9]).prefix(8)), "ends in its header"),
    (Array(file(header("|u1", "(1,)"), [9]).prefix(40)), "ends in its header"),
    (
      file(header("|u1", "(1,)"), [9], version: 4),
      "has version 4 of the format; versions 1 to 3 can be read"
    ),
    (
      file(header("<f8", "(2,)"), [1, 2, 3]),
      "ends too early: [2] of '<f8' needs 16 bytes, 3 are there"
    ),
    (file(header("|u1", "(2,)"), [1, 2, 3]), "has 1 bytes too many behind its elements"),
    (
      file(header("<c16", "(1,)"), []),
      "holds elements of type '<c16'; integers, floats of 2, 4 and 8 bytes and bool can be read"
    ),
    (
      file("{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", []),
      "holds structures; only plain numbers can be read"
    ),
    (file("{'descr': '<f8', 'shape': (1,)}", []), "has a malformed header"),
    (file("{'descr': '<f8', 'fortran_order': Maybe, 'shape': (1,)}", []), "has a malformed header"),
    (file("{'descr': '<f8', 'fortran_order': True, 'shape': (-1,)}", []), "has a malformed header"),
    (file("{'descr': '<f8', 'fortran_order': True, 'shape': (1", []), "has a malformed header"),
    (file("", []), "has a malformed header"),
    (
      file(header("<f8", "(99999999999999999999,)"), []), "has an impossible shape"
    ),
    (
      file(header("<f8", "(9999999999, 9999999999, 0)"), []),
      "has an impossible shape: [9999999999, 9999999999, 0]"
    ),
    (
      file(header("<f8", "(4000000000000000000,)"), []),
      "ends too early: [4000000000000000000] of '<f8' needs more than there can be"
    ),
  ]

  @Test(arguments: files)
  func reading(_ bytes: [UInt8], _ expected: String) {
    do {
      #expect(spelled(try NpyFile.read(bytes)) == expected)
    } catch {
      #expect(error.message == expected)
    }
  }

  @Test func mistakesAreToldAtTheConst() {
    let good = NpyTests.file(NpyTests.header("|u1", "(2,)"), [1, 2])
    let checked = Checked(
      """
      const a: u8[2] = load("good.npy")
      const b: u8[3] = load("good.npy")
      const c: i8[2] = load("good.npy")
      const d = load("bad.npy")
      graph t() -> (v, w) { v = a; w = load("good.npy") }
      """, with: ["good.npy": good, "bad.npy": [1, 2, 3]])
    #expect(
      checked.errors == [
        "2:10: 'good.npy' holds u8[2], declared u8[3]",
        "3:10: 'good.npy' holds u8[2], declared i8[2]",
        "4:16: 'bad.npy' is no .npy file", "5:34: unknown function 'load'",
      ])
    #expect(checked.file.dependencies == ["t.graph", "good.npy", "bad.npy"])
  }

  @Test func pathsAreRelativeToTheFileThatNamesThem() {
    let data = NpyTests.file(NpyTests.header("|u1", "(1,)"), [7])
    let checked = Checked(
      "import \"lib/a.graph\"\ngraph t() -> (v) { v = k }",
      with: [
        "lib/a.graph": Array("const k = load(\"../data/k.npy\")".utf8), "data/k.npy": data,
      ])
    #expect(checked.type(of: "v") == "u8[1]")
    #expect(checked.file.dependencies == ["t.graph", "lib/a.graph", "data/k.npy"])
  }

  @Test func everyTruncationIsDiagnosed() {
    let whole = NpyTests.file(NpyTests.header("<f8", "(2,)"), NpyTests.bytes([1, 2] as [UInt64]))
    for count in 0..<whole.count {
      #expect(throws: NpyError.self) { try NpyFile.read(Array(whole.prefix(count))) }
    }
  }

  @Test func everyChangedByteIsReadOrDiagnosed() {
    let whole = NpyTests.file(NpyTests.header("<f4", "(2, 1)"), NpyTests.bytes([1, 2] as [UInt32]))
    for place in whole.indices {
      for byte: UInt8 in [0, 0x20, 0x27, 0x28, 0x2C, 0x39, 0x7B, 0x80, 0xFF] {
        var changed = whole
        changed[place] = byte
        if let tensor = try? NpyFile.read(changed) { #expect(tensor.count >= 0) }
      }
    }
  }
}
