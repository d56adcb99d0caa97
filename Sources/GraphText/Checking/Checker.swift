package import GraphIR
package import Support

/// What the command line says about the meaning of a text.
package struct CheckOptions: Sendable {
  /// The type that `real` stands for.
  package var real: DType
  /// A graph may have at most so many nodes.
  package var nodeLimit: Int
  /// Calls of funcs in a graph may be expanded at most so often.
  package var expansionLimit: Int

  package init(
    real: DType = .f64, nodeLimit: Int = 10_000_000, expansionLimit: Int = 1_000_000
  ) {
    self.real = real
    self.nodeLimit = nodeLimit
    self.expansionLimit = expansionLimit
  }
}

/// A file that has been checked.
package struct CheckedFile: Sendable {
  /// The graphs in the order of the text, without those that have mistakes.
  package var graphs: [Graph]
  /// All files that were asked for, in that order.
  package var dependencies: [String]
}

/// From text to checked graphs.
package enum Checker {
  /// Reads and checks a file with all that it needs.
  ///
  /// - Parameters:
  ///   - read: the bytes of a file; nil where it cannot be read.
  package static func check(
    path: String, read: @escaping (String) -> [UInt8]?, options: CheckOptions = CheckOptions(),
    files: inout SourceFiles, diagnostics: inout Diagnostics
  ) -> CheckedFile {
    var loader = ModuleLoader(
      read: read, options: options, files: files, diagnostics: diagnostics)
    let main = loader.load(main: path)
    files = loader.files
    diagnostics = loader.diagnostics
    var checked = CheckedFile(graphs: [], dependencies: loader.dependencies)
    guard let main else { return checked }
    var expanded: Set<Int> = []
    var told: Set<ToldMistake> = []
    for case .graph(let declaration) in loader.program.modules[main].unit.declarations {
      var checker = GraphChecker(
        loader.program, module: main, options: options, diagnostics: diagnostics)
      checker.toldInFunctions = told
      let graph = checker.check(declaration)
      diagnostics = checker.diagnostics
      told = checker.toldInFunctions
      expanded.formUnion(checker.expanded)
      if let graph { checked.graphs.append(graph) }
    }
    for function in loader.program.functions.indices where !expanded.contains(function) {
      let rules = loader.program.rules[function]?.all.map(\.function) ?? []
      for body in [loader.program.functions[function]] + rules {
        var checker = GraphChecker(
          loader.program, module: main, options: options, diagnostics: diagnostics)
        checker.checkUncalled(body)
        diagnostics = checker.diagnostics
      }
    }
    return checked
  }
}
