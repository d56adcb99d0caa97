import GraphText
import Support

/// What the parser makes of a text.
struct Parsed {
  let unit: SourceUnit
  let diagnostics: Diagnostics
  let files: SourceFiles

  init(_ bytes: [UInt8]) {
    var files = SourceFiles()
    var diagnostics = Diagnostics()
    let file = files.add(path: "t.graph", bytes: bytes)
    unit = Parser.parse(file: file, in: files, diagnostics: &diagnostics)
    self.files = files
    self.diagnostics = diagnostics
  }

  init(_ text: String) { self.init(Array(text.utf8)) }

  /// A body of a graph.
  init(body: String) { self.init("graph f(x: f64) -> (y) {\n\(body)\n}\n") }

  /// The diagnostics as `line:column: message`, fixes behind an arrow, notes as lines of their own.
  var complaints: [String] { diagnostics.all.flatMap(complaint) }

  private func complaint(_ diagnostic: Diagnostic) -> [String] {
    let fix = diagnostic.fix.map { " => '\($0.replacement)'" } ?? ""
    let notes = diagnostic.notes.map { "  note \(place($0.site)): \($0.message)" }
    return ["\(place(diagnostic.site)): \(diagnostic.message)\(fix)"] + notes
  }

  private func place(_ site: Site) -> String {
    let position = files[site.file].position(of: Int(site.start))
    return "\(position.line):\(position.column)"
  }

  /// The text at a site.
  func text(at site: Site) -> String {
    String(decoding: files[site.file].bytes[Int(site.start)..<Int(site.end)], as: UTF8.self)
  }

  /// The statements of the first graph.
  var statements: [Statement] {
    for case .graph(let graph) in unit.declarations { return graph.body.statements }
    return []
  }

  /// The value of the first assignment.
  var firstValue: Expr? {
    for statement in statements {
      if case .assign(_, let value) = statement.kind { return value }
    }
    return nil
  }
}

/// The one expression of a text, with all its parentheses.
func dumped(_ expression: String) -> String {
  let parsed = Parsed(body: "y = " + expression)
  guard parsed.complaints.isEmpty, parsed.statements.count == 1, let value = parsed.firstValue
  else { return "\(parsed.complaints)" }
  return TreeDump.text(of: value)
}
