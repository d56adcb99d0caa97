package import Support

/// What a type rule sees of a node.
package struct TypeQuery: Sendable {
  package var operands: [TensorType]
  package var attributes: Attributes
  package var regions: [Graph]
  /// The shapes and types of the graph's data.
  package var data: [TensorType]

  package init(
    operands: [TensorType], attributes: Attributes, regions: [Graph] = [], data: [TensorType] = []
  ) {
    self.operands = operands
    self.attributes = attributes
    self.regions = regions
    self.data = data
  }
}

/// Why operands do not fit an operation, in the user's words.
package struct TypeError: Error, Hashable, Sendable {
  package var message: String
  /// Dims in the message whose origin helps to understand it.
  package var dims: [Dim]

  package init(_ message: String, dims: [Dim] = []) {
    self.message = message
    self.dims = dims
  }
}

/// How many operands an operation takes.
package enum Arity: Hashable, Sendable {
  case exactly(Int)
  case atLeast(Int)

  package func allows(_ count: Int) -> Bool {
    switch self {
    case .exactly(let wanted): count == wanted
    case .atLeast(let least): count >= least
    }
  }
}

/// How an operation prints in `pp`.
package enum Notation: Hashable, Sendable {
  /// `(a + b)`.
  case infix(String)
  /// `(-a)`.
  case prefix(String)
  /// `name(a, b, option: …)`, with what the attributes say as options.
  case function
  /// Prints as its first operand does.
  case transparent
  /// The literal, the data or the parameter that it is.
  case leaf
}

/// How an operation turns into loops; the operations' module says what there is.
package protocol LoweringFacet: AnyObject, Sendable {}

/// Values from which tests and `gradc check` draw the operands of an operation.
package struct Sample: Sendable {
  /// A range that an operand is drawn from.
  package enum Domain: Hashable, Sendable {
    /// Evenly from an interval.
    case interval(Double, Double)
    /// Evenly from the integers of an interval.
    case integers(Int, Int)
    /// Either truth value.
    case booleans
    /// Evenly from an interval, then with a random sign: away from 0.
    case awayFromZero(Double, Double)
    /// Matrices of elements of -1…1 with a stripe of greater ones: row `i` has `first + i * step`
    /// more in column `i + shift`, counted around.
    case matrices(shift: Int, first: Double, step: Double)
  }

  package var shapes: [[Int]]
  package var domains: [Domain]
  package var attributes: Attributes

  package init(shapes: [[Int]], domains: [Domain], attributes: Attributes = .none) {
    self.shapes = shapes
    self.domains = domains
    self.attributes = attributes
  }
}

/// The record of one operation: everything that the compiler knows about it.
///
/// No field may be left out, so an operation without, say, a derivative does not compile. Identity
/// is the object's.
package final class Operation: Sendable {
  /// The name in dumps and in `pp`; that of the language's function, where there is one.
  package let name: String
  package let arity: Arity
  /// The types of the results.
  package let infer: @Sendable (TypeQuery) throws(TypeError) -> [TensorType]
  package let derivative: Derivative
  /// The results for given operands, computed the plain way.
  package let evaluate: @Sendable (EvaluationContext) throws(EvaluationError) -> [Tensor]
  package let lowering: any LoweringFacet
  /// Operands for which all of the record can be tested.
  package let samples: [Sample]
  package let notation: Notation
  /// Whether operands may be swapped.
  package let isCommutative: Bool

  package init(
    _ name: String, arity: Arity,
    infer: @escaping @Sendable (TypeQuery) throws(TypeError) -> [TensorType],
    derivative: Derivative,
    evaluate: @escaping @Sendable (EvaluationContext) throws(EvaluationError) -> [Tensor],
    lowering: any LoweringFacet, samples: [Sample], notation: Notation, isCommutative: Bool = false
  ) {
    self.name = name
    self.arity = arity
    self.infer = infer
    self.derivative = derivative
    self.evaluate = evaluate
    self.lowering = lowering
    self.samples = samples
    self.notation = notation
    self.isCommutative = isCommutative
  }
}

extension Operation: Hashable {
  package static func == (a: Operation, b: Operation) -> Bool { a === b }
  package func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
  package func _rawHashValue(seed: Int) -> Int {
    IndexHash.of(Int(bitPattern: ObjectIdentifier(self)), seed)
  }
}
