import LoopIR

/// What is known, where a body runs, of the results that the caller wants.
struct WantedResults {
  /// For each result whether it is wanted; nil where that is not known.
  private(set) var isWanted: [Bool?]

  private init(_ isWanted: [Bool?]) { self.isWanted = isWanted }

  /// The choices that are left when the bodies in front have served theirs.
  struct Choices {
    private let count: Int
    /// The sets of wanted results, as bits; nil for too many to list.
    private var left: [Int]?

    /// With more results than this, nothing is worked out.
    private static let limit = 6

    init(results count: Int) {
      self.count = count
      left = count <= Choices.limit ? Array(0..<(1 << count)) : nil
    }

    /// What a body that is tried next knows; afterwards, its choices are served.
    mutating func take(_ serves: Set<Int>?) -> WantedResults {
      if let serves {
        let bits = serves.reduce(0) { $0 | 1 << $1 }
        left?.removeAll { $0 == bits }
        return WantedResults((0..<count).map { serves.contains($0) })
      }
      guard let choices = left else { return WantedResults(Array(repeating: nil, count: count)) }
      left = []
      return WantedResults(
        (0..<count).map { result in
          let answers = Set(choices.map { $0 >> result & 1 == 1 })
          return answers.count == 1 ? answers.first : nil
        })
    }
  }
}

extension WantedResults {
  /// The body without the branches that are known not to run.
  func prune(_ body: Body) -> Body {
    var result = body
    result.block = prune(body.block, body)
    return result
  }

  /// The block without the branches that are known not to run.
  private func prune(_ block: Block, _ body: Body) -> Block {
    var items: [Item] = []
    for item in block.items {
      guard case .branch(let condition, let then, let otherwise) = item else {
        items.append(item)
        continue
      }
      switch value(of: condition, body) {
      case true?: items += prune(then, body).items
      case false?: items += prune(otherwise, body).items
      case nil:
        items.append(
          .branch(condition, then: prune(then, body), otherwise: prune(otherwise, body)))
      }
    }
    return Block(items)
  }

  /// The value of a condition that is made of `isWanted`, if it is known.
  private func value(of id: ScalarID, _ body: Body) -> Bool? {
    switch body[id].instruction {
    case .isWanted(let number): return isWanted[number]
    case .unary(.not, let a): return value(of: a, body).map { !$0 }
    case .binary(.and, let a, let b):
      let (x, y) = (value(of: a, body), value(of: b, body))
      if x == false || y == false { return false }
      return x == true && y == true ? true : nil
    case .binary(.or, let a, let b):
      let (x, y) = (value(of: a, body), value(of: b, body))
      if x == true || y == true { return true }
      return x == false && y == false ? false : nil
    case .constant, .dim, .loopVariable, .index, .unary, .binary, .compare, .multiplyAdd, .select,
      .convert, .bitcast, .call, .load, .carried, .loopResult, .acrossLanes, .splat, .accumulate,
      .round:
      return nil
    }
  }
}

extension Block {
  /// Whether it has no loop and at most so many steps.
  func isSmall(limit: Int) -> Bool {
    var left = limit
    func fits(_ block: Block) -> Bool {
      block.items.allSatisfy { item in
        left -= 1
        switch item {
        case .loop: return false
        case .branch(_, let then, let otherwise): return left >= 0 && fits(then) && fits(otherwise)
        case .scalar, .store, .check, .external, .stopIfFailed: return left >= 0
        }
      }
    }
    return fits(self)
  }
}
