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
    let needs: [Need]

    /// Whether operands of these operations may fit.
    func mayFit(_ operands: [ObjectIdentifier]) -> Bool {
      guard operands.count >= needs.count else { return false }
      for index in needs.indices {
        switch needs[index] {
        case .anything: continue
        case .constant:
          let operand = operands[index]
          guard operand == RuleTable.literal || operand == RuleTable.broadcast else { return false }
        case .operation(let wanted):
          guard operands[index] == wanted else { return false }
        }
      }
      return true
    }
  }

  private static let literal = ObjectIdentifier(Operation.literal)
  private static let broadcast = ObjectIdentifier(Operation.broadcastTo)

  /// The rules in the order in which they are tried.
  let rules: [Rule]
  private var attempts: [ObjectIdentifier: [Attempt]] = [:]

  init(_ rules: [Rule], _ options: RewriteOptions) {
    self.rules = rules.filter { !options.disabled.contains($0.name) }
  }

  /// What to try on nodes of an operation, in order; the list is made when it is first asked for.
  mutating func attempts(for operation: Operation) -> [Attempt] {
    let key = ObjectIdentifier(operation)
    if let known = attempts[key] { return known }
    var list: [Attempt] = []
    for (number, rule) in rules.enumerated() where rule.heads.contains(operation) {
      switch rule.body {
      case .code: list.append(Attempt(rule: number, left: nil, needs: []))
      case .sides(let orientations, _):
        for left in orientations {
          let needs = left.operands.map { Need($0) }
          list.append(Attempt(rule: number, left: left, needs: needs))
        }
      }
    }
    attempts[key] = list
    return list
  }
}
