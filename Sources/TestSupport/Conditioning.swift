package import GraphIR
import Ops
package import Support

/// What a graph computes, and how far roundings may have moved it.
///
/// The graph is computed again and again, with every number on the way off by a few units in the
/// last place (Vignes's stochastic arithmetic): what these results differ by is what a computation
/// of the same formula in another order may differ by. Where noise turns a comparison, nothing is
/// known of what hangs on it.
package struct Conditioning {
  /// The relative noise, in units in the last place: rules may be off by 16.
  static let amplitude = 16.0

  /// What the graph computes, without noise.
  package let results: [Tensor]
  private let noisy: [[Tensor]]
  /// Which results hang on a decision that noise turns.
  private let isTorn: [Bool]
  /// Which results hang on a decision about what is no number, which rewrites may turn.
  private let isLoose: [Bool]
  /// Whether some computation with noise ends in an error.
  package let mayFail: Bool

  /// - Parameter samples: how often the graph is computed with noise.
  package init(
    _ graph: Graph, _ parameters: [Tensor], sizes: [String: Int], samples: UInt64 = 5
  ) throws(EvaluationError) {
    var evaluator = Evaluator(graph: graph, sizes: sizes)
    results = try evaluator.run(parameters)
    var runs: [[Tensor]] = []
    for seed in 1...samples {
      let run = try? Conditioning.noisyRun(graph, parameters, sizes, RandomSource(seed: seed))
      if let run { runs.append(run) }
    }
    mayFail = runs.count < samples
    var isTorn = [Bool](repeating: false, count: graph.values.count)
    var isLoose = isTorn
    let equalities = [Operation.equal, .notEqual]
    for node in graph.nodes {
      let isBelow = node.operands.contains { isTorn[Int($0.index)] }
      for value in node.results {
        let place = Int(value.index)
        let isStep = Conditioning.steps.contains(node.operation)
        let decides = isStep || !graph.type(value).dtype.isFloat
        isTorn[place] = isBelow || decides && runs.contains { $0[place] != evaluator[value] }
        isLoose[place] = node.operands.contains { operand in
          isLoose[Int(operand.index)] || decides && evaluator[operand].hasNoNumber
        }
        if equalities.contains(node.operation), let (a, b) = node.floats(of: graph) {
          let order = Conditioning.order(evaluator[a], evaluator[b])
          isTorn[place] =
            isTorn[place]
            || runs.contains { Conditioning.order($0[Int(a.index)], $0[Int(b.index)]) != order }
        }
      }
    }
    let mayFail = mayFail
    let roots = (graph.outputs.map(\.value) + graph.updates.map(\.value)).map { Int($0.index) }
    self.isTorn = roots.map { isTorn[$0] || mayFail }
    self.isLoose = roots.map { isLoose[$0] }
    noisy = runs.map { run in roots.map { run[$0] } }
  }

  /// Whether some computation with noise comes to the end of a graph: a matrix that is only just
  /// singular is one for which another order of sums finds a factor.
  package static func mayPass(
    _ graph: Graph, _ parameters: [Tensor], sizes: [String: Int]
  ) -> Bool {
    graph.sizeChecks.allSatisfy { $0.holds(at: sizes) }
      && (1...300).contains { (seed: UInt64) in
        let values = try? noisyRun(graph, parameters, sizes, RandomSource(seed: seed))
        return values.map { values in
          graph.assertions.allSatisfy { values[Int($0.condition.index)].integers[0] != 0 }
        } ?? false
      }
  }

  /// Operations on floats that jump.
  private static let steps: Set<Operation> = [.floor, .ceil, .round, .trunc, .sign]

  /// On which side of numbers others lie: those that noise moves across each other may be equal,
  /// though none of a few computations finds them so.
  private static func order(_ a: Tensor, _ b: Tensor) -> [Int] {
    zip(a.floats, b.floats).map { $0 < $1 ? -1 : $0 > $1 ? 1 : 0 }
  }

  /// Where and how other results are further off than roundings explain; nil where they are not.
  ///
  /// - Parameters:
  ///   - places: which results the others are; all, unless said.
  ///   - keepsKinds: whether NaN and infinities must be what they are, as no rewrite is at work.
  package func violation(
    _ others: [Tensor], at places: [Int]? = nil, keepsKinds: Bool = false
  ) -> String? {
    for (place, other) in zip(places ?? Array(results.indices), others)
    where !isTorn[place] && (keepsKinds || !isLoose[place]) {
      let noisy = noisy.map { $0[place] }
      if let text = violation(results[place], other, noisy, keepsKinds) {
        return "\(place): \(text)"
      }
    }
    return nil
  }

  /// The part of the results that roundings leave more than half their digits.
  package var clarity: Double {
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

  /// How two results that stand for the same number are further apart than roundings explain; nil
  /// where they are not.
  package func disagreement(_ first: Int, _ second: Int) -> String? {
    if isTorn[first] || isTorn[second] { return nil }
    let (x, y) = (results[first].floats[0], results[second].floats[0])
    let spread = [first, second].map { place in
      Conditioning.spread(results[place].floats[0], noisy.map { $0[place].floats[0] })
    }
    guard spread[0].isFinite, spread[1].isFinite else { return nil }
    let bound = 8 * (spread[0] + spread[1] + DType.f64.ulp(x) + DType.f64.ulp(y))
    return (x - y).magnitude <= bound ? nil : "\(x) and \(y), ± \(bound)"
  }

  private func violation(
    _ mine: Tensor, _ other: Tensor, _ noisy: [Tensor], _ keepsKinds: Bool
  ) -> String? {
    guard mine.type == other.type else { return "\(mine.type) and \(other.type)" }
    guard case .floats(let numbers) = mine.elements else {
      return mine == other ? nil : "\(mine.elements) and \(other.elements)"
    }
    for (index, (x, y)) in zip(numbers, other.floats).enumerated() {
      let spread = Conditioning.spread(x, noisy.map { $0.floats[index] })
      guard spread.isFinite else {
        let isSure = !x.isFinite && noisy.allSatisfy { Conditioning.isSame($0.floats[index], x) }
        if keepsKinds, isSure, !Conditioning.isSame(x, y) { return "\(x) and \(y) at \(index)" }
        continue
      }
      // Noise that goes this far is in a divisor of which roundings leave nothing: it may be 0.
      if !y.isFinite, spread > max(x.magnitude, 1) { continue }
      let bound = 8 * spread + 8 * mine.dtype.ulp(x)
      if !((x - y).magnitude <= bound) { return "\(x) and \(y) at \(index), ± \(bound)" }
    }
    return nil
  }

  /// Whether numbers are equal or both NaN.
  private static func isSame(_ x: Double, _ y: Double) -> Bool { x == y || x.isNaN && y.isNaN }

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
      var operands = node.operands.map { values[Int($0.index)] }
      if factorings.contains(node.operation) {
        operands = operands.map { movedWhole($0, &random) }
      } else if sumsMany(node.operation) {
        operands = operands.map { moved($0, &random) }
      } else if node.operation == .copysign {
        operands[1] = withAnySign(operands[1], &random)
      }
      let context = EvaluationContext(
        operands: operands,
        attributes: node.attributes,
        regions: node.regions.map { moved($0, &random) }, resultTypes: types.map(\.dtype),
        resultShapes: types.map { $0.shape.map { $0.evaluate(sizes) ?? 0 } }, sizes: sizes,
        data: graph.data)
      var results = try node.operation.evaluate(context)
      if factorings.contains(node.operation) {
        results = results.map { withLessDust($0, &random) }
      }
      let loses = mayUnderflow(node.operation, context.operands)
      let isMoved = rounds(node, of: graph)
      values += isMoved ? results.map { moved($0, &random, loses) } : results
    }
    return values
  }

  /// Whether the results of a node are rounded: a conversion rounds to what is narrower.
  private static func rounds(_ node: Node, of graph: Graph) -> Bool {
    guard let operand = node.operands.first else { return false }
    guard node.operation == .convert else { return rounds(node.operation) }
    let (from, to) = (graph.type(operand).dtype, graph.type(node.result).dtype)
    return from.isFloat && to.isFloat && to.ulp(1) > from.ulp(1)
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

  /// Whether an operation sums up many terms: another order gives the sum of terms that are a little
  /// off, which may be all that is left where they cancel.
  private static func sumsMany(_ operation: Operation) -> Bool {
    switch operation.kernel {
    case .reduction: operation == .sum
    case .contraction, .convolution, .accumulation: true
    // Deviations of equal elements are what is left of the sum inside.
    case .expansion: [.mean, .variance, .standardDeviation].contains(operation)
    case .pointwise, .leaf, .generator, .view, .reshape, .assembly, .search, .gather, .request,
      .sumOfPieces, .scatter, .routine, .regions:
      false
    }
  }

  /// A tensor with the numbers that signs are taken from: NaN has any.
  private static func withAnySign(_ tensor: Tensor, _ random: inout RandomSource) -> Tensor {
    guard case .floats(let numbers) = tensor.elements else { return tensor }
    return Tensor(
      tensor.dtype, tensor.shape,
      floats: numbers.map { $0.isNaN ? (random.integer(0, 1) == 0 ? 1 : -1) : $0 })
  }

  /// Every number of a region's value off by units in its own last place.
  private static func movedEach(
    _ value: Value, _ random: inout RandomSource, _ b: inout Builder
  ) -> Value {
    guard b.dtype(value).isFloat else { return value }
    let one = b.literal(.int(1), b.dtype(value))
    return b.multiply(value, b.add(one, wave(like: value, &random, &b)))
  }

  /// A wave over the places of a value, as high as the relative noise.
  static func wave(
    like value: Value, _ random: inout RandomSource, _ b: inout Builder
  ) -> Value {
    let (dtype, shape) = (b.dtype(value), b.shape(value))
    let places = b.reshape(b.convert(b.arange(Dim.product(shape)), to: dtype), to: shape)
    let steps = b.literal(.float(random.uniform(1, 3)), dtype)
    let start = b.literal(.float(random.uniform(0, 6)), dtype)
    let wave = b.emit(.sin, [b.add(b.multiply(steps, places), start)])
    return b.multiply(wave, b.literal(.float(amplitude * dtype.ulp(1)), dtype))
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
      var given = operands
      if factorings.contains(node.operation) {
        given = operands.map { movedWhole($0, &random, &b) }
      } else if sumsMany(node.operation) {
        given = operands.map { movedEach($0, &random, &b) }
      } else if node.operation == .copysign {
        let sign = b.literal(.int(random.integer(0, 1) == 0 ? 1 : -1), b.dtype(operands[1]))
        given[1] = b.select(b.emit(.isnan, [given[1]]), sign, given[1])
      }
      var results = b.append(node, of: region, on: given, regions: regions)
      if factorings.contains(node.operation) {
        results = results.map { withLessDust($0, &random, &b) }
      }
      guard rounds(node, of: region) else { return results }
      return results.map { result in
        let dtype = b.dtype(result)
        guard dtype.isFloat else { return result }
        let noise = amplitude * dtype.ulp(1)
        let factor = dtype.rounded(1 + random.uniform(-noise, noise))
        let product = b.multiply(b.literal(.float(factor), dtype), result)
        // Rules may lose the sign of a zero.
        let zero = b.literal(.float(random.integer(0, 1) == 0 ? 0 : -0.0), dtype)
        return b.select(b.equal(product, zero), zero, product)
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
        // Rules may lose the sign of a zero.
        if number == 0, least == 0 { return random.integer(0, 1) == 0 ? 0 : -0.0 }
        let moved = number * (1 + random.uniform(-noise, noise)) + random.uniform(-least, least)
        return tensor.dtype.rounded(moved)
      })
  }
}

extension Tensor {
  /// Whether an element is infinite or NaN.
  fileprivate var hasNoNumber: Bool {
    if case .floats(let numbers) = elements { !numbers.allSatisfy(\.isFinite) } else { false }
  }
}

extension Node {
  /// The operands of a comparison of floats; nil for other types.
  fileprivate func floats(of graph: Graph) -> (Value, Value)? {
    guard operands.count == 2, graph.type(operands[0]).dtype.isFloat else { return nil }
    return (operands[0], operands[1])
  }
}

extension DType {
  /// The unit in the last place of a number of this floating type.
  package func ulp(_ value: Double) -> Double {
    let (digits, least): (Int, Int) =
      switch self {
      case .f16: (10, -14)
      case .bf16: (7, -126)
      case .f32: (23, -126)
      default: (52, -1022)
      }
    guard value.isFinite else { return value }
    let exponent = value == 0 ? least : max(Int(value.exponent), least)
    return Double(sign: .plus, exponent: exponent - digits, significand: 1)
  }
}
