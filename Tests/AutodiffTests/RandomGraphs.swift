import GraphIR
import Ops
import Support
import TestSupport

/// Random graphs of all operations with samples, smooth almost everywhere.
struct RandomGraphs {
  private var random: RandomSource
  private var b = Builder(graph: Graph(name: "random"))
  private var pool: [Value] = []
  private(set) var inputs: [Tensor] = []
  /// Values inside with something added that is 0: by either the derivative is the same.
  private(set) var moved: [(value: Value, offset: Value)] = []

  /// Operations and samples to choose from: those that give a float from some float.
  private static let choices: [(operation: Operation, sample: Sample)] = Operation.all.flatMap {
    operation -> [(operation: Operation, sample: Sample)] in
    if OperationDerivativeTests.untrue.contains(operation.name) { return [] }
    return operation.samples.compactMap { sample in
      var random = RandomSource(seed: 0)
      let found = OperationCase(
        operation, sample, floats: .f64, isSymbolic: false, random: &random)
      guard let found, found.hasFloats, found.graph.outputs.count == 1 else { return nil }
      return (operation, sample)
    }
  }

  init(seed: UInt64, steps: Int) {
    random = RandomSource(seed: seed, "random graphs")
    for (index, shape) in [[], [3], [2, 3]].enumerated() { addInput("x\(index)", shape) }
    for _ in 0..<steps { addNode() }
  }

  /// The graph with the mean of some late values as its output.
  mutating func finish() -> Graph {
    var terms: [Value] = []
    for value in pool.suffix(6) { terms.append(squashed(mean(value), .interval(-1, 1))) }
    let sum = terms.dropFirst().reduce(terms[0]) { b.add($0, $1) }
    b.graph.addOutput("y", sum)
    return b.graph
  }

  private mutating func addInput(_ name: String, _ shape: [Int]) {
    pool.append(b.graph.addParameter(name, TensorType(.f64, shape.map { Dim($0) })))
    inputs.append(random.tensor(.f64, shape))
  }

  /// Appends one operation on operands that lie in its domains.
  private mutating func addNode() {
    let (operation, sample) = Self.choices[random.integer(0, Self.choices.count - 1)]
    let operands = zip(sample.shapes, sample.domains).map { operand($0, $1) }
    guard var result = try? b.tryEmit(operation, operands, sample.attributes)[0] else { return }
    if random.integer(0, 3) == 0 {
      let name = "d\(inputs.count)"
      let type = b.type(result)
      let offset = b.graph.addParameter(name, type)
      let shape = type.shape.compactMap(\.constant)
      inputs.append(Tensor(.f64, shape, floats: Array(repeating: 0, count: shape.reduce(1, *))))
      result = b.add(result, offset)
      moved.append((result, offset))
    }
    pool.append(result)
  }

  /// An operand of a shape in a domain: some value of the pool, or for what is no float a constant.
  private mutating func operand(_ shape: [Int], _ domain: Sample.Domain) -> Value {
    switch domain {
    case .booleans:
      let value = fitted(pick(), to: shape)
      return b.greater(value, b.literal(0.0, like: value))
    case .integers: return constant(random.tensor(.i64, shape, domain))
    case .interval, .awayFromZero, .matrices:
      return squashed(fitted(pick(), to: shape), domain)
    }
  }

  /// Some value of the pool, rather a late one.
  private mutating func pick() -> Value {
    pool[max(random.integer(0, pool.count - 1), random.integer(0, pool.count - 1))]
  }

  private mutating func constant(_ tensor: Tensor) -> Value {
    b.graph.data.append(tensor)
    return b.emit(.data, [], .data(b.graph.data.count - 1))
  }

  /// A value in the shape, by its mean where it has another, and with elements that differ: where
  /// equal ones move together, differences do not see that they tie.
  private mutating func fitted(_ value: Value, to shape: [Int]) -> Value {
    let fitted = b.shape(value) == shape.map { Dim($0) } ? value : mean(value)
    return b.add(fitted, constant(random.tensor(.f64, shape)))
  }

  private mutating func mean(_ value: Value) -> Value {
    let count = b.type(value).count.constant ?? 1
    return b.multiply(b.total(value), b.literal(1 / Double(max(1, count)), like: value))
  }

  /// The value bent smoothly into the middle of a domain.
  private mutating func squashed(_ value: Value, _ domain: Sample.Domain) -> Value {
    let low: Double
    let high: Double
    switch domain {
    case .interval(let a, let b), .awayFromZero(let a, let b): (low, high) = (a, b)
    case .matrices:
      let shape = b.shape(value).compactMap(\.constant)
      var stripe = [Double](repeating: 0, count: shape.reduce(1, *))
      domain.addStripe(to: &stripe, shape)
      return b.add(b.emit(.sin, [value]), constant(Tensor(.f64, shape, floats: stripe)))
    case .integers, .booleans: return value
    }
    let bent = b.multiply(b.literal(0.4 * (high - low), like: value), b.emit(.sin, [value]))
    return b.add(b.literal((low + high) / 2, like: value), bent)
  }
}
