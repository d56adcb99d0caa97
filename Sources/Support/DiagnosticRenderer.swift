/// Prints diagnostics as clang does: `file:line:col: error: …`, the line, a caret and its range.
package struct DiagnosticRenderer: Sendable {
  package let files: SourceFiles
  package let colour: Bool

  /// Longer source lines are cut to a window around the caret.
  private static let window = 160

  package init(files: SourceFiles, colour: Bool) {
    self.files = files
    self.colour = colour
  }

  /// The text of a diagnostic with its notes and its fix, ending in a line end.
  package func render(_ diagnostic: Diagnostic) -> String {
    var text = head(diagnostic) + excerpt(diagnostic.site)
    if let fix = diagnostic.fix, let place = files.spelling(fix.site) {
      text += "\(place): note: write '\(fix.replacement)'\n"
    }
    for note in diagnostic.notes { text += render(note) }
    return text
  }

  /// The line with place, severity and message.
  private func head(_ diagnostic: Diagnostic) -> String {
    let place = files.spelling(diagnostic.site) ?? "gradc"
    let severity = paint("\(diagnostic.severity.rawValue):", severityColour(diagnostic.severity))
    return "\(paint(place + ":", "1")) \(severity) \(paint(diagnostic.message, "1"))\n"
  }

  /// The source line of a site and the caret line below it; empty for a site in no file.
  private func excerpt(_ site: Site) -> String {
    guard Int(site.file.index) < files.files.count else { return "" }
    let file = files[site.file]
    let position = file.position(of: Int(site.start))
    let line = Array(file.line(position.line))
    var column = min(position.column - 1, line.count)
    var first = 0
    if line.count > DiagnosticRenderer.window {
      first = max(0, min(column - 40, line.count - DiagnosticRenderer.window))
      column -= first
    }
    let shown = line[first..<min(line.count, first + DiagnosticRenderer.window)]
    let length = max(1, min(Int(site.end) - Int(site.start), shown.count - column))
    let blank = shown.prefix(column).map { $0 == UInt8(ascii: "\t") ? "\t" : " " }.joined()
    let marks = "^" + String(repeating: "~", count: max(0, length - 1))
    let text = String(decoding: shown.map { $0 < 32 && $0 != 9 ? 63 : $0 }, as: UTF8.self)
    return "\(text)\n\(blank)\(paint(marks, "32"))\n"
  }

  private func severityColour(_ severity: Severity) -> String {
    switch severity {
    case .error: "1;31"
    case .warning: "1;35"
    case .note: "1;36"
    }
  }

  private func paint(_ text: String, _ code: String) -> String {
    colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }
}
