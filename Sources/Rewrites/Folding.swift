import GraphIR
import Ops
import Support

/// Computes what depends on constants alone, by the reference values of the operations.
///
/// Operations whose result is fully determined (arithmetic, comparisons, moves, integers) give what
/// the emitted code would give, bit for bit. Functions such as `exp` are within the bound that the
/// emitted bodies keep, and sums may differ by their order.
enum Folding {
  /// What folding an operation promises.
  enum Kind {
    case exact, function, sum
  }

  /// A result of more elements is left to the emitted code.
  static let resultLimit = 4096
  /// Operands of more elements together are left to the emitted code.
  static let operandLimit = 65_536
  /// All elements that one pass reads or writes: more would cost more time than they save.
  static let elementBudget = 1 << 20

  /// What folding a node of the operation promises, whose operands have a type; nil where it is not
  /// done.
  static func kind(_ operation: Operation, _ dtype: DType) -> Kind? {
    // A broadcast is a constant's form already.
    if operation == .broadcastTo { return nil }
    return switch operation.kernel {
    case .pointwise: !dtype.isFloat || rounded.contains(operation) ? .exact : .function
    case .view, .reshape, .assembly, .search: .exact
    case .reduction: !dtype.isFloat || picking.contains(operation) ? .exact : .sum
    case .leaf, .generator, .contraction, .convolution, .accumulation, .sumOfPieces, .gather,
      .scatter, .routine, .regions, .expansion, .request:
      nil
    }
  }

  /// Reductions that give one of their elements.
  private static let picking: Set<Operation> = [.greatest, .least]

  /// Operations whose results on floats are the exact ones, rounded once.
  private static let rounded: Set<Operation> = [
    .add, .subtract, .multiply, .divide, .negate, .abs, .sign, .maximum, .minimum, .clip, .sqrt,
    .square, .reciprocal, .floor, .ceil, .round, .trunc, .copysign, .fmod, .convert, .select,
    .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .isnan, .isinf, .isfinite,
  ]
}

extension Rewriter {
  /// The constant that a node computes from constants; nil where it does not, or where that would
  /// not be worth its memory.
  mutating func folded(_ candidate: Candidate, _ kind: Folding.Kind) -> Value? {
    guard let first = candidate.operands.first, isConstantNode(first),
      Folding.kind(candidate.operation, dtype(first)) == kind,
      let operands = constantTensors(candidate.operands), let shape = fixed(candidate.type.shape)
    else { return nil }
    let read = operands.reduce(0) { $0 + $1.count }
    let count = shape.reduce(1, *)
    guard count <= min(Folding.resultLimit, max(read, 1)), read <= Folding.operandLimit,
      read + count <= foldingBudget
    else { return nil }
    foldingBudget -= read + count
    let context = EvaluationContext(
      operands: operands, attributes: candidate.attributes, regions: [],
      resultTypes: [candidate.type.dtype], resultShapes: [shape], sizes: [:], data: graph.data)
    guard let tensor = try? candidate.operation.evaluate(context).first else { return nil }
    return constant(tensor)
  }

  /// What an operation computes from scalar constants.
  mutating func evaluated(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes
  ) -> Value? {
    let types = operands.map { type($0) }
    guard let tensors = constantTensors(operands),
      let type = try? operation.infer(TypeQuery(operands: types, attributes: attributes))[0],
      type.isScalar
    else { return nil }
    let context = EvaluationContext(
      operands: tensors, attributes: attributes, regions: [], resultTypes: [type.dtype],
      resultShapes: [[]], sizes: [:], data: [])
    return (try? operation.evaluate(context).first).map { literal($0[0], type.dtype) }
  }

  /// Whether a value may be one that folding starts from.
  private func isConstantNode(_ value: Value) -> Bool {
    isMade(value, by: .literal) || isMade(value, by: .data) || isMade(value, by: .broadcastTo)
  }

  /// The operands as tensors, if all are constants.
  private func constantTensors(_ values: [Value]) -> [Tensor]? {
    var tensors: [Tensor] = []
    for value in values {
      let node = graph.node(of: value)
      switch node.attributes {
      case .literal(let literal, let dtype): tensors.append(Tensor(dtype, scalar: literal))
      case .data(let index): tensors.append(graph.data[index])
      case .shape(let shape):
        // An element that became an axis, as in the stacking of an array literal.
        guard node.operation == .broadcastTo, shape.allSatisfy({ $0 == Dim(1) }),
          let literal = graph.literal(node.operands[0])
        else { return nil }
        let scalar = Tensor(dtype(value), scalar: literal)
        tensors.append(scalar.gathering([0], shape: shape.map { _ in 1 }))
      case .none, .parameter, .integer, .dtype, .axis, .axes, .reduction, .slice, .pad, .pads,
        .contraction, .windows, .convolution, .picking, .matrix, .draw, .loop,
        .call, .external, .derivative:
        return nil
      }
    }
    return tensors
  }

  /// The shape without symbols, if it has none.
  private func fixed(_ shape: [Dim]) -> [Int]? {
    let sizes = shape.compactMap(\.constant)
    guard sizes.count == shape.count, sizes.allSatisfy({ $0 >= 0 }) else { return nil }
    // A product that does not fit is no small one.
    return Dim.product(shape).isTooLarge ? nil : sizes
  }

  /// A tensor as a value: a literal, broadcast, where all elements are the same.
  mutating func constant(_ tensor: Tensor) -> Value {
    if let element = tensor.uniformElement {
      return broadcast(literal(element, tensor.dtype), to: tensor.type.shape)
    }
    let key = TensorBits(tensor)
    let place = foldedData[key] ?? graph.data.count
    if foldedData[key] == nil {
      foldedData[key] = place
      graph.data.append(tensor)
    }
    return emit(.data, [], .data(place))
  }
}

extension Tensor {
  /// The element that all are, bit for bit; nil where they differ or there is none.
  var uniformElement: Literal? {
    guard count > 0 else { return nil }
    switch elements {
    case .floats(let values):
      let bits = values[0].bitPattern
      guard values.allSatisfy({ $0.bitPattern == bits }) else { return nil }
    case .integers(let values):
      guard values.allSatisfy({ $0 == values[0] }) else { return nil }
    }
    return self[0]
  }
}
