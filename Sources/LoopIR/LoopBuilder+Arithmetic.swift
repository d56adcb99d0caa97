package import Support

/// Shorthands for the instructions that loop bodies of operations are made of. Where operands have
/// different numbers of lanes, those of one lane stand for all.
extension LoopBuilder {
  private func lanes(_ a: ScalarID, _ b: ScalarID) -> Int {
    max(body.scalars[a.index].type.lanes, body.scalars[b.index].type.lanes)
  }

  private func lanes(_ a: ScalarID, _ b: ScalarID, _ c: ScalarID) -> Int {
    max(lanes(a, b), type(c).lanes)
  }

  package mutating func constant(_ element: DType, _ literal: Literal) -> ScalarID {
    scalar(ScalarType(element), .constant(literal))
  }

  /// A number of a type as values of the type are held in registers: that of a narrow one, such as
  /// `f16`, is rounded to it.
  package mutating func constant(_ dtype: DType, rounding literal: Literal) -> ScalarID {
    let isNarrow = dtype.isFloat && dtype.arithmetic != dtype
    return constant(
      dtype.arithmetic, isNarrow ? .float(dtype.rounded(literal.double)) : literal)
  }

  /// A floating constant of the type of another scalar.
  package mutating func constant(_ value: Double, like other: ScalarID) -> ScalarID {
    let element = type(other).element
    return constant(element, element.isFloat ? .float(value) : .int(Int64(value)))
  }

  package mutating func dim(_ dim: Dim) -> ScalarID { scalar(.index, .dim(dim)) }

  package mutating func unary(_ operation: UnaryOperation, _ a: ScalarID) -> ScalarID {
    scalar(type(a), .unary(operation, a))
  }

  package mutating func binary(
    _ operation: BinaryOperation, _ a: ScalarID, _ b: ScalarID
  ) -> ScalarID {
    scalar(ScalarType(type(a).element, lanes: lanes(a, b)), .binary(operation, a, b))
  }

  package mutating func add(_ a: ScalarID, _ b: ScalarID) -> ScalarID { binary(.add, a, b) }
  package mutating func subtract(_ a: ScalarID, _ b: ScalarID) -> ScalarID {
    binary(.subtract, a, b)
  }
  package mutating func multiply(_ a: ScalarID, _ b: ScalarID) -> ScalarID {
    binary(.multiply, a, b)
  }
  package mutating func divide(_ a: ScalarID, _ b: ScalarID) -> ScalarID { binary(.divide, a, b) }
  package mutating func negate(_ a: ScalarID) -> ScalarID { unary(.negate, a) }

  package mutating func multiplyAdd(_ a: ScalarID, _ b: ScalarID, _ c: ScalarID) -> ScalarID {
    scalar(ScalarType(type(a).element, lanes: lanes(a, b, c)), .multiplyAdd(a, b, c))
  }

  package mutating func compare(
    _ comparison: Comparison, _ a: ScalarID, _ b: ScalarID
  ) -> ScalarID {
    scalar(ScalarType(.bool, lanes: lanes(a, b)), .compare(comparison, a, b))
  }

  package mutating func select(_ c: ScalarID, _ a: ScalarID, _ b: ScalarID) -> ScalarID {
    scalar(ScalarType(type(a).element, lanes: lanes(c, a, b)), .select(c, a, b))
  }

  package mutating func convert(_ a: ScalarID, to element: DType) -> ScalarID {
    type(a).element == element
      ? a : scalar(ScalarType(element, lanes: type(a).lanes), .convert(a))
  }

  package mutating func bitcast(_ a: ScalarID, to element: DType) -> ScalarID {
    scalar(ScalarType(element, lanes: type(a).lanes), .bitcast(a))
  }

  package mutating func call(_ function: LibraryFunction, _ arguments: ScalarID...) -> ScalarID {
    let lanes = arguments.map { type($0).lanes }.max() ?? 1
    return scalar(
      ScalarType(type(arguments[0]).element, lanes: lanes), .call(function, arguments))
  }

  /// The position along an axis as a scalar.
  package mutating func position(_ index: Index) -> ScalarID {
    let lanes = index.loops.map { body[$0.variable].lanes } + index.scalars.map { type($0.variable).lanes }
    return scalar(ScalarType(.i64, lanes: lanes.max() ?? 1), .index(index))
  }

  /// An element of a buffer, in the type of arithmetic.
  package mutating func load(
    _ buffer: BufferID, _ indices: [Index], mask: ScalarID? = nil
  ) -> ScalarID {
    var lanes = max(mask.map { type($0).lanes } ?? 1, body[buffer].lanes)
    for index in indices {
      for term in index.loops { lanes = max(lanes, body[term.variable].lanes) }
      for term in index.scalars { lanes = max(lanes, type(term.variable).lanes) }
    }
    let element = body[buffer].element.arithmetic
    return scalar(ScalarType(element, lanes: lanes), .load(Access(buffer, indices), mask: mask))
  }

  package mutating func store(
    _ value: ScalarID, to buffer: BufferID, _ indices: [Index],
    combining: BinaryOperation? = nil, mask: ScalarID? = nil
  ) {
    append(
      .store(Store(Access(buffer, indices), value, combining: combining, mask: mask, site: site)))
  }
}
