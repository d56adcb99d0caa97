import GraphIR
import Support

extension Session {
  /// Prints the results of every graph of a file as formulas.
  package static func prettyPrint(_ options: CompileOptions, isOptimized: Bool) -> ExitCode {
    var pipeline = Pipeline(options: options)
    var text = ""
    for graph in pipeline.check() ?? [] {
      let source = isOptimized ? pipeline.stabilise(graph) : graph
      guard var graph = pipeline.differentiate(source) else { continue }
      if isOptimized { graph = pipeline.rewrite(graph) }
      for output in graph.outputs {
        text += "\(output.name) = \(PrettyPrinter.text(of: output.value, in: graph))\n"
      }
      for update in graph.updates {
        let name = graph.parameters[update.parameter].name
        text += "\(name) <- \(PrettyPrinter.text(of: update.value, in: graph))\n"
      }
    }
    let code = report(pipeline)
    guard code == .success else { return code }
    do { try FileSystem.write(Array(text.utf8), to: 1) } catch {
      return fail("cannot write the formulas: \(error.message)")
    }
    return code
  }
}
