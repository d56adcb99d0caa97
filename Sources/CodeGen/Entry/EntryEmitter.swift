import LLVMInterop
import LoopIR
import Support

/// Emits what C calls: checks of the arguments, the workspace, the choice of a body.
final class EntryEmitter {
  let object: ObjectEmitter
  let interface: FunctionInterface
  let scope: FunctionScope
  let sizes: SizeChecker
  /// The values of the C arguments, by their role.
  private(set) var arguments: [Argument.Role: IRValue] = [:]

  var function: LoopFunction { interface.function }

  init(_ object: ObjectEmitter, _ interface: FunctionInterface) {
    self.object = object
    self.interface = interface
    let types = interface.arguments.map { object.argumentType($0, interface.function) }
    let function = object.addFunction(
      interface.function.name, types, returning: object.context.i32, isExported: true)
    scope = FunctionScope(function)
    sizes = SizeChecker(object, interface.function, scope)
  }

  /// Emits the function and the one that tells the size of its workspace.
  func emit() {
    object.addHashedName(scope.function, interface.hash.symbol(for: function.name))
    object.position(atEnd: scope.function.appendBlock("entry"))
    object.debug?.enter(scope.function, named: function.name, at: function.site, object)
    bindArguments()
    let workspace = emitChecks()
    let start = scope.function.appendBlock("start")
    jumpOnFailure(otherwise: start)
    object.position(atEnd: start)
    let memory = WorkspaceEmitter(self, size: workspace).emit()
    BodyChooser(self, memory).emit()
    emitWorkspaceSize()
  }

  /// Names the arguments and says what is known of them.
  private func bindArguments() {
    for (number, argument) in interface.arguments.enumerated() {
      let value = scope.function.parameter(number)
      value.name = argument.name
      arguments[argument.role] = value
      if case .symbol(let symbol) = argument.role {
        scope.symbols[function.symbols[symbol]] = value
      }
      object.addPointerAttributes(argument, interface, to: scope.function, number)
    }
  }

  /// Emits all checks, without jumps; gives the size of the workspace.
  private func emitChecks() -> Quantity {
    sizes.checkSymbols()
    sizes.checkDims()
    sizes.checkRequirements()
    sizes.checkFormals()
    let workspace = sizes.workspaceSize()
    sizes.fail(if: sizes.isTooLarge(workspace), Place(.overflow, at: function.site))
    for (number, formal) in function.parameters.enumerated() where formal.isPointer {
      checkPointer(formal, argument(.parameter(number)))
    }
    checkWorkspace(workspace)
    if let undefined = object.undefined { checkAlignments(undefined) }
    return workspace
  }

  /// A parameter that has elements must not be null.
  private func checkPointer(_ formal: Formal, _ pointer: IRValue) {
    let count = sizes.size(formal.shape, formal.element).count
    if count.constant == 0 { return }
    var bit = object.builder.isNull(pointer)
    if count.constant == nil {
      let hasElements = object.builder.icmp(.ne, object.value(count), object.index(0))
      bit = object.builder.and(bit, hasElements)
    }
    sizes.fail(if: bit, Place(.nullPointer, at: formal.site, formal.name))
  }

  /// Pointers must be aligned to their elements, which nothing but a sanitizer looks at.
  private func checkAlignments(_ checks: UndefinedChecks) {
    for (number, formal) in function.parameters.enumerated() where formal.isPointer {
      checks.addCheck(of: argument(.parameter(number)), formal, isWritten: formal.isInout)
    }
    for (number, formal) in function.results.enumerated() {
      checks.addCheck(of: argument(.result(number)), formal, isWritten: true)
    }
  }

  /// A workspace that the caller gives must be large enough and aligned.
  private func checkWorkspace(_ size: Quantity) {
    guard size.constant != 0 else { return }
    let pointer = argument(.workspace)
    let given = object.builder.zext(argument(.workspaceSize), to: object.context.i64)
    let isTooSmall = object.builder.icmp(.ult, given, object.value(size))
    let address = object.builder.ptrtoint(pointer, to: object.sizeType)
    let mask = object.sizeType.constant(WorkspacePlan.alignment - 1)
    let rest = object.builder.and(address, mask)
    let isMisaligned = object.builder.icmp(.ne, rest, object.sizeType.zero)
    var bit = object.builder.or(isTooSmall, isMisaligned)
    bit = object.builder.and(bit, object.builder.not(object.builder.isNull(pointer)))
    if size.constant == nil {
      let isNeeded = object.builder.icmp(.ne, object.value(size), object.index(0))
      bit = object.builder.and(bit, isNeeded)
    }
    sizes.fail(if: bit, Place(.workspace, at: function.site))
  }

  /// Returns the status of the first failure, if there is one.
  private func jumpOnFailure(otherwise start: IRBlock) {
    guard let any = sizes.either(sizes.failures.map(\.bit)) else {
      object.builder.br(start)
      return
    }
    let block = scope.function.appendBlock("invalid")
    let jump = object.builder.condBr(any, then: block, else: start)
    object.builder.setWeights([1, 1 << 20], of: jump)
    object.position(atEnd: block)
    var status = object.context.i32.zero
    for (bit, place) in sizes.failures.reversed() {
      status = object.builder.select(bit, object.status(place), status)
    }
    object.builder.ret(status)
  }

  /// The value of an argument.
  func argument(_ role: Argument.Role) -> IRValue {
    guard let value = arguments[role] else { preconditionFailure("no argument \(role)") }
    return value
  }

  /// Emits the function that tells the size of the workspace.
  private func emitWorkspaceSize() {
    let types = function.symbols.map { _ in object.context.i64 }
    let query = object.addFunction(
      interface.workspaceName, types, returning: object.sizeType, isExported: true)
    object.addHashedName(query, interface.hash.symbol(for: interface.workspaceName))
    object.position(atEnd: query.appendBlock("entry"))
    object.debug?.enter(query, named: interface.workspaceName, at: function.site, object)
    let scope = FunctionScope(query)
    for (number, name) in function.symbols.enumerated() {
      scope.symbols[name] = query.parameter(number)
    }
    let sizes = SizeChecker(object, function, scope)
    sizes.checkSymbols()
    sizes.checkDims()
    sizes.checkFormals()
    let size = sizes.workspaceSize()
    sizes.fail(if: sizes.isTooLarge(size), Place(.overflow, at: function.site))
    let narrow = object.builder.intCast(
      object.value(size), to: object.sizeType, signed: false)
    let any = sizes.either(sizes.failures.map(\.bit))
    let impossible = object.sizeType.allOnes
    object.builder.ret(any.map { object.builder.select($0, impossible, narrow) } ?? narrow)
  }
}

extension ObjectEmitter {
  /// The status code of a place.
  func status(_ place: Place) -> IRValue {
    context.i32.constant(interface.places.status(place))
  }

  /// The type of a C argument.
  func argumentType(_ argument: Argument, _ function: LoopFunction) -> IRType {
    switch argument.role {
    case .symbol: context.i64
    case .parameter(let number):
      function.parameters[number].isPointer
        ? context.pointer : memoryType(function.parameters[number].element)
    case .result, .workspace: context.pointer
    case .workspaceSize: sizeType
    }
  }

  /// Says what LLVM may know of a pointer: nothing that is written overlaps anything else.
  func addPointerAttributes(
    _ argument: Argument, _ interface: FunctionInterface, to function: IRFunction, _ number: Int
  ) {
    switch argument.role {
    case .parameter(let index):
      let formal = interface.function.parameters[index]
      guard formal.isPointer else { return }
      if !formal.isInout { function.add(.readOnly, toParameter: number) }
    case .result, .workspace: break
    case .symbol, .workspaceSize: return
    }
    function.add(.noAlias, toParameter: number)
  }
}
