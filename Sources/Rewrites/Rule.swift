package import GraphIR
import Ops

/// Which nodes a rule may begin at.
package enum Heads: Sendable {
  /// Those of some operations.
  case of([Operation])
  /// Those of every operation that holds for the condition, which the text says.
  case every(String, @Sendable (Operation) -> Bool)

  /// Whether nodes of an operation are among them.
  func contains(_ operation: Operation) -> Bool {
    switch self {
    case .of(let operations): operations.contains(operation)
    case .every(_, let holds): holds(operation)
    }
  }
}

/// A node as it is about to be made: its operands are values of the new graph already.
package struct Candidate: Sendable {
  package let operation: Operation
  package let operands: [Value]
  package let attributes: Attributes
  /// The type of its only result.
  package let type: TensorType

  /// What makes it the same as another.
  var key: NodeKey { NodeKey(operation, operands, attributes) }
}

/// One rewrite: a node that looks like the left side becomes what the right side says.
///
/// Rules go one way and never make a graph worse. The value that a rule gives has the type of the
/// node, or one that broadcasts to it: then the driver broadcasts.
package final class Rule: Sendable {
  /// How a rule finds and builds.
  enum Body: Sendable {
    /// Terms; the left one in every order of operands that may occur.
    case sides([Pattern], right: Pattern)
    /// Code, which gives nil where the rule does not apply.
    case code(@Sendable (inout Rewriter, Candidate) -> Value?)
  }

  /// The name by which a rule is counted and switched off.
  package let name: String
  /// Both sides in the notation of the graph language.
  package let left: String
  package let right: String
  package let exactness: Exactness
  package let condition: Guard?
  package let heads: Heads
  let body: Body

  /// A rule of two terms.
  ///
  /// - Requires: Every variable on the right stands on the left, whose root is a node.
  package init(
    _ name: String, _ sides: Sides, _ exactness: Exactness, if condition: Guard? = nil
  ) {
    guard let head = sides.left.head else { preconditionFailure("\(name) has no head") }
    precondition(
      sides.right.variables.isSubset(of: sides.left.variables), "\(name) makes up a variable")
    self.name = name
    left = sides.left.description
    right = sides.right.description
    self.exactness = exactness
    self.condition = condition
    heads = .of([head])
    body = .sides(sides.left.orientations, right: sides.right)
  }

  private init(
    name: String, text: (String, String), exactness: Exactness, heads: Heads, body: Body
  ) {
    self.name = name
    (left, right) = text
    self.exactness = exactness
    condition = nil
    self.heads = heads
    self.body = body
  }

  /// A rule by code, for what depends on shapes or on attributes; the text says what it does.
  package static func code(
    _ name: String, _ left: String, _ right: String, _ exactness: Exactness, on heads: Heads,
    _ body: @escaping @Sendable (inout Rewriter, Candidate) -> Value?
  ) -> Rule {
    Rule(name: name, text: (left, right), exactness: exactness, heads: heads, body: .code(body))
  }

  /// A rule by code on nodes of some operations.
  package static func code(
    _ name: String, _ left: String, _ right: String, _ exactness: Exactness,
    on operations: [Operation],
    _ body: @escaping @Sendable (inout Rewriter, Candidate) -> Value?
  ) -> Rule {
    code(name, left, right, exactness, on: .of(operations), body)
  }
}

extension Rule: CustomStringConvertible {
  /// `name: left => right, exactness, if condition`.
  package var description: String {
    let text = "\(name): \(left) => \(right), \(exactness)"
    return condition.map { "\(text), if \($0.text)" } ?? text
  }
}
