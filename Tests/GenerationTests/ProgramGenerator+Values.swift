import GraphIR
import Support

/// What stands in expressions.
extension ProgramGenerator {
  /// A local, rather a late one.
  mutating func local(
    in scope: Scope, where fits: (TensorType) -> Bool = { _ in true }
  ) -> Local? {
    let all = scope.locals.filter { fits($0.type) }
    guard !all.isEmpty else { return nil }
    return all[max(random.integer(0, all.count - 1), random.integer(0, all.count - 1))]
  }

  /// Something of any shape.
  mutating func value(in scope: Scope, where fits: (TensorType) -> Bool = { _ in true }) -> String {
    guard chance(0.93), let local = local(in: scope, where: fits) else { return scalar(in: scope) }
    return local.name
  }

  /// A literal, or what is as weak.
  mutating func scalar(in scope: Scope) -> String {
    if chance(0.15), let turn = scope.turns.last { return turn }
    if chance(0.1), !scope.isFunction { return pick(TypeOracle.symbols) }
    return pick(["2", "0.5", "-1", "3", "pi", "0.1", "0", "1", "1.5", "-0.25", "7"])
  }

  /// Something that broadcasts with a shape.
  mutating func fitting(_ shape: [Dim], in scope: Scope) -> String {
    if chance(0.1) { return scalar(in: scope) }
    let found = local(in: scope) { type in
      type.shape == shape || type.rank <= shape.count && shape.suffix(type.rank) == type.shape[...]
    }
    return found?.name ?? scalar(in: scope)
  }

  /// An operand of a type in a domain: something that is bent into it, or a new parameter.
  mutating func operand(
    _ type: TensorType, _ domain: Sample.Domain, in scope: inout Scope
  ) -> String {
    if chance(0.6), let found = local(in: scope, where: { $0 == type }) {
      switch domain {
      case .interval(let low, let high), .awayFromZero(let low, let high):
        return "(\((low + high) / 2) + \(0.4 * (high - low)) * sin(\(found.name)))"
      case .integers(let low, let high): return "(\(low) + \(found.name) % \(high - low + 1))"
      case .booleans: return found.name
      case .matrices: break
      }
    }
    if scope.isFunction { return constant(type, domain) }
    let name = addParameter(type, domain, to: &scope)
    if case .matrices = domain, chance(0.5), let other = local(in: scope, where: { $0 == type }) {
      return "(\(name) + 0.2 * sin(\(other.name)))"
    }
    return name
  }

  /// Equal numbers of a domain.
  private mutating func constant(_ type: TensorType, _ domain: Sample.Domain) -> String {
    let number: String
    switch domain {
    case .interval(let low, let high), .awayFromZero(let low, let high):
      number = "\(random.uniform(low, high))"
    case .integers(let low, let high): number = "\(random.integer(low, high))"
    case .booleans: number = "0"
    case .matrices: number = "0.5"
    }
    let dims = type.shape.map { "\($0)" }.joined(separator: ", ")
    return "full([\(dims)], \(type.dtype.rawValue)(\(number)))"
  }

  /// An expression of operators and plain functions, about so deep.
  mutating func expression(_ depth: Int, like shape: [Dim], in scope: Scope) -> String {
    guard depth > 0 else { return fitting(shape, in: scope) }
    let x = expression(depth - random.integer(1, depth), like: shape, in: scope)
    switch random.integer(0, 9) {
    case 0: return "-\(x)"
    case 1: return "\(pick(["sin", "tanh", "exp", "sigmoid", "square", "abs", "relu"]))(\(x))"
    case 2: return "(\(x) ** \(pick(["2", "3", "-1", "0.5", "1.7"])))"
    case 3:
      let y = expression(depth - 1, like: shape, in: scope)
      return "where(\(condition(depth - 1, like: shape, in: scope)), \(x), \(y))"
    default:
      let y = expression(depth - 1, like: shape, in: scope)
      let sign = pick(["+", "+", "-", "-", "*", "*", "*", "/", "//", "%"])
      return "(\(x) \(sign) \(y))"
    }
  }

  /// A condition, element by element.
  mutating func condition(_ depth: Int, like shape: [Dim], in scope: Scope) -> String {
    let found = local(in: scope) { $0.dtype == .bool && $0.shape == shape }
    if chance(0.2), let found { return chance(0.5) ? found.name : "!\(found.name)" }
    let x = expression(max(0, depth - 1), like: shape, in: scope)
    let y = fitting(shape, in: scope)
    let plain = "(\(x) \(pick(["<", "<=", ">", ">=", "==", "!="])) \(y))"
    guard depth > 1, chance(0.3) else { return plain }
    return "(\(plain) \(pick(["&&", "||"])) \(condition(depth - 1, like: shape, in: scope)))"
  }

  /// A scalar condition.
  mutating func scalarCondition(in scope: Scope) -> String {
    guard let found = local(in: scope, where: { $0.dtype != .bool }) else { return "true" }
    let number = found.type.isScalar ? found.name : "\(pick(["sum", "mean", "sum"]))(\(found.name))"
    return "\(number) \(pick(["<", ">", ">="])) \(pick(["0", "0.5", "-1", "2"]))"
  }

  /// What may follow a value of a type: something that the value goes into, of the same type.
  mutating func follower(of name: String, _ type: TensorType, in scope: Scope) -> String {
    let step = expression(random.integer(1, 2), like: type.shape, in: scope)
    let candidates =
      type.dtype == .bool
      ? ["!\(name)"]
      : type.dtype.isFloat
        ? [
          "\(type.dtype.rawValue)(0.5 * \(name) + 0.25 * \(step))", step, "sin(\(name)) + \(step)",
          "0.75 * \(name)",
        ] : ["\(type.dtype.rawValue)(\(name) + \(step))", "\(name) + 1", name]
    for candidate in candidates.dropFirst(random.integer(0, 1)) + [name] {
      if case .types([type]) = answer("follower = \(candidate)", ["follower"], in: scope) {
        return candidate
      }
    }
    return name
  }

  // MARK: Definitions

  /// What statements give.
  func answer(_ statements: String, _ names: [String], in scope: Scope) -> TypeOracle.Answer {
    oracle.answer(
      Question(statements: statements, names: names), in: scope, after: declarations)
  }

  /// Gives names to what an expression gives, if it fits.
  @discardableResult
  mutating func define(_ expression: String, in scope: inout Scope) -> Bool {
    let first = fresh("v")
    switch answer("\(first) = \(expression)", [first], in: scope) {
    case .refused: return false
    case .types(let types):
      let text = isWeak(expression, types[0], in: scope)
        ? "\(weakTarget(types[0]).rawValue)(\(expression))" : expression
      return define([first], text, in: &scope)
    case .several(let count):
      return define([first] + (1..<count).map { _ in fresh("v") }, expression, in: &scope)
    }
  }

  /// Adds a statement that gives names, if the checker takes it and the sizes are moderate.
  private mutating func define(_ names: [String], _ text: String, in scope: inout Scope) -> Bool {
    add("\(names.joined(separator: ", ")) = \(text)", giving: names, to: &scope)
  }

  /// Adds statements that give names, if the checker takes them and the sizes are moderate.
  mutating func add(_ text: String, giving names: [String], to scope: inout Scope) -> Bool {
    var statements = text
    guard case .types(let types) = answer(statements, names, in: scope) else { return false }
    for type in types {
      // Negative sizes are errors of the call; a few programs have them.
      guard let count = type.count.evaluate(sizes), count <= 3000, count >= 0 || chance(0.1) else {
        return false
      }
    }
    if scope.depth == 0, isRequest(statements) {
      // Whether a derivative is there hangs on all that stands before.
      var all = scope
      all.lines.append(statements)
      guard oracle.takes(program(giving: names, all)) else { return false }
      let bare = statements.split(separator: Self.option).joined()
      all.lines[all.lines.count - 1] = bare
      if bare != statements, chance(0.7), oracle.takes(program(giving: names, all)) {
        statements = bare
      }
    }
    scope.lines.append(statements)
    let words = TypeOracle.words(of: statements)
    let below = words.reduce(words) { $0.union(scope.sources[$1] ?? []) }
    for name in names { scope.sources[name] = below }
    scope.locals += zip(names, types).map { Local(name: $0, type: $1) }
    return true
  }

  /// With what a value that is not reached has the derivative zero.
  static let option = ", disconnected: zero"

  /// A program of one graph.
  private func program(giving names: [String], _ scope: Scope) -> String {
    declarations + text("whole", names, scope)
  }

  /// Whether statements ask for derivatives, in a func perhaps.
  func isRequest(_ statements: String) -> Bool {
    let words = TypeOracle.words(of: statements)
    return !words.isDisjoint(with: Self.others)
      || functions.contains { $0.isRequest && words.contains($0.name) }
  }

  /// Whether an expression takes the type of what it meets.
  private func isWeak(_ expression: String, _ type: TensorType, in scope: Scope) -> Bool {
    let probe: DType = type.dtype.isFloat ? .f16 : .i8
    guard type.dtype == .f64 || type.dtype == .i64 else { return false }
    let text = "weak = (\(expression)) * \(probe.rawValue)(1)"
    guard case .types(let types) = answer(text, ["weak"], in: scope) else { return false }
    return types[0].dtype == probe
  }

  private func weakTarget(_ type: TensorType) -> DType {
    type.dtype.isFloat ? dtype : type.dtype
  }
}
