import CodeGen
import GraphIR
import LoopIR
import Ops
import Support
import Synchronization

/// A C function of a loaded library, for the reference evaluator.
final class LoadedFunction: Sendable {
  private let form: ExternalForm
  private let function: LoopFunction
  private let call: Mutex<CompiledCall>

  /// Compiles a graph that does nothing but call the function.
  ///
  /// - Requires: The function's library is loaded.
  init(_ form: ExternalForm, options: CompileOptions) throws {
    self.form = form
    var graph = Graph(name: "call_" + form.name)
    graph.symbols = form.symbols
    var symbolic = form
    symbolic.sizes = form.symbols.map { .symbol($0) }
    let parameters = form.parameters.map { graph.addParameter($0.name, $0.type) }
    let id = graph.append(
      .external, parameters, .external(symbolic), types: form.results.map(\.type), site: .none)
    for (value, formal) in zip(graph[id].results, form.results) {
      graph.addOutput(formal.name, value)
    }
    var pipeline = Pipeline(options: options)
    guard let function = pipeline.lower(graph) else {
      preconditionFailure("a call of a C function is not lowered")
    }
    self.function = function
    call = Mutex(
      try CompiledCall(function, files: SourceFiles(), options: options.codeGen))
  }

  /// What the function gives for operands.
  func results(_ context: EvaluationContext) throws(EvaluationError) -> [Tensor] {
    guard case .external(let form) = context.attributes else { return [] }
    var tensors: [String: RawTensor] = [:]
    for (formal, operand) in zip(form.parameters, context.operands) {
      tensors[formal.name] = RawTensor(operand)
    }
    var sizes: [String: Int] = [:]
    for (symbol, size) in zip(form.symbols, form.sizes) { sizes[symbol] = try context.size(size) }
    do {
      let arguments = try RunArguments(function, tensors: tensors, sizes: sizes)
      return try call.withLock { try $0.run(arguments) }.map(\.value.tensor)
    } catch let failure as CompiledCall.Failure {
      throw EvaluationError("'\(form.name)' fails: \(failure.message)")
    } catch {
      throw EvaluationError("'\(form.name)' cannot be called: \(error)")
    }
  }
}

/// The C functions that a graph calls.
struct LoadedFunctions {
  private var operations: [String: Operation] = [:]

  /// Compiles calls of all C functions in a graph.
  init(_ graph: Graph, options: CompileOptions) throws {
    try LoadedLibraries.load(options.libraries)
    _ = try LoadedLibraries.loadLAPACK(if: options.usesLAPACK)
    _ = try LoadedLibraries.loadBLAS(if: options.usesBLAS)
    guard graph.has(.external) else { return }
    let name = graph.name
    var pending = [graph]
    while let graph = pending.popLast() {
      for node in graph.nodes {
        pending += node.regions
        guard case .external(let form) = node.attributes, operations[form.name] == nil else {
          continue
        }
        try LoadedLibraries.require([form.name], of: name, from: options.libraries)
        let types = (form.parameters + form.results).map(\.type.dtype)
        if let type = types.first(where: { $0.isFloat && $0 != .f64 }) {
          throw RunArguments.Mistake(
            message: "differences are taken in f64, and the C function '\(form.name)' has "
              + "'\(type.rawValue)'; 'real' stands for either")
        }
        let function = try LoadedFunction(form, options: options)
        operations[form.name] = Operation.external.replacing { context throws(EvaluationError) in
          try function.results(context)
        }
      }
    }
  }

  /// The graph with C functions that can be evaluated.
  func loaded(into graph: Graph) -> Graph {
    if operations.isEmpty { return graph }
    return graph.mappingOperations { node in
      guard case .external(let form) = node.attributes else { return nil }
      return operations[form.name]
    }
  }
}
