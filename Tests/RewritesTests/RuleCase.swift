import GraphIR
import Rewrites
import Support
import TestSupport
import Testing

/// A graph on which one rule is tried alone.
struct RuleCase: Sendable, CustomTestStringConvertible {
  let rule: String
  /// Whether the rule must apply; else it must not.
  let fires: Bool
  let parameters: [TensorType]
  /// Whether elements at the same place are what goes into one of the result.
  let isElementwise: Bool
  let sizes: [String: Int]
  let build: @Sendable (inout Builder, [Value]) -> Value

  var testDescription: String {
    "\(rule) \(fires ? "on" : "not on") \(parameters.map(\.description).joined(separator: ", "))"
  }

  var graph: Graph { Graph.of(parameters, build) }

  /// The same with other element types for the floating parameters, where there are more digits.
  func widened() -> Graph {
    Graph.of(parameters.map { $0.dtype.isFloat ? $0.with(.f64) : $0 }, build)
  }

  /// The same case in `f32`, where all its numbers are of `f64`; else nil.
  var narrowed: RuleCase? {
    let graph = graph
    let dtypes = graph.values.map(\.type.dtype).filter(\.isFloat)
    guard !isElementwise, !dtypes.isEmpty, dtypes.allSatisfy({ $0 == .f64 }) else { return nil }
    return RuleCase(
      rule: rule, fires: fires,
      parameters: parameters.map { $0.dtype == .f64 ? $0.with(.f32) : $0 },
      isElementwise: false, sizes: sizes, build: { b, _ in b.replay(graph, .f32) })
  }

  /// Values of the parameters, special ones among them.
  func values() -> [Tensor] {
    if isElementwise { return SpecialValues.columns(parameters.map(\.dtype)) }
    return parameters.enumerated().map { index, type in
      SpecialValues.tensor(type.dtype, shape(type), seed: UInt64(index + 1))
    }
  }

  /// Values of the parameters at which formulas neither overflow nor leave their domains.
  func moderateValues() -> [Tensor] {
    parameters.enumerated().map { index, type in
      var random = RandomSource(seed: UInt64(index + 1))
      let shape = shape(type)
      let numbers = (0..<shape.reduce(1, *)).map { _ in
        type.dtype.rounded(random.uniform(-0.9, -0.1))
      }
      return Tensor(type.dtype, shape, floats: numbers)
    }
  }

  private func shape(_ type: TensorType) -> [Int] {
    type.shape.map { $0.evaluate(sizes) ?? 0 }
  }
}

extension Builder {
  /// The only result of a graph whose parameters are there already, with all floats of a type.
  fileprivate mutating func replay(_ source: Graph, _ dtype: DType) -> Value {
    var values = self.graph.parameters.map(\.value)
    let tensors = source.data.map { tensor in
      tensor.dtype.isFloat ? Tensor(dtype, tensor.shape, floats: tensor.floats) : tensor
    }
    let first = graph.data.count
    graph.data += tensors
    for node in source.nodes.dropFirst(source.parameters.count) {
      var attributes = node.attributes
      switch attributes {
      case .literal(let literal, .f64): attributes = .literal(literal, dtype)
      case .data(let place): attributes = .data(first + place)
      case .dtype(.f64): attributes = .dtype(dtype)
      default: break
      }
      let operands = node.operands.map { values[Int($0.index)] }
      do {
        values += try tryEmit(node.operation, operands, attributes)
      } catch {
        preconditionFailure("\(node.operation.name): \(error.message)")
      }
    }
    return values[Int(source.outputs[0].value.index)]
  }
}

/// What a parameter of an elementwise case holds.
enum Kind: Sendable {
  /// Numbers of the type that the case is tried with.
  case number
  case mask
}

extension [DType] {
  static let floats: [DType] = [.f64, .f32, .f16, .bf16]
  static let integers: [DType] = [.i64, .i8, .u8, .u64]
  static let numbers: [DType] = floats + integers
}

extension RuleCase {
  /// Cases on columns of special values, one for each type.
  static func elementwise(
    _ rule: String, _ dtypes: [DType], _ kinds: [Kind] = [.number], fires: Bool = true,
    _ build: @escaping @Sendable (inout Builder, [Value]) -> Value
  ) -> [RuleCase] {
    dtypes.map { dtype in
      let types = kinds.map { $0 == .mask ? DType.bool : dtype }
      let count = Dim(SpecialValues.columns(types)[0].count)
      return RuleCase(
        rule: rule, fires: fires, parameters: types.map { TensorType($0, [count]) },
        isElementwise: true, sizes: [:], build: build)
    }
  }

  /// The same where the rule must not apply.
  static func silent(
    _ rule: String, _ dtypes: [DType], _ kinds: [Kind] = [.number],
    _ build: @escaping @Sendable (inout Builder, [Value]) -> Value
  ) -> [RuleCase] {
    elementwise(rule, dtypes, kinds, fires: false, build)
  }

  /// A case on parameters of given types; `m`, `n` and `k` are 2, 3 and 4.
  static func shaped(
    _ rule: String, _ parameters: TensorType..., fires: Bool = true,
    _ build: @escaping @Sendable (inout Builder, [Value]) -> Value
  ) -> [RuleCase] {
    [
      RuleCase(
        rule: rule, fires: fires, parameters: parameters, isElementwise: false,
        sizes: ["m": 2, "n": 3, "k": 4], build: build)
    ]
  }
}

extension TensorType {
  /// A type of `f64` with given sizes.
  static func f64(_ shape: Dim...) -> TensorType { TensorType(.f64, shape) }
  static func i64(_ shape: Dim...) -> TensorType { TensorType(.i64, shape) }
  static func bool(_ shape: Dim...) -> TensorType { TensorType(.bool, shape) }
}

extension Dim: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self.init(value) }
  static let m: Dim = .symbol("m")
  static let n: Dim = .symbol("n")
  static let k: Dim = .symbol("k")
}
