package import Support

/// A C function that the program around or a library defines: `int name(int64_t size…, parameter…,
/// result…)`, which gives 0, or another number where it fails.
package struct ExternalFunction: Hashable, Sendable {
  package var name: String
  /// The sizes that it is given, in order.
  package var symbols: [String]
  /// Scalars by value, tensors as pointers.
  package var parameters: [Formal]
  /// Pointers, scalars too.
  package var results: [Formal]
  /// The libraries that define it, by the names that `-l` takes, each in front of those that it
  /// needs; none where the program does.
  package var libraries: [String] = []
  /// Whether it tells that it has failed; else it gives nothing.
  package var givesStatus = true

  package init(name: String, symbols: [String], parameters: [Formal], results: [Formal]) {
    self.name = name
    self.symbols = symbols
    self.parameters = parameters
    self.results = results
  }
}

/// A call of such a function; where it fails, so does the call around, if there is a failure for it.
package struct ExternalCall: Hashable, Sendable {
  /// What a parameter is given.
  package enum Operand: Hashable, Sendable {
    case scalar(ScalarID)
    case buffer(BufferID)
    /// The address of an element; from there on it reads, and writes if so said.
    case memory(Access, isWritten: Bool)
  }

  package var function: ExternalFunction
  /// The sizes that its symbols have.
  package var sizes: [Dim]
  package var operands: [Operand]
  package var results: [BufferID]
  /// What its failure is to the call around, with the words behind that; nil where what it gives
  /// does not matter.
  package var failure: Failure?
  package var message: String?
  package var site: Site

  package init(
    _ function: ExternalFunction, sizes: [Dim], operands: [Operand], results: [BufferID],
    site: Site
  ) {
    self.function = function
    self.sizes = sizes
    self.operands = operands
    self.results = results
    self.site = site
    failure = .external
    message = function.name
  }

  /// The scalars that it is given, or finds memory by.
  package var scalars: [ScalarID] {
    operands.flatMap { operand in
      switch operand {
      case .scalar(let id): [id]
      case .buffer: [ScalarID]()
      case .memory(let access, _): access.indices.flatMap { $0.scalars.map(\.variable) }
      }
    }
  }

  /// The elements from which on it is given memory.
  package var accesses: [Access] {
    operands.compactMap { if case .memory(let access, _) = $0 { access } else { nil } }
  }

  /// The buffers that it reads.
  package var buffers: [BufferID] {
    operands.compactMap { operand in
      switch operand {
      case .scalar: nil
      case .buffer(let id): id
      case .memory(let access, _): access.buffer
      }
    }
  }

  /// The buffers that it writes, not all of their elements.
  package var written: [BufferID] {
    results
      + operands.compactMap { operand in
        if case .memory(let access, isWritten: true) = operand { access.buffer } else { nil }
      }
  }

  /// The call with other scalars, buffers and accesses in place of its own.
  package func map(
    scalars: (ScalarID) -> ScalarID, buffers: (BufferID) -> BufferID = { $0 },
    accesses: (Access) -> Access
  ) -> ExternalCall {
    var call = self
    call.operands = operands.map { operand in
      switch operand {
      case .scalar(let id): .scalar(scalars(id))
      case .buffer(let id): .buffer(buffers(id))
      case .memory(let access, let isWritten): .memory(accesses(access), isWritten: isWritten)
      }
    }
    call.results = results.map(buffers)
    return call
  }
}

extension LoopFunction {
  /// The C functions that it calls, each once, by name.
  package var externals: [ExternalFunction] {
    var found: Set<ExternalFunction> = []
    for body in bodies {
      var pending = body.block.items
      while let item = pending.popLast() {
        switch item {
        case .external(let call): found.insert(call.function)
        case .loop(let id): pending += body[id].body.items
        case .branch(_, let then, let otherwise): pending += then.items + otherwise.items
        case .scalar, .store, .check, .stopIfFailed: break
        }
      }
    }
    return found.sorted { $0.name < $1.name }
  }
}
