package import GraphIR
package import LoopIR
package import Support

/// What the loop body of an elementwise operation sees.
package struct PointContext: Sendable {
  /// The elements of the operands, in the type of arithmetic: the half types come as `f32`.
  package var operands: [ScalarID]
  /// The types of the elements of operands and result, as the graph has them.
  package var operandTypes: [DType]
  package var resultType: DType
  package var attributes: Attributes

  package init(
    operands: [ScalarID], operandTypes: [DType], resultType: DType, attributes: Attributes
  ) {
    self.operands = operands
    self.operandTypes = operandTypes
    self.resultType = resultType
    self.attributes = attributes
  }
}

/// What a rule about positions sees of a node.
package struct ShapeContext: Sendable {
  package var operandShapes: [[Dim]]
  package var resultShape: [Dim]
  package var attributes: Attributes

  package init(operandShapes: [[Dim]], resultShape: [Dim], attributes: Attributes) {
    self.operandShapes = operandShapes
    self.resultShape = resultShape
    self.attributes = attributes
  }
}

/// A region of a result that one operand fills, element by element; an operand without axes fills
/// it with its one value.
package struct Piece: Sendable {
  package var operand: Int
  /// One for each axis of the result.
  package var region: [SliceAxis]

  package init(operand: Int, region: [SliceAxis]) {
    self.operand = operand
    self.region = region
  }
}

/// How elements are combined along the axes of a reduction.
package struct Reduction: Sendable {
  package var combine: BinaryOperation
  /// What an empty reduction gives, and where others begin.
  package var identity: @Sendable (DType) -> Literal

  package init(combine: BinaryOperation, identity: @escaping @Sendable (DType) -> Literal) {
    self.combine = combine
    self.identity = identity
  }
}

/// What a routine works on.
package struct RoutineContext: Sendable {
  package var operands: [BufferID]
  package var results: [BufferID]
  /// Whether anything uses each result; one that nothing uses need not be written.
  package var isUsed: [Bool]
  package var attributes: Attributes

  package init(
    operands: [BufferID], results: [BufferID], isUsed: [Bool], attributes: Attributes
  ) {
    self.operands = operands
    self.results = results
    self.isUsed = isUsed
    self.attributes = attributes
  }
}

/// The three tensors of a convolution, each of which is made of the two others.
package enum ConvolutionRole: Sendable {
  /// From the image and the kernel.
  case output
  /// From the output and the kernel.
  case image
  /// From the image and the output.
  case kernel
}

/// How an operation turns into loops.
package enum Kernel: Sendable {
  /// A parameter, a scalar constant or constant data: there already.
  case leaf
  /// An element of the result from the elements of the operands at the same place, with
  /// broadcasting. The body gives the element in the type of arithmetic of the result.
  case pointwise(@Sendable (inout LoopBuilder, PointContext) -> ScalarID)
  /// An element of the result is one element of operand 0: at which position.
  case view(@Sendable (ShapeContext, [Index]) -> [Index])
  /// The same elements in row-major order under another shape.
  case reshape
  /// An element of the result from its position alone.
  case generator(@Sendable (inout LoopBuilder, ShapeContext, [Index]) -> ScalarID)
  /// The result put together from regions, later ones over earlier ones.
  case assembly(@Sendable (ShapeContext) -> [Piece])
  /// Operand 0 with the elements of other operands added in regions of it.
  case sumOfPieces(@Sendable (ShapeContext) -> [Piece])
  /// Elements combined along axes, which are the attributes'.
  case reduction(Reduction)
  /// The first position along one axis of the element that comes before all others.
  case search(Comparison)
  /// Sums of products, as `Contraction` says.
  case contraction
  /// Sums of products over windows, as `Convolution` says: which of the three tensors is made.
  case convolution(ConvolutionRole)
  /// Zeros, to which each element of operand 0 is added at the position that the function gives;
  /// of `bool`, where a sum is an `or`.
  case accumulation(@Sendable (ShapeContext, [Index]) -> [Index])
  /// The elements of operand 0 at positions that the operands behind it give at run time.
  case gather
  /// Operand 0 with the elements of operand 1 at positions that the operands behind it give at run
  /// time: combined with what stands there, or, without a combination, in its place, the last one
  /// winning.
  case scatter(BinaryOperation?)
  /// Loops written out, over buffers of the operands and of the results.
  case routine(@Sendable (inout LoopBuilder, RoutineContext) -> Void)
  /// The operation's regions, run as its attributes say.
  case regions
  /// Other operations that compute the same: operands and attributes to results.
  case expansion(@Sendable (inout Builder, DerivativeContext) -> [Value])
  /// Gone before lowering: a derivative that was asked for.
  case request
}

/// The kernel of an operation, as the graph holds it.
private final class KernelFacet: LoweringFacet {
  let kernel: Kernel
  init(_ kernel: Kernel) { self.kernel = kernel }
}

extension Operation {
  /// An operation that becomes loops as a kernel says.
  package convenience init(
    _ name: String, arity: Arity,
    infer: @escaping @Sendable (TypeQuery) throws(TypeError) -> [TensorType],
    derivative: Derivative,
    evaluate: @escaping @Sendable (EvaluationContext) throws(EvaluationError) -> [Tensor],
    lowering: Kernel, samples: [Sample], notation: Notation, isCommutative: Bool = false
  ) {
    self.init(
      name, arity: arity, infer: infer, derivative: derivative, evaluate: evaluate,
      lowering: KernelFacet(lowering), samples: samples, notation: notation,
      isCommutative: isCommutative)
  }

  /// How the operation turns into loops.
  ///
  /// Passes ask for it at every node, so that the cast is not checked: there are no other facets.
  package var kernel: Kernel { unsafeDowncast(lowering, to: KernelFacet.self).kernel }

  /// Whether it works element by element.
  package var isPointwise: Bool {
    if case .pointwise = kernel { true } else { false }
  }
}
