import GraphIR
import GraphText
package import LoopIR
import Support

/// What a graph is run with: its parameters as tensors, and the sizes of its symbols.
package struct RunArguments {
  /// A value that does not fit, in the user's words.
  package struct Mistake: Error {
    package var message: String
  }

  private(set) var parameters: [RawTensor] = []
  private(set) var sizes: [String: Int] = [:]

  /// Tensors by the names of parameters, and sizes by the names of symbols that no shape shows.
  package init(
    _ function: LoopFunction, tensors: [String: RawTensor], sizes: [String: Int]
  ) throws(Mistake) {
    self.sizes = sizes
    for formal in function.parameters {
      guard let tensor = tensors[formal.name], tensor.dtype == formal.element else {
        throw Mistake(message: "'\(formal.name)' is not given as \(formal.element.rawValue)")
      }
      parameters.append(tensor)
    }
    try solve(function)
  }

  /// Names and values as the user has written them.
  package init(
    _ function: LoopFunction, _ given: [(name: String, value: String)]
  ) throws(Mistake) {
    var values: [String: String] = [:]
    for (name, value) in given {
      guard values.updateValue(value, forKey: name) == nil else {
        throw Mistake(message: "'\(name)' is given twice")
      }
    }
    for symbol in function.symbols {
      guard let text = values.removeValue(forKey: symbol) else { continue }
      guard let size = Int(text) else {
        throw Mistake(message: "'\(symbol)' is a size, not '\(text)'")
      }
      sizes[symbol] = size
    }
    for formal in function.parameters {
      guard let text = values.removeValue(forKey: formal.name) else {
        throw Mistake(message: "'\(formal.name)' is not given; write \(formal.name)=…")
      }
      parameters.append(try RunArguments.tensor(formal, text))
    }
    if let name = values.keys.min() {
      let known = function.parameters.map(\.name) + function.symbols
      let hint = NearestName.of(name, in: known).map { "; did you mean '\($0)'?" } ?? ""
      throw Mistake(message: "'\(function.name)' has no parameter '\(name)'\(hint)")
    }
    try solve(function)
  }

  private mutating func solve(_ function: LoopFunction) throws(Mistake) {
    var solver = SizeSolver(sizes)
    do {
      try solver.solve(function.parameters, parameters.map(\.shape))
    } catch { throw Mistake(message: error.message) }
    sizes = solver.sizes
    for symbol in function.symbols where sizes[symbol] == nil {
      throw Mistake(message: "the size '\(symbol)' is not given; write \(symbol)=…")
    }
  }

  /// The value of a parameter in its type.
  static func tensor(_ formal: Formal, _ text: String) throws(Mistake) -> RawTensor {
    if text.hasPrefix("@") { return try file(formal, String(text.dropFirst())) }
    let value: ValueText
    do { value = try ValueText(text) } catch {
      throw Mistake(message: "'\(formal.name)': \(error.message)")
    }
    var tensor = RawTensor(zeros: formal.element, value.shape)
    for (index, element) in value.elements.enumerated() {
      guard fits(element, formal.element) else {
        throw Mistake(message: "'\(formal.name)': \(element) is no '\(formal.element.rawValue)'")
      }
      tensor.set(index, element)
    }
    return tensor
  }

  /// Whether a number may stand for an element of a type without loss that a user would not expect.
  private static func fits(_ literal: Literal, _ dtype: DType) -> Bool {
    switch literal {
    case .bool: dtype == .bool
    case .int(let value): dtype != .bool && (dtype.isFloat || dtype.wrapped(value) == value)
    case .float: dtype.isFloat
    }
  }

  private static func file(_ formal: Formal, _ path: String) throws(Mistake) -> RawTensor {
    let bytes: [UInt8]
    do { bytes = try FileSystem.read(path) } catch {
      throw Mistake(message: "cannot read '\(path)': \(error.message)")
    }
    let data: Tensor
    do { data = try NpyFile.read(bytes) } catch {
      throw Mistake(message: "'\(path)' \(error.message)")
    }
    guard data.dtype == formal.element else {
      throw Mistake(
        message: "'\(path)' holds \(data.dtype.rawValue), '\(formal.name)' is "
          + formal.element.rawValue)
    }
    var tensor = RawTensor(zeros: formal.element, data.shape)
    for index in 0..<data.count { tensor.set(index, data[index]) }
    return tensor
  }
}
