import GraphIR

/// The rules that are on, by the operation at which they begin.
struct RuleTable: Sendable {
  /// The rules in the order in which they are tried.
  let rules: [Rule]
  private var byOperation: [ObjectIdentifier: [Int]] = [:]
  private let generic: [Int]

  init(_ rules: [Rule], _ options: RewriteOptions) {
    self.rules = rules.filter { !options.disabled.contains($0.name) }
    var generic: [Int] = []
    for (index, rule) in self.rules.enumerated() {
      if case .every = rule.heads { generic.append(index) }
    }
    self.generic = generic
    for (index, rule) in self.rules.enumerated() {
      guard case .of(let operations) = rule.heads else { continue }
      for operation in operations { byOperation[ObjectIdentifier(operation), default: []].append(index) }
    }
  }

  /// The numbers of the rules for nodes of an operation, in order.
  mutating func rules(for operation: Operation) -> [Int] {
    let key = ObjectIdentifier(operation)
    if let known = complete[key] { return known }
    let fitting = generic.filter { rules[$0].heads.contains(operation) }
    let all = (byOperation[key, default: []] + fitting).sorted()
    complete[key] = all
    return all
  }

  /// The lists with the generic rules, made as operations turn up.
  private var complete: [ObjectIdentifier: [Int]] = [:]
}
