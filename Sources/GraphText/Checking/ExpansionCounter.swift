/// Counts how often the funcs of a program are expanded for a body, without expanding them.
///
/// Calls of a func with the same names and literals are one, as `GraphChecker` expands them once.
/// Others that turn out to be equal, such as `f(2 - 1)` and `f(1)`, are counted apart, so the number
/// may be too large.
struct ExpansionCounter {
  private let program: Program
  /// The expansions that one call of each func is; nil where that is not known yet.
  private var counts: [Int?]

  init(_ program: Program) {
    self.program = program
    counts = Array(repeating: nil, count: program.functions.count)
  }

  /// The expansions of a body in a file; where they are more than half of all integers, that many.
  mutating func count(of body: Block, in module: Int) -> Int {
    let calls = calls(in: body, module)
    for callee in calls { settle(callee) }
    return sum(calls)
  }

  /// Finds the number of a func and of all that it calls; depth first, without recursion of its own.
  private mutating func settle(_ function: Int) {
    var path = [(function: function, calls: calls(of: function))]
    while let (current, calls) = path.last {
      let open = calls.first { counts[$0] == nil && !program.recursive.contains($0) }
      if let open, counts[current] == nil {
        path.append((open, self.calls(of: open)))
      } else {
        counts[current] = ExpansionCounter.limited(1, sum(calls))
        path.removeLast()
      }
    }
  }

  private func sum(_ calls: [Int]) -> Int {
    calls.reduce(0) { ExpansionCounter.limited($0, counts[$1] ?? 0) }
  }

  private static func limited(_ a: Int, _ b: Int) -> Int { min(a + b, Int.max / 2) }

  private func calls(of function: Int) -> [Int] {
    let function = program.functions[function]
    return calls(in: function.declaration.body, function.module)
  }

  /// The funcs that a body calls, each as often as it is expanded.
  private func calls(in body: Block, _ module: Int) -> [Int] {
    let names = program.modules[module].names
    var calls: [Int] = []
    var seen: Set<String> = []
    CallWalker { name, arguments in
      guard case .function(let callee)? = names[name.text]?.kind else { return }
      if arguments.allSatisfy(\.value.isPlain) {
        let key = name.text + " " + arguments.map(\.value.sourceText).joined(separator: ",")
        guard seen.insert(key).inserted else { return }
      }
      calls.append(callee)
    }.walk(body)
    return calls
  }
}

extension Expr {
  /// Whether it is a name or a literal.
  fileprivate var isPlain: Bool {
    switch kind {
    case .name, .integer, .float, .boolean, .text, .invalid: true
    case .array, .call, .index, .unary, .power, .chain, .conditional: false
    }
  }
}
