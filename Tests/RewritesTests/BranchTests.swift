import Autodiff
import GraphIR
import Ops
import Rewrites
import Support
import TestSupport
import Testing

/// What flows to a place that a `where` has not chosen is exactly 0, whatever is computed there:
/// for every elementwise operation, at every special value, to second order in both modes.
@Suite struct BranchTests {
  /// Where a function stands among what a `where` chooses.
  enum Place: String, CaseIterable, Sendable {
    case first, second, underRoot
  }

  /// Operations that are refused in forward mode on purpose.
  private static let untrue: Set<String> = ["grad_scale", "grad_clip", "stop_gradient"]

  /// The names of operations on floats that give floats.
  static let names: [String] = Set(
    Operation.elementwise.filter { !untrue.contains($0.name) && sample(of: $0) != nil }
      .map(\.name)
  ).sorted()

  /// A sample of an operation that takes and gives floats.
  private static func sample(of operation: Operation) -> Sample? {
    operation.samples.first { sample in
      let types = zip(sample.shapes, sample.domains).map { _, domain in
        TensorType(domain.dtype(floats: .f64), [])
      }
      let query = TypeQuery(operands: types, attributes: sample.attributes)
      return types.contains { $0.dtype.isFloat }
        && (try? operation.infer(query))?.map(\.dtype) == [.f64]
    }
  }

  @Test(arguments: names, Place.allCases)
  func unchosenPlacesGetNothing(_ name: String, _ place: Place) throws {
    let operation = try #require(Operation.elementwise.first { $0.name == name })
    let sample = try #require(Self.sample(of: operation))
    let inputs = inputs(sample, seed: name)
    let graph = derivatives(operation, sample, place, count: inputs[0].count)
    for rewritten in try [Differentiate.run(graph), compiled(graph)] {
      try rewritten.verify()
      var evaluator = Evaluator(graph: rewritten, sizes: [:])
      let results = try evaluator.run(inputs)
      for (output, result) in zip(graph.outputs, results) {
        let bad = result.floats.dropLast().first { $0 != 0 }
        #expect(bad == nil, "\(output.name) is \(bad ?? 0)")
      }
      // At the last place the function is chosen, and has a slope.
      for (result, bare) in zip(results, try bareSlopes(operation, sample, inputs, place)) {
        let (a, b) = (result.floats[result.count - 1], bare)
        #expect((a - b).magnitude <= 1e-12 * max(b.magnitude, 1), "\(a), not \(b)")
      }
    }
  }

  // MARK: Graphs

  /// Special values for all floating operands, and at the end a point of the sample.
  private func inputs(_ sample: Sample, seed: String) -> [Tensor] {
    let dtypes = sample.domains.map { $0.dtype(floats: .f64) }
    let columns = SpecialValues.columns(dtypes)
    var random = RandomSource(seed: 3, seed)
    var inputs = zip(columns, sample.domains).map { column, domain in
      let last = random.tensor(column.dtype, [], domain)
      return switch column.elements {
      case .floats(let values):
        Tensor(column.dtype, [values.count + 1], floats: values + last.floats)
      case .integers(let values):
        Tensor(column.dtype, [values.count + 1], integers: values + last.integers)
      }
    }
    let count = columns[0].count
    inputs.append(
      Tensor(.bool, [count + 1], integers: Array(repeating: 0, count: count) + [1]))
    return inputs
  }

  /// Two derivatives by each floating operand in both modes, where the last parameter chooses.
  private func derivatives(
    _ operation: Operation, _ sample: Sample, _ place: Place, count: Int
  ) -> Graph {
    let dtypes = sample.domains.map { $0.dtype(floats: .f64) } + [.bool]
    return Graph.of(dtypes.map { TensorType($0, [Dim(count)]) }, results: { b, v in
      let y = self.chosen(&b, operation, v, sample.attributes, place)
      let wrt = v.filter { b.type($0).dtype.isFloat }
      let ones = wrt.map { b.broadcast(b.literal(.float(1), .f64), to: b.shape($0)) }
      let cost = b.total(y)
      func form(_ form: DerivativeRequest.Form, _ y: Value, _ along: [Value]) -> [Value] {
        b.derivative(form, of: y, wrt: wrt, along: along, zeroWhereDisconnected: true)
      }
      let gradients = form(.grad, cost, [])
      let tangent = form(.jvp, y, ones)[0]
      var results = gradients + [tangent] + form(.hvp, cost, ones) + form(.jvp, tangent, ones)
      for gradient in gradients { results += form(.grad, b.total(gradient), []) }
      return results
    })
  }

  /// The function under the `where`.
  private func chosen(
    _ b: inout Builder, _ operation: Operation, _ v: [Value], _ attributes: Attributes,
    _ place: Place
  ) -> Value {
    let y = b.emit(operation, Array(v.dropLast()), attributes)
    let zero = b.literal(.float(0), .f64)
    return switch place {
    case .first: b.select(v[v.count - 1], y, zero)
    case .second: b.select(b.not(v[v.count - 1]), zero, y)
    case .underRoot: b.select(v[v.count - 1], b.sqrt(b.square(y)), zero)
    }
  }

  /// The gradients at the last place, of the function alone.
  private func bareSlopes(
    _ operation: Operation, _ sample: Sample, _ inputs: [Tensor], _ place: Place
  ) throws -> [Double] {
    let dtypes = sample.domains.map { $0.dtype(floats: .f64) }
    let graph = Graph.of(dtypes.map { TensorType($0, []) }, results: { b, v in
      var y = b.emit(operation, v, sample.attributes)
      if place == .underRoot { y = b.sqrt(b.square(y)) }
      let wrt = v.filter { b.type($0).dtype.isFloat }
      return b.derivative(.grad, of: y, wrt: wrt, zeroWhereDisconnected: true)
    })
    var evaluator = Evaluator(graph: try Differentiate.run(graph), sizes: [:])
    let point = inputs.dropLast().map { $0.gathering([$0.count - 1], shape: []) }
    return try evaluator.run(point).map { $0.floats[0] }
  }

  /// The graph as it is compiled, up to the building of loops.
  private func compiled(_ graph: Graph) throws -> Graph {
    var counters = Counters()
    let stable = Stabilise.run(graph, counters: &counters)
    let simple = Simplify.run(try Differentiate.run(stable), counters: &counters)
    return Simplify.run(
      Expand.run(simple), counters: &counters, rules: Catalogue.afterExpansion)
  }
}
