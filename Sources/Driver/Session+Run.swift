import CodeGen
import GraphIR
import LLVMInterop
import LoopIR
import Support

extension Session {
  /// Compiles a graph in memory, runs it, and prints its results.
  package static func run(_ options: RunOptions) -> ExitCode {
    var pipeline = Pipeline(options: options.compile)
    let graphs = pipeline.check() ?? []
    var function: LoopFunction?
    if !pipeline.diagnostics.hasErrors {
      let chosen = graphs.filter { options.graph == nil || $0.name == options.graph }
      guard chosen.count == 1 else {
        _ = report(pipeline)
        return fail(choice(options, graphs.map(\.name)))
      }
      function = pipeline.lower(chosen[0])
    }
    let code = report(pipeline)
    guard code == .success, let function else { return code }
    do {
      let arguments = try RunArguments(function, options.arguments)
      for (name, _) in options.outputs where !names(function).contains(name) {
        return fail("'\(function.name)' has no result '\(name)'")
      }
      try LoadedLibraries.load(options.compile.libraries)
      let lapack = try LoadedLibraries.loadLAPACK(if: options.compile.usesLAPACK)
      let blas = try LoadedLibraries.loadBLAS(if: options.compile.usesBLAS)
      try LoadedLibraries.require(
        function.externals.map(\.name), of: function.name,
        from: options.compile.libraries + lapack + blas)
      let call = try CompiledCall(
        function, files: pipeline.files, options: options.compile.codeGen)
      let values = try call.run(arguments)
      return deliver(values, options)
    } catch let mistake as RunArguments.Mistake {
      return fail(mistake.message)
    } catch let failure as CompiledCall.Failure {
      complain("\(failure.message)\n")
      return .diagnosed
    } catch CodeGenError.unknownTarget(let message) {
      return fail(message)
    } catch {
      BugReport.exit("\(error)")
    }
  }

  /// The names under which a function gives values: its results, then its `inout` parameters.
  static func names(_ function: LoopFunction) -> [String] {
    function.results.map(\.name) + function.parameters.filter(\.isInout).map(\.name)
  }

  private static func choice(_ options: RunOptions, _ names: [String]) -> String {
    let list = names.map { "'\($0)'" }.joined(separator: ", ")
    if names.isEmpty { return "the file has no graph" }
    guard let wanted = options.graph else {
      return "the file has several graphs, \(list); choose one with --graph"
    }
    return "the file has no graph '\(wanted)'; it has \(list)"
  }

  /// Prints values, or writes those that are to go to files.
  private static func deliver(
    _ values: [(name: String, value: RawTensor)], _ options: RunOptions
  ) -> ExitCode {
    var files: [(String, [UInt8])] = []
    var text = ""
    var members: [String] = []
    for (name, value) in values {
      if let output = options.outputs.first(where: { $0.name == name }) {
        files.append((output.path, NpyWriter.bytes(value)))
      } else if options.json {
        members.append("\"\(name)\": \(value.json())")
      } else {
        let shown = value.pretty()
        text += shown.contains("\n") ? "\(name) =\n\(shown)\n" : "\(name) = \(shown)\n"
      }
    }
    if options.json { text = "{" + members.joined(separator: ", ") + "}\n" }
    let code = write(files)
    guard code == .success else { return code }
    do { try FileSystem.write(Array(text.utf8), to: 1) } catch {
      return fail("cannot write the results: \(error.message)")
    }
    return .success
  }
}
