package import GraphIR
package import Support

/// A name in a pattern that stands for a value of the graph.
package struct Variable: Hashable, Sendable {
  /// Its place among the bindings of a match.
  package let index: Int
  package let name: String
}

/// A name in a pattern that stands for the attributes of a node.
package struct AttributeVariable: Hashable, Sendable {
  /// Its place among the bindings of a match.
  package let index: Int
  package let name: String
}

/// What a pattern asks of a node's attributes.
package enum AttributePattern: Sendable {
  /// The node has just these.
  case exactly(Attributes)
  /// Any; the right side may use them under this name.
  case bound(AttributeVariable)
}

/// One side of a rule: a term over operations.
///
/// On the left it says what a value looks like, on the right what is built. A variable that stands
/// twice on the left asks for the same value twice.
package indirect enum Pattern: Sendable {
  /// Any value.
  case value(Variable)
  /// A scalar constant, or one that is broadcast: bound to the scalar.
  case constant(Variable)
  /// A constant of that number in any spelling and type, or one that is broadcast.
  case literal(Literal)
  /// A node of that operation.
  case node(Operation, [Pattern], AttributePattern)

  /// A node of an operation that has no attributes.
  package static func node(_ operation: Operation, _ operands: Pattern...) -> Pattern {
    .node(operation, operands, .exactly(.none))
  }

  /// The variable, where the pattern is one.
  var variable: Variable? {
    switch self {
    case .value(let variable), .constant(let variable): variable
    case .literal, .node: nil
    }
  }

  /// Whether only constants fit.
  var isConstant: Bool {
    switch self {
    case .constant, .literal: true
    case .value, .node: false
    }
  }

  /// Whether it is made of constants alone, and is one itself where it is built.
  var isConstantTerm: Bool {
    switch self {
    case .constant, .literal: true
    case .value: false
    case .node(_, let operands, _): operands.allSatisfy(\.isConstantTerm)
    }
  }

  /// The operation of the root of a term.
  var head: Operation? {
    if case .node(let operation, _, _) = self { operation } else { nil }
  }

  /// The operands of the root of a term.
  var operands: [Pattern] {
    if case .node(_, let operands, _) = self { operands } else { [] }
  }

  /// The variables in it.
  var variables: Set<Variable> {
    switch self {
    case .value(let variable), .constant(let variable): [variable]
    case .literal: []
    case .node(_, let operands, _): operands.reduce(into: []) { $0.formUnion($1.variables) }
    }
  }

  /// The pattern with the operands of commutative operations in every order that may occur, where
  /// constants always come first.
  var orientations: [Pattern] {
    guard case .node(let operation, let operands, let attributes) = self else { return [self] }
    var lists: [[Pattern]] = [[]]
    for operand in operands {
      let choices = operand.orientations
      lists = lists.flatMap { list in choices.map { list + [$0] } }
    }
    if operation.isCommutative, operands.count == 2 {
      lists = lists.flatMap { list in Pattern.orders(list[0], list[1]) }
    }
    return lists.map { .node(operation, $0, attributes) }
  }

  /// The orders in which two operands of a commutative operation may stand.
  private static func orders(_ a: Pattern, _ b: Pattern) -> [[Pattern]] {
    if a.isConstant { return [[a, b]] }
    if b.isConstant { return [[b, a]] }
    if let x = a.variable, let y = b.variable, x == y { return [[a, b]] }
    return [[a, b], [b, a]]
  }
}
