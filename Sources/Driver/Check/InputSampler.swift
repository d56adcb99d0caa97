import GraphIR
import Glibc
import Ops
import Support

/// Draws parameters at which a graph can be evaluated, and all of its values are numbers.
struct InputSampler {
  private let graph: Graph
  private let sizes: [String: Int]
  /// Values that the user has given, by the number of the parameter.
  private let given: [Int: Tensor]
  /// What the operations that take a parameter as it is want of it.
  private let wishes: [Int: Sample.Domain]

  /// What a parameter is drawn as.
  private enum Kind: CaseIterable {
    case normal, wish, positive, unit, small, positiveDefinite
  }

  init(_ graph: Graph, sizes: [String: Int], given: [Int: Tensor]) {
    self.graph = graph
    self.sizes = sizes
    self.given = given
    wishes = InputSampler.wishes(of: graph)
  }

  /// One draw: at first as the operations wish, later anything.
  func draw(_ attempt: Int, random: inout RandomSource) -> [Tensor] {
    graph.parameters.indices.map { number in
      if let tensor = given[number] { return tensor }
      let type = graph.type(graph.parameters[number].value)
      let shape = type.shape.map { $0.evaluate(sizes) ?? 0 }
      guard type.dtype.isFloat else {
        let greatest = attempt < 8 ? 1 : random.integer(0, 3)
        return random.tensor(
          type.dtype, shape, type.dtype == .bool ? .booleans : .integers(0, greatest))
      }
      var kind = Kind.wish
      if attempt >= 4, let any = Kind.allCases.randomElement(using: &random) { kind = any }
      return tensor(kind, number, shape, &random)
    }
  }

  private func tensor(
    _ kind: Kind, _ number: Int, _ shape: [Int], _ random: inout RandomSource
  ) -> Tensor {
    switch kind {
    case .normal: return random.normal(shape)
    case .wish:
      return wishes[number].map { random.tensor(.f64, shape, $0) } ?? random.normal(shape)
    case .positive: return random.tensor(.f64, shape, .interval(0.2, 3))
    case .unit: return random.tensor(.f64, shape, .interval(0.05, 0.95))
    case .small: return random.tensor(.f64, shape, .interval(-0.3, 0.3))
    case .positiveDefinite:
      let isSquare = shape.count >= 2 && shape[shape.count - 1] == shape[shape.count - 2]
      return isSquare ? random.positiveDefinite(shape) : random.normal(shape)
    }
  }

  /// For each parameter the narrowest domain of an operation that takes it, be it moved, stretched
  /// or converted, but not computed with.
  private static func wishes(of graph: Graph) -> [Int: Sample.Domain] {
    var origins: [Value: Int] = [:]
    var wishes: [Int: Sample.Domain] = [:]
    for (number, parameter) in graph.parameters.enumerated() { origins[parameter.value] = number }
    for node in graph.nodes {
      for (index, operand) in node.operands.enumerated() {
        guard let number = origins[operand] else { continue }
        if let domain = domain(of: node.operation, index), isNarrower(domain, wishes[number]) {
          wishes[number] = domain
        }
      }
      guard let first = node.operands.first, let number = origins[first] else { continue }
      if keepsNumbers(node.operation) { origins[node.result] = number }
    }
    return wishes
  }

  /// Whether the elements of the result are elements of the first operand.
  private static func keepsNumbers(_ operation: Operation) -> Bool {
    switch operation.kernel {
    case .view, .reshape, .gather: true
    case .leaf, .pointwise, .generator, .assembly, .reduction, .search, .contraction, .convolution,
      .accumulation, .sumOfPieces, .scatter, .routine, .regions, .expansion, .request:
      operation == .copy || operation == .convert
    }
  }

  /// Where an operand is drawn from, if not from both sides of 0 evenly.
  private static func domain(of operation: Operation, _ index: Int) -> Sample.Domain? {
    guard let sample = operation.samples.first, sample.domains.indices.contains(index) else {
      return nil
    }
    switch sample.domains[index] {
    case .matrices: return sample.domains[index]
    case .interval(let low, let high): 
      return operation.isPointwise && (low >= 0 || high <= 1) ? .interval(low, high) : nil
    case .awayFromZero, .integers, .booleans: return nil
    }
  }

  /// Whether a domain lies inside another.
  private static func isNarrower(_ domain: Sample.Domain, _ other: Sample.Domain?) -> Bool {
    guard case .interval(let low, let high) = domain, case .interval(let from, let to)? = other
    else { return true }
    return high - low < to - from
  }
}

extension RandomSource {
  /// Standard normal numbers (Box and Muller 1958).
  fileprivate mutating func normal(_ shape: [Int]) -> Tensor {
    let values = (0..<shape.reduce(1, *)).map { _ in
      let radius = (-2 * Glibc.log(uniform(0x1p-60, 1))).squareRoot()
      return radius * Glibc.cos(2 * Double.pi * uniform(0, 1))
    }
    return Tensor(.f64, shape, floats: values)
  }

  /// Matrices `A Aᵀ + n I`.
  fileprivate mutating func positiveDefinite(_ shape: [Int]) -> Tensor {
    let n = shape[shape.count - 1]
    let root = normal(shape).floats
    var values = root
    for start in stride(from: 0, to: root.count, by: max(n * n, 1)) {
      for row in 0..<n {
        for column in 0..<n {
          values[start + row * n + column] = (0..<n).reduce(row == column ? Double(n) : 0) {
            $0 + root[start + row * n + $1] * root[start + column * n + $1]
          }
        }
      }
    }
    return Tensor(.f64, shape, floats: values)
  }
}
