package import GraphIR
import Support

extension Operation {
  /// Runs its region once for each turn, as `LoopForm` says.
  package static let loop: Operation = .init(
    "loop", arity: .atLeast(0),
    infer: { query throws(TypeError) in try LoopTypes(query).results() },
    derivative: .regions,
    evaluate: { context throws(EvaluationError) in try LoopRun(context).results() },
    lowering: Kernel.regions, samples: [], notation: .function)
}

/// The types of a loop by their roles.
private struct LoopTypes {
  let form: LoopForm
  let query: TypeQuery

  init(_ query: TypeQuery) throws(TypeError) {
    guard case .loop(let form) = query.attributes else { throw TypeError("needs the form of a loop") }
    self.form = form
    self.query = query
    let least = form.sequences + form.carried + (form.isBounded ? 1 : 0)
    guard query.operands.count >= least, query.regions.count == (form.isWhile ? 2 : 1) else {
      throw TypeError("\(query.operands.count) operands do not fit a loop")
    }
  }

  /// The types of the results, if the regions fit the operands.
  func results() throws(TypeError) -> [TensorType] {
    let operands = query.operands
    for type in operands[..<form.sequences] where type.shape.first != form.count {
      throw TypeError("a loop of \(form.count) turns does not go through \(type)", dims: type.shape)
    }
    let elements = operands[..<form.sequences].map { TensorType($0.dtype, Array($0.shape[1...])) }
    let carried = Array(operands[form.carriedOperands])
    let captures = Array(operands[form.captures(of: operands.count)])
    let body = query.regions[0]
    try match(
      body.parameters.map { body.type($0.value) }, [TensorType(.i64)] + elements + carried + captures)
    let results = body.outputs.map { body.type($0.value) }
    try match(Array(results.prefix(form.carried)), carried)
    guard results.count == form.carried + form.stacked else {
      throw TypeError("the body of a loop has \(results.count) results")
    }
    if form.isWhile {
      let condition = query.regions[1]
      try match(condition.parameters.map { condition.type($0.value) }, carried + captures)
      try match(condition.outputs.map { condition.type($0.value) }, [TensorType(.bool)])
    }
    let stacks = results[form.stackedResults].map { TensorType($0.dtype, [form.count] + $0.shape) }
    return carried + stacks + (form.isWhile ? [TensorType(.i64)] : [])
  }

  private func match(_ given: [TensorType], _ wanted: [TensorType]) throws(TypeError) {
    guard given == wanted else {
      throw TypeError("the region of a loop has \(given), not \(wanted)")
    }
  }
}

/// A loop under evaluation.
private struct LoopRun {
  let context: EvaluationContext
  let form: LoopForm

  init(_ context: EvaluationContext) throws(EvaluationError) {
    guard case .loop(let form) = context.attributes else {
      throw EvaluationError("a loop needs its form")
    }
    self.context = context
    self.form = form
  }

  func results() throws(EvaluationError) -> [Tensor] {
    let count = try context.size(form.count)
    var limit = count
    if form.isBounded, let bound = context.operands.last { limit = min(limit, Int(bound.integers[0])) }
    let captures = Array(context.operands[form.captures(of: context.operands.count)])
    var carried = Array(context.operands[form.carriedOperands])
    var stacks: [[Tensor?]] = Array(
      repeating: Array(repeating: nil, count: count), count: form.stacked)
    var turns = 0
    while turns < limit {
      if form.isWhile {
        let goes = try run(context.regions[1], carried + captures)[0]
        if goes.integers[0] == 0 { break }
      }
      let number = form.isReversed ? limit - 1 - turns : turns
      let index = Tensor(.i64, [], integers: [Int64(number)])
      let elements = context.operands[..<form.sequences].map { LoopRun.element($0, number) }
      let results = try run(context.regions[0], [index] + elements + carried + captures)
      carried = Array(results[..<form.carried])
      for slot in 0..<form.stacked { stacks[slot][number] = results[form.carried + slot] }
      turns += 1
    }
    let stacked = stacks.enumerated().map { slot, elements in
      LoopRun.stack(
        elements, context.resultTypes[form.carried + slot], context.resultShapes[form.carried + slot])
    }
    return carried + stacked + (form.isWhile ? [Tensor(.i64, [], integers: [Int64(turns)])] : [])
  }

  private func run(_ region: Graph, _ values: [Tensor]) throws(EvaluationError) -> [Tensor] {
    var evaluator = Evaluator(graph: region, sizes: context.sizes)
    return try evaluator.run(values)
  }

  /// The element of a sequence at a turn.
  private static func element(_ sequence: Tensor, _ number: Int) -> Tensor {
    let shape = Array(sequence.shape[1...])
    let count = shape.reduce(1, *)
    return sequence.gathering(Array(number * count..<(number + 1) * count), shape: shape)
  }

  /// The elements along a new leading axis; zeros where a turn has not run.
  private static func stack(_ elements: [Tensor?], _ dtype: DType, _ shape: [Int]) -> Tensor {
    let count = shape.dropFirst().reduce(1, *)
    if dtype.isFloat {
      let values = elements.flatMap { $0?.floats ?? Array(repeating: 0, count: count) }
      return Tensor(dtype, shape, floats: values)
    }
    let values = elements.flatMap { $0?.integers ?? Array(repeating: 0, count: count) }
    return Tensor(dtype, shape, integers: values)
  }
}
