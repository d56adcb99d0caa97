import GraphIR
import Ops
import Support

/// An expression for a value of a graph.
struct Spelled {
  var expr: Expr
  var width: Int
  /// Whether it takes the type of what it meets.
  var isWeak = false
  /// Whether it is a name, or what costs no more to write twice.
  var isCheap = false

  init(_ expr: Expr, isWeak: Bool = false, isCheap: Bool = false) {
    self.expr = expr
    width = expr.width
    self.isWeak = isWeak
    self.isCheap = isCheap
  }

  static func name(_ text: String) -> Spelled { Spelled(.name(text), isCheap: true) }
}

/// Writes a graph, or a region of one, as statements of the language.
///
/// What is used once stands where it is used, as long as the line is not too long; what the user
/// has named, and what is used more often, is a statement of its own.
struct BlockWriter {
  /// Expressions that are wider are taken apart.
  static let widthLimit = 76

  let graph: Graph
  var names: NameTable
  /// Whether functions that the rules know by a formula are not spelled by it.
  let isStrict: Bool
  /// The constants of the file.
  let constants: ConstantTable
  var statements: [Statement] = []
  /// How values are spelled by now.
  var spelled: [Spelled?]
  /// Names that values must have.
  var claimed: [Value: String] = [:]
  /// How often each value is used.
  private(set) var uses: [Int]

  init(_ graph: Graph, names: NameTable, constants: ConstantTable, isStrict: Bool) {
    self.graph = graph
    self.names = names
    self.constants = constants
    self.isStrict = isStrict
    spelled = Array(repeating: nil, count: graph.values.count)
    uses = graph.useCounts
  }

  /// Writes all nodes that something uses.
  mutating func writeNodes() {
    passClaims()
    for node in graph.nodes where isLive(node) { write(node) }
  }

  /// What has to have a name behind a copy has it in front of it already.
  private mutating func passClaims() {
    for node in graph.nodes.reversed() where node.operation == .copy {
      let operand = node.operands[0]
      guard let name = claimed[node.result], claimed[operand] == nil, graph[operand].name == nil
      else { continue }
      if case .leaf = graph.node(of: operand).operation.notation { continue }
      claimed[node.result] = nil
      claimed[operand] = name
    }
  }

  /// Whether a node does anything.
  private func isLive(_ node: Node) -> Bool {
    node.asserts || node.results.contains { uses[Int($0.index)] > 0 }
  }

  /// Writes a node, or notes how it is spelled where it is used.
  private mutating func write(_ node: Node) {
    switch node.attributes {
    case .parameter: return
    case .loop(let form): return write(loop: node, form)
    case .none where node.operation == .branch: return write(branch: node)
    case .none, .literal, .data, .integer, .dtype, .axis, .axes, .reduction, .shape, .draw, .slice,
      .pad, .pads, .contraction, .windows, .convolution, .picking, .matrix, .call, .external,
      .derivative:
      break
    }
    var value = spelling(of: node)
    while value.width > BlockWriter.widthLimit, let widest = widestPart(of: node) {
      materialise(widest)
      value = spelling(of: node)
    }
    let isSeveral = node.resultCount != 1
    if case .external = node.attributes { return assign(node.results, value.expr) }
    if isSeveral { return assign(node.results, value.expr) }
    let result = node.result
    self.spelled[Int(result.index)] = value
    let isLeaf = value.isWeak || value.isCheap && node.operands.isEmpty
    let isNamedCopy = node.operation == .copy && value.isCheap && claimed[result] == nil
    let hasName = claimed[result] != nil || graph[result].name != nil && !isNamedCopy
    if !isLeaf, hasName || uses[Int(result.index)] > 1 && !value.isCheap { materialise(result) }
  }

  /// The operand that takes the most room and could have a name.
  private func widestPart(of node: Node) -> Value? {
    let parts = node.operands.filter { spelled[Int($0.index)].map { !$0.isCheap } ?? false }
    return parts.max { width(of: $0) < width(of: $1) }
  }

  private func width(of value: Value) -> Int { spelled[Int(value.index)]?.width ?? 0 }

  /// Gives a value a name, by a statement.
  mutating func materialise(_ value: Value) {
    guard let known = spelled[Int(value.index)] else { return }
    let expr = strong(known, graph.type(value).dtype)
    let name = newName(of: value)
    add(.assign(targets: [Name(name, at: .none)], value: expr))
    spelled[Int(value.index)] = .name(name)
  }

  /// `a, b = value`, where what nothing uses has no name.
  mutating func assign(_ values: [Value], _ expr: Expr) {
    var targets: [Name] = []
    for value in values {
      guard uses[Int(value.index)] > 0 else {
        targets.append(Name("_", at: .none))
        continue
      }
      let name = newName(of: value)
      targets.append(Name(name, at: .none))
      spelled[Int(value.index)] = .name(name)
    }
    add(.assign(targets: targets, value: expr))
  }

  /// The name of a value: the one that it must have, the user's, or a new one.
  mutating func newName(of value: Value, like other: String? = nil) -> String {
    if let name = claimed[value] { return name }
    if let name = graph[value].name ?? other { return names.claim(name) }
    return names.temporary()
  }

  /// Appends a statement.
  mutating func add(_ kind: Statement.Kind) {
    statements.append(Statement(site: .none, kind: kind))
  }

  // MARK: Values in expressions

  /// The expression of a value where its type may come from what it meets.
  func weak(_ value: Value) -> Expr { part(value).expr }

  /// The expression of a value, of its own type wherever it stands.
  func strong(_ value: Value) -> Expr { strong(part(value), graph.type(value).dtype) }

  /// An expression that is of a type wherever it stands.
  func strong(_ spelled: Spelled, _ dtype: DType) -> Expr {
    guard spelled.isWeak else { return spelled.expr }
    if case .call(let name, let arguments) = spelled.expr.kind, name.text == "full" {
      return .call("full", [arguments[0].value, .call(dtype.rawValue, [arguments[1].value])])
    }
    return .call(dtype.rawValue, [spelled.expr])
  }

  func part(_ value: Value) -> Spelled {
    guard let known = spelled[Int(value.index)] else {
      preconditionFailure("%\(value.index) is used, but not written")
    }
    return known
  }

  /// The operands of an elementwise operation: literals take the type of what they meet, unless
  /// they meet only one another.
  func mixed(_ values: some Sequence<Value>) -> [Expr] {
    let parts = values.map { part($0) }
    let isWeak = parts.allSatisfy(\.isWeak)
    return zip(parts, values).enumerated().map { number, pair in
      isWeak && number == 0 ? strong(pair.0, graph.type(pair.1).dtype) : pair.0.expr
    }
  }
}

extension Graph {
  /// How often each value is used, by what is used itself; what a region captures counts as several
  /// uses, since it must have a name there.
  fileprivate var useCounts: [Int] {
    var uses = Array(repeating: 0, count: values.count)
    for root in roots { uses[Int(root.index)] += 1 }
    for node in nodes.reversed() {
      guard node.asserts || node.results.contains(where: { uses[Int($0.index)] > 0 }) else {
        continue
      }
      let captured = node.captured
      for (place, operand) in node.operands.enumerated() {
        uses[Int(operand.index)] += captured.contains(place) ? 2 : 1
      }
    }
    return uses
  }
}

extension Node {
  /// The places of the operands that regions name.
  fileprivate var captured: Range<Int> {
    if case .loop(let form) = attributes {
      return form.captures(of: operands.count).lowerBound..<operands.count
    }
    return regions.isEmpty ? 0..<0 : 1..<operands.count
  }
}
