import GraphIR
import GraphText
import Support

/// What the checker makes of a text.
struct Checked {
  let file: CheckedFile
  let diagnostics: Diagnostics
  let files: SourceFiles

  /// Checks `t.graph`, whose text is given, beside other files.
  init(
    _ text: String, with others: [String: [UInt8]] = [:], options: CheckOptions = CheckOptions()
  ) {
    self.init(bytes: Array(text.utf8), with: others, options: options)
  }

  init(
    bytes: [UInt8], with others: [String: [UInt8]] = [:], options: CheckOptions = CheckOptions()
  ) {
    var files = SourceFiles()
    var diagnostics = Diagnostics()
    file = Checker.check(
      path: "t.graph", read: { $0 == "t.graph" ? bytes : others[$0] }, options: options,
      files: &files, diagnostics: &diagnostics)
    self.files = files
    self.diagnostics = diagnostics
  }

  /// Checks statements in the body of a graph, which begins on line 3.
  init(body: String, results: String = "r", options: CheckOptions = CheckOptions()) {
    self.init(
      "graph t(\(Checked.parameters)) -> (\(results)) {\nr = x\n\(body)\n}\n", options: options)
  }

  /// The parameters of the graph around a body.
  static let parameters =
    "x: f64[n], y: f32[m, 4], a: f64[2, 3], i: i32[3], j: i64, u: u8[2], b: bool[n], c: f64, "
    + "inout s: f64"

  /// The diagnostics as `line:column: message`, warnings marked, fixes behind an arrow, notes as
  /// lines of their own.
  var complaints: [String] { diagnostics.all.flatMap { complaint($0, withNotes: true) } }

  /// The diagnostics without their notes.
  var headlines: [String] { diagnostics.all.flatMap { complaint($0, withNotes: false) } }

  /// The errors, without their notes.
  var errors: [String] {
    diagnostics.all.filter { $0.severity == .error }
      .flatMap { complaint($0, withNotes: false) }
  }

  private func complaint(_ diagnostic: Diagnostic, withNotes: Bool) -> [String] {
    let fix = diagnostic.fix.map { " => '\($0.replacement)'" } ?? ""
    let kind = diagnostic.severity == .warning ? "warning: " : ""
    let line = "\(place(diagnostic.site)): \(kind)\(diagnostic.message)\(fix)"
    let notes = diagnostic.notes.map { "  note \(place($0.site)): \($0.message)" }
    return [line] + (withNotes ? notes : [])
  }

  private func place(_ site: Site) -> String {
    guard Int(site.file.index) < files.files.count else { return "-" }
    let file = files[site.file]
    let position = file.position(of: Int(site.start))
    let path = file.path == "t.graph" ? "" : file.path + ":"
    return "\(path)\(position.line):\(position.column)"
  }

  /// The first graph.
  var graph: Graph? { file.graphs.first }

  /// The type of a result of the first graph, or what is wrong.
  func type(of result: String) -> String {
    guard errors.isEmpty, let output = graph?.outputs.first(where: { $0.name == result }) else {
      return errors.joined(separator: "; ")
    }
    return graph?.type(output.value).description ?? ""
  }

  /// What the first graph computes: its results, then its updates; or what is wrong.
  func run(_ parameters: [Tensor], sizes: [String: Int] = [:]) throws -> [Tensor] {
    guard errors.isEmpty, let graph else { throw CheckFailure(errors: errors) }
    try graph.verify()
    var evaluator = Evaluator(graph: graph, sizes: sizes)
    return try evaluator.run(parameters)
  }
}

/// A text that was thought to be right is not.
struct CheckFailure: Error {
  var errors: [String]
}

/// The type of an expression of the names in `Checked.parameters`, or what is wrong with it.
func typed(_ expression: String, options: CheckOptions = CheckOptions()) -> String {
  let text = "graph t(\(Checked.parameters)) -> (v) {\nv = \(expression)\n}\n"
  return Checked(text, options: options).type(of: "v")
}

/// The elements of an expression without parameters, or what is wrong with it.
func computed(_ expression: String, sizes: [String: Int] = ["n": 5, "m": 2]) -> String {
  let checked = Checked("graph t[n, m]() -> (v) {\nv = \(expression)\n}\n")
  do {
    return spelled(try checked.run([], sizes: sizes)[0])
  } catch let failure as CheckFailure {
    return failure.errors.joined(separator: "; ")
  } catch let failure as EvaluationError {
    return failure.message
  } catch {
    return "\(error)"
  }
}

/// A tensor as `f64[2, 3]: 1.0 2.0 …`.
func spelled(_ tensor: Tensor) -> String {
  "\(tensor.type): " + (0..<tensor.count).map { tensor[$0].description }.joined(separator: " ")
}
