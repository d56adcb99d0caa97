package import CodeGen
package import GraphIR
package import LoopIR
package import Support

extension Session {
  /// Compiles a file, and writes what is asked for.
  package static func compile(_ options: CompileOptions) -> ExitCode {
    var pipeline = Pipeline(options: options)
    let functions = (pipeline.check() ?? []).compactMap { pipeline.lower($0) }
    let names = OutputNames(options)
    var artifacts: [(EmitKind, [UInt8])] = []
    if !pipeline.diagnostics.hasErrors {
      if functions.isEmpty {
        pipeline.diagnostics.error(
          "the file has no graph, so there is nothing to compile", at: .none)
      } else {
        do {
          artifacts = try emit(functions, names, &pipeline)
        } catch {
          switch error {
          case .unknownTarget(let message): return fail(message)
          case .bug(let message): BugReport.exit(message)
          }
        }
      }
    }
    let code = report(pipeline)
    guard code == .success else { return code }
    var files = artifacts.map { (names.path($0.0), $0.1) }
    if options.writesDependencies, let path = names.dependencyPath {
      files.append((path, names.dependencyRule(pipeline.dependencies)))
    }
    return write(files)
  }

  /// The functions of a file, its sources and what there is to say about it; no functions after an
  /// error.
  package static func functions(
    _ options: CompileOptions
  ) -> (functions: [LoopFunction], files: SourceFiles, diagnostics: [Diagnostic]) {
    var pipeline = Pipeline(options: options)
    let functions = (pipeline.check() ?? []).compactMap { pipeline.lower($0) }
    return (
      pipeline.diagnostics.hasErrors ? [] : functions, pipeline.files, pipeline.diagnostics.all
    )
  }

  /// Every graph that the passes make of a file, in order; none after an error.
  package static func graphs(_ options: CompileOptions) -> [(pass: String, graph: Graph)] {
    var pipeline = Pipeline(options: options)
    pipeline.runner.keepsGraphs = true
    for graph in pipeline.check() ?? [] { _ = pipeline.lower(graph) }
    return pipeline.diagnostics.hasErrors ? [] : pipeline.runner.graphs
  }

  /// The bytes of every output.
  private static func emit(
    _ functions: [LoopFunction], _ names: OutputNames, _ pipeline: inout Pipeline
  ) throws(CodeGenError) -> [(EmitKind, [UInt8])] {
    let generator = try CodeGenerator(
      functions, outputName: names.stem, files: pipeline.files, options: pipeline.options.codeGen)
    let generated = try pipeline.runner.generate(Set(names.kinds.compactMap(\.generated)), generator)
    return names.kinds.map { kind in
      if let made = kind.generated { return (kind, generated[made] ?? []) }
      return (kind, Array(functions.map { $0.dump() }.joined(separator: "\n").utf8))
    }
  }

  /// Writes all files or none.
  static func write(_ files: [(String, [UInt8])]) -> ExitCode {
    var outputs = OutputFiles()
    do {
      for (path, bytes) in files { try outputs.stage(bytes, as: path) }
      try outputs.commit()
    } catch {
      outputs.abandon()
      return fail("cannot write '\(error.path)': \(error.message)")
    }
    return .success
  }
}

extension CompileOptions {
  /// The part of the options that concerns code generation.
  package var codeGen: CodeGenOptions {
    var options = CodeGenOptions(
      optimization: .init(rawValue: target.optimization) ?? .aggressive, triple: target.triple,
      cpu: target.cpu)
    options.debugInfo = hasDebugInfo
    options.sanitizesAddresses = sanitizesAddresses
    options.contracts = !isStrict
    options.replacesLibrary = !isStrict
    return options
  }
}
