import LLVMInterop
import LoopIR
import Support

extension ObjectInterface {
  /// All that a program can know of the object, as JSON, with what a call of each function takes of
  /// the stack, as far as that is known.
  func manifest(_ size: CodeSize) -> String {
    let target = JSON.object([
      ("triple", .string(self.target.triple)), ("cpu", .string(self.target.cpu)),
      ("features", .string(self.target.features)),
      ("levels", .array(levels.map { .string($0.rawValue) })),
    ])
    let message = JSON.object([
      ("name", .string(messageName)), ("symbol", .string(labelPrefix + messageSymbol)),
    ])
    return JSON.object([
      ("version", .number(1)), ("stem", .string(stem)), ("header", .string(headerName)),
      ("target", target), ("libraries", .array(libraries.map(JSON.string))),
      ("message", message),
      ("functions", .array(functions.map { json($0, stack: size.stack[$0.function.name]) })),
      ("failures", .array(Failure.allCases.map(json))),
      ("externals", .array(externals.map(json))),
      ("statuses", .array(places.places.map(json))),
    ]).text() + "\n"
  }

  /// All about a function.
  private func json(_ interface: FunctionInterface, stack: Int?) -> JSON {
    let function = interface.function
    func symbol(_ name: String) -> JSON {
      .string(labelPrefix + interface.hash.symbol(for: name))
    }
    let workspace = JSON.object([
      ("function", .string(interface.workspaceName)), ("symbol", symbol(interface.workspaceName)),
      ("size", interface.fixedWorkspace.map(JSON.number) ?? .null),
      ("alignment", .number(WorkspacePlan.alignment)),
    ])
    return .object([
      ("name", .string(function.name)), ("symbol", symbol(function.name)),
      ("hash", .string(interface.hash.digits)), ("signature", .string(function.signature)),
      ("place", PlaceTable.spelling(function.site, files).map(JSON.string) ?? .null),
      ("doc", .string(function.doc)), ("symbols", .array(function.symbols.map(JSON.string))),
      ("arguments", .array(interface.arguments.map { .string($0.name) })),
      ("parameters", .array(function.parameters.map { json($0, isResult: false) })),
      ("results", .array(function.results.map { json($0, isResult: true) })),
      ("workspace", workspace), ("stack", stack.map(JSON.number) ?? .null),
    ])
  }

  /// All about a function that the program defines.
  private func json(_ function: ExternalFunction) -> JSON {
    .object([
      ("name", .string(function.name)), ("symbol", .string(labelPrefix + function.name)),
      ("signature", .string(function.signature)),
      ("symbols", .array(function.symbols.map(JSON.string))),
      ("parameters", .array(function.parameters.map { json($0, isResult: false) })),
      ("results", .array(function.results.map { json($0, isResult: true) })),
    ])
  }

  /// All about a parameter or a result.
  private func json(_ formal: Formal, isResult: Bool) -> JSON {
    var members: [(String, JSON)] = [
      ("name", .string(formal.name)), ("dtype", .string(formal.element.rawValue)),
      ("shape", .array(formal.shape.map { $0.constant.map(JSON.number) ?? .string("\($0)") })),
    ]
    if !isResult {
      members.append(("inout", .bool(formal.isInout)))
      members.append(("passedByValue", .bool(!formal.isPointer)))
    }
    members.append(("doc", .string(formal.doc)))
    return .object(members)
  }

  /// A failure with its constant.
  private func json(_ failure: Failure) -> JSON {
    .object([
      ("code", .number(failure.rawValue)), ("constant", .string(constantName(failure))),
      ("words", .string(failure.words)),
    ])
  }

  /// A status code with its message.
  private func json(_ place: Place) -> JSON {
    .object([
      ("status", .number(places.status(place))), ("code", .number(place.failure.rawValue)),
      ("message", .string(places.message(place, files))),
    ])
  }
}
