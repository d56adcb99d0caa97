import GraphIR
import Ops
import Support
import Testing

/// An argument of a function of one number, with its value.
struct TableRow {
  /// The argument.
  let argument: Double
  /// The value, rounded to `f64`.
  let value: Double
}

extension ElementwiseTable {
  /// The rows of a table by the names of the functions.
  static func rows(_ text: String) -> [String: [TableRow]] {
    var rows: [String: [TableRow]] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, let argument = Double(words[1]), let value = Double(words[2]) else {
        preconditionFailure("no row of a table: \(line)")
      }
      rows[String(words[0]), default: []].append(TableRow(argument: argument, value: value))
    }
    return rows
  }
}

/// An operation with attributes that make it a function of its operands alone.
struct Elementwise: Sendable, CustomTestStringConvertible {
  /// The name in the tables.
  let name: String
  /// The operation.
  let operation: Operation
  /// Its attributes.
  let attributes: Attributes

  /// Every elementwise operation but conversions.
  static let all: [Elementwise] = Operation.elementwise.filter { $0 != .convert }.flatMap {
    operation in
    operation == .polygamma
      ? [1, 2, 5].map {
        Elementwise(name: "polygamma\($0)", operation: operation, attributes: .integer($0))
      }
      : [Elementwise(name: operation.name, operation: operation, attributes: .none)]
  }

  /// The operation of that name.
  static func named(_ name: String) -> Elementwise {
    guard let found = all.first(where: { $0.name == name }) else {
      preconditionFailure("no operation is called '\(name)'")
    }
    return found
  }

  /// The name of the test case.
  var testDescription: String { name }

  /// The types of operands of which all numbers have one type, for each type that is allowed.
  var operandTypes: [[DType]] {
    DType.allCases.compactMap { type in
      guard case .exactly(let count) = operation.arity else { return nil }
      var types = Array(repeating: type, count: count)
      if operation == .select { types[0] = .bool }
      let query = TypeQuery(operands: types.map { TensorType($0) }, attributes: attributes)
      return (try? operation.infer(query)) == nil ? nil : types
    }
  }

  /// What the reference gives.
  func reference(_ operands: [Tensor]) throws -> Tensor {
    let query = TypeQuery(operands: operands.map(\.type), attributes: attributes)
    let type = try operation.infer(query)[0]
    return try operation.evaluate(
      EvaluationContext(
        operands: operands, attributes: attributes, regions: [], resultTypes: [type.dtype],
        resultShapes: [type.shape.map { $0.constant ?? 0 }], sizes: [:], data: []))[0]
  }

  /// The reference of a function of one float.
  func reference(_ x: Double, _ type: DType = .f64) throws -> Double {
    try reference([Tensor(type, scalar: .float(x))]).floats[0]
  }
}

extension DType {
  /// The difference between numbers in units of the last place of the second; infinite where only
  /// one is NaN or infinite, or where zeros have different signs.
  func ulps(_ value: Double, from expected: Double) -> Double {
    if value.isNaN || expected.isNaN { return value.isNaN && expected.isNaN ? 0 : .infinity }
    let rounded = self.rounded(expected)
    if value == rounded { return value != 0 || value.sign == expected.sign ? 0 : .infinity }
    guard value.isFinite, rounded.isFinite else { return .infinity }
    return (value - expected).magnitude / unit(expected)
  }

  /// The unit of the last place of a number.
  private func unit(_ value: Double) -> Double {
    switch self {
    case .f64: return value.ulp
    case .f32: return Double(Float(value).ulp)
    case .f16: return unit(value, significand: 10, least: -14)
    case .bf16: return unit(value, significand: 7, least: -126)
    case .bool, .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: return 1
    }
  }

  private func unit(_ value: Double, significand: Int, least: Int) -> Double {
    let exponent = value == 0 ? least : max(Int(value.exponent), least)
    return Double(sign: .plus, exponent: exponent - significand, significand: 1)
  }
}
