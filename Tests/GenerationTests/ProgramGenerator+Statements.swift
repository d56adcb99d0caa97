import GraphIR
import Support

/// What stands in blocks.
extension ProgramGenerator {
  /// Adds a statement of some kind, if what is drawn fits.
  mutating func addStatement(to scope: inout Scope) {
    let isDeep = scope.depth > 1
    switch random.integer(0, 105) {
    case 0..<22: addOperation(to: &scope)
    case 22..<48: addCall(to: &scope)
    case 48..<58: addExpression(to: &scope)
    case 58..<65: addIndexing(to: &scope)
    case 65..<68: addArray(to: &scope)
    case 68..<74 where !isDeep: addFor(to: &scope)
    case 74..<77 where !isDeep: addWhile(to: &scope)
    case 77..<81 where !isDeep: addBranch(to: &scope)
    case 81..<91: addDeclaration(to: &scope)
    case 91..<92 where !scope.isBranch: addAssertion(to: &scope)
    case 92..<106: addDerivative(to: &scope)
    default: addExpression(to: &scope)
    }
  }

  private mutating func addExpression(to scope: inout Scope) {
    guard let like = local(in: scope) else { return }
    let depth = random.integer(1, 3)
    let text =
      chance(0.15)
      ? condition(depth, like: like.type.shape, in: scope)
      : chance(0.1)
        ? "\(pick(DType.allCases).rawValue)(\(like.name))"
        : chance(0.12)
          ? "\(like.name) @ \(value(in: scope))"
          : expression(depth, like: like.type.shape, in: scope)
    define(text, in: &scope)
  }

  private mutating func addArray(to scope: inout Scope) {
    guard let like = local(in: scope, where: { $0.rank < 3 }) else { return }
    let elements = (0..<random.integer(1, 3)).map { _ in
      expression(1, like: like.type.shape, in: scope)
    }
    define("[\((elements + [like.name]).joined(separator: ", "))]", in: &scope)
  }

  private mutating func addAssertion(to scope: inout Scope) {
    let condition = chance(0.8) ? "m + 1 > 0" : scalarCondition(in: scope)
    guard case .types = answer("ok = \(condition)", ["ok"], in: scope) else { return }
    scope.lines.append("assert \(condition), \"the condition holds\"")
  }

  // MARK: Loops

  private mutating func addFor(to scope: inout Scope) {
    var heads: [String] = []
    var elements: [Local] = []
    var turns: [String] = []
    var count: Dim?
    for _ in 0..<random.integer(0, 2) {
      let sequence = local(in: scope) { $0.rank > 0 && (count == nil || $0.shape[0] == count) }
      guard let sequence else { continue }
      count = sequence.type.shape[0]
      let type = TensorType(sequence.type.dtype, Array(sequence.type.shape.dropFirst()))
      elements.append(Local(name: fresh("e"), type: type))
      heads.append("\(elements[elements.count - 1].name) in \(sequence.name)")
    }
    if heads.isEmpty || chance(0.3) {
      turns.append(fresh("t"))
      let range = count ?? (scope.isFunction ? Dim(random.integer(0, 4)) : dim())
      heads.append("\(turns[0]) in 0..<\(range)")
    }
    let carried = carriedValues(random.integer(0, 2), in: scope)
    var body = scope.inner(elements + carried.map(\.local), turns: turns)
    let outside = body.locals.count
    for _ in 0..<random.integer(1, 4) { addStatement(to: &body) }
    let inside = body.locals.dropFirst(outside).filter { local in
      !parameters.contains { $0.local.name == local.name }
    }
    var names = addUpdates(of: carried, to: &body)
    for local in inside.suffix(2) + (inside.isEmpty && names.isEmpty ? elements.suffix(1) : []) {
      names.append(fresh("s"))
      body.lines.append("emit \(names[names.count - 1]) = \(local.name)")
    }
    guard !names.isEmpty else { return }
    var head = "for \(heads.joined(separator: ", "))\(with(carried))"
    if !carried.isEmpty, chance(0.25) { head += " checkpoint \(pick(["1", "2", "3", "2, 1"]))" }
    _ = add("\(head) {\n\(body.text)\n}", giving: names, to: &scope, with: body)
  }

  private mutating func addWhile(to scope: inout Scope) {
    let carried = carriedValues(1, in: scope)
    guard !carried.isEmpty else { return }
    let counter = fresh("c")
    var body = scope.inner(
      carried.map(\.local) + [Local(name: counter, type: TensorType(.i64))])
    for _ in 0..<random.integer(0, 2) { addStatement(to: &body) }
    var names = addUpdates(of: carried, to: &body)
    body.lines.append("\(counter) <- \(counter) + 1")
    names.append(counter)
    let bound = "\(counter) < \(pick(["3", "5", scope.isFunction ? "2" : "n"]))"
    let number = carried[0].local
    let condition =
      number.type.dtype == .bool || chance(0.3) ? bound : "\(bound) && sum(\(number.name)) < 40"
    let head = "while \(condition)\(with(carried)), \(counter) = 0 limit \(pick(["2", "6"]))"
    _ = add("\(head) {\n\(body.text)\n}", giving: names, to: &scope, with: body)
  }

  /// What a loop carries, with its first value.
  private mutating func carriedValues(
    _ count: Int, in scope: Scope
  ) -> [(local: Local, first: String)] {
    (0..<count).compactMap { _ in
      guard let first = local(in: scope) else { return nil }
      return (Local(name: fresh("h"), type: first.type), first.name)
    }
  }

  private func with(_ carried: [(local: Local, first: String)]) -> String {
    if carried.isEmpty { return "" }
    return " with " + carried.map { "\($0.local.name) = \($0.first)" }.joined(separator: ", ")
  }

  /// Updates what a loop carries; gives the names.
  private mutating func addUpdates(
    of carried: [(local: Local, first: String)], to body: inout Scope
  ) -> [String] {
    for (local, _) in carried {
      let next = follower(of: local.name, local.type, in: body)
      body.lines.append("\(local.name) <- \(next)")
    }
    return carried.map(\.local.name)
  }

  /// Adds statements around a block in which parameters may have come up.
  private mutating func add(
    _ statements: String, giving names: [String], to scope: inout Scope, with body: Scope
  ) -> Bool {
    adopt(body, in: &scope)
    return add(statements, giving: names, to: &scope)
  }

  /// Makes the parameters known that a block inside has added.
  private func adopt(_ inner: Scope, in scope: inout Scope) {
    let known = Set(scope.locals.map(\.name))
    for parameter in parameters where !known.contains(parameter.local.name) {
      scope.locals.insert(parameter.local, at: 0)
    }
  }

  // MARK: Branches

  private mutating func addBranch(to scope: inout Scope) {
    let condition = scalarCondition(in: scope)
    var branches: [Scope] = []
    for _ in 0..<2 {
      var branch = scope.inner()
      branch.isBranch = true
      for _ in 0..<random.integer(0, 2) { addStatement(to: &branch) }
      branches.append(branch)
      adopt(branch, in: &scope)
    }
    let outer = Set(scope.locals.map(\.name))
    let new = branches[0].locals.filter { !outer.contains($0.name) }
    var results: [(String, String)] = []
    for place in 0..<pick([1, 1, 1, 2, 3]) {
      guard let first = place < new.count ? new[new.count - 1 - place] : local(in: scope) else {
        return
      }
      let other = branches[1].locals.last { $0.type == first.type && $0.name != first.name }
      results.append((first.name, other?.name ?? first.type.zeros))
    }
    let ends = [results.map(\.0), results.map(\.1)].map { $0.joined(separator: ", ") }
    let blocks = zip(branches, ends).map { "{\n\($0.text)\n\($1)\n}" }
    define("if \(condition) \(blocks.joined(separator: " else "))", in: &scope)
  }
}

extension TensorType {
  /// Zeros of the type, spelled.
  var zeros: String {
    let zero = dtype == .bool ? "false" : "\(dtype.rawValue)(0)"
    return isScalar ? zero : "full([\(shape.map { "\($0)" }.joined(separator: ", "))], \(zero))"
  }
}
