import Support

extension LoopVerifier {
  /// Checks that a buffer is what its storage says.
  func verify(_ buffer: Buffer) throws(LoopVerificationError) {
    for dim in buffer.shape { try verify(dim) }
    switch buffer.storage {
    case .parameter, .result, .update, .constant:
      guard buffer.lanes == 1 else { throw failure("buffer \(buffer.name) has lanes") }
    case .workspace, .local, .alias: break
    }
    switch buffer.storage {
    case .parameter(let number): try verify(buffer, is: number, of: function.parameters)
    case .result(let number): try verify(buffer, is: number, of: function.results)
    case .update(let number):
      try verify(buffer, is: number, of: function.parameters)
      guard function.parameters[number].isInout else {
        throw failure("buffer \(buffer.name) updates a parameter that is only read")
      }
    case .constant(let number):
      guard number < function.constants.count else {
        throw failure("buffer \(buffer.name) has no constant \(number)")
      }
      let constant = function.constants[number]
      guard constant.element == buffer.element, buffer.count == Dim(constant.elements.count) else {
        throw failure("buffer \(buffer.name) does not fit constant \(number)")
      }
    case .local:
      guard buffer.count.constant != nil else {
        throw failure("local buffer \(buffer.name) has no fixed size")
      }
    case .workspace: break
    case .alias(let original):
      guard original.index < body.buffers.count, let root = body.root(of: original),
        body[root].element == buffer.element, body[root].lanes == buffer.lanes
      else { throw failure("buffer \(buffer.name) is an alias of nothing that fits") }
    }
  }

  /// Checks that a buffer is a parameter or a result as the caller gives it.
  private func verify(
    _ buffer: Buffer, is number: Int, of formals: [Formal]
  ) throws(LoopVerificationError) {
    guard number < formals.count, formals[number].element == buffer.element,
      formals[number].shape == buffer.shape
    else { throw failure("buffer \(buffer.name) does not fit what the caller gives") }
  }

  /// Checks that every buffer of the workspace has one place, and that places refer backwards.
  func verifyPlan() throws(LoopVerificationError) {
    var placed: Set<BufferID> = []
    for (index, placement) in body.plan.enumerated() {
      let id = placement.buffer
      guard id.index < body.buffers.count, body[id].storage == .workspace else {
        throw failure("place \(index) is of no buffer of the workspace")
      }
      guard placed.insert(id).inserted else {
        throw failure("buffer \(body[id].name) has two places")
      }
      guard placement.below.allSatisfy({ $0 >= 0 && $0 < index }) else {
        throw failure("place \(index) refers forwards")
      }
    }
    for (index, buffer) in body.buffers.enumerated()
    where buffer.storage == .workspace && !placed.contains(BufferID(index)) {
      throw failure("buffer \(buffer.name) has no place")
    }
  }

  /// Checks the positions of an access; gives the number of lanes of the address.
  func verify(_ access: Access) throws(LoopVerificationError) -> Int {
    guard access.buffer.index < body.buffers.count else {
      throw failure("buffer \(access.buffer.index) does not exist")
    }
    let buffer = body[access.buffer]
    guard access.indices.count == buffer.shape.count else {
      throw failure("buffer \(buffer.name) has \(buffer.shape.count) axes")
    }
    var lanes = buffer.lanes
    if lanes > 1, !openLoops.contains(where: { body[$0].lanes == lanes }) {
      throw failure("buffer \(buffer.name) has \(lanes) lanes where no loop has them")
    }
    for index in access.indices { lanes = try joined(lanes, verify(index)) }
    return lanes
  }

  /// Checks a position; gives its number of lanes.
  func verify(_ index: Index) throws(LoopVerificationError) -> Int {
    try verify(index.offset)
    var lanes = 1
    for term in index.loops {
      try verify(term.coefficient)
      guard openLoops.contains(term.variable) else {
        throw failure("a position uses loop \(term.variable.index) from outside")
      }
      lanes = try joined(lanes, body[term.variable].lanes)
    }
    for term in index.scalars {
      try verify(term.coefficient)
      let type = try use(term.variable)
      guard type.element == .i64 else { throw failure(term.variable, "is no position") }
      lanes = try joined(lanes, type.lanes)
    }
    return lanes
  }

  /// Checks that a store writes a value of the right type to memory that may be written.
  func verify(_ store: Store) throws(LoopVerificationError) {
    let address = try verify(store.access)
    let buffer = body[store.access.buffer]
    let type = try use(store.value)
    guard type.element == buffer.element.arithmetic else {
      throw failure(store.value, "is stored as \(buffer.element.rawValue)")
    }
    var lanes = try joined(address, type.lanes)
    if let mask = store.mask { lanes = try joined(lanes, verify(mask: mask)) }
    if address == 1, lanes > 1, store.combining == nil {
      throw failure(store.value, "stores several lanes to one element of \(buffer.name)")
    }
    if let operation = store.combining {
      try verify(combining: operation, type.element, failure(store.value, "combines by"))
    }
    try verifyIsWritable(store.access.buffer)
  }

  /// Checks that a C function is given what it takes, outside of lanes.
  func verify(_ call: ExternalCall) throws(LoopVerificationError) {
    let function = call.function
    guard call.sizes.count == function.symbols.count,
      call.operands.count == function.parameters.count,
      call.results.count == function.results.count
    else { throw failure("\(function.name) is not called with what it takes") }
    for size in call.sizes { try verify(size) }
    for (operand, formal) in zip(call.operands, function.parameters) {
      switch operand {
      case .scalar(let id):
        guard formal.shape.isEmpty, try use(id) == ScalarType(formal.element.arithmetic) else {
          throw failure(id, "is no '\(formal.name)' of \(function.name)")
        }
      case .buffer(let id):
        guard id.index < body.buffers.count, body[id].element == formal.element else {
          throw failure("\(function.name) is called with a buffer that does not fit")
        }
      case .memory(let access, let isWritten):
        guard try verify(access) == 1, body[access.buffer].element == formal.element else {
          throw failure("\(function.name) is called with memory that does not fit")
        }
        if isWritten { try verifyIsWritable(access.buffer) }
      }
    }
    for (id, formal) in zip(call.results, function.results) {
      guard id.index < body.buffers.count, body[id].element == formal.element else {
        throw failure("\(function.name) gives a buffer another type")
      }
      try verifyIsWritable(id)
    }
    if openLoops.contains(where: { body[$0].lanes > 1 }) {
      throw failure("\(function.name) is called in several lanes")
    }
  }

  /// Checks that a value may be combined by an operation.
  func verify(
    combining operation: BinaryOperation, _ element: DType, _ error: LoopVerificationError
  ) throws(LoopVerificationError) {
    let fits: Bool =
      switch operation {
      case .add, .multiply, .minimum, .maximum: element != .bool
      case .and, .or, .xor: !element.isFloat
      case .subtract, .divide, .remainder, .shiftLeft, .shiftRight, .shiftRightLogical, .copysign,
        .scale:
        false
      }
    guard fits else {
      throw LoopVerificationError(message: "\(error.message) \(operation.rawValue)")
    }
  }

  /// The type of a mask must be `bool`; gives its lanes.
  func verify(mask: ScalarID) throws(LoopVerificationError) -> Int {
    let type = try use(mask)
    guard type.element == .bool else { throw failure(mask, "is no mask") }
    return type.lanes
  }

  /// Checks that a buffer may be written here.
  private func verifyIsWritable(_ id: BufferID) throws(LoopVerificationError) {
    guard let root = body.root(of: id) else { throw failure("an alias is its own original") }
    let buffer = body[root]
    switch buffer.storage {
    case .result, .workspace, .local: return
    case .update:
      if !isCommit { throw failure("parameter \(buffer.name) is changed before the end") }
    case .parameter, .constant, .alias: throw failure("buffer \(buffer.name) is only read")
    }
  }

  /// The number of lanes of operands of which those of one lane stand for all.
  func joined(_ a: Int, _ b: Int) throws(LoopVerificationError) -> Int {
    guard a == b || a == 1 || b == 1 else { throw failure("\(a) lanes meet \(b)") }
    return max(a, b)
  }
}
