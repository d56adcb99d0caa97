import GraphIR
import Ops
import Support

extension GraphChecker {
  /// The meaning of an expression that has one value.
  mutating func check(_ expr: Expr) -> Meaning {
    guard enter(at: expr.site) else { return .invalid }
    defer { depth -= 1 }
    switch expr.kind {
    case .name(let name): return lookUp(Name(name, at: expr.site))
    case .integer(let value): return .integer(Int(value))
    case .float(let value): return .number(value)
    case .boolean(let value):
      builder.site = expr.site
      return .value(builder.literal(.bool(value), .bool), isWeak: false)
    case .text: return invalid("a text is no value", at: expr.site)
    case .array(let elements): return array(elements, at: expr.site)
    case .call(let name, let arguments): return single(name, arguments, at: expr.site)
    case .index(let base, let indexings): return index(base, indexings, at: expr.site)
    case .unary(let operation, let operand): return unary(operation, operand, at: expr.site)
    case .power(let base, _, let exponent): return power(base, exponent, at: expr.site)
    case .chain(let first, let links): return chain(first, links)
    case .conditional(let conditional): return single(conditional, at: expr.site)
    case .invalid: return .invalid
    }
  }

  /// Goes one expression deeper, unless that is too deep or nothing more is to be done.
  mutating func enter(at site: Site) -> Bool {
    guard !isStopped else { return false }
    guard depth < GraphChecker.depthLimit else {
      error("nested too deeply: more than \(GraphChecker.depthLimit) levels in all calls", at: site)
      return false
    }
    depth += 1
    return true
  }

  /// The only value of a call.
  private mutating func single(_ name: Name, _ arguments: [Argument], at site: Site) -> Meaning {
    let meanings = call(name, arguments, at: site)
    guard meanings.count != 1 else { return meanings[0] }
    if meanings.contains(.invalid) { return .invalid }
    let names = ["a", "b", "c", "d"].prefix(meanings.count).joined(separator: ", ")
      + (meanings.count > 4 ? ", …" : "")
    return invalid(
      "'\(name.text)' gives \(meanings.count) values here; take them apart: "
        + "'\(names) = \(name.text)(…)'", at: site)
  }

  /// The only value of an `if`.
  private mutating func single(_ conditional: Conditional, at site: Site) -> Meaning {
    let meanings = branch(conditional, at: site)
    guard meanings.count != 1 else { return meanings[0] }
    return invalid(
      "this 'if' gives \(meanings.count) values; take them apart: 'a, b = if …'", at: site)
  }

  /// The meaning of an expression as a value, in the type that it takes alone.
  mutating func value(_ expr: Expr) -> Value? {
    let meaning = check(expr)
    return value(of: meaning, at: expr.site)
  }

  /// Adds a node, if its operands fit.
  ///
  /// - Parameters:
  ///   - operands: the expressions of the operands, which the notes of a mistake name.
  mutating func emit(
    _ operation: Operation, _ values: [Value], _ attributes: Attributes = .none,
    isWeak: Bool = false, at site: Site, about operands: [Expr] = []
  ) -> Meaning {
    build(at: site, isWeak: isWeak, about: operands) { builder throws(TypeError) in
      try builder.tryEmit(operation, values, attributes)[0]
    }
  }

  /// Adds nodes, if their operands fit.
  mutating func build(
    at site: Site, isWeak: Bool = false, about operands: [Expr] = [],
    _ body: (inout Builder) throws(TypeError) -> Value
  ) -> Meaning {
    guard hasRoom(at: site) else { return .invalid }
    builder.site = site
    do throws(TypeError) {
      let value = try body(&builder)
      guard isCountable(builder.shape(value)) else {
        return invalid(
          "\(builder.type(value)) has more elements than 64 bits can count", at: site)
      }
      return .value(value, isWeak: isWeak)
    } catch {
      self.error(error, at: site, about: operands)
      return .invalid
    }
  }

  /// Whether the number of elements of a shape fits.
  func isCountable(_ shape: [Dim]) -> Bool {
    shape.count < 2 ? !(shape.first?.isTooLarge ?? false) : !Dim.product(shape).isTooLarge
  }

  /// Whether the graph may grow; reports where it may not.
  mutating func hasRoom(at site: Site) -> Bool {
    if isStopped { return false }
    if builder.graph.nodes.count > options.nodeLimit {
      error("the graph grows past \(options.nodeLimit) nodes here", at: site)
    } else if callCount > options.expansionLimit || isBoundless {
      error("calls are expanded more than \(options.expansionLimit) times here", at: site)
    } else {
      return true
    }
    isStopped = true
    return false
  }

  /// Whether far too many calls are to come: where funcs call others twice that do so again, it
  /// takes long to find that out by expanding them. Asked once, when many have been expanded.
  private var isBoundless: Bool {
    mutating get {
      let many = options.expansionLimit / 100
      guard callCount > many, !hasCounted, let body = (callers.first ?? frame).body else {
        return false
      }
      hasCounted = true
      var counter = ExpansionCounter(program)
      // Some of what is counted may be the same: no program that is near the limit is refused here.
      return counter.count(of: body, in: (callers.first ?? frame).module) / 1000
        > options.expansionLimit
    }
  }
}
