import GraphIR
import Ops
import Support

/// Calls of funcs that have derivatives of their own: these take the place of the body's.
///
/// A mode for which no rule is given is the transpose of the other one, which must be linear for
/// that.
extension Differentiator {
  /// The tangents of the results of a call.
  mutating func pushCall(
    _ node: Node, _ form: CallForm, _ tangents: [Value?], _ request: Request
  ) throws(Diagnostic) -> [Value?] {
    let parts = CallParts(node, form, context(of: node).results, in: builder.graph)
    let directions = parts.moving.map { number in
      tangents[number] ?? builder.zeros(builder.type(node.operands[number]))
    }
    let derived: [Value?]
    if let number = form.jvpRegion {
      derived = builder.inline(node.regions[number], parts.operands(around: directions))
    } else {
      derived = try transposed(node, form, parts, parts.given, directions, request)
    }
    return spread(derived, over: parts.given, count: node.results.count)
  }

  /// The cotangents of the operands of a call.
  mutating func pullCall(
    _ node: Node, _ form: CallForm, _ cotangents: [Value?], _ request: Request
  ) throws(Diagnostic) -> [Value?] {
    let parts = CallParts(node, form, context(of: node).results, in: builder.graph)
    let seeds = parts.given.map { number in
      cotangents[number] ?? builder.zeros(builder.type(node.results[number]))
    }
    let derived: [Value?]
    if let number = form.vjpRegion {
      derived = builder.inline(node.regions[number], parts.operands(around: seeds))
    } else {
      derived = try transposed(node, form, parts, parts.moving, seeds, request)
    }
    return spread(derived, over: parts.moving, count: node.operands.count)
  }

  /// What the transpose of the only rule gives for some seeds: the cotangents of its directions.
  private mutating func transposed(
    _ node: Node, _ form: CallForm, _ parts: CallParts, _ wanted: [Int], _ seeds: [Value],
    _ request: Request
  ) throws(Diagnostic) -> [Value?] {
    guard let number = form.jvpRegion ?? form.vjpRegion else {
      preconditionFailure("a call of '\(form.name)' has no derivative")
    }
    let rule = node.regions[number]
    let first = form.arguments + node.results.count
    let places = first..<(first + wanted.count)
    guard Linearity(of: rule, in: places).isLinear else {
      throw Refusal.notLinear(node, form, rule.site, request)
    }
    let types = places.map { rule.type(rule.parameters[$0].value) }
    // The rule is linear in them, so that their own values do not matter.
    let directions = types.map { builder.emit(.copy, [builder.zeros($0)]) }
    let results = builder.inline(rule, parts.operands(around: directions))
    let transposition = Request(within: .vjp, wrt: directions, along: [], site: request.site)
    let span = Span(
      from: directions, to: results, constants: [], primals: [:], in: builder.graph)
    let cotangents = try reverse(
      from: zip(results, seeds).map { ($0, $1) }, transposition, span)
    builder.site = node.site
    return cotangents
  }

  /// Values at their places among others that are not there.
  private func spread(_ values: [Value?], over places: [Int], count: Int) -> [Value?] {
    var all = [Value?](repeating: nil, count: count)
    for (place, value) in zip(places, values) { all[place] = value }
    return all
  }
}

/// The operands and results of a call by their roles.
private struct CallParts {
  private let arguments: [Value]
  private let results: [Value]
  private let captures: [Value]
  /// The numbers of the floating arguments, and of the floating results.
  let moving: [Int]
  let given: [Int]

  init(_ node: Node, _ form: CallForm, _ results: [Value], in graph: Graph) {
    arguments = Array(node.operands.prefix(form.arguments))
    captures = Array(node.operands.dropFirst(form.arguments))
    self.results = results
    moving = arguments.indices.filter { graph.type(node.operands[$0]).dtype.isFloat }
    given = results.indices.filter { graph.type(node.results[$0]).dtype.isFloat }
  }

  /// The operands of a rule, given its directions.
  func operands(around directions: [Value]) -> [Value] {
    arguments + results + directions + captures
  }
}
