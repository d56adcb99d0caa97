import Driver
import Foundation
import Support

/// One case: a graph, what it is given, and what it must give.
///
/// The format: `graph` names the graph in `graph_file` (or `NAME.graph`); `inputs` and `expect` hold
/// `{dtype, shape, data}`, non-finite numbers as strings; `expect_error` is a pattern for the
/// diagnostic (`stage` "compile", at `line`) or stands for any failure of the call (`stage` "run").
struct Case {
  struct Entry {
    var tensor: RawTensor
    var values: [Double]
  }

  let graph: String
  let source: String
  let inputs: [String: Entry]
  let sizes: [String: Int]
  let expected: [String: Entry]
  let error: String?
  let failsAtRunTime: Bool
  let line: Int?
  let relative: Double?
  let absolute: Double

  init(_ url: URL) throws {
    let data = try Data(contentsOf: url)
    guard let root = try JSONSerialization.jsonObject(with: data) as? [String: Any] else {
      throw CocoaError(.fileReadCorruptFile)
    }
    graph = root["graph"] as? String ?? ""
    let stem = url.deletingPathExtension().lastPathComponent
    let file = root["graph_file"] as? String ?? stem + ".graph"
    source = url.deletingLastPathComponent().appendingPathComponent(file).path
    let inputs = root["inputs"] as? [String: Any] ?? [:]
    self.inputs = inputs.compactMapValues { Case.entry($0) }
    // A declared size is given like a scalar.
    sizes = self.inputs.compactMapValues { entry in
      entry.tensor.shape.isEmpty ? entry.values.first.flatMap { Int(exactly: $0) } : nil
    }
    expected = (root["expect"] as? [String: Any] ?? [:]).compactMapValues { Case.entry($0) }
    error = root["expect_error"] as? String
    failsAtRunTime = root["stage"] as? String == "run"
    line = root["line"] as? Int
    let tolerance = root["tolerance"] as? [String: Any] ?? [:]
    relative = (tolerance["rel"] as? Double).flatMap { $0 > 0 ? $0 : nil }
    absolute = tolerance["abs"] as? Double ?? 0
  }

  private static func entry(_ any: Any) -> Entry? {
    guard let object = any as? [String: Any], let name = object["dtype"] as? String,
      let dtype = DType(rawValue: name), let shape = object["shape"] as? [Int]
    else { return nil }
    var tensor = RawTensor(zeros: dtype, shape)
    let literals = flat(object["data"] ?? [])
    for (index, literal) in literals.enumerated() where index < tensor.count {
      tensor.set(index, dtype.isFloat ? .float(literal.double) : literal)
    }
    return Entry(tensor: tensor, values: literals.map(\.double))
  }

  /// The elements of nested arrays in row-major order.
  private static func flat(_ any: Any) -> [Literal] {
    if let array = any as? [Any] { return array.flatMap(flat) }
    if let text = any as? String { return [.float(Double(text) ?? .nan)] }
    guard let number = any as? NSNumber else { return [] }
    if CFGetTypeIDIsBoolean(number) { return [.bool(number.boolValue)] }
    let double = number.doubleValue
    if double == double.rounded(), double.magnitude < 0x1p62, let exact = Int64(exactly: number) {
      return [.int(exact)]
    }
    return [.float(double)]
  }

  private static func CFGetTypeIDIsBoolean(_ number: NSNumber) -> Bool {
    String(cString: number.objCType) == "c" && (number == 0 || number == 1)
  }
}
