package import Support

/// The syntax tree of one file.
package struct SourceUnit: Sendable {
  package var file: FileID
  package var imports: [Import]
  package var declarations: [Declaration]
  /// False where declarations may be missing because of syntax errors.
  package var isWhole: Bool

  /// A file with nothing in it.
  package init(file: FileID) {
    self.file = file
    imports = []
    declarations = []
    isWhole = true
  }
}

/// `import "layers.graph"`.
package struct Import: Sendable {
  package var site: Site
  package var path: TextLiteral
}

/// Something that a file declares.
package enum Declaration: Sendable {
  case graph(GraphDeclaration)
  case function(FunctionDeclaration)
  case constant(ConstantDeclaration)
  case rule(RuleDeclaration)

  /// What it declares; of a rule the func that it belongs to.
  package var name: Name {
    switch self {
    case .graph(let graph): graph.name
    case .function(let function): function.name
    case .constant(let constant): constant.name
    case .rule(let rule): rule.function
    }
  }

  /// The whole declaration, without its doc comment.
  package var site: Site {
    switch self {
    case .graph(let graph): graph.site
    case .function(let function): function.site
    case .constant(let constant): constant.site
    case .rule(let rule): rule.site
    }
  }
}
