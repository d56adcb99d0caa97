import Driver
import Foundation
import LoopIR
import Support
import Testing

/// Functions of the language where they err most, and at special arguments, against MPFR; the table
/// is made by Accuracy/measure.py, which finds those arguments among many more.
@Suite struct AccuracyTests {
  static let families = HardArguments.all()

  @Test func everyFunctionStandsThereInBothTypes() {
    let names = [DType.f32, .f64].map { type in
      Self.families.filter { $0.dtype == type }.map(\.function)
    }
    #expect(names[0].count >= 34 && names[0] == names[1])
    #expect(Self.families.allSatisfy { $0.rows.count >= 40 })
  }

  @Test(arguments: families)
  func errsNoMore(_ family: HardArguments) throws {
    let names = ["x", "y"].prefix(family.rows[0].arguments.count)
    let type = family.dtype.rawValue
    let inputs = names.map { "\($0): \(type)[n]" }.joined(separator: ", ")
    let program = try Program(
      """
      graph f(\(inputs)) -> (r: \(type)[n]) {
        r = \(family.function)(\(names.joined(separator: ", ")))
      }

      """)
    var columns: [String: RawTensor] = [:]
    for (place, name) in names.enumerated() {
      columns[name] = family.tensor { $0.arguments[place] }
    }
    let result = try #require(try program.run(columns)["r"])
    for (index, row) in family.rows.enumerated() {
      let off = family.error(result[index].double, row)
      #expect(
        off <= family.bound + 0.002,
        "\(family.function)(\(names.map { columns[$0]?[index].double ?? .nan })) is off by \(off)")
    }
  }
}

/// Arguments of a function in a type, with their values.
struct HardArguments: Sendable, CustomTestStringConvertible {
  /// Bits of arguments and of the value, and what the value lacks in units of its last place.
  struct Row: Sendable {
    var arguments: [UInt64]
    var value: UInt64
    var rest: Double
  }

  let function: String
  let dtype: DType
  /// The greatest error that was measured, in units of the last place, rounded up to a tenth.
  let bound: Double
  var rows: [Row] = []

  var testDescription: String { "\(function) \(dtype)" }

  /// All that the table has.
  static func all() -> [HardArguments] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let url = folder.appendingPathComponent("Accuracy/values.txt")
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { return [] }
    var all: [HardArguments] = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words[0] == "#", let dtype = DType(rawValue: words[2]), let bound = Double(words[3]) {
        all.append(HardArguments(function: words[1], dtype: dtype, bound: bound))
      } else {
        let bits = words.dropLast().compactMap { UInt64($0, radix: 16) }
        precondition(bits.count == words.count - 1 && bits.count > 1, "no row: \(line)")
        let rest = (Double(words[words.count - 1]) ?? .nan) / 1000
        all[all.count - 1].rows.append(
          Row(arguments: bits.dropLast(), value: bits[bits.count - 1], rest: rest))
      }
    }
    return all
  }

  /// A vector of numbers with the bits that are given for the rows.
  func tensor(_ bits: (Row) -> UInt64) -> RawTensor {
    let bytes = rows.flatMap { row in
      (0..<dtype.byteSize).map { UInt8(truncatingIfNeeded: bits(row) >> UInt64(8 * $0)) }
    }
    return RawTensor(dtype, [rows.count], bytes: bytes)
  }

  /// How far a number is from the value of a row in units of the last place; infinite where NaN, an
  /// infinity or the sign of a zero is wrong.
  func error(_ number: Double, _ row: Row) -> Double {
    let isSingle = dtype == .f32
    let value =
      isSingle
      ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: row.value)))
      : Double(bitPattern: row.value)
    if value.isNaN || number.isNaN { return value.isNaN && number.isNaN ? 0 : .infinity }
    if value == 0, number == 0 { return value.sign == number.sign ? 0 : .infinity }
    guard value.isFinite, number.isFinite else { return value == number ? 0 : .infinity }
    let unit = isSingle ? Double(Float(value).ulp) : value.ulp
    return ((number - value) / unit - row.rest).magnitude
  }
}
