import GraphIR
import Ops

/// The rules that are on, by the operation at which they begin.
struct RuleTable: Sendable {
  /// What a rule asks of the operand at some place: a quick look before terms are compared.
  enum Need: Sendable {
    case anything, constant
    case operation(ObjectIdentifier)

    init(_ pattern: Pattern) {
      switch pattern {
      case .value: self = .anything
      case .constant, .literal: self = .constant
      case .node(let operation, _, _): self = .operation(ObjectIdentifier(operation))
      }
    }
  }

  /// One way in which a rule may fit.
  struct Attempt: Sendable {
    /// The number of the rule.
    let rule: Int
    /// The left side in one order of operands; nil for code.
    let left: Pattern?
  }

  /// What to try on nodes of one operation, in order. What the attempts need lies together, apart
  /// from their patterns: nearly all fail at the quick look.
  final class AttemptList: Sendable {
    let attempts: [Attempt]
    private let needs: [Need]
    /// Where the needs of each attempt begin, and where the last ones end.
    private let starts: [Int]

    init(_ list: [(attempt: Attempt, needs: [Need])]) {
      attempts = list.map(\.attempt)
      needs = list.flatMap(\.needs)
      var starts = [0]
      for entry in list { starts.append(starts[starts.count - 1] + entry.needs.count) }
      self.starts = starts
    }

    /// Whether an attempt may fit operands, given the operations by value.
    func mayFit(_ number: Int, _ operands: [Value], _ operations: [ObjectIdentifier]) -> Bool {
      let start = starts[number]
      let count = starts[number + 1] - start
      guard operands.count >= count else { return false }
      for index in 0..<count {
        let operand = operations[Int(operands[index].index)]
        switch needs[start + index] {
        case .anything: continue
        case .constant:
          guard operand == RuleTable.literal || operand == RuleTable.broadcast else { return false }
        case .operation(let wanted):
          guard operand == wanted else { return false }
        }
      }
      return true
    }
  }

  private static let literal = ObjectIdentifier(Operation.literal)
  private static let broadcast = ObjectIdentifier(Operation.broadcastTo)

  /// The rules in the order in which they are tried.
  let rules: [Rule]
  private var lists: [Operation: AttemptList] = [:]

  init(_ rules: [Rule], _ options: RewriteOptions) {
    self.rules = rules.filter { !options.disabled.contains($0.name) }
  }

  /// What to try on nodes of an operation; the list is made when it is first asked for.
  mutating func attempts(for operation: Operation) -> AttemptList {
    if let known = lists[operation] { return known }
    var list: [(attempt: Attempt, needs: [Need])] = []
    for (number, rule) in rules.enumerated() where rule.heads.contains(operation) {
      switch rule.body {
      case .code: list.append((Attempt(rule: number, left: nil), []))
      case .sides(let orientations, _):
        for left in orientations {
          list.append((Attempt(rule: number, left: left), left.operands.map { Need($0) }))
        }
      }
    }
    let made = AttemptList(list)
    lists[operation] = made
    return made
  }
}
