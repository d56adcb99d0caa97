import Foundation
import TestSupport

/// The table of the manual that says how far derivatives are from differences and from each other.
enum ErrorTable {
  /// Whether the table is to be written anew instead of compared with.
  static let isWritten = ProcessInfo.processInfo.environment["GRADC_BLESS"] != nil

  /// The greatest errors of each operation, as far as tests may find them: in `f64` those of
  /// `DerivativeErrors`, and that of `f32`.
  static let recorded: [String: [Double]] = {
    var table: [String: [Double]] = [:]
    for line in lines where line.hasPrefix(rowStart) {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      // Where nothing was off, another C library may still round otherwise.
      table[cells[0].replacingOccurrences(of: "`", with: "")] = cells[1...].map {
        max(Double($0) ?? .nan, 0x1p-51)
      }
    }
    return table
  }()

  private static let rowStart = "| `"

  private static let file = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Sources/gradc/gradc.docc/Derivatives.md")

  private static var lines: [String] {
    let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    return text.components(separatedBy: "\n")
  }

  /// Puts rows in the place of those that the table has.
  static func write(_ rows: [String: [Double]]) throws {
    let lines = lines
    let kept = lines.filter { !$0.hasPrefix(rowStart) }
    let head = kept.firstIndex { $0.hasPrefix("|---") } ?? kept.count - 1
    let new = rows.sorted { $0.key < $1.key }.map { name, errors in
      "\(rowStart)\(name)` | " + errors.map(spelled).joined(separator: " | ") + " |"
    }
    let text = (kept[...head] + new + kept[(head + 1)...]).joined(separator: "\n")
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  /// An error rounded up to one digit, as `3e-13`.
  private static func spelled(_ error: Double) -> String {
    if error == 0 { return "0" }
    var exponent = Int(log10(error).rounded(.down))
    var digit = Int((error / pow(10, Double(exponent))).rounded(.up))
    if digit > 9 { (digit, exponent) = (1, exponent + 1) }
    return "\(digit)e\(exponent)"
  }
}

extension DerivativeErrors {
  /// The errors in the order of the table's columns.
  var all: [Double] { [first, transpose, second, orders] }
}
