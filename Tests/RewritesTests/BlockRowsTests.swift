import GraphIR
import Ops
import Rewrites
import Support
import TestSupport
import Testing

/// What goes by blocks of rows, and what does not.
@Suite struct BlockRowsTests {
  /// Numbers of rows: none, less than a block, whole blocks, and blocks with a rest.
  private static let sizes = [0, 1, 15, 16, 63, 64, 128, 137]

  /// The number of loops in what is made of a graph of `x: f64[n, d]`, `y: f64[n]`, `w: f64[d, k]`
  /// and `v: f64[d]`, which gives what it gave before but for the order of sums.
  private func loops(
    knowing isKnown: Bool = false, _ build: (inout Builder, [Value]) -> [Value]
  ) throws -> Int {
    let (d, k) = isKnown ? (Dim(3), Dim(2)) : (Dim.symbol("d"), Dim.symbol("k"))
    let graph = Graph.of([.f64(.n, d), .f64(.n), .f64(d, k), .f64(d)], results: build)
    let result = BlockRows.run(graph)
    try result.verify()
    for rows in BlockRowsTests.sizes {
      let sizes = ["n": rows, "d": 3, "k": 2]
      var random = RandomSource(seed: UInt64(rows))
      let inputs = [[rows, 3], [rows], [3, 2], [3]].map { shape in
        Tensor(
          .f64, shape,
          floats: (0..<shape.reduce(1, *)).map { _ in random.uniform(-1, 1) })
      }
      var before = Evaluator(graph: graph, sizes: sizes)
      var after = Evaluator(graph: result, sizes: sizes)
      for (a, b) in zip(try before.run(inputs), try after.run(inputs)) {
        #expect(a.shape == b.shape)
        // At most 137 terms below 100, added in another order.
        #expect(Tensor.difference(a.floats, b.floats) <= 137 * 0x1p-52 * 100)
      }
    }
    return result.nodes.count { $0.operation == .loop }
  }

  private static let product = Contraction(leftSummed: [1], rightSummed: [0])
  private static let overRows = Contraction(leftSummed: [0], rightSummed: [0])

  /// The value and the gradient of a regression read the data once.
  @Test func regressionIsOnePass() throws {
    let count = try loops { b, v in
      let z = b.tanh(b.contract(v[0], v[3], Self.product))
      let residual = b.subtract(z, v[1])
      let loss = b.reduceSum(b.square(residual), axes: [0])
      return [loss, b.contract(v[0], residual, Self.overRows)]
    }
    #expect(count == 1)
  }

  /// Matrices of rows meet a small matrix: in products, in reductions, and as batches. One of
  /// unknown size may be so large that nothing is won.
  @Test(arguments: [false, true]) func matricesOfRows(_ isKnown: Bool) throws {
    let count = try loops(knowing: isKnown) { b, v in
      let hidden = b.contract(v[0], v[2], Self.product)
      let greatest = b.reduceMax(hidden, axes: [1], keepDims: true)
      let weights = b.exp(b.subtract(hidden, greatest))
      let moved = b.transpose(b.multiply(weights, b.expandDims(v[1], axes: [1])), [1, 0])
      return [
        b.reduceSum(weights, axes: [0]), b.contract(moved, v[0], Self.product),
        b.contract(
          v[0], v[0], Contraction(leftBatch: [1], rightBatch: [1], leftSummed: [0], rightSummed: [0])),
      ]
    }
    #expect(count == (isKnown ? 1 : 0))
  }

  /// What each row gives besides the sums is put together again.
  @Test func resultsOfRows() throws {
    let count = try loops { b, v in
      let z = b.contract(v[0], v[3], Self.product)
      return [z, b.contract(v[0], b.exp(z), Self.overRows), b.sin(z)]
    }
    #expect(count == 1)
  }

  /// A second loop takes what the first has summed up.
  @Test func sumsOfSumsAreTwoPasses() throws {
    let count = try loops { b, v in
      let z = b.contract(v[0], v[3], Self.product)
      let sum = b.contract(v[0], z, Self.overRows)
      let again = b.contract(v[0], sum, Self.product)
      return [b.contract(v[0], b.cos(again), Self.overRows)]
    }
    #expect(count == 2)
  }

  /// One product reads its rows once already.
  @Test func oneSumStays() throws {
    #expect(try loops { b, v in [b.reduceSum(b.square(v[0]), axes: [0])] } == 0)
    #expect(try loops { b, v in [b.contract(v[0], v[1], Self.overRows)] } == 0)
  }

  /// A greatest element over all rows is no sum; what needs it waits for it.
  @Test func otherReductionsStay() throws {
    let count = try loops { b, v in
      let z = b.contract(v[0], v[3], Self.product)
      let greatest = b.reduceMax(z, axes: [0])
      return [b.contract(v[0], b.subtract(z, greatest), Self.overRows)]
    }
    #expect(count == 0)
  }

  /// Rows that meet other rows are not cut.
  @Test func rowsThatMeetStay() throws {
    let count = try loops { b, v in
      let gram = b.contract(v[0], v[0], Contraction(leftSummed: [1], rightSummed: [1]))
      let near = b.exp(gram)
      return [b.reduceSum(near, axes: [0, 1]), b.contract(near, v[0], Self.product)]
    }
    #expect(count == 0)
  }
}
