import GraphIR
import Support

/// The declarations of all files of one compilation.
struct Program {
  var modules: [Module] = []
  var functions: [Function] = []
  var constants: [Constant] = []
  /// The derivatives that funcs have been given, by the numbers of the funcs.
  var rules: [Int: FunctionRules] = [:]
  /// The functions that call themselves, also by way of others; that has been reported.
  var recursive: Set<Int> = []
}

/// One file with the names that it knows.
struct Module {
  var unit: SourceUnit
  /// The names that are declared here or brought in.
  var names: [String: Entry] = [:]
  /// False where names may be missing because of mistakes that have been reported.
  var isWhole: Bool
}

/// What a name of a file stands for.
struct Entry {
  /// What is declared.
  enum Kind: Hashable {
    /// By number among the program's functions.
    case function(Int)
    /// By number among the program's constants.
    case constant(Int)
    case graph
  }

  var kind: Kind
  /// Where the name is declared.
  var site: Site
}

/// A `func`.
final class Function: Sendable {
  let declaration: FunctionDeclaration
  /// The file in which it stands, by number among the program's modules.
  let module: Int
  /// The names that derivatives in its body are taken with respect to.
  let differentiated: Set<String>
  /// Whether the text of the body and of what stands before it could be read.
  let isWhole: Bool

  init(_ declaration: FunctionDeclaration, module: Int) {
    self.declaration = declaration
    self.module = module
    differentiated = declaration.body.differentiatedNames
    isWhole = declaration.isWhole && declaration.body.isWhole
  }

  var name: String { declaration.name.text }
}

/// The derivatives of a `func` that stand in its file.
struct FunctionRules {
  var jvp: Rule?
  var vjp: Rule?

  /// Those that there are.
  var all: [Rule] { [jvp, vjp].compactMap { $0 } }

  subscript(_ mode: RuleDeclaration.Mode) -> Rule? {
    get { mode == .jvp ? jvp : vjp }
    set {
      switch mode {
      case .jvp: jvp = newValue
      case .vjp: vjp = newValue
      }
    }
  }
}

/// A derivative of a `func`.
struct Rule: Sendable {
  let declaration: RuleDeclaration
  /// The rule as a func of parameters, results, if they are named, and directions.
  let function: Function

  init(_ declaration: RuleDeclaration, module: Int) {
    self.declaration = declaration
    function = Function(
      FunctionDeclaration(
        site: declaration.site, documentation: declaration.documentation,
        name: declaration.function,
        parameters: declaration.parameters + declaration.results + declaration.directions,
        body: declaration.body, isShort: declaration.isShort, isWhole: declaration.isWhole),
      module: module)
  }
}

/// A `const`.
struct Constant {
  var name: Name
  /// What it is, nil where it could not be read.
  var value: ConstantData?
}

/// The value of a `const`.
enum ConstantData {
  /// Literals without a declared type.
  case weak(Meaning)
  /// Data of a type.
  case tensor(Tensor)
}
