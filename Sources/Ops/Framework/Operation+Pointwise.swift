package import GraphIR
package import LoopIR
package import Support

/// Which element types an elementwise operation takes.
package enum ElementClass: Sendable {
  case floats, integers, numbers, booleans, integersAndBooleans, all

  /// Whether elements of a type may be operands.
  package func allows(_ dtype: DType) -> Bool {
    switch self {
    case .floats: dtype.isFloat
    case .integers: dtype.isInteger
    case .numbers: dtype != .bool
    case .booleans: dtype == .bool
    case .integersAndBooleans: !dtype.isFloat
    case .all: true
    }
  }

  /// The class in the words of a diagnostic.
  package var words: String {
    switch self {
    case .floats: "floating-point numbers"
    case .integers: "integers"
    case .numbers: "numbers"
    case .booleans: "'bool'"
    case .integersAndBooleans: "integers or 'bool'"
    case .all: "any type"
    }
  }
}

extension Operation {
  /// An elementwise operation whose operands all have one type.
  ///
  /// - Parameters:
  ///   - result: the type of the result's elements from that of the operands; the same if not given.
  ///   - domains: where each operand is drawn from in tests.
  package static func pointwise(
    _ name: String, operands count: Int, of elements: ElementClass,
    result: @escaping @Sendable (DType) -> DType = { $0 },
    derivative: Derivative, reference: PointReference, domains: [Sample.Domain],
    notation: Notation = .function, isCommutative: Bool = false,
    body: @escaping @Sendable (inout LoopBuilder, PointContext) -> ScalarID
  ) -> Operation {
    Operation(
      name, arity: .exactly(count),
      infer: { query throws(TypeError) in
        let dtype = try TypeRules.common(query.operands)
        guard elements.allows(dtype) else {
          throw TypeError("'\(name)' takes \(elements.words), not '\(dtype.rawValue)'")
        }
        let shape = try TypeRules.broadcast(query.operands.map(\.shape))
        return [TensorType(result(dtype), shape)]
      },
      derivative: derivative,
      evaluate: { context in [reference.evaluate(context)] },
      lowering: Kernel.pointwise(body),
      samples: Operation.pointwiseSamples(domains), notation: notation,
      isCommutative: isCommutative)
  }

  /// Operands of equal shapes, and, for several operands, of shapes that broadcast.
  private static func pointwiseSamples(_ domains: [Sample.Domain]) -> [Sample] {
    let equal = Sample(shapes: domains.map { _ in [2, 3] }, domains: domains)
    if domains.count == 1 { return [equal] }
    let stretched = Sample(
      shapes: domains.indices.map { [[2, 1], [3], []][$0 % 3] }, domains: domains)
    return [equal, stretched]
  }

  /// A floating function of one number: its derivative as factors, which may use the result.
  package static func function(
    _ name: String, domain: Sample.Domain,
    derivative: @escaping @Sendable (inout Builder, Value, Value) -> [Factor],
    reference: @escaping @Sendable (Double) -> Double,
    body: @escaping @Sendable (inout LoopBuilder, ScalarID) -> ScalarID
  ) -> Operation {
    pointwise(
      name, operands: 1, of: .floats,
      derivative: .pointwise([.factors { b, c in derivative(&b, c.operands[0], c.result) }]),
      reference: .floats { reference($0[0]) }, domains: [domain]
    ) { b, c in body(&b, c.operands[0]) }
  }
}
