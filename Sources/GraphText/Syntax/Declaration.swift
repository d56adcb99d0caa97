package import Support

/// `graph name[sizes](parameters) -> (results) { … }`.
package struct GraphDeclaration: Sendable {
  /// From the word `graph` to the closing brace.
  package var site: Site
  package var documentation: DocComment?
  package var name: Name
  /// The declared sizes, `[steps]`.
  package var sizes: [Name]
  package var parameters: [Parameter]
  package var results: [ResultDeclaration]
  package var body: Block
  /// False where parts of the head are missing because of syntax errors.
  package var isWhole: Bool
}

/// `func name(parameters) { … return … }`, `func name(parameters) = value`, or
/// `extern func name(parameters) -> (results)` for a function of the program around.
package struct FunctionDeclaration: Sendable {
  /// From the word `func` to the end of the body.
  package var site: Site
  package var documentation: DocComment?
  package var name: Name
  package var parameters: [Parameter]
  /// The statements, and as its results what stands behind `return` or `=`.
  package var body: Block
  /// Whether the body is written `= value`.
  package var isShort: Bool
  /// The results of an `extern func`, which has no body; nil for others.
  package var results: [ResultDeclaration]?
  /// False where parts of the head are missing because of syntax errors.
  package var isWhole: Bool
}

/// `jvp name(parameters) -> (results) along (directions) = tangent`, or `vjp …`: a derivative of a
/// `func` that takes the place of its body's.
package struct RuleDeclaration: Sendable {
  /// The mode that a rule is for.
  package enum Mode: String, Sendable {
    case jvp, vjp
  }

  /// From the word with which it begins to the end of the body.
  package var site: Site
  package var documentation: DocComment?
  package var mode: Mode
  /// The func that it is a derivative of.
  package var function: Name
  package var parameters: [Parameter]
  /// Names of the func's results; none, or one for each.
  package var results: [Parameter]
  /// The tangents of the parameters, or the cotangents of the results.
  package var directions: [Parameter]
  package var body: Block
  package var isShort: Bool
  /// False where parts of the head are missing because of syntax errors.
  package var isWhole: Bool
}

/// `const name: type = value`.
package struct ConstantDeclaration: Sendable {
  /// From the word `const` to the end of the value.
  package var site: Site
  package var documentation: DocComment?
  package var name: Name
  package var type: TypeExpr?
  package var value: ConstantValue
}

/// Where the data of a `const` comes from.
package enum ConstantValue: Sendable {
  /// `load("path")`.
  case load(TextLiteral)
  /// A literal, or an array of literals.
  case literal(Expr)
}

/// A parameter of a graph or a func.
package struct Parameter: Sendable {
  package var site: Site
  package var documentation: DocComment?
  package var name: Name
  /// Always given in a graph, unless a syntax error was reported.
  package var type: TypeExpr?
  /// Where the word `inout` stands, if it does.
  package var inoutSite: Site?
}

/// A name behind the `->` of a graph.
package struct ResultDeclaration: Sendable {
  package var site: Site
  package var documentation: DocComment?
  package var name: Name
  package var type: TypeExpr?
}

/// `f64[2 * n + 1, 3]`: an element type, which is not checked here, and a shape.
package struct TypeExpr: Sendable {
  package var site: Site
  package var element: Name
  /// Empty for a scalar.
  package var dims: [Expr]
}
