package import Support

/// What stands between braces.
///
/// Only branches and bodies of funcs have results: the expressions behind `return`, or at the end
/// of the branch.
package struct Block: Sendable {
  /// With both braces.
  package var site: Site
  package var statements: [Statement]
  package var results: [Expr]
  /// False where statements or results are missing because of syntax errors, so that names may be.
  package var isWhole: Bool
}

/// One statement.
package struct Statement: Sendable {
  package var site: Site
  package var kind: Kind

  /// What was read, or made, at `site`.
  package init(site: Site, kind: Kind) {
    self.site = site
    self.kind = kind
  }

  /// What a statement does.
  package enum Kind: Sendable {
    /// `a, b = value`.
    case assign(targets: [Name], value: Expr)
    /// `h <- value`; stands only in bodies of graphs and loops.
    case update(name: Name, value: Expr)
    /// `emit hs = value`; stands only in the body of a `for`.
    case emit(name: Name, value: Expr)
    /// `assert condition, "message"`; never stands in a branch.
    case assert(condition: Expr, message: TextLiteral)
    case forLoop(ForLoop)
    case whileLoop(WhileLoop)
  }
}

/// `for x in xs, t in 0..<n with h = h0 checkpoint 100, 10 { … }`.
package struct ForLoop: Sendable {
  package var sequences: [LoopSequence]
  package var carried: [CarriedValue]
  package var checkpoints: [Expr] = []
  package var body: Block
}

/// `while condition with x = x0 limit 50 { … }`.
package struct WhileLoop: Sendable {
  package var condition: Expr
  package var carried: [CarriedValue]
  package var limit: Expr?
  package var body: Block
}

/// What a `for` goes through: `x in xs`.
package struct LoopSequence: Sendable {
  package var site: Site
  package var name: Name
  package var source: Source

  /// Where the values come from.
  package enum Source: Sendable {
    /// The leading axis of a tensor.
    case elements(Expr)
    /// `lower..<upper`.
    case range(lower: Expr, upper: Expr)
  }
}

/// `h = h0` behind `with`.
package struct CarriedValue: Sendable {
  package var site: Site
  package var name: Name
  package var initial: Expr
}
