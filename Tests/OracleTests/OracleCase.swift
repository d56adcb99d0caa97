import Driver
import Foundation
import Support

/// A graph with its inputs, and with what other programs give for it.
struct OracleCase {
  /// A tensor as the data has it: numbers of 64 bits, under a type.
  struct Entry {
    /// Nil stands for `real`.
    var dtype: DType?
    var shape: [Int]
    var numbers: [Literal]

    init?(_ any: Any) {
      guard let object = any as? [String: Any], let name = object["dtype"] as? String,
        let shape = object["shape"] as? [Int], let data = object["data"] as? [Any]
      else { return nil }
      dtype = DType(rawValue: name)
      guard dtype != nil || name == "real" else { return nil }
      self.shape = shape
      let isFloat = dtype?.isFloat ?? true
      numbers = data.map { Entry.number($0, isFloat: isFloat, isTruth: name == "bool") }
    }

    /// An element; what JSON has no number for is spelled.
    private static func number(_ any: Any, isFloat: Bool, isTruth: Bool) -> Literal {
      if let text = any as? String { return .float(Double(text) ?? .nan) }
      guard let number = any as? NSNumber else { return .float(.nan) }
      if isTruth { return .bool(number.boolValue) }
      return isFloat ? .float(number.doubleValue) : .int(number.int64Value)
    }

    /// The tensor, where `real` is a type.
    func tensor(real: DType) -> RawTensor {
      var tensor = RawTensor(zeros: dtype ?? real, shape)
      for (index, number) in numbers.enumerated() { tensor.set(index, number) }
      return tensor
    }
  }

  let graph: String
  let builtins: [String]
  let inputs: [String: Entry]
  let expected: [String: Entry]
  /// How many units of the last place a number may be off; below 0 where all bits count, even the
  /// sign of a zero.
  let ulps: Double
  /// Whether these are units of the greatest element of a tensor, not of each element.
  let isWhole: Bool

  init?(_ any: Any) {
    guard let object = any as? [String: Any], let graph = object["graph"] as? String,
      let builtins = object["builtins"] as? [String], let ulps = object["ulps"] as? Double,
      let isWhole = object["whole"] as? Bool, let inputs = object["inputs"] as? [String: Any],
      let expected = object["expect"] as? [String: Any]
    else { return nil }
    self.graph = graph
    self.builtins = builtins
    self.ulps = ulps
    self.isWhole = isWhole
    self.inputs = inputs.compactMapValues { Entry($0) }
    self.expected = expected.compactMapValues { Entry($0) }
    guard self.inputs.count == inputs.count, self.expected.count == expected.count else {
      return nil
    }
  }
}

/// The cases of one file, beside the graphs that they are about.
struct OracleFamily {
  /// Where the data is.
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  /// The names of all files in a folder beside this one.
  static func names(in folder: String) -> [String] {
    let path = root.appendingPathComponent(folder).path
    let paths = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return paths.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }

  let cases: [OracleCase]
  /// The path and the text of the graphs.
  let path: String
  let text: String

  init(_ name: String, in folder: String = "Cases") throws {
    let url = OracleFamily.root.appendingPathComponent(folder).appendingPathComponent(name)
    let data = try Data(contentsOf: url.appendingPathExtension("json"))
    let list = try JSONSerialization.jsonObject(with: data) as? [Any] ?? []
    cases = list.compactMap { OracleCase($0) }
    guard !cases.isEmpty, cases.count == list.count else { throw CocoaError(.fileReadCorruptFile) }
    path = url.appendingPathExtension("graph").path
    text = try String(contentsOfFile: path, encoding: .utf8)
  }
}
