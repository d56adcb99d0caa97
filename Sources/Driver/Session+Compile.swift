package import CodeGen
package import GraphIR
import GraphText
package import LoopIR
import Lowering
package import Support

extension Session {
  /// Compiles a file, and writes what is asked for.
  package static func compile(_ options: CompileOptions) -> ExitCode {
    var pipeline = Pipeline(options: options)
    let names = OutputNames(options)
    let graphs = pipeline.check() ?? []
    var functions: [LoopFunction] = []
    for graph in graphs {
      if names.kinds.allSatisfy(\.isGraph) {
        _ = pipeline.optimize(graph)
      } else if let function = pipeline.lower(graph) {
        functions.append(function)
      }
    }
    var artifacts: [(EmitKind, [UInt8])] = []
    if !pipeline.diagnostics.hasErrors {
      if graphs.isEmpty {
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
    let kinds = Set(names.kinds.compactMap(\.generated))
    var generated: [CodeGen.OutputKind: [UInt8]] = [:]
    if !kinds.isEmpty {
      let generator = try CodeGenerator(
        functions, outputName: names.stem, files: pipeline.files, options: pipeline.options.codeGen)
      let budgets = pipeline.options.budgets
      var size = CodeSize()
      generated = try pipeline.runner.generate(
        budgets.needsObject ? kinds.union([.object]) : kinds, generator, size: &size)
      for violation in budgets.violations(of: generator.interface, functions, size) {
        pipeline.diagnostics.report(violation)
      }
    }
    return names.kinds.map { kind in
      if let made = kind.generated { return (kind, generated[made] ?? []) }
      return (kind, Array(text(kind, functions, pipeline).utf8))
    }
  }

  /// What is written without code generation.
  private static func text(
    _ kind: EmitKind, _ functions: [LoopFunction], _ pipeline: Pipeline
  ) -> String {
    let isStrict = pipeline.options.isStrict
    switch kind {
    case .graph: return GraphWriter.text(of: pipeline.rewrittenGraphs, isStrict: isStrict)
    case .adjoint: return GraphWriter.text(of: pipeline.adjoints, isStrict: isStrict)
    case .dot: return pipeline.drawings.joined()
    case .obj, .asm, .llvmIR, .llvmBC, .header, .modulemap, .manifest, .loops:
      return functions.map { $0.dump() }.joined(separator: "\n")
    }
  }

  /// What is written of a file for a kind without code generation; nil after an error.
  package static func graphText(_ options: CompileOptions, _ kind: EmitKind) -> String? {
    var options = options
    options.emit = [kind]
    var pipeline = Pipeline(options: options)
    for graph in pipeline.check() ?? [] {
      if kind.isGraph { _ = pipeline.optimize(graph) } else { _ = pipeline.lower(graph) }
    }
    return pipeline.diagnostics.hasErrors ? nil : text(kind, [], pipeline)
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
      cpu: target.levels.first?.rawValue ?? target.cpu)
    options.debugInfo = hasDebugInfo
    options.sanitizers = sanitizers
    options.contracts = !isStrict
    options.replacesLibrary = !isStrict
    return options
  }

  /// The registers that lowering makes tiles for; those of a level where one is given.
  func vectorUnit(_ level: CPULevel? = nil) -> VectorUnit {
    var options = codeGen
    if let level { options.cpu = level.rawValue }
    let registers = options.vectorRegisters
    return VectorUnit(bytes: registers.bytes, registers: registers.count)
  }
}
