import GraphIR
import Ops
import Support

/// Checks one graph, and builds it.
///
/// Every function that meets a mistake reports it and gives `Meaning.invalid`, which spreads
/// silently, so that one mistake is told once and the next ones are found too.
struct GraphChecker {
  let program: Program
  let options: CheckOptions
  var builder: Builder
  var diagnostics: Diagnostics
  /// What is being checked: the graph, or a func that it calls.
  var frame: Frame
  /// The callers of `frame`, outermost first.
  var callers: [Frame] = []
  /// What calls of funcs have given in this graph.
  var calls: [FunctionCall: [Meaning]] = [:]
  /// The number of calls that were expanded.
  var callCount = 0
  /// Whether the calls that are to come have been counted.
  var hasCounted = false
  /// The funcs that were expanded with arguments that have a meaning.
  var expanded: Set<Int> = []
  /// Mistakes inside of funcs that have been told.
  var toldInFunctions: Set<ToldMistake> = []
  /// The values of consts in this graph.
  var constants: [Int: Value] = [:]
  /// Array literals in the types in which they are used.
  var arrays: [TypedArray: Value] = [:]
  /// Checks of sizes that the graph has.
  var sizeChecks: Set<SizeCheck.Condition> = []
  /// Where each symbol comes from.
  var origins: [String: Diagnostic] = [:]
  /// The declared types of results.
  var resultTypes: [String: TensorType] = [:]
  /// The names behind `->`.
  var resultNames: [String: Site] = [:]
  /// The `inout` parameters by name, with their numbers.
  var inouts: [String: Int] = [:]
  /// The types of the updates of the loop whose body was checked last.
  var updateTypes: [CommonType?] = []
  /// How deeply expressions are nested in each other, over all callers.
  var depth = 0
  /// The number of mistakes that were met here.
  var mistakeCount = 0
  /// Whether the graph has grown too large, and nothing more is to be done.
  var isStopped = false

  /// Calls of funcs nest at most so deeply.
  static let callLimit = 200
  /// Expressions nest at most so deeply, over all callers.
  static let depthLimit = 500

  init(_ program: Program, module: Int, options: CheckOptions, diagnostics: Diagnostics) {
    self.program = program
    self.options = options
    self.diagnostics = diagnostics
    builder = Builder(graph: Graph(name: ""))
    frame = Frame(module: module, isWhole: program.modules[module].isWhole)
  }

  /// The names of the file in which `frame` stands.
  var module: Module { program.modules[frame.module] }
}

/// The body of a graph or of a func that is being checked.
struct Frame {
  /// The file in which it stands, by number.
  var module: Int
  /// The name of the func, nil for a graph.
  var function: String?
  /// Where the func is called.
  var callSite = Site.none
  /// Names with what they mean, outermost first.
  var scopes: [Scope] = [Scope()]
  /// The names that derivatives are taken with respect to.
  var differentiated: Set<String> = []
  /// The loops around what is being checked, innermost last.
  var loops: [LoopContext] = []
  /// Whether the body of a func is checked without arguments.
  var isUncalled = false
  /// What is between the braces.
  var body: Block?
  /// False where names may be missing because of mistakes that have been reported.
  var isWhole: Bool
}

/// The names that one block gives.
struct Scope {
  var bindings: [String: Binding] = [:]
  /// The names in the order in which they are given.
  var order: [String] = []
}

/// What a name stands for.
struct Binding {
  /// What kind of name it is.
  enum Role {
    case parameter, size, local, result
    /// A name that was used without having been given; that has been reported.
    case unknown
  }

  var meaning: Meaning
  var site: Site
  var role: Role
  var isUsed = false
}

/// A func with the arguments of a call.
struct FunctionCall: Hashable {
  var function: Int
  var arguments: [Meaning]
}

/// A mistake in the body of a func.
struct ToldMistake: Hashable {
  var site: Site
  var message: String
}

/// An array literal in a type.
struct TypedArray: Hashable {
  var array: ArrayLiteral
  var dtype: DType
}
