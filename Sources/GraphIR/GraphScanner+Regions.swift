import Support

/// The attributes of nodes that run graphs, or functions from outside.
extension GraphScanner {
  /// What follows the label of a loop.
  mutating func loopForm() throws(GraphParseError) -> LoopForm {
    let count = try dim()
    let counts = try counts(["sequences", "carried", "stacked", "saved"])
    let flags = try flags(["reversed", "bounded", "while"])
    var form = LoopForm(
      count: count, sequences: counts[0], carried: counts[1], stacked: counts[2],
      isReversed: flags[0], isBounded: flags[1], isWhile: flags[2])
    form.saved = counts[3]
    while accept(",") {
      let label = try name()
      try expect(":")
      switch label {
      case "checkpoints":
        form.checkpoints = try list { (scanner) throws(GraphParseError) in try scanner.integer() }
      case "blocked": form.isBlocked = try flag()
      default: throw fail("unknown label '\(label)' of a loop")
      }
    }
    return form
  }

  /// What follows the label of a call.
  mutating func callForm() throws(GraphParseError) -> CallForm {
    let name = try name()
    let arguments = try counts(["arguments"])[0]
    let rules = try flags(["jvp", "vjp"])
    return CallForm(name: name, arguments: arguments, hasJvp: rules[0], hasVjp: rules[1])
  }

  /// What follows the label of a C function.
  mutating func externalForm() throws(GraphParseError) -> ExternalForm {
    let name = try name()
    try next("symbols")
    let symbols = try list { (scanner) throws(GraphParseError) in try scanner.name() }
    try next("sizes")
    let sizes = try list { (scanner) throws(GraphParseError) in try scanner.dim() }
    guard sizes.count == symbols.count else { throw fail("symbols and sizes do not match") }
    try next("parameters")
    let parameters = try list { (scanner) throws(GraphParseError) in try scanner.formal() }
    try next("results")
    let results = try list { (scanner) throws(GraphParseError) in try scanner.formal() }
    return ExternalForm(
      name: name, symbols: symbols, parameters: parameters, results: results, sizes: sizes)
  }

  /// A parameter or a result of a C function.
  private mutating func formal() throws(GraphParseError) -> ExternalForm.Formal {
    let name = try name()
    try expect(":")
    return ExternalForm.Formal(name, try type())
  }

  /// Numbers behind their labels.
  private mutating func counts(_ labels: [String]) throws(GraphParseError) -> [Int] {
    var counts: [Int] = []
    for label in labels {
      try next(label)
      let count = try integer()
      guard count >= 0 else { throw fail("'\(label)' is not negative") }
      counts.append(count)
    }
    return counts
  }

  /// Truth values behind their labels.
  private mutating func flags(_ labels: [String]) throws(GraphParseError) -> [Bool] {
    var flags: [Bool] = []
    for label in labels {
      try next(label)
      flags.append(try flag())
    }
    return flags
  }
}
