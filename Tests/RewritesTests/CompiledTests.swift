import Autodiff
import CodeGen
import Driver
import GraphIR
import LoopIR
import Lowering
import Ops
import Rewrites
import Support
import TestSupport
import Testing

/// Objects of random graphs, compiled with all optimisation: with rules and without they agree with
/// the graph as it was drawn.
@Suite struct CompiledTests {
  @Test(arguments: [DType.f64, .f32], RandomGraphTests.seeds.prefix(6))
  func objectsAgree(_ dtype: DType, _ seed: UInt64) throws {
    try check(RandomGraph(dtype, count: 40, seed: seed), seed)
  }

  @Test(arguments: [DType.f64, .f32], RandomGraphTests.seeds.prefix(8))
  func objectsWithLoopsAgree(_ dtype: DType, _ seed: UInt64) throws {
    try check(RandomGraph(dtype, count: 4, loops: 3, seed: seed), seed)
  }

  /// Compares the object of a graph as it was drawn, and that of the rewritten graph, with the graph.
  private func check(_ test: RandomGraph, _ seed: UInt64) throws {
    var source = PassTests.withGradients(test.graph)
    source.symbols = RandomGraph.sizes.keys.sorted()
    for place in source.outputs.indices { source.outputs[place].name = "r\(place)" }
    let values = test.values(isSpecial: false, seed: seed)
    let plain = try Differentiate.run(source)
    let truth = try Conditioning(plain, values, sizes: RandomGraph.sizes)
    var counters = Counters()
    let stable = Stabilise.run(source, counters: &counters)
    var graph = try Differentiate.run(SplitLoops.run(stable))
    for pass in PassTests.passes { pass.run(&graph, &counters) }
    #expect(truth.violation(try CompiledTests.run(Expand.run(plain), values)) == nil)
    #expect(truth.violation(try CompiledTests.run(graph, values)) == nil)
  }

  /// The results of the object of a graph.
  private static func run(_ graph: Graph, _ values: [Tensor]) throws -> [Tensor] {
    let function = Lowering.run(graph)
    let call = try CompiledCall(function, files: SourceFiles(), options: CodeGenOptions())
    var tensors: [String: RawTensor] = [:]
    for (parameter, value) in zip(graph.parameters, values) {
      var tensor = RawTensor(zeros: value.dtype, value.shape)
      for index in 0..<value.count { tensor.set(index, value[index]) }
      tensors[parameter.name] = tensor
    }
    let arguments = try RunArguments(function, tensors: tensors, sizes: RandomGraph.sizes)
    return try call.run(arguments).map(\.value.tensor)
  }
}
