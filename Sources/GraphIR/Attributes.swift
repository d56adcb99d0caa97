package import Support

/// One axis of a static slice: `size` elements from `start` on, `step` apart.
package struct SliceAxis: Hashable, Sendable {
  package var start: Dim
  package var step: Int
  package var size: Dim

  package init(start: Dim, step: Int, size: Dim) {
    self.start = start
    self.step = step
    self.size = size
  }

  /// The whole of an axis.
  package static func whole(_ size: Dim) -> SliceAxis {
    SliceAxis(start: Dim(0), step: 1, size: size)
  }
}

/// Padding of one axis: elements before, behind, and between neighbours.
package struct PadAxis: Hashable, Sendable {
  package var low: Dim
  package var high: Dim
  /// Elements put between two neighbours.
  package var interior: Int

  package init(low: Dim, high: Dim, interior: Int = 0) {
    self.low = low
    self.high = high
    self.interior = interior
  }
}

/// Which axes of two tensors a contraction pairs.
///
/// The result has the batch axes, then the free axes of the left, then those of the right operand.
package struct Contraction: Hashable, Sendable {
  package var leftBatch: [Int]
  package var rightBatch: [Int]
  package var leftSummed: [Int]
  package var rightSummed: [Int]

  package init(leftBatch: [Int] = [], rightBatch: [Int] = [], leftSummed: [Int], rightSummed: [Int])
  {
    self.leftBatch = leftBatch
    self.rightBatch = rightBatch
    self.leftSummed = leftSummed
    self.rightSummed = rightSummed
  }

  /// The axes of the left operand of that rank that are neither batch nor summed.
  package func leftFree(rank: Int) -> [Int] {
    (0..<rank).filter { !leftBatch.contains($0) && !leftSummed.contains($0) }
  }

  /// The axes of the right operand of that rank that are neither batch nor summed.
  package func rightFree(rank: Int) -> [Int] {
    (0..<rank).filter { !rightBatch.contains($0) && !rightSummed.contains($0) }
  }
}

/// How positions that are known at run time pick elements of a tensor.
///
/// Each of `axes` has a tensor of positions, all of one shape; negative ones count from the end. In
/// the picked tensor that shape stands at axis `place`, among the tensor's other axes in order.
package struct Picking: Hashable, Sendable {
  package var axes: [Int]
  package var place: Int

  package init(axes: [Int], place: Int) {
    self.axes = axes
    self.place = place
  }

  /// The axes of a tensor of that rank that positions do not pick from.
  package func others(rank: Int) -> [Int] { (0..<rank).filter { !axes.contains($0) } }

  /// The shape of what is picked.
  package func shape(of tensor: [Dim], positions: [Dim]) -> [Dim] {
    let others = others(rank: tensor.count).map { tensor[$0] }
    return Array(others[..<place]) + positions + Array(others[place...])
  }
}

/// Which matrix is meant by the elements of an operand.
package struct MatrixForm: Hashable, Sendable {
  /// Whether its elements are those of the lower triangle, else of the upper one.
  package var isLower: Bool
  /// Whether its diagonal counts as 1, whatever stands there.
  package var hasUnitDiagonal: Bool
  /// Whether its transpose is meant.
  package var isTransposed: Bool

  package init(isLower: Bool = true, hasUnitDiagonal: Bool = false, isTransposed: Bool = false) {
    self.isLower = isLower
    self.hasUnitDiagonal = hasUnitDiagonal
    self.isTransposed = isTransposed
  }

  /// The form of the transpose.
  package var transposed: MatrixForm {
    var form = self
    form.isTransposed.toggle()
    return form
  }
}

/// How a loop runs its body.
///
/// The operands are the sequences, whose leading axes are gone through together; the first values
/// of what is carried; what the body captures; and, where the loop is bounded, the number of turns.
/// The body's parameters are the number of the turn, an element of each sequence, the carried values
/// on entry, and the captures; its results are the carried values for the next turn, then what is
/// stacked. A `while` has a second region: its parameters are the carried values and the captures,
/// its result says whether a turn begins. The results of the loop are the last carried values, the
/// stacks, and of a `while` the number of turns.
package struct LoopForm: Hashable, Sendable {
  /// The number of turns; of a bounded loop and of a `while` the greatest.
  package var count: Dim
  package var sequences: Int
  package var carried: Int
  package var stacked: Int
  /// How many of the stacks, the last ones, hold what the loop's reverse needs of each turn.
  package var saved = 0
  /// Whether it runs from the last turn to the first.
  package var isReversed: Bool
  package var isBounded: Bool
  package var isWhile: Bool
  /// After how many turns each the reverse goes on from what was carried, and computes the turns
  /// between again: descending, each within the one before. Empty where costs decide.
  package var checkpoints: [Int] = []
  /// Whether each turn is a block of rows of what is computed row by row.
  package var isBlocked = false

  package init(
    count: Dim, sequences: Int, carried: Int, stacked: Int, isReversed: Bool = false,
    isBounded: Bool = false, isWhile: Bool = false
  ) {
    self.count = count
    self.sequences = sequences
    self.carried = carried
    self.stacked = stacked
    self.isReversed = isReversed
    self.isBounded = isBounded
    self.isWhile = isWhile
  }

  /// The same form with another number of turns.
  package func with(count: Dim) -> LoopForm {
    var form = self
    form.count = count
    return form
  }

  /// The places of the operands by their roles.
  package var carriedOperands: Range<Int> { sequences..<(sequences + carried) }
  package func captures(of operandCount: Int) -> Range<Int> {
    (sequences + carried)..<(operandCount - (isBounded ? 1 : 0))
  }

  /// The places of the results by their roles.
  package var carriedResults: Range<Int> { 0..<carried }
  package var stackedResults: Range<Int> { carried..<(carried + stacked) }
}

/// A call of a func that has derivatives of its own.
///
/// The operands are the arguments, then what the regions capture, which are further parameters of
/// each of them. The regions are the body; if there is a `jvp`, from the arguments, the results and
/// the tangents of the floating arguments to those of the floating results; if there is a `vjp`,
/// from the arguments, the results and the cotangents of the floating results to those of the
/// floating arguments.
package struct CallForm: Hashable, Sendable {
  /// The name of the func.
  package var name: String
  /// How many of the operands are arguments.
  package var arguments: Int
  package var hasJvp: Bool
  package var hasVjp: Bool

  package init(name: String, arguments: Int, hasJvp: Bool, hasVjp: Bool) {
    self.name = name
    self.arguments = arguments
    self.hasJvp = hasJvp
    self.hasVjp = hasVjp
  }

  /// The number of the region with the `jvp`, and of that with the `vjp`.
  package var jvpRegion: Int? { hasJvp ? 1 : nil }
  package var vjpRegion: Int? { hasVjp ? (hasJvp ? 2 : 1) : nil }
}

/// A C function that the program around defines, as it is declared, and the sizes of a call.
package struct ExternalForm: Hashable, Sendable {
  /// A parameter or a result.
  package struct Formal: Hashable, Sendable {
    package var name: String
    package var type: TensorType

    package init(_ name: String, _ type: TensorType) {
      self.name = name
      self.type = type
    }
  }

  package var name: String
  /// The symbols in the types, in the order of the C function's arguments.
  package var symbols: [String]
  package var parameters: [Formal]
  package var results: [Formal]
  /// What the symbols are in this call.
  package var sizes: [Dim]

  package init(
    name: String, symbols: [String], parameters: [Formal], results: [Formal], sizes: [Dim]
  ) {
    self.name = name
    self.symbols = symbols
    self.parameters = parameters
    self.results = results
    self.sizes = sizes
  }

  /// The type of a parameter or a result in this call.
  package func type(of formal: Formal) -> TensorType {
    let dims = Dictionary(zip(symbols, sizes)) { first, _ in first }
    return TensorType(
      formal.type.dtype, formal.type.shape.map { $0.substituting(dims) })
  }
}

/// A derivative that the user asks for; the node's operands are, in order, what is differentiated,
/// the `wrt`, what `along` gives, and the `constant` values.
package struct DerivativeRequest: Hashable, Sendable {
  /// The form of the derivative.
  package enum Form: String, Hashable, Sendable {
    case grad, valueAndGrad = "value_and_grad", vjp, jvp, jacobian, hessian, hvp
  }

  package var form: Form
  package var wrtCount: Int
  package var alongCount: Int
  package var constantCount: Int
  /// Whether what is not reached gets a zero; else it is an error.
  package var zeroWhereDisconnected: Bool

  package init(
    form: Form, wrtCount: Int, alongCount: Int = 0, constantCount: Int = 0,
    zeroWhereDisconnected: Bool = false
  ) {
    self.form = form
    self.wrtCount = wrtCount
    self.alongCount = alongCount
    self.constantCount = constantCount
    self.zeroWhereDisconnected = zeroWhereDisconnected
  }
}

/// What a node knows beside its operands; the large and rare cases are boxed, to keep nodes small.
package enum Attributes: Hashable, Sendable {
  case none
  /// The value and the type of a scalar constant.
  case literal(Literal, DType)
  /// The place of a constant tensor in the graph's data.
  case data(Int)
  /// The number of a parameter.
  case parameter(Int)
  /// A number that belongs to the operation, such as the order of `polygamma`.
  case integer(Int)
  case dtype(DType)
  case axis(Int)
  /// Several axes, or a permutation of all.
  case axes([Int])
  /// Axes of a reduction, ascending; `keepDims` leaves each as an axis of one.
  case reduction(axes: [Int], keepDims: Bool)
  case shape([Dim])
  /// Random numbers of a shape and a type.
  case draw([Dim], DType)
  case slice([SliceAxis])
  case pad([PadAxis])
  /// Several paddings, one for each part of a sum.
  case pads([[PadAxis]])
  indirect case contraction(Contraction)
  /// Windows along the last axes of an operand.
  case windows([WindowAxis])
  indirect case convolution(Convolution)
  indirect case picking(Picking)
  case matrix(MatrixForm)
  indirect case loop(LoopForm)
  indirect case call(CallForm)
  indirect case external(ExternalForm)
  indirect case derivative(DerivativeRequest)
}
