import GraphIR
import Ops
import Support

/// Compares terms with nodes.
enum Matcher {
  /// Whether a node, given by its parts, looks like a term.
  static func matches(
    _ pattern: Pattern, _ operation: Operation, _ operands: [Value], _ attributes: Attributes,
    _ graph: Graph, _ bindings: inout Bindings
  ) -> Bool {
    guard case .node(let wanted, let patterns, let attributePattern) = pattern,
      wanted === operation, patterns.count == operands.count
    else { return false }
    switch attributePattern {
    case .exactly(let wanted):
      guard wanted == attributes else { return false }
    case .bound(let variable):
      guard bindings.bind(variable, attributes) else { return false }
    }
    for (pattern, operand) in zip(patterns, operands) {
      guard matches(pattern, operand, graph, &bindings) else { return false }
    }
    return true
  }

  /// Whether a value looks like a term.
  private static func matches(
    _ pattern: Pattern, _ value: Value, _ graph: Graph, _ bindings: inout Bindings
  ) -> Bool {
    switch pattern {
    case .value(let variable):
      return bindings.bind(variable, value)
    case .constant(let variable):
      guard let scalar = graph.scalarConstant(value) else { return false }
      return bindings.bind(variable, scalar)
    case .literal(let wanted):
      guard let scalar = graph.scalarConstant(value), let literal = graph.literal(scalar) else {
        return false
      }
      return wanted.denotes(literal, graph.type(scalar).dtype)
    case .node(let operation, _, _):
      let node = graph.node(of: value)
      guard node.operation === operation else { return false }
      return matches(pattern, operation, node.operands, node.attributes, graph, &bindings)
    }
  }
}

extension Graph {
  /// The literal that a value is, or is a broadcast of.
  func scalarConstant(_ value: Value) -> Value? {
    let node = node(of: value)
    if node.operation === Operation.literal { return value }
    guard node.operation === Operation.broadcastTo, literal(node.operands[0]) != nil else {
      return nil
    }
    return node.operands[0]
  }
}

extension Literal {
  /// Whether a constant of a type is the number that the literal writes; 0 is not -0.
  func denotes(_ constant: Literal, _ dtype: DType) -> Bool {
    switch self {
    case .bool(let wanted):
      if dtype == .bool, case .bool(let value) = constant { return value == wanted }
      return false
    case .int(let wanted):
      switch constant {
      case .int(let value): return value == wanted
      case .float(let value): return value.bitPattern == Double(wanted).bitPattern
      case .bool(let value): return wanted == (value ? 1 : 0)
      }
    case .float(let wanted):
      guard dtype.isFloat else { return false }
      return constant.double.bitPattern == wanted.bitPattern
    }
  }
}
