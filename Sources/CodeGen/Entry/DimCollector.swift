import LoopIR
import Support

/// Finds the sizes that a function computes with.
struct DimCollector {
  private var seen: Set<Dim> = []
  private var dims: [Dim] = []

  /// The sizes that are more than a number or a symbol, in the order in which they occur. Products
  /// of axes, which addresses need, are not among them: they fit wherever there are elements.
  static func dims(of function: LoopFunction) -> [Dim] {
    var collector = DimCollector()
    for formal in function.parameters + function.results { collector.add(formal.shape) }
    for requirement in function.requirements { collector.add(requirement) }
    for body in function.bodies { collector.add(body) }
    return collector.dims
  }

  /// Adds a size, unless it is a number or a symbol.
  private mutating func add(_ dim: Dim) {
    guard dim.constant == nil, dim.symbolName == nil else { return }
    if seen.insert(dim).inserted { dims.append(dim) }
  }

  /// Adds the sizes of a shape.
  private mutating func add(_ shape: [Dim]) {
    for dim in shape { add(dim) }
  }

  /// Adds the sizes that a requirement compares.
  private mutating func add(_ requirement: Requirement) {
    switch requirement.condition {
    case .equal(let a, let b), .multiple(let a, let b): add([a, b])
    case .nonNegative(let dim): add(dim)
    }
  }

  /// Adds what a body computes with.
  private mutating func add(_ body: Body) {
    for buffer in body.buffers { add(buffer.shape) }
    for loop in body.loops { add(loop.extent) }
    for scalar in body.scalars { add(scalar.instruction) }
    add(body.block, body)
  }

  /// Adds the sizes that C functions are given.
  private mutating func add(_ block: Block, _ body: Body) {
    for item in block.items {
      switch item {
      case .external(let call):
        add(call.sizes)
        for access in call.accesses { for index in access.indices { add(index) } }
      case .loop(let id): add(body[id].body, body)
      case .branch(_, let then, let otherwise):
        add(then, body)
        add(otherwise, body)
      case .scalar, .store, .check, .stopIfFailed: break
      }
    }
  }

  /// Adds the sizes in a position.
  private mutating func add(_ index: Index) {
    add(index.offset)
    for term in index.loops { add(term.coefficient) }
    for term in index.scalars { add(term.coefficient) }
  }

  /// Adds the sizes in an instruction; those of addresses are products of axes.
  private mutating func add(_ instruction: Instruction) {
    switch instruction {
    case .dim(let dim): add(dim)
    case .index(let index): add(index)
    case .constant, .loopVariable, .isWanted, .unary, .binary, .compare, .multiplyAdd, .select,
      .convert, .bitcast, .call, .load, .carried, .loopResult, .acrossLanes, .splat, .accumulate,
      .round:
      break
    }
  }
}
