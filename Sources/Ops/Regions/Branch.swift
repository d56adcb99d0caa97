package import GraphIR
import Support

extension Operation {
  /// Runs the first of two regions where operand 0 holds, else the second; the other operands are
  /// the parameters of both.
  package static let branch: Operation = .init(
    "branch", arity: .atLeast(1),
    infer: { query throws(TypeError) in
      guard query.regions.count == 2, query.operands[0] == TensorType(.bool) else {
        throw TypeError("a branch has a condition and two regions")
      }
      let captures = Array(query.operands.dropFirst())
      let types = query.regions.map { region in region.outputs.map { region.type($0.value) } }
      for region in query.regions where region.parameters.map({ region.type($0.value) }) != captures
      {
        throw TypeError("a region of a branch does not take \(captures)")
      }
      guard types[0] == types[1] else {
        throw TypeError("the regions of a branch give \(types[0]) and \(types[1])")
      }
      return types[0]
    },
    derivative: .regions,
    evaluate: { context throws(EvaluationError) in
      let region = context.regions[context.operands[0].integers[0] != 0 ? 0 : 1]
      var evaluator = Evaluator(graph: region, sizes: context.sizes)
      return try evaluator.run(Array(context.operands.dropFirst()))
    },
    lowering: Kernel.regions, samples: [], notation: .function)
}
