import GraphIR
import LoopIR
import Support

extension Session {
  /// Prints what has become of a line of the input.
  package static func explain(_ options: CompileOptions, line: Int) -> ExitCode {
    var pipeline = Pipeline(options: options)
    pipeline.runner.keepsGraphs = true
    let events = EventLog()
    pipeline.events = events
    var text = ""
    var found = false
    for graph in pipeline.check() ?? [] {
      let before = pipeline.runner.graphs.count
      let told = events.events.count
      guard let function = pipeline.lower(graph) else { continue }
      let stages = [("specialize", graph)] + pipeline.runner.graphs[before...]
      let account = LineAccount(
        line: line, file: pipeline.files, stages: stages, events: events.events[told...],
        function: function)
      guard account.hasNodes else { continue }
      found = true
      text += account.text
    }
    let code = report(pipeline)
    guard code == .success else { return code }
    guard let file = pipeline.files.files.first, line >= 1, line <= file.lineCount else {
      return fail("'\(options.input)' has no line \(line)")
    }
    let source = String(decoding: file.line(line), as: UTF8.self)
    text = "\(options.input):\(line):\(source.isEmpty ? "" : " ")\(source.trimmed)\n"
      + (found ? text : "nothing is computed here\n")
    do { try FileSystem.write(Array(text.utf8), to: 1) } catch {
      return fail("cannot write the account: \(error.message)")
    }
    return code
  }
}

extension String {
  /// The text without blanks at its ends.
  fileprivate var trimmed: String {
    let inner = drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }
    return String(inner.reversed())
  }
}
