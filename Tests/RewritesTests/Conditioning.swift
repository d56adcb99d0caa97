import GraphIR
import Ops
import Support

/// What a graph computes, and how far roundings may have moved it.
///
/// The graph is computed again and again, with every number on the way off by a few units in the
/// last place (Vignes's stochastic arithmetic): what these results differ by is what a computation
/// of the same formula in another order may differ by. Where noise turns a comparison, nothing is
/// known of what hangs on it.
struct Conditioning {
  /// How often the graph is computed with noise.
  private static let samples: UInt64 = 5
  /// The relative noise, in units in the last place: rules may be off by 16.
  private static let amplitude = 16.0

  let results: [Tensor]
  private let noisy: [[Tensor]]
  /// Which results hang on a decision that noise turns.
  private let isTorn: [Bool]

  init(_ graph: Graph, _ parameters: [Tensor], sizes: [String: Int]) throws {
    var evaluator = Evaluator(graph: graph, sizes: sizes)
    results = try evaluator.run(parameters)
    let runs = try (1...Conditioning.samples).map { seed in
      try Conditioning.noisyRun(graph, parameters, sizes, RandomSource(seed: seed))
    }
    var isTorn = [Bool](repeating: false, count: graph.values.count)
    for node in graph.nodes {
      let isBelow = node.operands.contains { isTorn[Int($0.index)] }
      for value in node.results {
        let place = Int(value.index)
        let decides = Conditioning.steps.contains(node.operation) || !graph.type(value).dtype.isFloat
        isTorn[place] = isBelow || decides && runs.contains { $0[place] != evaluator[value] }
      }
    }
    let roots = (graph.outputs.map(\.value) + graph.updates.map(\.value)).map { Int($0.index) }
    self.isTorn = roots.map { isTorn[$0] }
    noisy = runs.map { run in roots.map { run[$0] } }
  }

  /// Operations on floats that jump.
  private static let steps: Set<Operation> = [.floor, .ceil, .round, .trunc, .sign]

  /// Where and how other results are further off than roundings explain; nil where they are not.
  func violation(_ others: [Tensor]) -> String? {
    for (place, (mine, other)) in zip(results, others).enumerated() where !isTorn[place] {
      if let text = violation(mine, other, noisy.map { $0[place] }) { return "\(place): \(text)" }
    }
    return nil
  }

  /// The part of the results that roundings leave more than half their digits.
  var clarity: Double {
    var (clear, all) = (0, 0)
    for (place, tensor) in results.enumerated() where tensor.dtype.isFloat {
      for (index, number) in tensor.floats.enumerated() {
        all += 1
        let spread = Conditioning.spread(number, noisy.map { $0[place].floats[index] })
        if !isTorn[place], spread <= 1e-8 * number.magnitude { clear += 1 }
      }
    }
    return all == 0 ? 1 : Double(clear) / Double(all)
  }

  private func violation(_ mine: Tensor, _ other: Tensor, _ noisy: [Tensor]) -> String? {
    guard mine.type == other.type else { return "\(mine.type) and \(other.type)" }
    guard case .floats(let numbers) = mine.elements else {
      return mine == other ? nil : "\(mine.elements) and \(other.elements)"
    }
    for (index, (x, y)) in zip(numbers, other.floats).enumerated() {
      let spread = Conditioning.spread(x, noisy.map { $0.floats[index] })
      guard spread.isFinite else { continue }
      let bound = 8 * spread + 8 * mine.dtype.ulp(x)
      if !((x - y).magnitude <= bound) { return "\(x) and \(y) at \(index), ± \(bound)" }
    }
    return nil
  }

  /// How far the others are from a number; infinite where one of all is no number.
  private static func spread(_ x: Double, _ others: [Double]) -> Double {
    guard x.isFinite else { return .infinity }
    return others.reduce(0) { spread, y in
      y.isFinite ? max(spread, (x - y).magnitude) : .infinity
    }
  }

  /// All values of a graph whose every floating number is moved a little.
  private static func noisyRun(
    _ graph: Graph, _ parameters: [Tensor], _ sizes: [String: Int], _ random: RandomSource
  ) throws -> [Tensor] {
    var random = random
    var values: [Tensor] = []
    for node in graph.nodes {
      if case .parameter(let place) = node.attributes {
        values.append(moved(parameters[place], &random))
        continue
      }
      let types = node.results.map { graph.type($0) }
      let context = EvaluationContext(
        operands: node.operands.map { values[Int($0.index)] }, attributes: node.attributes,
        regions: node.regions.map { moved($0, &random) }, resultTypes: types.map(\.dtype),
        resultShapes: types.map { $0.shape.map { $0.evaluate(sizes) ?? 0 } }, sizes: sizes,
        data: graph.data)
      let results = try node.operation.evaluate(context)
      let loses = mayUnderflow(node.operation, context.operands)
      let isMoved = !node.operands.isEmpty && rounds(node.operation)
      values += isMoved ? results.map { moved($0, &random, loses) } : results
    }
    return values
  }

  /// Whether the results of an operation are rounded: what is moved, picked or compared is not, and
  /// noise there would part what is equal.
  private static func rounds(_ operation: Operation) -> Bool {
    switch operation.kernel {
    case .pointwise: !exact.contains(operation)
    case .reduction: operation == .sum || operation == .product
    case .contraction, .convolution, .accumulation, .sumOfPieces, .scatter, .routine, .regions,
      .expansion:
      true
    case .leaf, .generator, .view, .reshape, .assembly, .search, .gather, .request: false
    }
  }

  /// Elementwise operations that do not round.
  private static let exact: Set<Operation> = [
    .negate, .abs, .sign, .floor, .copy, .fill, .select, .maximum, .minimum, .convert,
  ]

  /// Whether numbers near 0 may be what is left of smaller ones.
  private static func mayUnderflow(_ operation: Operation, _ operands: [Tensor]) -> Bool {
    operation.isPointwise && operation != .add && operation != .subtract
      && operands.allSatisfy { !$0.dtype.isFloat || !$0.floats.contains(0) }
  }

  /// A region whose every floating number is moved a little, by as much in each turn.
  private static func moved(_ region: Graph, _ random: inout RandomSource) -> Graph {
    region.rebuilt { node, operands, b in
      let regions = node.regions.map { moved($0, &random) }
      let results = b.append(node, of: region, on: operands, regions: regions)
      guard !operands.isEmpty, rounds(node.operation) else { return results }
      return results.map { result in
        let dtype = b.dtype(result)
        guard dtype.isFloat else { return result }
        let noise = amplitude * dtype.ulp(1)
        let factor = dtype.rounded(1 + random.uniform(-noise, noise))
        return b.multiply(b.literal(.float(factor), dtype), result)
      }
    }
  }

  private static func moved(
    _ tensor: Tensor, _ random: inout RandomSource, _ mayUnderflow: Bool = false
  ) -> Tensor {
    guard case .floats(let numbers) = tensor.elements else { return tensor }
    let noise = amplitude * tensor.dtype.ulp(1)
    let least = mayUnderflow ? amplitude * tensor.dtype.ulp(0) : 0
    return Tensor(
      tensor.dtype, tensor.shape,
      floats: numbers.map { number in
        let moved = number * (1 + random.uniform(-noise, noise)) + random.uniform(-least, least)
        return tensor.dtype.rounded(moved)
      })
  }
}
