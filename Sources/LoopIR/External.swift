package import Support

/// A C function that the program around defines: `int name(int64_t size…, parameter…, result…)`,
/// which gives 0, or another number where it fails.
package struct ExternalFunction: Hashable, Sendable {
  package var name: String
  /// The sizes that it is given, in order.
  package var symbols: [String]
  /// Scalars by value, tensors as pointers.
  package var parameters: [Formal]
  /// Pointers, scalars too.
  package var results: [Formal]

  package init(name: String, symbols: [String], parameters: [Formal], results: [Formal]) {
    self.name = name
    self.symbols = symbols
    self.parameters = parameters
    self.results = results
  }
}

/// A call of such a function; where it fails, the call around will end with a failure.
package struct ExternalCall: Hashable, Sendable {
  /// What a parameter is given.
  package enum Operand: Hashable, Sendable {
    case scalar(ScalarID)
    case buffer(BufferID)
  }

  package var function: ExternalFunction
  /// The sizes that its symbols have.
  package var sizes: [Dim]
  package var operands: [Operand]
  package var results: [BufferID]
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
  }

  /// The scalars that it is given.
  package var scalars: [ScalarID] {
    operands.compactMap { if case .scalar(let id) = $0 { id } else { nil } }
  }

  /// The buffers that it reads.
  package var buffers: [BufferID] {
    operands.compactMap { if case .buffer(let id) = $0 { id } else { nil } }
  }

  /// The call with other scalars and buffers in place of its own.
  package func map(
    scalars: (ScalarID) -> ScalarID, buffers: (BufferID) -> BufferID = { $0 }
  ) -> ExternalCall {
    var call = self
    call.operands = operands.map { operand in
      switch operand {
      case .scalar(let id): .scalar(scalars(id))
      case .buffer(let id): .buffer(buffers(id))
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
