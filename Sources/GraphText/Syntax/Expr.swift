package import Support

/// An expression.
///
/// Parentheses leave no node; the site of what they enclose includes them. Trees are at most a few
/// times `Parser.nestingLimit` deep, so that they may be walked by recursion.
package struct Expr: Sendable {
  package var kind: Kind
  package var site: Site

  /// What was read at `site`.
  package init(_ kind: Kind, at site: Site) {
    self.kind = kind
    self.site = site
  }

  /// What an expression is made of.
  package enum Kind: Sendable {
    case name(String)
    /// Only `-9223372036854775808` is a negative literal.
    case integer(Int64)
    case float(Double)
    case boolean(Bool)
    case text(String)
    /// `[a, b]`.
    case array([Expr])
    /// `f(a, axis: 0)`.
    indirect case call(Name, [Argument])
    /// `x[i][:, new]`: a value and all the brackets that follow it, from left to right.
    indirect case index(Expr, [Indexing])
    indirect case unary(UnaryOperator, Expr)
    /// `x ** y`; the site is that of the operator.
    indirect case power(Expr, Site, Expr)
    /// `a + b - c`: left-associative operators of one level of precedence, however many.
    indirect case chain(Expr, [Link])
    /// `if c { a } else { b }`.
    indirect case conditional(Conditional)
    /// What could not be read; an error has been reported.
    case invalid
  }
}

/// An operator of a chain with its right operand.
package struct Link: Sendable {
  package var operation: BinaryOperator
  package var operatorSite: Site
  package var operand: Expr
}

/// What a call is given: `x` or `axis: 0`.
package struct Argument: Sendable {
  package var label: Name?
  package var value: Expr
}

/// One pair of brackets behind a value: `[i, 1:n]`.
package struct Indexing: Sendable {
  /// With both brackets.
  package var site: Site
  package var subscripts: [Subscript]

  /// What was read, or made, at `site`.
  package init(site: Site, subscripts: [Subscript]) {
    self.site = site
    self.subscripts = subscripts
  }
}

/// What stands between the commas of an index.
package enum Subscript: Sendable {
  case index(Expr)
  case slice(Slice)
  /// `...`.
  case ellipsis(Site)
  /// `new`.
  case newAxis(Site)

  /// Where it stands.
  package var site: Site {
    switch self {
    case .index(let expr): expr.site
    case .slice(let slice): slice.site
    case .ellipsis(let site), .newAxis(let site): site
    }
  }
}

/// `lower:upper:step`.
package struct Slice: Sendable {
  package var site: Site
  package var lower: Expr?
  package var upper: Expr?
  package var step: Expr?
}

/// `if c { a } else if d { b } else { c }`.
package struct Conditional: Sendable {
  /// At least one.
  package var clauses: [Clause]
  package var otherwise: Block

  /// All branches in the order of the text.
  package var branches: [Block] { clauses.map(\.branch) + [otherwise] }

  /// A condition and the branch that runs where it is the first to be true.
  package struct Clause: Sendable {
    package var condition: Expr
    package var branch: Block
  }
}
