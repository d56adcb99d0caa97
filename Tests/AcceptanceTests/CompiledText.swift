import Driver
import Foundation
import LoopIR
import Support
import Testing

/// Elements with their shape, as tests write them.
struct Matrix: Hashable, Sendable {
  var rows: Int
  var columns: Int
  var elements: [Double]

  init(_ rows: Int, _ columns: Int, _ element: (Int, Int) -> Double) {
    self.rows = rows
    self.columns = columns
    elements = (0..<(rows * columns)).map { element($0 / max(columns, 1), $0 % max(columns, 1)) }
  }

  subscript(_ i: Int, _ j: Int) -> Double { elements[i * columns + j] }

  static func * (a: Matrix, b: Matrix) -> Matrix {
    Matrix(a.rows, b.columns) { i, j in
      (0..<a.columns).reduce(0) { $0 + a[i, $1] * b[$1, j] }
    }
  }

  static func - (a: Matrix, b: Matrix) -> Matrix {
    Matrix(a.rows, a.columns) { a[$0, $1] - b[$0, $1] }
  }

  var transposed: Matrix { Matrix(columns, rows) { self[$1, $0] } }

  static func identity(_ size: Int) -> Matrix { Matrix(size, size) { $0 == $1 ? 1 : 0 } }

  /// The greatest sum of magnitudes in a column; NaN where an element is.
  var norm: Double {
    (0..<columns).reduce(0) { norm, j in
      let sum = (0..<rows).reduce(0) { $0 + self[$1, j].magnitude }
      return sum > norm || sum.isNaN ? sum : norm
    }
  }

  /// The elements as a type holds them.
  func rounded(to dtype: DType) -> Matrix {
    Matrix(rows, columns) { dtype.rounded(self[$0, $1]) }
  }
}

/// A graph compiled into this process from its text.
struct CompiledText {
  private let function: LoopFunction
  private let call: CompiledCall

  init(_ text: String, dims: [String: Int] = [:], cpu: String? = nil) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("gradc-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: path) }
    let file = path.appendingPathComponent("t.graph").path
    try text.write(toFile: file, atomically: true, encoding: .utf8)
    var options = CompileOptions(input: file)
    options.dims = dims
    options.target.cpu = cpu
    let (functions, files, diagnostics) = Session.functions(options)
    let message = diagnostics.first { $0.severity == .error }?.message ?? ""
    function = try #require(functions.first, "\(message)")
    call = try CompiledCall(function, files: files, options: options.codeGen)
  }

  /// The results for matrices as parameters.
  func run(_ parameters: [String: Matrix]) throws -> [String: [Double]] {
    var tensors: [String: RawTensor] = [:]
    for formal in function.parameters {
      let matrix = try #require(parameters[formal.name])
      let shape = formal.shape.count == 1 ? [matrix.elements.count] : [matrix.rows, matrix.columns]
      var tensor = RawTensor(zeros: formal.element, shape)
      for (index, value) in matrix.elements.enumerated() { tensor.set(index, .float(value)) }
      tensors[formal.name] = tensor
    }
    let arguments = try RunArguments(function, tensors: tensors, sizes: [:])
    var results: [String: [Double]] = [:]
    for (name, value) in try call.run(arguments) {
      results[name] = (0..<value.count).map { value[$0].double }
    }
    return results
  }

  /// The message of the failure of a call; nil where it succeeds.
  func failure(_ parameters: [String: Matrix]) throws -> String? {
    do {
      _ = try run(parameters)
      return nil
    } catch let failure as CompiledCall.Failure {
      return failure.message
    }
  }
}
