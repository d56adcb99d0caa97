import LLVMInterop
import LoopIR
import Support

extension BodyEmitter {
  /// Emits the computation of a scalar.
  func compute(_ id: ScalarID) -> IRValue {
    let type = body.scalars[id.index].type
    switch body.scalars[id.index].instruction {
    case .constant(let literal):
      return state.constants?.loadNarrow(id, object) ?? object.literal(literal, type)
    case .dim(let dim): return object.dim(dim, scope)
    case .loopVariable(let loop): return variable(loop)
    case .index(let index): return position(index, lanes: type.lanes)
    case .isWanted(let number): return isWanted(number)
    case .unary(let operation, let a): return object.unary(operation, value(a), type.element)
    case .binary(let operation, let a, let b):
      return object.binary(
        operation, value(a, lanes: type.lanes),
        safeOperand(of: operation, b, type), type.element)
    case .accumulate(let operation, let a, let b):
      return object.accumulate(
        operation, value(a, lanes: type.lanes), value(b, lanes: type.lanes), type.element)
    case .compare(let comparison, let a, let b):
      return object.compare(
        comparison, value(a, lanes: type.lanes), value(b, lanes: type.lanes),
        body.scalars[a.index].type.element)
    case .multiplyAdd(let a, let b, let c):
      return object.multiplyAdd(
        value(a, lanes: type.lanes), value(b, lanes: type.lanes), value(c, lanes: type.lanes))
    case .select(let condition, let a, let b):
      return object.builder.select(
        value(condition), value(a, lanes: type.lanes), value(b, lanes: type.lanes))
    case .convert(let a):
      return object.convert(value(a), from: body.scalars[a.index].type.element, to: type.element)
    case .bitcast(let a): return object.builder.bitcast(value(a), to: object.registerType(type))
    case .round(let a, let element): return object.rounded(value(a), to: element)
    case .call(let function, let arguments):
      return object.call(function, arguments.map { value($0, lanes: type.lanes) }, type)
    case .load(let access, let mask): return load(access, mask: mask, type)
    case .carried, .loopResult: preconditionFailure("what a loop carries stands in no block")
    case .acrossLanes(let operation, let a): return acrossLanes(operation, a)
    case .splat(let a): return value(a, lanes: type.lanes)
    }
  }

  /// The right operand; a divisor in a lane behind the end of a loop is 1, since it may be
  /// anything there.
  private func safeOperand(
    of operation: BinaryOperation, _ b: ScalarID, _ type: ScalarType
  ) -> IRValue {
    let operand = value(b, lanes: type.lanes)
    guard operation == .divide || operation == .remainder, type.element.isInteger, type.lanes > 1,
      let activeLanes
    else { return operand }
    return object.builder.select(activeLanes, operand, operand.type.constant(1))
  }

  /// Whether the caller wants a result.
  private func isWanted(_ number: Int) -> IRValue {
    if let known = wanted[number] { return known ? object.context.true : object.context.false }
    guard let pointer = argument(.result(number)) else { return object.context.false }
    return object.builder.not(object.builder.isNull(pointer))
  }

  /// One value of all lanes that are within the end of the loop.
  private func acrossLanes(_ operation: BinaryOperation, _ a: ScalarID) -> IRValue {
    let element = body.scalars[a.index].type.element
    return acrossLanes(operation, value(a), element, active: activeLanes)
  }

  /// One value of those lanes that a mask has, or of all.
  func acrossLanes(
    _ operation: BinaryOperation, _ vector: IRValue, _ element: DType, active: IRValue?
  ) -> IRValue {
    guard vector.type.isVector else { return vector }
    var vector = vector
    if let active {
      let neutral = object.neutral(operation, element, vector.type)
      vector = object.builder.select(active, vector, neutral)
    }
    if operation == .minimum || operation == .maximum, !object.isOrdered(element) {
      let lanes = (0..<vector.type.laneCount).map { object.builder.extract(vector, lane: $0) }
      return lanes.dropFirst().reduce(lanes[0]) { object.binary(operation, $0, $1, element) }
    }
    let flags = object.builder.fastMath
    object.builder.fastMath.insert(.reassociate)
    defer { object.builder.fastMath = flags }
    return object.builder.reduce(object.reduction(operation, element), vector)
  }
}

extension ObjectEmitter {
  /// The value that changes nothing when it is combined.
  func neutral(_ operation: BinaryOperation, _ element: DType, _ type: IRType) -> IRValue {
    switch operation {
    case .add: element.isFloat ? type.constant(-0.0) : type.zero
    case .multiply: type.constant(1)
    case .minimum: greatest(element, type)
    case .maximum: least(element, type)
    case .and: type.allOnes
    case .or, .xor: type.zero
    case .subtract, .divide, .remainder, .shiftLeft, .shiftRight, .shiftRightLogical, .copysign,
      .scale:
      preconditionFailure("lanes are not combined by \(operation)")
    }
  }

  /// The greatest value of a type, in every lane.
  private func greatest(_ element: DType, _ type: IRType) -> IRValue {
    if element.isFloat { return type.constant(Double.infinity) }
    return element.isSigned ? type.constant(element.integerRange.1) : type.allOnes
  }

  /// The least value of a type, in every lane.
  private func least(_ element: DType, _ type: IRType) -> IRValue {
    if element.isFloat { return type.constant(-Double.infinity) }
    return element.isSigned ? type.constant(element.integerRange.0) : type.zero
  }

  /// How LLVM folds lanes.
  func reduction(_ operation: BinaryOperation, _ element: DType) -> VectorReduction {
    switch operation {
    case .add: element.isFloat ? .fadd : .add
    case .multiply: element.isFloat ? .fmul : .mul
    case .minimum: element.isFloat ? .fminimum : element.isSigned ? .smin : .umin
    case .maximum: element.isFloat ? .fmaximum : element.isSigned ? .smax : .umax
    case .and: .and
    case .or: .or
    case .xor: .xor
    case .subtract, .divide, .remainder, .shiftLeft, .shiftRight, .shiftRightLogical, .copysign,
      .scale:
      preconditionFailure("lanes are not combined by \(operation)")
    }
  }
}
