import GraphIR
import Support

/// What stands beside the graphs: funcs, with derivatives of their own perhaps, functions in C, and
/// constants.
extension ProgramGenerator {
  /// Adds a call of a func, or one of the others.
  mutating func addDeclaration(to scope: inout Scope) {
    switch random.integer(0, 11) {
    case 0..<3: addCallOfFunction(to: &scope)
    case 3..<6 where scope.depth == 0 && !scope.isFunction: addFunction(to: &scope)
    case 6..<8 where !scope.isFunction:
      for _ in 0..<4 where addRuledFunction(to: &scope) { return addDerivativeOfIt(to: &scope) }
    case 8..<10:
      addExternal(to: &scope)
      addDerivativeOfIt(to: &scope)
    default: addConstant(to: &scope)
    }
  }

  /// Adds a derivative, mostly: what has a rule of its own is there for it.
  private mutating func addDerivativeOfIt(to scope: inout Scope) {
    if scope.depth == 0, chance(0.7) { addDerivative(to: &scope) }
  }

  /// Declares something, if what a block makes of it is taken.
  @discardableResult
  mutating func declare(_ text: String, if isTaken: (inout Self) -> Bool) -> Bool {
    declared.append(text)
    if isTaken(&self) { return true }
    declared.removeLast()
    return false
  }

  // MARK: Funcs

  /// Calls a func once more.
  private mutating func addCallOfFunction(to scope: inout Scope) {
    // In blocks, what is outside may hang together in ways that are refused.
    let isOutermost = scope.depth == 0 && !scope.isFunction
    let fitting = functions.filter { isOutermost || !$0.isRequest }
    guard !fitting.isEmpty else { return addConstant(to: &scope) }
    let function = pick(fitting)
    let arguments = function.parameters.map { type in
      local(in: scope, where: { $0 == type })?.name ?? value(in: scope)
    }
    define("\(function.name)(\(arguments.joined(separator: ", ")))", in: &scope)
  }

  private mutating func addFunction(to scope: inout Scope) {
    var body = Scope(depth: 1, isFunction: true)
    let arguments = (0..<random.integer(1, 2)).compactMap { _ in local(in: scope) }
    body.locals = arguments.map { Local(name: fresh("a"), type: $0.type) }
    let formals = body.locals.map { chance(0.3) ? "\($0.name): \($0.type)" : $0.name }
    for _ in 0..<random.integer(1, 3) { addStatement(to: &body) }
    let results = body.locals.suffix(random.integer(1, 2)).map(\.name)
    let name = fresh("fn")
    let text = """
      func \(name)(\(formals.joined(separator: ", "))) {
      \(body.text)
      return \(results.joined(separator: ", "))
      }
      """
    let function = Function(
      name: name, parameters: arguments.map(\.type), isRequest: isRequest(body.text))
    add(function, text, of: arguments, to: &scope)
  }

  /// Adds a func and a call of it.
  @discardableResult
  private mutating func add(
    _ function: Function, _ text: String, of arguments: [Local], to scope: inout Scope
  ) -> Bool {
    let call = "\(function.name)(\(arguments.map(\.name).joined(separator: ", ")))"
    functions.append(function)
    if declare(text, if: { $0.define(call, in: &scope) }) { return true }
    functions.removeLast()
    return false
  }

  /// Adds a func with a derivative of its own, which need not be that of its body: what counts is
  /// that it is used as it is written, turned round, and differentiated.
  private mutating func addRuledFunction(to scope: inout Scope) -> Bool {
    var arguments = (0..<random.integer(1, 2)).compactMap { _ in
      local(in: scope) { $0.dtype.isFloat }
    }
    if chance(0.2), let integer = local(in: scope, where: { $0.dtype.isInteger }) {
      arguments.append(integer)
    }
    var body = Scope(depth: 1, isFunction: true)
    body.locals = arguments.map { Local(name: fresh("a"), type: $0.type) }
    let formals = body.locals
    for _ in 0..<random.integer(1, 2) { addStatement(to: &body) }
    let results = body.locals.dropFirst(formals.count).suffix(random.integer(1, 2))
    guard results.contains(where: { $0.type.dtype.isFloat }) else { return false }
    let name = fresh("fn")
    func list(_ names: [String]) -> String { names.joined(separator: ", ") }
    let isForward = chance(0.5)
    let (from, to) = isForward ? (formals, Array(results)) : (Array(results), formals)
    let along = from.map { Local(name: fresh("t"), type: $0.type) }
    let text = """
      func \(name)(\(list(formals.map(\.name)))) {
      \(body.text)
      return \(list(results.map(\.name)))
      }
      \(isForward ? "jvp" : "vjp") \(name)(\(list(formals.map(\.name)))) \
      -> (\(list(results.map(\.name)))) along (\(list(along.map(\.name)))) {
      \(linearMap(from, along, to))
      }
      """
    let function = Function(
      name: name, parameters: arguments.map(\.type), isRequest: isRequest(body.text))
    return add(function, text, of: arguments, to: &scope)
  }

  /// Statements that give a linear function of what comes along with some values, with the types of
  /// others.
  private mutating func linearMap(_ from: [Local], _ along: [Local], _ to: [Local]) -> String {
    var lines: [String] = []
    var results: [String] = []
    for target in to {
      guard target.type.dtype.isFloat else {
        results.append("0")
        continue
      }
      let terms = zip(from, along).filter { $0.0.type.dtype.isFloat }.map { value, direction in
        "\(target.type.dtype.rawValue)(\(term(value, direction, target)))"
      }
      let sum = terms.joined(separator: " + ")
      let (name, turn) = (fresh("r"), fresh("t"))
      switch random.integer(0, 7) {
      case 0:
        let step = "\(target.type.dtype.rawValue)(0.5 * \(name) + \(sum))"
        lines.append("for \(turn) in 0..<2 with \(name) = \(sum) { \(name) <- \(step) }")
      case 1:
        let half = "\(target.type.dtype.rawValue)(0.5 * (\(sum)))"
        lines.append("\(name) = if sum(\(from[0].name)) > 0 { \(sum) } else { \(half) }")
      default: lines.append("\(name) = \(sum)")
      }
      results.append(name)
    }
    return (lines + ["return \(results.joined(separator: ", "))"]).joined(separator: "\n")
  }

  /// A linear function of what comes along with a value, shaped like another.
  private mutating func term(_ value: Local, _ along: Local, _ target: Local) -> String {
    let shapes = (value.type.shape, target.type.shape)
    let factor = pick(["cos", "sigmoid", "tanh", "relu", "square"])
    if shapes.0 == shapes.1 {
      return pick([
        "\(along.name) * \(factor)(\(pick([value, target]).name))", "2 * \(along.name)",
        "where(\(value.name) > 0.25, \(along.name), 0 * \(along.name))",
      ])
    }
    let sum = "sum(\(along.name) * \(factor)(\(value.name)))"
    return shapes.1.isEmpty ? sum : "\(sum) * sin(\(target.name))"
  }

  // MARK: Functions in C

  private mutating func addExternal(to scope: inout Scope) {
    let function = pick(ExternalFunctions.all)
    var arguments: [String] = []
    switch function.name {
    case "scaled":
      arguments.append(operand(TensorType(.f64, [length(scope)]), .interval(-2, 2), in: &scope))
      arguments.append(operand(TensorType(.f64), .interval(-1, 1.8), in: &scope))
    case "turned":
      let shape = [length(scope), length(scope)]
      arguments.append(operand(TensorType(.f32, shape), .interval(-2, 2), in: &scope))
    case "counted":
      arguments.append(operand(TensorType(.i32, [length(scope)]), .integers(0, 9), in: &scope))
      arguments.append(operand(TensorType(.bool), .booleans, in: &scope))
      arguments.append("u8(\(operand(TensorType(.u8), .integers(0, 9), in: &scope)))")
    default:
      arguments.append(operand(TensorType(.f16, [length(scope)]), .interval(-2, 2), in: &scope))
      arguments.append(operand(TensorType(.f16), .interval(-2, 2), in: &scope))
    }
    // What is made of an operand may be of a wider type.
    let types = ["scaled": "f64", "turned": "f32", "shifted": "f16"]
    if let type = types[function.name] { arguments = arguments.map { "\(type)(\($0))" } }
    let call = "\(function.name)(\(arguments.joined(separator: ", ")))"
    if declared.contains(function.declaration) {
      define(call, in: &scope)
    } else {
      declare(function.declaration) { $0.define(call, in: &scope) }
    }
  }

  /// A size that may stand in a scope.
  private mutating func length(_ scope: Scope) -> Dim {
    scope.isFunction ? Dim(random.integer(0, 4)) : dim()
  }

  // MARK: Constants

  /// Adds a constant and a name for it.
  private mutating func addConstant(to scope: inout Scope) {
    let name = fresh("const")
    let like = local(in: scope)?.type.shape.compactMap(\.constant) ?? []
    let shape = chance(0.6) ? like : (0..<random.integer(0, 2)).map { _ in random.integer(1, 4) }
    let type = chance(0.7) ? dtype : pick(DType.allCases)
    let spelled = TensorType(type, shape.map { Dim($0) })
    let text: String
    if chance(0.5), type != .bf16 {
      let file = ProgramFiles.line(
        "\(name).npy", type, shape, byColumns: chance(0.3), seed: Int(random.next() % 1000))
      text = "const \(name)\(chance(0.5) ? ": \(spelled)" : "") = load(\"\(name).npy\")\n\(file)"
    } else {
      text = "const \(name): \(spelled) = \(literal(type, shape[...]))"
    }
    declare(text) { $0.define(name, in: &scope) }
  }

  /// Numbers of a type in brackets.
  private mutating func literal(_ dtype: DType, _ shape: ArraySlice<Int>) -> String {
    guard let size = shape.first else {
      if dtype == .bool { return pick(["true", "false"]) }
      let number = random.integer(dtype.isUnsigned ? 0 : -9, 9)
      return dtype.isFloat ? "\(Double(number) / 8)" : "\(number)"
    }
    let parts = (0..<size).map { _ in literal(dtype, shape.dropFirst()) }
    return "[\(parts.joined(separator: ", "))]"
  }
}
