import LLVMInterop
import LoopIR
import Support

/// Runs the body that serves the results that the caller wants, then frees and returns.
struct BodyChooser {
  private let entry: EntryEmitter
  private let object: ObjectEmitter
  private let memory: WorkspaceMemory
  private let arguments: [Argument.Role: IRValue]
  /// The bodies without what is known not to run.
  private let bodies: [Body]
  private let wanted: [WantedResults]

  init(_ entry: EntryEmitter, _ memory: WorkspaceMemory) {
    self.entry = entry
    object = entry.object
    self.memory = memory
    var arguments = entry.arguments
    if let base = memory.base { arguments[.workspace] = base }
    self.arguments = arguments
    var choices = WantedResults.Choices(results: entry.function.results.count)
    wanted = entry.function.choices.flatMap { numbers in
      let wanted = choices.take(entry.function.bodies[numbers.lowerBound].serves)
      return numbers.map { _ in wanted }
    }
    bodies = zip(entry.function.bodies, wanted).map { $1.prune($0) }
  }

  /// Emits the rest of the function.
  func emit() {
    var statuses: [(status: IRValue, block: IRBlock)] = []
    let end = entry.scope.function.appendBlock("end")
    for numbers in entry.function.choices {
      let isLast = numbers.upperBound == bodies.count
      var other: IRBlock?
      if !isLast, let condition = serves(bodies[numbers.lowerBound]) {
        let run = entry.scope.function.appendBlock("serve")
        let next = entry.scope.function.appendBlock("next")
        object.builder.condBr(condition, then: run, else: next)
        object.position(atEnd: run)
        other = next
      }
      let status = run(numbers)
      statuses.append((status, object.builder.block))
      object.builder.br(end)
      guard let other else { break }
      object.position(atEnd: other)
    }
    object.position(atEnd: end)
    let status = joined(statuses)
    WorkspaceEmitter.emitRelease(memory, object)
    object.builder.ret(status)
  }

  /// The status of whichever body has run.
  private func joined(_ statuses: [(status: IRValue, block: IRBlock)]) -> IRValue {
    if statuses.count == 1 { return statuses[0].status }
    let phi = object.builder.phi(object.context.i32, name: "status")
    for (status, block) in statuses { phi.add(status, from: block) }
    return phi.value
  }

  /// Whether the caller wants the results that a body serves; nil for a body that serves all.
  private func serves(_ body: Body) -> IRValue? {
    guard let served = body.serves, !entry.function.results.isEmpty else { return nil }
    var condition: IRValue?
    for number in entry.function.results.indices {
      let isMissing = object.builder.isNull(entry.argument(.result(number)))
      let fits = served.contains(number) ? object.builder.not(isMissing) : isMissing
      condition = condition.map { object.builder.and($0, fits) } ?? fits
    }
    return condition
  }

  /// Runs a body, of several for one choice the one for the CPU: in place where it is small or the
  /// only one that is not, else as a function of its own, so that LLVM's passes see one at a time.
  ///
  /// What is small on the lowest level runs in place on all: to choose would take longer.
  private func run(_ numbers: Range<Int>) -> IRValue {
    let lowest = numbers.upperBound - 1
    let others = bodies.indices.filter { $0 != lowest }
    if isSmall(bodies[lowest]) || others.allSatisfy({ isSmall(bodies[$0]) }) {
      let scope = FunctionScope(within: entry.scope)
      let emitter = BodyEmitter(
        object, entry.function, bodies[lowest], scope, arguments, wanted: wanted[lowest].isWanted)
      emitter.state.offsets = entry.sizes.offsets[lowest]
      return emitter.emit()
    }
    return numbers.count == 1 ? call(lowest) : callForLevel(numbers)
  }

  /// Calls the first of some bodies that runs on the CPU; the last one always does.
  private func callForLevel(_ numbers: Range<Int>) -> IRValue {
    let level = object.emitLevel()
    var statuses: [(status: IRValue, block: IRBlock)] = []
    let end = object.builder.appendBlock("ran")
    for number in numbers {
      var lower: IRBlock?
      if number < numbers.upperBound - 1, let least = bodies[number].level {
        let run = object.builder.appendBlock("run")
        let next = object.builder.appendBlock("lower")
        let runs = object.builder.icmp(.uge, level, object.context.i32.constant(least.number))
        object.builder.condBr(runs, then: run, else: next)
        object.position(atEnd: run)
        lower = next
      }
      statuses.append((call(number), object.builder.block))
      object.builder.br(end)
      if let lower { object.position(atEnd: lower) }
    }
    object.position(atEnd: end)
    return joined(statuses)
  }

  /// Whether a body costs less in place than a call of it.
  private func isSmall(_ body: Body) -> Bool {
    body.block.isSmall(limit: BodyChooser.smallBody)
      && body.commit.isSmall(limit: BodyChooser.smallBody)
  }

  /// A body of at most so many steps is emitted in place.
  private static let smallBody = 64

  /// Emits a body as a function that takes what the C function takes, and calls it.
  private func call(_ number: Int) -> IRValue {
    object.compiling(for: bodies[number].level) { callHere(number) }
  }

  /// The same, for the level at hand.
  private func callHere(_ number: Int) -> IRValue {
    let body = bodies[number]
    let interface = entry.interface
    let passed = interface.arguments.filter { $0.role != .workspaceSize }
    let types = passed.map { object.argumentType($0, interface.function) }
    let level = body.level.map { ".\($0)" } ?? ""
    let function = object.addFunction(
      "\(interface.function.name).body\(number)\(level)", types, returning: object.context.i32)
    function.setFastCallingConvention()
    function.add(.noInline)
    function.add(entry.function.attributes(of: body))
    let values = passed.map { arguments[$0.role] ?? object.context.pointer.zero }
    let call = object.builder.call(function, values)
    object.builder.setFastCallingConvention(call)
    object.elsewhere { emit(number, body, in: function, passed) }
    return call
  }

  /// Emits a body as a function.
  private func emit(
    _ number: Int, _ body: Body, in function: IRFunction, _ passed: [Argument]
  ) {
    let interface = entry.interface
    let scope = FunctionScope(function)
    var arguments: [Argument.Role: IRValue] = [:]
    for (position, argument) in passed.enumerated() {
      let value = function.parameter(position)
      value.name = argument.name
      arguments[argument.role] = value
      if case .symbol(let symbol) = argument.role {
        scope.symbols[interface.function.symbols[symbol]] = value
      }
      object.addPointerAttributes(argument, interface, to: function, position)
    }
    object.position(atEnd: function.appendBlock("entry"))
    object.debug?.enter(
      function, named: interface.function.name, at: interface.function.site, object)
    let emitter = BodyEmitter(
      object, interface.function, body, scope, arguments, wanted: wanted[number].isWanted)
    object.builder.ret(emitter.emit())
  }
}

extension LoopFunction {
  /// The attributes of the LLVM functions that make up a body.
  ///
  /// The body for the choices that no other serves is run seldom, if another serves all results.
  /// Optimised for size it still has vectors, with masks instead of a second loop for the rest, and
  /// takes LLVM a fraction of the time.
  func attributes(of body: Body) -> [IRAttribute] {
    let isRunSeldom =
      body.serves == nil && !results.isEmpty
      && bodies.contains { $0.serves?.count == results.count }
    return isRunSeldom ? [.optimizeForSize] : []
  }
}
