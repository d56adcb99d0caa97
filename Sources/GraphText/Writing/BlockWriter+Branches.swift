import GraphIR
import Support

/// Nodes that run regions: their blocks name what they capture as the block around does.
extension BlockWriter {
  /// The writer of a region whose parameters are spelled so.
  func inner(_ region: Graph, _ parameters: [Spelled]) -> BlockWriter {
    var writer = BlockWriter(region, names: names, constants: constants, isStrict: isStrict)
    for (parameter, known) in zip(region.parameters, parameters) {
      writer.spelled[Int(parameter.value.index)] = known
    }
    return writer
  }

  /// `a, b = if c { … } else { … }`.
  mutating func write(branch node: Node) {
    let captures = node.operands.dropFirst().map { part($0) }
    var blocks: [Block] = []
    for region in node.regions {
      var writer = inner(region, captures)
      writer.writeNodes()
      let results = region.outputs.map { writer.strong($0.value) }
      blocks.append(BlockWriter.block(writer.statements, results))
      names = writer.names
    }
    assign(node.results, .choice(strong(node.operands[0]), blocks[0], blocks[1]))
  }

  static func block(_ statements: [Statement], _ results: [Expr] = []) -> Block {
    Block(site: .none, statements: statements, results: results, isWhole: true)
  }
}

extension Expr {
  /// `if c { … } else { … }`, with `else if` where the other block is nothing but a choice.
  static func choice(_ condition: Expr, _ block: Block, _ otherwise: Block) -> Expr {
    let clause = Conditional.Clause(condition: condition, branch: block)
    let only = otherwise.onlyChoice
    return .make(
      .conditional(
        Conditional(
          clauses: [clause] + (only?.clauses ?? []), otherwise: only?.otherwise ?? otherwise)))
  }
}

extension Block {
  /// The choice that is all that stands in a block.
  fileprivate var onlyChoice: Conditional? {
    guard statements.count == 1, case .assign(let targets, let value) = statements[0].kind,
      case .conditional(let choice) = value.kind, results.count == targets.count
    else { return nil }
    for (target, result) in zip(targets, results) {
      guard case .name(target.text) = result.kind else { return nil }
    }
    return choice
  }
}
