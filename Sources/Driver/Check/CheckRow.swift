import Glibc
import GraphIR
package import Support

/// What a check says.
package enum CheckVerdict: String, Sendable {
  case right = "ok"
  case along = "ok along one direction"
  case kink = "at a kink"
  case clipped = "not checked: 'grad_clip' changes it"
  case unclear = "not smooth enough to tell"
  case tooLarge = "not checked: too large, give smaller sizes"
  case wrong = "wrong"

  /// How much it says, so that of several points the one counts that says most.
  fileprivate var weight: Int {
    switch self {
    case .unclear, .tooLarge: 0
    case .kink: 1
    case .clipped: 2
    case .right, .along: 3
    case .wrong: 4
    }
  }
}

/// One line of the table that `gradc check` prints.
package struct CheckRow: Sendable {
  package var graph: String
  /// The form and what it is taken by.
  package var form: String
  package var site: Site
  /// The greatest relative difference from differences, or from the reference.
  package var error: Double
  /// How far forward and reverse mode are apart; nil where only one exists.
  package var identity: Double?
  package var verdict: CheckVerdict
  /// What is wrong.
  package var diagnostic: Diagnostic?

  /// Takes in the same check at another point.
  mutating func add(_ other: CheckRow) {
    if other.verdict == .wrong, verdict != .wrong { diagnostic = other.diagnostic }
    if other.verdict.weight > verdict.weight {
      verdict = other.verdict
      error = other.error
    } else if other.verdict == verdict {
      error = max(error, other.error)
    }
    identity = identity.map { max($0, other.identity ?? 0) } ?? other.identity
  }
}

extension CheckRow {
  /// A form with nothing known of it yet.
  init(_ form: Form, in graph: Graph, of name: String, verdict: CheckVerdict) {
    let names = form.wrt.map { graph[$0].name ?? "its 'wrt'" }
    self.init(
      graph: name, form: form.request.form.rawValue + " by " + names.joined(separator: ", "),
      site: form.site, error: 0, identity: nil, verdict: verdict, diagnostic: nil)
  }
}

/// The table of all checks.
struct CheckTable: Sendable {
  var rows: [CheckRow] = []
  let seed: UInt64

  /// The table as text: form, place, error, verdict.
  func text(_ files: SourceFiles) -> String {
    var lines = [["form", "place", "error", "verdict"]]
    for row in rows {
      lines.append([row.form, place(row, files), CheckTable.spelled(row), row.verdict.rawValue])
    }
    let widths = (0..<3).map { column in lines.map { $0[column].count }.max() ?? 0 }
    let table = lines.map { line in
      let cells = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return (cells + [line[3]]).joined(separator: "  ") + "\n"
    }
    return table.joined() + "\(rows.count) checked, \(wrongCount) wrong\n"
  }

  var wrongCount: Int { rows.count { $0.verdict == .wrong } }

  /// The table as one line of JSON.
  func json(_ files: SourceFiles) -> String {
    let checks = rows.map { row in
      let members = [
        ("graph", CheckTable.quoted(row.graph)), ("form", CheckTable.quoted(row.form)),
        ("place", CheckTable.quoted(place(row, files))), ("error", CheckTable.number(row.error)),
        ("identity", row.identity.map(CheckTable.number) ?? "null"),
        ("verdict", CheckTable.quoted(row.verdict.rawValue)),
        ("message", row.diagnostic.map { CheckTable.quoted($0.message) } ?? "null"),
      ]
      return "{" + members.map { "\"\($0)\": \($1)" }.joined(separator: ", ") + "}"
    }
    return "{\"checks\": [\(checks.joined(separator: ", "))], \"wrong\": \(wrongCount), "
      + "\"seed\": \(seed)}\n"
  }

  private func place(_ row: CheckRow, _ files: SourceFiles) -> String {
    files.spelling(row.site) ?? row.graph
  }

  /// The error of a row; none where nothing could be compared.
  private static func spelled(_ row: CheckRow) -> String {
    switch row.verdict {
    case .right, .along, .wrong: scientific(max(row.error, row.identity ?? 0))
    case .kink, .clipped, .unclear, .tooLarge: "-"
    }
  }

  /// A number with two digits, as `1.2e-11`.
  static func scientific(_ value: Double) -> String {
    if value == 0 { return "0" }
    guard value.isFinite else { return value.isNaN ? "nan" : "inf" }
    var exponent = Int(Glibc.floor(Glibc.log10(value.magnitude)))
    var digits = (value.magnitude / Glibc.pow(10, Double(exponent)) * 10).rounded()
    if digits >= 100 {
      digits /= 10
      exponent += 1
    }
    let sign = value < 0 ? "-" : ""
    return "\(sign)\(Int(digits) / 10).\(Int(digits) % 10)e\(exponent)"
  }

  /// A number of JSON; what JSON has no number for is a string.
  private static func number(_ value: Double) -> String {
    value.isFinite ? value.description : value.isNaN ? "\"nan\"" : "\"inf\""
  }

  /// A text as JSON.
  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar -> String in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case _ where scalar.value < 32: " "
      default: String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }
}
