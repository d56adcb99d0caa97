import GraphIR
import Support

/// Requests for derivatives, of derivatives too.
extension ProgramGenerator {
  /// Adds a derivative of something by something, or two that must agree.
  mutating func addDerivative(to scope: inout Scope) {
    for _ in 0..<4 where tryDerivative(in: &scope) { return }
  }

  private mutating func tryDerivative(in scope: inout Scope) -> Bool {
    let inputs = scope.locals.filter { $0.type.dtype.isFloat }
    guard !inputs.isEmpty, let y = inputs.suffix(6).randomElement(using: &random) else {
      return false
    }
    // In blocks, what is outside may hang together in ways that are refused.
    let isOutermost = scope.depth == 0 && !scope.isFunction
    let below = inputs.filter { scope.sources[y.name]?.contains($0.name) == true }
    let x = pick(below.isEmpty || chance(0.15) ? inputs : below)
    if isOutermost, chance(0.35) { return addTwins(y, x, in: &scope) }
    let option = Self.option + held(besides: [x, y], in: scope)
    switch random.integer(0, 8) {
    case 0...2: return define("grad(\(cost(y)), wrt: \(x.name)\(option))", in: &scope)
    case 3: return define("value_and_grad(\(cost(y)), wrt: \(x.name)\(option))", in: &scope)
    case 4: return define("jacobian(\(y.name), wrt: \(x.name)\(option))", in: &scope)
    case 5: return define("hessian(\(cost(y)), wrt: \(x.name)\(option))", in: &scope)
    case 6:
      let along = direction(x.type, in: &scope)
      return define("hvp(\(cost(y)), wrt: \(x.name), along: \(along)\(option))", in: &scope)
    case 7:
      let along = direction(x.type, in: &scope)
      return define("jvp(\(y.name), wrt: \(x.name), along: \(along)\(option))", in: &scope)
    default:
      let along = direction(y.type, in: &scope)
      let other = inputs.filter { $0.name != x.name }.last ?? x
      let wrt = other == x || chance(0.6) ? x.name : "[\(x.name), \(other.name)]"
      return define("vjp(\(y.name), wrt: \(wrt), along: \(along)\(option))", in: &scope)
    }
  }

  /// A scalar made of something.
  private mutating func cost(_ y: Local) -> String {
    if y.type.isScalar, chance(0.7) { return y.name }
    let name = y.name
    return pick(["sum(\(name))", "sum(square(\(name)))", "mean(\(name))", "sum(sin(\(name)))"])
  }

  /// Some value that is held constant, now and then.
  private mutating func held(besides others: [Local], in scope: Scope) -> String {
    guard chance(0.1), let value = local(in: scope, where: { $0.dtype.isFloat }),
      !others.contains(value)
    else { return "" }
    return ", constant: [\(value.name)]"
  }

  private mutating func direction(_ type: TensorType, in scope: inout Scope) -> String {
    local(in: scope) { $0 == type }?.name ?? operand(type, .interval(-1, 1), in: &scope)
  }

  /// Adds two numbers that are the same: `⟨u, J v⟩` and `⟨Jᵀ u, v⟩`, or `⟨H v, w⟩` in two ways.
  private mutating func addTwins(_ y: Local, _ x: Local, in scope: inout Scope) -> Bool {
    let (u, v) = (direction(y.type, in: &scope), direction(x.type, in: &scope))
    let (first, second) = (fresh("w"), fresh("w"))
    let option = Self.option + held(besides: [x, y], in: scope)
    let left: String
    let right: String
    if chance(0.6) {
      left = "f64(jvp(\(y.name), wrt: \(x.name), along: \(v)\(option))) * \(u)"
      right = "f64(vjp(\(y.name), wrt: \(x.name), along: \(u)\(option))) * \(v)"
    } else {
      let cost = cost(y)
      guard define("grad(\(cost), wrt: \(x.name)\(option))", in: &scope) else { return false }
      let gradient = scope.locals[scope.locals.count - 1].name
      left = "f64(hvp(\(cost), wrt: \(x.name), along: \(v)\(option))) * \(v)"
      right = "f64(jvp(\(gradient), wrt: \(x.name), along: \(v)\(option))) * \(v)"
    }
    let text = "\(first) = sum(f64(\(left)))\n\(second) = sum(f64(\(right)))"
    guard add(text, giving: [first, second], to: &scope) else { return false }
    twins.append((first, second))
    return true
  }
}
