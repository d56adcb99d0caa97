import LoopIR
import Support

/// An argument of a C function.
struct Argument {
  /// What an argument is for, with its number in the function.
  enum Role: Hashable {
    case symbol(Int)
    case parameter(Int)
    case result(Int)
    case workspace
    case workspaceSize
  }

  var role: Role
  /// The name in the header.
  var name: String
}

/// How C sees one function.
struct FunctionInterface {
  let function: LoopFunction
  let hash: SignatureHash
  /// In the order of the C function.
  let arguments: [Argument]
  /// The bytes of workspace, where they do not depend on symbols.
  let fixedWorkspace: Int?

  init(_ function: LoopFunction) {
    self.function = function
    hash = SignatureHash(of: function)
    arguments = FunctionInterface.arguments(of: function)
    fixedWorkspace = WorkspacePlan.fixedSize(of: function)
  }

  /// The name of the function that tells the size of the workspace.
  var workspaceName: String { function.name + "_workspace_size" }

  /// Symbols, parameters, results, workspace.
  private static func arguments(of function: LoopFunction) -> [Argument] {
    var arguments: [Argument] = []
    var names: Set<String> = []
    func add(_ role: Argument.Role, _ name: String) {
      var unique = name
      while !names.insert(unique).inserted { unique += "_out" }
      arguments.append(Argument(role: role, name: unique))
    }
    for (number, name) in function.symbols.enumerated() { add(.symbol(number), name) }
    for (number, formal) in function.parameters.enumerated() {
      add(.parameter(number), formal.name)
    }
    for (number, formal) in function.results.enumerated() { add(.result(number), formal.name) }
    add(.workspace, "workspace")
    add(.workspaceSize, "workspace_size")
    return arguments
  }
}
