import Support

/// Finds the funcs that call themselves, directly or by way of others.
struct RecursionFinder {
  private let program: Program
  /// For each func the funcs that it calls, with the place of the first call.
  private let calls: [[(callee: Int, site: Site)]]
  private var state: [State]
  /// The funcs on the way from where the search began, each with the number of its next call.
  private var path: [(function: Int, next: Int)] = []
  private(set) var recursive: Set<Int> = []
  private(set) var mistakes: [Diagnostic] = []

  /// How far the search has come with a func.
  private enum State { case new, open, done }

  init(_ program: Program) {
    self.program = program
    calls = program.functions.enumerated().map { number, function in
      let rules = program.rules[number]?.all.map(\.declaration.body) ?? []
      return RecursionFinder.calls(in: [function.declaration.body] + rules, function, program)
    }
    state = Array(repeating: .new, count: program.functions.count)
  }

  /// Searches all funcs; depth first, without recursion of its own.
  mutating func run() {
    for function in program.functions.indices where state[function] == .new {
      enter(function)
      while let (current, next) = path.last {
        guard next < calls[current].count else {
          state[current] = .done
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        follow(calls[current][next])
      }
    }
  }

  private mutating func enter(_ function: Int) {
    state[function] = .open
    path.append((function, 0))
  }

  private mutating func follow(_ call: (callee: Int, site: Site)) {
    switch state[call.callee] {
    case .new: enter(call.callee)
    case .done: break
    case .open:
      let start = path.firstIndex { $0.function == call.callee } ?? path.count - 1
      report(path[start...].map(\.function), at: call.site)
    }
  }

  /// Reports a circle of calls.
  private mutating func report(_ circle: [Int], at site: Site) {
    recursive.formUnion(circle)
    if let rule = rule(in: circle) {
      let name = rule.function.text
      mistakes.append(
        .error(
          "a '\(rule.mode.rawValue)' of '\(name)' may not call '\(name)', nor a func that does; "
            + "behind '->' its result has a name", at: site))
      return
    }
    let names = circle.prefix(8).map { "'\(program.functions[$0].name)'" }
    let others = names.dropFirst().joined(separator: ", ") + (circle.count > 8 ? ", …" : "")
    let way = circle.count > 1 ? " by way of \(others)" : ""
    mistakes.append(
      .error("\(names[0]) calls itself\(way); a func may not be recursive", at: site))
  }

  /// A derivative by which a circle of calls leads.
  private func rule(in circle: [Int]) -> RuleDeclaration? {
    for (place, caller) in circle.enumerated() {
      let callee = circle[(place + 1) % circle.count]
      let function = program.functions[caller]
      let direct = RecursionFinder.calls(in: [function.declaration.body], function, program)
      if !direct.contains(where: { $0.callee == callee }) {
        return program.rules[caller]?.all.first { rule in
          RecursionFinder.calls(in: [rule.declaration.body], function, program)
            .contains { $0.callee == callee }
        }?.declaration
      }
    }
    return nil
  }

  /// The funcs that a func or its derivatives call, each once.
  private static func calls(
    in bodies: [Block], _ function: Function, _ program: Program
  ) -> [(callee: Int, site: Site)] {
    let names = program.modules[function.module].names
    var calls: [(callee: Int, site: Site)] = []
    var seen: Set<Int> = []
    let walker = CallWalker { name, _ in
      guard case .function(let callee)? = names[name.text]?.kind else { return }
      if seen.insert(callee).inserted { calls.append((callee, name.site)) }
    }
    for body in bodies { walker.walk(body) }
    return calls
  }
}
