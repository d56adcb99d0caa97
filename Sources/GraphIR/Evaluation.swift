package import Support

/// Why the reference evaluator stopped.
package struct EvaluationError: Error, Hashable, Sendable {
  package var message: String
  package init(_ message: String) { self.message = message }
}

/// What the reference value of an operation is computed from.
package struct EvaluationContext: Sendable {
  package var operands: [Tensor]
  package var attributes: Attributes
  package var regions: [Graph]
  /// The types of the results, with their shapes at the sizes at hand.
  package var resultTypes: [DType]
  package var resultShapes: [[Int]]
  /// The sizes of the symbols.
  package var sizes: [String: Int]
  /// The graph's constant tensors.
  package var data: [Tensor]

  package init(
    operands: [Tensor], attributes: Attributes, regions: [Graph], resultTypes: [DType],
    resultShapes: [[Int]], sizes: [String: Int], data: [Tensor]
  ) {
    self.operands = operands
    self.attributes = attributes
    self.regions = regions
    self.resultTypes = resultTypes
    self.resultShapes = resultShapes
    self.sizes = sizes
    self.data = data
  }

  package var dtype: DType { resultTypes[0] }
  package var shape: [Int] { resultShapes[0] }

  /// A dim at the sizes at hand.
  package func size(_ dim: Dim) throws(EvaluationError) -> Int {
    guard let size = dim.evaluate(sizes) else { throw EvaluationError("size \(dim) is not known") }
    return size
  }
}

/// Computes a graph the plain way, node by node: the judge of compiled code.
package struct Evaluator: Sendable {
  package let graph: Graph
  package let sizes: [String: Int]
  private var results: [Tensor?]

  package init(graph: Graph, sizes: [String: Int]) {
    self.graph = graph
    self.sizes = sizes
    results = Array(repeating: nil, count: graph.values.count)
  }

  /// The graph's results, then its updates, for given parameters.
  package mutating func run(_ parameters: [Tensor]) throws(EvaluationError) -> [Tensor] {
    guard graph.sizeChecks.allSatisfy({ $0.holds(at: sizes) }) else {
      throw EvaluationError("a size does not fit")
    }
    for node in graph.nodes {
      if case .parameter(let index) = node.attributes {
        results[Int(node.firstResult)] = parameters[index]
      } else {
        try evaluate(node)
      }
    }
    for assertion in graph.assertions {
      if self[assertion.condition].integers[0] == 0 { throw EvaluationError(assertion.message) }
    }
    return (graph.outputs.map(\.value) + graph.updates.map(\.value)).map { self[$0] }
  }

  /// The tensor of a value that has been computed.
  package subscript(_ value: Value) -> Tensor {
    guard let tensor = results[Int(value.index)] else { preconditionFailure("not computed yet") }
    return tensor
  }

  private mutating func evaluate(_ node: Node) throws(EvaluationError) {
    var shapes: [[Int]] = []
    for value in node.results {
      var shape: [Int] = []
      for dim in graph.type(value).shape {
        guard let size = dim.evaluate(sizes), size >= 0 else {
          throw EvaluationError("the size \(dim) is negative or too large")
        }
        shape.append(size)
      }
      shapes.append(shape)
    }
    let context = EvaluationContext(
      operands: node.operands.map { self[$0] }, attributes: node.attributes, regions: node.regions,
      resultTypes: node.results.map { graph.type($0).dtype }, resultShapes: shapes, sizes: sizes,
      data: graph.data)
    for (value, tensor) in zip(node.results, try node.operation.evaluate(context)) {
      results[Int(value.index)] = tensor
    }
  }
}

extension SizeCheck {
  /// Whether sizes fulfil it; false where they do not give its dims.
  package func holds(at sizes: [String: Int]) -> Bool {
    func both(_ a: Dim, _ b: Dim) -> (Int, Int)? {
      guard let x = a.evaluate(sizes), let y = b.evaluate(sizes) else { return nil }
      return (x, y)
    }
    let holds: Bool? =
      switch condition {
      case .equal(let a, let b): both(a, b).map { $0 == $1 }
      case .multiple(let a, let b): both(a, b).map { $1 == 0 ? $0 == 0 : $0 % $1 == 0 }
      case .nonNegative(let a), .inRange(let a): a.evaluate(sizes).map { $0 >= 0 }
      }
    return holds == true
  }
}
