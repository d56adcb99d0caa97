import Support

/// How often each rule was applied, over all rounds.
struct RewriteLog: Sendable {
  /// The name under which merged nodes are counted and switched off.
  static let mergeName = "common-subexpression"
  /// The count of all applications.
  static let totalName = "rewrites"

  /// All applications of this compilation so far.
  private(set) var applied: Int
  /// Applications by the number of the rule.
  private var counts: [Int]
  private var merges = 0

  init(ruleCount: Int, applied: Int) {
    counts = Array(repeating: 0, count: ruleCount)
    self.applied = applied
  }

  /// Counts an application of a rule; gives its number, from 1.
  mutating func begin(_ rule: Int) -> Int {
    counts[rule] += 1
    applied += 1
    return applied
  }

  /// Takes back the count of a rule that turned out not to apply.
  mutating func cancel(_ rule: Int) {
    counts[rule] -= 1
    applied -= 1
  }

  /// Counts a node that became one with another.
  mutating func countMerge() {
    merges += 1
    applied += 1
  }

  /// Adds the counts to those of the compilation, by the names of the rules.
  func add(to counters: inout Counters, _ rules: [Rule], since start: Int) {
    for (rule, count) in zip(rules, counts) where count > 0 {
      counters.add(RewriteLog.counterName(rule.name), count)
    }
    if merges > 0 { counters.add(RewriteLog.counterName(RewriteLog.mergeName), merges) }
    if applied > start { counters.add(RewriteLog.totalName, applied - start) }
  }

  /// The name of a rule among the counters.
  static func counterName(_ rule: String) -> String { "rewrite \(rule)" }
}
