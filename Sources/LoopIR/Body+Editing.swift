extension Body {
  /// Adds to the body in place: what `build` defines is the body's, what it appends to the builder's
  /// own blocks is lost unless `build` gives it back.
  package mutating func extend<Result>(_ build: (inout LoopBuilder) -> Result) -> Result {
    var builder = LoopBuilder(body: Body())
    swap(&builder.body, &self)
    defer { swap(&builder.body, &self) }
    return build(&builder)
  }

  /// The buffer that owns the memory of a buffer: itself, unless it is an alias.
  package func owner(of buffer: BufferID) -> BufferID {
    var owner = buffer
    while case .alias(let source) = self[owner].storage { owner = source }
    return owner
  }
}

extension Instruction {
  /// The instruction with other scalars in place of those that it uses.
  package func mapOperands(_ map: (ScalarID) -> ScalarID) -> Instruction {
    switch self {
    case .constant, .dim, .loopVariable, .isWanted, .carried, .loopResult: self
    case .index(let index): .index(index.mapScalars(map))
    case .unary(let operation, let a): .unary(operation, map(a))
    case .binary(let operation, let a, let b): .binary(operation, map(a), map(b))
    case .compare(let comparison, let a, let b): .compare(comparison, map(a), map(b))
    case .multiplyAdd(let a, let b, let c): .multiplyAdd(map(a), map(b), map(c))
    case .select(let a, let b, let c): .select(map(a), map(b), map(c))
    case .convert(let a): .convert(map(a))
    case .bitcast(let a): .bitcast(map(a))
    case .call(let function, let arguments): .call(function, arguments.map(map))
    case .load(let access, let mask): .load(access.mapScalars(map), mask: mask.map(map))
    case .acrossLanes(let operation, let a): .acrossLanes(operation, map(a))
    case .splat(let a): .splat(map(a))
    case .accumulate(let operation, let a, let b): .accumulate(operation, map(a), map(b))
    case .round(let a, let type): .round(map(a), to: type)
    }
  }
}

extension Index {
  /// The position with other scalars in place of those that it uses.
  package func mapScalars(_ map: (ScalarID) -> ScalarID) -> Index {
    if scalars.isEmpty { return self }
    var result = self
    result.scalars = scalars.map { Term(variable: map($0.variable), coefficient: $0.coefficient) }
    return result
  }
}

extension Access {
  /// The access with other scalars in place of those that it uses.
  package func mapScalars(_ map: (ScalarID) -> ScalarID) -> Access {
    if indices.allSatisfy(\.scalars.isEmpty) { return self }
    return Access(buffer, indices.map { $0.mapScalars(map) })
  }
}

extension Store {
  /// The store with other scalars in place of those that it uses.
  package func mapScalars(_ map: (ScalarID) -> ScalarID) -> Store {
    Store(
      access.mapScalars(map), map(value), combining: combining, mask: mask.map(map), site: site)
  }
}
