import GraphIR
import Ops
import Rewrites
import Support
import TestSupport
import Testing

/// Operations that are made of others.
@Suite struct ExpandTests {
  @Test func nothingIsLeftToExpand() throws {
    for operation in Operation.all {
      for sample in operation.samples {
        var random = RandomSource(seed: 1, operation.name)
        guard
          let test = OperationCase(
            operation, sample, floats: .f64, isSymbolic: true, random: &random)
        else { continue }
        let expanded = Expand.run(test.graph)
        try expanded.verify()
        for node in expanded.nodes {
          if case .expansion = node.operation.kernel {
            Issue.record("\(node.operation.name) is left of \(operation.name)")
          }
        }
        try expectSame(test, expanded)
      }
    }
  }

  private func expectSame(_ test: OperationCase, _ graph: Graph) throws {
    var left = Evaluator(graph: test.graph, sizes: test.sizes)
    var right = Evaluator(graph: graph, sizes: test.sizes)
    for (a, b) in zip(try left.run(test.inputs), try right.run(test.inputs)) {
      #expect(a.difference(from: b) < 1e-12)
    }
  }

  @Test func halvesAccumulateInSinglePrecision() throws {
    for dtype in [DType.f16, .bf16] {
      let graph = Graph.of([TensorType(dtype, [.n, .n])]) { b, v in
        let sum = b.reduceSum(v[0], axes: [0])
        let product = b.reduceProduct(v[0], axes: [0])
        let square = b.contract(
          v[0], v[0], Contraction(leftSummed: [1], rightSummed: [0]))
        return b.add(b.add(sum, product), square)
      }
      let expanded = Expand.run(graph)
      try expanded.verify()
      for node in expanded.nodes where [.sum, .product, .contract].contains(node.operation) {
        #expect(expanded.type(node.result).dtype == .f32)
      }
      #expect(expanded.type(expanded.outputs[0].value).dtype == dtype)
      #expect(expanded.operations.filter { ["sum", "prod", "contract"].contains($0) }.count == 3)
      // The conversions are no longer there where rules see them.
      #expect(Expand.run(expanded).nodes.count == expanded.nodes.count)
    }
  }

  @Test func extremesOfHalvesStay() {
    let graph = Graph.of([TensorType(.f16, [.n])]) { b, v in b.reduceMax(v[0], axes: [0]) }
    #expect(Expand.run(graph).operations == ["max"])
  }

  @Test func keepsNamesAndSites() {
    let site = Site(file: FileID(index: 1), start: 2, end: 3)
    var b = Builder(graph: Graph.of([.f64(.n)]) { _, v in v[0] })
    b.site = site
    let mean = b.emit(
      .mean, [b.graph.parameters[0].value], .reduction(axes: [0], keepDims: false))
    b.graph.name(mean, "average")
    b.graph.outputs[0].value = mean
    let expanded = Expand.run(b.graph)
    #expect(expanded[expanded.outputs[0].value].name == "average")
    #expect(expanded.nodes.dropFirst().allSatisfy { $0.site == site })
  }
}
