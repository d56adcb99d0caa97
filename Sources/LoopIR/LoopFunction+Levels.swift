package import Support

/// Functions for CPUs of several levels as one.
extension LoopFunction {
  /// A function with the bodies of all, which were made of one graph.
  ///
  /// Each choice of results that has a body of its own on some level has one on all: where it is
  /// left to the last body, a copy of that one.
  package static func join(_ versions: [(level: CPULevel, function: LoopFunction)]) -> LoopFunction
  {
    let ordered = versions.sorted { $0.level > $1.level }
    var joined = ordered[0].function
    joined.constants = []
    var numbers: [ConstantData: Int] = [:]
    let made = ordered.map { level, function in
      joined.addRequirements(of: function)
      let constants = joined.addConstants(of: function, &numbers)
      return function.bodies.map { $0.made(for: level, constants: constants) }
    }
    var choices: [Set<Int>?] = []
    for choice in made.joined().map(\.serves) where choice != nil && !choices.contains(choice) {
      choices.append(choice)
    }
    if made.joined().contains(where: { $0.serves == nil }) { choices.append(nil) }
    joined.bodies = choices.flatMap { choice in made.map { served(choice, by: $0) } }
    return joined
  }

  /// The body that serves a choice, as one that serves nothing else.
  private static func served(_ choice: Set<Int>?, by bodies: [Body]) -> Body {
    if let own = bodies.first(where: { $0.serves == choice }) { return own }
    var rest = bodies[bodies.count - 1]
    rest.serves = choice
    return rest
  }

  /// Adds what another version requires beyond this one.
  private mutating func addRequirements(of version: LoopFunction) {
    let known = Set(requirements)
    requirements += version.requirements.filter { !known.contains($0) }
  }

  /// Adds the constants of a version that are not there yet; gives the numbers of all.
  private mutating func addConstants(
    of version: LoopFunction, _ numbers: inout [ConstantData: Int]
  ) -> [Int] {
    version.constants.map { constant in
      if let known = numbers[constant] { return known }
      numbers[constant] = constants.count
      constants.append(constant)
      return constants.count - 1
    }
  }

  /// The numbers of the bodies by the choices of results that they serve: one body for each level,
  /// the highest in front, or one for all CPUs.
  package var choices: [Range<Int>] {
    var choices: [Range<Int>] = []
    for number in bodies.indices {
      if let last = choices.last, bodies[number].isLower(than: bodies[last.upperBound - 1]) {
        choices[choices.count - 1] = last.lowerBound..<number + 1
      } else {
        choices.append(number..<number + 1)
      }
    }
    return choices
  }

  /// The levels that it has bodies for, the lowest first; none where one body is for all CPUs.
  package var levels: [CPULevel] { Set(bodies.compactMap(\.level)).sorted() }
}

extension Body {
  /// The body as one for a level, with new numbers for constants.
  fileprivate func made(for level: CPULevel, constants: [Int]) -> Body {
    var body = self
    body.level = level
    for (number, buffer) in buffers.enumerated() {
      if case .constant(let old) = buffer.storage {
        body.buffers[number].storage = .constant(constants[old])
      }
    }
    return body
  }

  /// Whether it serves what another one does, on lower levels.
  fileprivate func isLower(than other: Body) -> Bool {
    guard let level, let above = other.level else { return false }
    return serves == other.serves && level < above
  }
}
