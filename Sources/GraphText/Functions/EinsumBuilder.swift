import GraphIR
import Ops
import Support

/// Adds the nodes of an `einsum`: operands are made ready one by one, then contracted in pairs.
struct EinsumBuilder {
  /// A value whose axes have labels, each once.
  private struct Term {
    var value: Value
    var labels: [Int]
  }

  private let spec: EinsumSpec
  private var terms: [Term] = []
  private(set) var builder: Builder

  init(_ spec: EinsumSpec, _ values: [Value], _ builder: Builder) {
    self.spec = spec
    self.builder = builder
    terms = zip(values, spec.operands).map { Term(value: $0, labels: $1) }
  }

  /// The value with the axes of the result.
  mutating func result() -> Value {
    for number in terms.indices { prepare(number) }
    while terms.count > 1 {
      let (left, right) = cheapest()
      let product = contract(left, right)
      terms.remove(at: right)
      terms[left] = product
      sumUp(left)
    }
    let term = terms[0]
    return builder.transpose(term.value, spec.result.compactMap { term.labels.firstIndex(of: $0) })
  }

  // MARK: One operand

  /// Takes diagonals where a label stands twice, leaves out axes of 1 that others stretch, and sums
  /// over what stands nowhere else.
  private mutating func prepare(_ number: Int) {
    takeDiagonals(number)
    let term = terms[number]
    let shape = builder.shape(term.value)
    let others = labels(besides: [number])
    let stretched = term.labels.indices.filter {
      let label = term.labels[$0]
      return shape[$0] == Dim(1) && spec.sizes[label] != Dim(1) && others.contains(label)
    }
    terms[number].value = builder.squeeze(term.value, axes: stretched)
    terms[number].labels = term.labels.indices.filter { !stretched.contains($0) }
      .map { term.labels[$0] }
    sumUp(number)
  }

  /// Picks the elements whose places along axes of one label are the same.
  private mutating func takeDiagonals(_ number: Int) {
    while let label = terms[number].labels.first(where: { label in
      terms[number].labels.count { $0 == label } > 1
    }) {
      let term = terms[number]
      // An axis of 1 stands at place 0 whatever the others are.
      let shape = builder.shape(term.value)
      let axes = term.labels.indices.filter { term.labels[$0] == label }
      let size = axes.map { shape[$0] }.first { $0 != Dim(1) } ?? Dim(1)
      let zeros = builder.zeros(TensorType(.i64, [size]))
      let places = builder.arange(size)
      let positions = axes.map { shape[$0] == size ? places : zeros }
      let rank = term.labels.count - axes.count
      terms[number].value = builder.emit(
        .gather, [term.value] + positions, .picking(Picking(axes: axes, place: rank)))
      terms[number].labels = term.labels.filter { $0 != label } + [label]
    }
  }

  /// Sums over the axes that neither the result nor another operand has.
  private mutating func sumUp(_ number: Int) {
    let needed = labels(besides: [number])
    let term = terms[number]
    let summed = term.labels.indices.filter { !needed.contains(term.labels[$0]) }
    terms[number].value = builder.reduceSum(term.value, axes: summed)
    terms[number].labels = term.labels.filter { needed.contains($0) }
  }

  /// The labels of the result and of all operands but some.
  private func labels(besides numbers: [Int]) -> Set<Int> {
    var labels = Set(spec.result)
    for (number, term) in terms.enumerated() where !numbers.contains(number) {
      labels.formUnion(term.labels)
    }
    return labels
  }

  // MARK: Pairs

  /// The pair with the fewest products; of several the one that leaves the fewest elements. Of very
  /// many operands the first two.
  private func cheapest() -> (Int, Int) {
    guard terms.count > 2, terms.count <= EinsumBuilder.searchLimit else { return (0, 1) }
    var uses: [Int: Int] = [:]
    for label in spec.result + terms.flatMap(\.labels) { uses[label, default: 0] += 1 }
    var best: (pair: (Int, Int), cost: Double, size: Double)?
    for left in terms.indices {
      for right in (left + 1)..<terms.count {
        let (a, b) = (Set(terms[left].labels), Set(terms[right].labels))
        let all = a.union(b)
        let kept = all.filter { uses[$0, default: 0] > (a.contains($0) && b.contains($0) ? 2 : 1) }
        let (cost, size) = (count(all), count(kept))
        if let best, (best.cost, best.size) <= (cost, size) { continue }
        best = ((left, right), cost, size)
      }
    }
    return best?.pair ?? (0, 1)
  }

  /// A good order is looked for among at most so many operands.
  private static let searchLimit = 50

  /// The number of elements of a tensor with these axes, where every symbol is taken for 64.
  private func count(_ labels: Set<Int>) -> Double {
    labels.reduce(1) { count, label in
      let size = spec.sizes[label] ?? Dim(1)
      let sizes = Dictionary(uniqueKeysWithValues: size.symbols.map { ($0, 64) })
      return count * Double(size.evaluate(sizes) ?? 64)
    }
  }

  /// The sum of products over the axes that both operands and nothing else have.
  private mutating func contract(_ first: Int, _ second: Int) -> Term {
    let (left, right) = (terms[first], terms[second])
    let needed = labels(besides: [first, second])
    let shared = left.labels.filter { right.labels.contains($0) }
    let batch = shared.filter { needed.contains($0) }
    let summed = shared.filter { !needed.contains($0) }
    let labels = batch + left.labels.filter { !shared.contains($0) }
      + right.labels.filter { !shared.contains($0) }
    func axes(_ labels: [Int], of term: Term) -> [Int] {
      labels.compactMap { term.labels.firstIndex(of: $0) }
    }
    if summed.isEmpty {
      let values = [aligned(left, to: labels), aligned(right, to: labels)]
      return Term(value: builder.multiply(values[0], values[1]), labels: labels)
    }
    let pairs = Contraction(
      leftBatch: axes(batch, of: left), rightBatch: axes(batch, of: right),
      leftSummed: axes(summed, of: left), rightSummed: axes(summed, of: right))
    return Term(value: builder.contract(left.value, right.value, pairs), labels: labels)
  }

  /// The value with its axes in the order of labels, and axes of 1 for those that it does not have.
  private mutating func aligned(_ term: Term, to labels: [Int]) -> Value {
    let order = labels.compactMap { term.labels.firstIndex(of: $0) }
    let missing = labels.indices.filter { !term.labels.contains(labels[$0]) }
    return builder.expandDims(builder.transpose(term.value, order), axes: missing)
  }
}
