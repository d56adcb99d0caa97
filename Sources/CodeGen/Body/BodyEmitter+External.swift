import LLVMInterop
import LoopIR
import Support

/// Calls of C functions that the program around or a library defines.
extension BodyEmitter {
  /// Emits a call, and notes a failure where it does not give 0.
  func emit(_ call: ExternalCall) {
    var arguments = call.sizes.map { object.dim($0, scope) }
    for (operand, formal) in zip(call.operands, call.function.parameters) {
      switch operand {
      case .scalar(let id): arguments.append(object.stored(value(id), formal.element))
      case .buffer(let id): arguments.append(base(id))
      case .memory(let access, _):
        // Of a matrix without elements the address may lie outside of the buffer.
        guard case .one(let pointer) = address(access, lanes: 1, isGuarded: true) else {
          preconditionFailure("one lane has one address")
        }
        arguments.append(pointer)
      }
    }
    arguments += call.results.map { base($0) }
    let status = object.builder.call(object.external(call.function), arguments)
    guard let place = Place(call) else { return }
    emitFailure(place, if: object.builder.icmp(.ne, status, object.context.i32.zero))
  }
}

extension ObjectEmitter {
  /// The declaration of a C function.
  func external(_ function: ExternalFunction) -> IRFunction {
    if let known = module.function(function.name) { return known }
    var types: [IRType] = function.symbols.map { _ in context.i64 }
    types += function.parameters.map {
      $0.shape.isEmpty ? memoryType($0.element) : context.pointer
    }
    types += function.results.map { _ in context.pointer }
    let declared = module.declare(
      function.name,
      context.function(types, returning: function.givesStatus ? context.i32 : context.void))
    declared.add(.noUnwind)
    // C says that a small integer is extended by the caller, and only some targets do so unasked.
    for (number, formal) in function.parameters.enumerated() where formal.shape.isEmpty {
      guard !formal.element.isFloat || formal.element.byteSize == 2, formal.element.byteSize < 4
      else { continue }
      declared.add(
        formal.element.isSigned && !formal.element.isFloat ? .signExtended : .zeroExtended,
        toParameter: function.symbols.count + number)
    }
    return declared
  }
}
