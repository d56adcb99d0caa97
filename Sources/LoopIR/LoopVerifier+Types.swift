import Support

extension LoopVerifier {
  /// Checks that a scalar has the type that its instruction gives.
  func verifyTypes(_ id: ScalarID) throws(LoopVerificationError) {
    let type = body[id].type
    guard type.lanes >= 1 else { throw failure(id, "has \(type.lanes) lanes") }
    guard type.element == type.element.arithmetic else { throw failure(id, "is of a half type") }
    let lanes = try verifyOperands(id)
    guard lanes == type.lanes else {
      throw failure(id, "has \(type.lanes) lanes, its operands \(lanes)")
    }
  }

  /// Checks a scalar against its operands; gives the number of lanes that they make.
  private func verifyOperands(_ id: ScalarID) throws(LoopVerificationError) -> Int {
    let type = body[id].type
    switch body[id].instruction {
    case .constant, .dim, .loopVariable, .index, .isWanted, .carried, .loopResult:
      return try verifyLeaf(id)
    case .unary(let operation, let a):
      try require(fits(operation, type.element) && body[a].type.element == type.element, id)
      return body[a].type.lanes
    case .binary(let operation, let a, let b): return try verifyBinary(id, operation, a, b)
    case .compare(_, let a, let b):
      try require(type.element == .bool && body[a].type.element == body[b].type.element, id)
      return try joined(body[a].type.lanes, body[b].type.lanes)
    case .multiplyAdd(let a, let b, let c):
      try require(isArithmeticFloat(type.element), id)
      return try verifySame(id, [a, b, c])
    case .select(let condition, let a, let b):
      try require(body[condition].type.element == .bool, id)
      return try joined(body[condition].type.lanes, verifySame(id, [a, b]))
    case .convert(let a): return body[a].type.lanes
    case .bitcast(let a):
      let from = body[a].type.element
      try require(
        from.bitWidth == type.element.bitWidth && from != .bool && type.element != .bool, id)
      return body[a].type.lanes
    case .call(let function, let arguments):
      try require(isArithmeticFloat(type.element) && arguments.count == function.arity, id)
      return try verifySame(id, arguments)
    case .load(let access, let mask): return try verifyLoad(id, access, mask)
    case .acrossLanes(let operation, let a):
      try require(body[a].type.element == type.element, id)
      try verify(combining: operation, type.element, failure(id, "combines by"))
      return 1
    case .accumulate(let operation, let a, let b):
      try verify(combining: operation, type.element, failure(id, "combines by"))
      return try verifySame(id, [a, b])
    case .round(let a, let element):
      try require(type.element == .f32 && element.arithmetic != element, id)
      return try verifySame(id, [a])
    case .splat(let a):
      try require(body[a].type == ScalarType(type.element) && type.lanes > 1, id)
      return type.lanes
    }
  }

  /// Checks a scalar that is computed from no other but those of positions.
  private func verifyLeaf(_ id: ScalarID) throws(LoopVerificationError) -> Int {
    let type = body[id].type
    switch body[id].instruction {
    case .constant(let literal):
      try require(fits(literal, type.element), id)
      return type.lanes
    case .dim(let dim):
      try require(type.element == .i64, id)
      try verify(dim)
      return 1
    case .loopVariable(let loop):
      try require(type.element == .i64 && openLoops.contains(loop), id)
      return body[loop].lanes
    case .index(let index):
      try require(type.element == .i64, id)
      return try verify(index)
    case .isWanted(let number):
      try require(type.element == .bool && number < function.results.count, id)
      return 1
    case .carried(let loop, let number), .loopResult(let loop, let number):
      return try verifyCarried(id, loop, number)
    case .unary, .binary, .compare, .multiplyAdd, .select, .convert, .bitcast, .call, .load,
      .acrossLanes, .splat, .accumulate, .round:
      preconditionFailure("has operands")
    }
  }

  /// Throws where a scalar does not fit its instruction.
  private func require(_ fits: Bool, _ id: ScalarID) throws(LoopVerificationError) {
    if !fits { throw failure(id, "\(body[id].instruction) does not give \(body[id].type)") }
  }

  /// Checks that operands have the element type of a scalar; gives their number of lanes.
  private func verifySame(
    _ id: ScalarID, _ operands: [ScalarID]
  ) throws(LoopVerificationError) -> Int {
    var lanes = 1
    for operand in operands {
      try require(body[operand].type.element == body[id].type.element, id)
      lanes = try joined(lanes, body[operand].type.lanes)
    }
    return lanes
  }

  /// Checks an operation on two values; gives its number of lanes.
  private func verifyBinary(
    _ id: ScalarID, _ operation: BinaryOperation, _ a: ScalarID, _ b: ScalarID
  ) throws(LoopVerificationError) -> Int {
    let element = body[id].type.element
    let isArithmetic = element.isInteger || isArithmeticFloat(element)
    let fits: Bool =
      switch operation {
      case .add, .subtract, .multiply, .divide, .remainder, .minimum, .maximum: isArithmetic
      case .and, .or, .xor: element.isInteger || element == .bool
      case .shiftLeft, .shiftRight, .shiftRightLogical: element.isInteger
      case .copysign, .scale: isArithmeticFloat(element)
      }
    try require(fits, id)
    return try verifySame(id, [a, b])
  }

  /// Checks a load; gives its number of lanes.
  private func verifyLoad(
    _ id: ScalarID, _ access: Access, _ mask: ScalarID?
  ) throws(LoopVerificationError) -> Int {
    let lanes = try verify(access)
    try require(body[access.buffer].element.arithmetic == body[id].type.element, id)
    guard let mask else { return lanes }
    return try joined(lanes, verify(mask: mask))
  }

  /// Checks what a loop carries or gives; gives its number of lanes.
  private func verifyCarried(
    _ id: ScalarID, _ loop: LoopID, _ number: Int
  ) throws(LoopVerificationError) -> Int {
    guard loop.index < body.loops.count, number < body[loop].carried.count else {
      throw failure(id, "loop \(loop.index) carries no value \(number)")
    }
    try require(body[body[loop].carried[number].initial].type == body[id].type, id)
    return body[id].type.lanes
  }

  /// Whether arithmetic on floating numbers is done in a type.
  private func isArithmeticFloat(_ element: DType) -> Bool { element == .f32 || element == .f64 }

  /// Whether a type may hold a literal.
  private func fits(_ literal: Literal, _ element: DType) -> Bool {
    switch literal {
    case .bool: element == .bool
    case .int: element != .bool
    case .float: element.isFloat
    }
  }

  /// Whether a type has an operation on one value.
  private func fits(_ operation: UnaryOperation, _ element: DType) -> Bool {
    switch operation {
    case .negate, .abs: element.isInteger || isArithmeticFloat(element)
    case .not: element.isInteger || element == .bool
    case .sqrt, .floor, .ceil, .trunc, .roundEven: isArithmeticFloat(element)
    }
  }
}

extension LibraryFunction {
  /// The number of its arguments.
  package var arity: Int {
    switch self {
    case .exp, .exp2, .expm1, .log, .log2, .log10, .log1p, .cbrt, .sin, .cos, .tan, .asin, .acos,
      .atan, .sinh, .cosh, .tanh, .asinh, .acosh, .atanh, .erf, .erfc, .tgamma, .lgamma:
      1
    case .pow, .atan2, .hypot, .fmod: 2
    }
  }
}
