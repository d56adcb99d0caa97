import Autodiff
import GraphIR
import GraphText
import Support

/// A name of a program with its type.
struct Local: Hashable {
  var name: String
  var type: TensorType
}

/// Statements whose types are asked for: generation has no type rules of its own.
struct Question: Hashable {
  /// The text of the statements.
  var statements: String
  /// The names that they give.
  var names: [String]
}

/// Tells what types statements give, as the checker says.
final class TypeOracle {
  /// What the checker has said.
  enum Answer: Hashable {
    case types([TensorType])
    /// The one value that was asked for are several.
    case several(Int)
    case refused(String)
  }

  /// The symbols of all programs.
  static let symbols = ["m", "n", "k"]

  private(set) var asked = 0
  private(set) var refused = 0
  private var answers: [String: Answer] = [:]

  /// What statements give in a scope behind funcs and constants.
  func answer(_ question: Question, in scope: Scope, after declarations: String) -> Answer {
    let words = TypeOracle.words(of: question.statements)
    let used = scope.locals.filter { words.contains($0.name) }
    let turns = scope.turns.filter { words.contains($0) }
    let parameters = used.map { "\($0.name): \($0.type)" }.joined(separator: ", ")
    let text = """
      \(declarations)
      graph probe[\((TypeOracle.symbols + turns).joined(separator: ", "))](\(parameters))
          -> (\(question.names.joined(separator: ", "))) {
      \(question.statements)
      }
      """
    if let known = answers[text] { return known }
    let answer = TypeOracle.ask(text)
    asked += 1
    if case .refused = answer { refused += 1 }
    answers[text] = answer
    return answer
  }

  /// Whether a whole program is taken, its derivatives too.
  func takes(_ program: String) -> Bool {
    asked += 1
    guard let graphs = TypeOracle.graphs(of: program).graphs else {
      refused += 1
      return false
    }
    let isTaken = graphs.allSatisfy { graph in
      (try? Differentiate.run(SplitLoops.run(graph))) != nil
    }
    if !isTaken { refused += 1 }
    return isTaken
  }

  /// The words of a piece of text.
  static func words(of text: String) -> Set<String> {
    Set(text.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
  }

  /// The checked graphs of a program, or the first error.
  static func graphs(of program: String) -> (graphs: [Graph]?, error: String) {
    var files = SourceFiles()
    var diagnostics = Diagnostics()
    let source = ProgramFiles(program)
    let checked = Checker.check(
      path: "program.graph", read: source.bytes, files: &files, diagnostics: &diagnostics)
    let error = diagnostics.all.first { $0.severity == .error }
    return (error == nil ? checked.graphs : nil, error?.message ?? "")
  }

  private static func ask(_ text: String) -> Answer {
    let (graphs, error) = graphs(of: text)
    guard let graph = graphs?.last else {
      let words = error.split(separator: " ")
      if let place = words.firstIndex(of: "gives"), words.count > place + 2,
        words[place + 2].hasPrefix("values"), let count = Int(words[place + 1])
      {
        return .several(count)
      }
      return .refused(error)
    }
    return .types(graph.outputs.map { graph.type($0.value) })
  }
}
