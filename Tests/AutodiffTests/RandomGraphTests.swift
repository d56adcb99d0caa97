import Autodiff
import GraphIR
import Ops
import Support
import TestSupport
import Testing

/// Random compositions of all operations: numbers judge their derivatives.
@Suite struct RandomGraphTests {
  @Test(arguments: 0..<16)
  func derivatives(_ seed: Int) throws {
    var random = RandomSource(seed: UInt64(seed))
    var graphs = RandomGraphs(seed: UInt64(seed), steps: 12)
    let primal = graphs.finish()
    try primal.verify()
    let check = try DerivativeCheck(primal, graphs.inputs, random: &random)
    let errors = try check.errors()
    #expect(errors.first <= 1e-8)
    #expect(errors.second <= 1e-8)
    #expect(errors.transpose <= 1e-12)
    #expect(errors.orders <= 1e-12)
  }

  /// By an intermediate, and by something that is added to it.
  @Test(arguments: 0..<16)
  func derivativesByIntermediates(_ seed: Int) throws {
    var graphs = RandomGraphs(seed: UInt64(seed), steps: 12)
    var b = Builder(graph: graphs.finish())
    let cost = b.graph.outputs[0].value
    b.graph.outputs = []
    var names: [String] = []
    for (value, offset) in graphs.moved {
      let along = b.emit(.sin, [value])
      for (form, along) in [(DerivativeRequest.Form.grad, []), (.jvp, [along])] {
        for wrt in [value, offset] {
          let result = b.derivative(
            form, of: cost, wrt: [wrt], along: along, zeroWhereDisconnected: true)[0]
          b.graph.addOutput("r", result)
          names.append(form.rawValue)
        }
      }
    }
    var evaluator = Evaluator(graph: try Differentiate.run(b.graph), sizes: [:])
    let values = try evaluator.run(graphs.inputs)
    for pair in stride(from: 0, to: values.count, by: 2) {
      #expect(values[pair].difference(from: values[pair + 1]) <= 1e-12, "\(names[pair])")
    }
  }
}
