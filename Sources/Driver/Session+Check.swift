import CodeGen
import GraphIR
import LoopIR
import Support

extension Session {
  /// Compares the derivatives of a file with differences, and prints what comes out.
  package static func check(_ options: DerivativeCheckOptions) -> ExitCode {
    var pipeline = Pipeline(options: options.compile)
    let graphs = pipeline.check() ?? []
    let chosen = graphs.filter { options.graph == nil || $0.name == options.graph }
    for graph in chosen { _ = pipeline.differentiate(pipeline.stabilise(graph)) }
    if pipeline.diagnostics.hasErrors { return report(pipeline) }
    if let mistake = mistake(in: options, graphs.map(\.name), chosen.count) { return fail(mistake) }
    var table = CheckTable(seed: options.seed)
    for graph in chosen {
      do {
        let given = try GivenInputs(graph, options.arguments)
        let random = RandomSource(seed: options.seed, graph.name)
        let functions = try LoadedFunctions(graph, options: options.compile)
        var check = GraphCheck(functions.loaded(into: graph.widened()), given, random: random)
        table.rows += try check.rows(&pipeline)
      } catch let mistake as RunArguments.Mistake {
        return fail(mistake.message)
      } catch let failure as CompiledCall.Failure {
        return fail(failure.message)
      } catch {
        BugReport.exit("\(error)")
      }
    }
    for row in table.rows {
      if let diagnostic = row.diagnostic { pipeline.diagnostics.report(diagnostic) }
    }
    let text = options.json ? table.json(pipeline.files) : table.text(pipeline.files)
    do { try FileSystem.write(Array(text.utf8), to: 1) } catch {
      return fail("cannot write the table: \(error.message)")
    }
    let code = report(pipeline)
    return table.wrongCount > 0 ? .diagnosed : code
  }

  /// What is wrong with the choice of a graph.
  private static func mistake(
    in options: DerivativeCheckOptions, _ names: [String], _ chosen: Int
  ) -> String? {
    let list = names.map { "'\($0)'" }.joined(separator: ", ")
    if names.isEmpty { return "the file has no graph" }
    if let wanted = options.graph, chosen == 0 {
      return "the file has no graph '\(wanted)'; it has \(list)"
    }
    if !options.arguments.isEmpty, chosen > 1 {
      return "the file has several graphs, \(list); choose with --graph the one to give values to"
    }
    return nil
  }
}
