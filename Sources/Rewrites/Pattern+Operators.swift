import GraphIR
import Ops
import Support

precedencegroup RewritePrecedence {
  lowerThan: LogicalDisjunctionPrecedence
  higherThan: AssignmentPrecedence
}

precedencegroup PowerPrecedence {
  higherThan: MultiplicationPrecedence
  associativity: right
}

infix operator => : RewritePrecedence
infix operator ** : PowerPrecedence

/// Both sides of a rule.
package struct Sides: Sendable {
  package let left: Pattern
  package let right: Pattern
}

extension Pattern: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral
{
  package init(integerLiteral value: Int64) { self = .literal(.int(value)) }
  package init(floatLiteral value: Double) { self = .literal(.float(value)) }
  package init(booleanLiteral value: Bool) { self = .literal(.bool(value)) }
}

/// The notation of the graph language for patterns.
extension Pattern {
  package static func => (left: Pattern, right: Pattern) -> Sides {
    Sides(left: left, right: right)
  }

  package static func + (a: Pattern, b: Pattern) -> Pattern { .node(.add, a, b) }
  package static func - (a: Pattern, b: Pattern) -> Pattern { .node(.subtract, a, b) }
  package static func * (a: Pattern, b: Pattern) -> Pattern { .node(.multiply, a, b) }
  package static func / (a: Pattern, b: Pattern) -> Pattern { .node(.divide, a, b) }
  package static func ** (a: Pattern, b: Pattern) -> Pattern { .node(.power, a, b) }
  package static prefix func - (a: Pattern) -> Pattern { .node(.negate, a) }

  package static func == (a: Pattern, b: Pattern) -> Pattern { .node(.equal, a, b) }
  package static func != (a: Pattern, b: Pattern) -> Pattern { .node(.notEqual, a, b) }
  package static func < (a: Pattern, b: Pattern) -> Pattern { .node(.less, a, b) }
  package static func <= (a: Pattern, b: Pattern) -> Pattern { .node(.lessEqual, a, b) }
  package static func > (a: Pattern, b: Pattern) -> Pattern { .node(.greater, a, b) }
  package static func >= (a: Pattern, b: Pattern) -> Pattern { .node(.greaterEqual, a, b) }

  package static func && (a: Pattern, b: Pattern) -> Pattern { .node(.and, a, b) }
  package static func || (a: Pattern, b: Pattern) -> Pattern { .node(.or, a, b) }
  package static prefix func ! (a: Pattern) -> Pattern { .node(.not, a) }
}
