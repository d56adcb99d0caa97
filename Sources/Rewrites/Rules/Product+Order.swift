import GraphIR
import Ops
import Support

/// A matrix or vector of a chain of products, with its axes in the order of the chain.
private struct Factor {
  let value: Value
  /// The axis that the factor before is summed with; nil for a vector at the front.
  let row: Int?
  /// The axis that the factor behind is summed with; nil for a vector at the end.
  let column: Int?
}

/// A product of matrices, written out as far as products are used once.
private struct Chain {
  var factors: [Factor] = []
  /// The multiplications that it takes as it stands.
  var work = Dim(0)
}

extension Rewriter {
  /// So many factors are ordered at once: the time for it grows with their cube.
  private static let chainLimit = 12

  /// A product of three and more matrices and vectors in the order of least work, where that is
  /// certainly less than now; nil else.
  ///
  /// Only products that nothing else uses are taken apart. Of symbolic sizes the order is the best
  /// one where all are alike: it is taken if it is better whatever they are.
  mutating func reassociated(_ node: Candidate) -> Value? {
    guard let summed = plainAxes(node.operation, node.operands, node.attributes) else { return nil }
    let (left, right) = (node.operands[0], node.operands[1])
    guard isInnerProduct(left) || isInnerProduct(right) else { return nil }
    var chain = Chain()
    flatten(oriented(left, column: summed[0]), into: &chain)
    flatten(oriented(right, row: summed[1]), into: &chain)
    chain.work = chain.work + work(left, right, summed)
    let sizes = boundaries(of: chain.factors)
    for guess in [1.0, 64] {
      let order = ChainOrder(sizes.map { $0.estimate(guess) })
      let work = order.work(sizes)
      if (chain.work - work).isCertainlyPositive() { return product(chain.factors, order) }
    }
    return nil
  }

  /// The summed axes of a product of two matrices or vectors; nil for other nodes.
  private func plainAxes(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes
  ) -> [Int]? {
    guard operation == .contract, case .contraction(let pairs) = attributes,
      pairs.leftBatch.isEmpty, pairs.leftSummed.count == 1,
      operands.allSatisfy({ (1...2).contains(type($0).rank) })
    else { return nil }
    return [pairs.leftSummed[0], pairs.rightSummed[0]]
  }

  /// Whether a value is a product of two matrices that only the node that is looked at uses.
  private func isInnerProduct(_ value: Value) -> Bool {
    guard type(value).rank == 2, isUsedOnce(value), isMade(value, by: .contract) else {
      return false
    }
    let node = node(of: value)
    return plainAxes(.contract, node.operands, node.attributes) != nil
      && node.operands.allSatisfy { type($0).rank == 2 }
  }

  private func oriented(_ value: Value, row: Int) -> Factor {
    Factor(value: value, row: row, column: type(value).rank == 2 ? 1 - row : nil)
  }

  private func oriented(_ value: Value, column: Int) -> Factor {
    Factor(value: value, row: type(value).rank == 2 ? 1 - column : nil, column: column)
  }

  /// Appends the factors of a value to a chain, from left to right.
  private func flatten(_ factor: Factor, into chain: inout Chain) {
    var open = [factor]
    while let next = open.popLast() {
      guard isInnerProduct(next.value), chain.factors.count + open.count < Rewriter.chainLimit
      else {
        chain.factors.append(next)
        continue
      }
      let node = node(of: next.value)
      guard let summed = plainAxes(.contract, node.operands, node.attributes) else { continue }
      let (a, b) = (node.operands[0], node.operands[1])
      chain.work = chain.work + work(a, b, summed)
      // Axis 0 of the product is the free one of `a`; the other way round it is bᵀ aᵀ.
      open +=
        next.row == 0
        ? [oriented(b, row: summed[1]), oriented(a, column: summed[0])]
        : [oriented(a, row: summed[0]), oriented(b, column: summed[1])]
    }
  }

  /// The multiplications of a product of two factors.
  private func work(_ a: Value, _ b: Value, _ summed: [Int]) -> Dim {
    Dim.product(shape(a))
      * (type(b).rank == 1 ? Dim(1) : shape(b)[1 - summed[1]])
  }

  /// The sizes between the factors of a chain, and at its ends.
  private func boundaries(of factors: [Factor]) -> [Dim] {
    let first = factors[0].row.map { shape(factors[0].value)[$0] } ?? Dim(1)
    return [first]
      + factors.map { factor in factor.column.map { shape(factor.value)[$0] } ?? Dim(1) }
  }

  /// The product of all factors in an order.
  private mutating func product(_ factors: [Factor], _ order: ChainOrder) -> Value {
    var done: [Factor] = []
    for step in order.steps {
      switch step {
      case .factor(let number): done.append(factors[number])
      case .product:
        guard let b = done.popLast(), let a = done.popLast(), let i = a.column, let j = b.row else {
          preconditionFailure("a chain has two ends")
        }
        let value = emit(
          .contract, [a.value, b.value],
          .contraction(Contraction(leftSummed: [i], rightSummed: [j])))
        let rank = type(value).rank
        done.append(
          Factor(
            value: value, row: a.row == nil ? nil : 0, column: b.column == nil ? nil : rank - 1))
      }
    }
    return done[0].value
  }
}

/// The order of least work for a chain of products (Godbole 1973).
private struct ChainOrder {
  enum Step {
    case factor(Int)
    /// Of the last two values.
    case product
  }

  /// What to multiply, after its operands.
  private(set) var steps: [Step] = []
  /// The ends of the chains that are multiplied: before, between and behind.
  private var products: [(Int, Int, Int)] = []

  /// - Parameter sizes: those before, between and behind the factors.
  init(_ sizes: [Double]) {
    let count = sizes.count - 1
    // Of the factors `i ..< j`: the least work, and where it splits them.
    var least = [[Double]](repeating: [Double](repeating: 0, count: count + 1), count: count + 1)
    var splits = [[Int]](repeating: [Int](repeating: 0, count: count + 1), count: count + 1)
    for length in stride(from: 2, through: count, by: 1) {
      for i in 0...(count - length) {
        let j = i + length
        least[i][j] = .infinity
        for split in (i + 1)..<j {
          let work = least[i][split] + least[split][j] + sizes[i] * sizes[split] * sizes[j]
          if work < least[i][j] { (least[i][j], splits[i][j]) = (work, split) }
        }
      }
    }
    var open: [(i: Int, j: Int, isReady: Bool)] = [(0, count, false)]
    while let (i, j, isReady) = open.popLast() {
      if j - i == 1 {
        steps.append(.factor(i))
      } else if isReady {
        steps.append(.product)
        products.append((i, splits[i][j], j))
      } else {
        open += [(i, j, true), (splits[i][j], j, false), (i, splits[i][j], false)]
      }
    }
  }

  /// The multiplications that it takes.
  func work(_ sizes: [Dim]) -> Dim {
    products.reduce(Dim(0)) { $0 + sizes[$1.0] * sizes[$1.1] * sizes[$1.2] }
  }
}

extension Dim {
  /// Its value where every symbol has one size.
  fileprivate func estimate(_ size: Double) -> Double {
    if let constant { return Double(constant) }
    let sizes = Dictionary(uniqueKeysWithValues: symbols.map { ($0, Int(size)) })
    return evaluate(sizes).map(Double.init) ?? size
  }

  /// Whether it is above 0 for some sizes and below for none, where all symbols are so large or
  /// more.
  func isCertainlyPositive(from least: Int = 1) -> Bool {
    if let constant { return constant > 0 }
    var sizes: [String: Dim] = [:]
    for name in symbols { sizes[name] = .symbol(name) + least }
    let raised = substituting(sizes)
    return raised != Dim(0) && raised.isKnownNonNegative
  }
}
