package import GraphIR
import Support

/// Writes graphs in the language that they are read from, so that what the compiler has made of a
/// program can be read, edited and compiled again.
package enum GraphWriter {
  /// A file with these graphs, which hold no derivatives that are still asked for.
  ///
  /// - Parameters:
  ///   - isStrict: whether the text is meant for `--math=strict`, where no formula stands for a
  ///     function that computes it more exactly.
  package static func text(of graphs: [Graph], isStrict: Bool = false) -> String {
    let constants = ConstantTable(graphs)
    var unit = SourceUnit(file: Site.none.file)
    unit.declarations = constants.declarations
    for graph in graphs {
      unit.declarations.append(.graph(declaration(of: graph, constants, isStrict)))
    }
    return unit.sourceText
  }

  private static func declaration(
    of graph: Graph, _ constants: ConstantTable, _ isStrict: Bool
  ) -> GraphDeclaration {
    var names = NameTable(of: graph, taken: constants.givenNames)
    for parameter in graph.parameters { names.give(parameter.name) }
    for output in graph.outputs { names.give(output.name) }
    var writer = BlockWriter(graph, names: names, constants: constants, isStrict: isStrict)
    for parameter in graph.parameters {
      writer.spelled[Int(parameter.value.index)] = .name(parameter.name)
    }
    for output in graph.outputs where writer.claimed[output.value] == nil {
      if case .parameter = graph.node(of: output.value).attributes { continue }
      writer.claimed[output.value] = output.name
    }
    writer.writeNodes()
    writer.writeAssertions()
    writer.writeResults()
    return GraphDeclaration(
      site: .none, documentation: comment(graph.doc), name: Name(graph.name, at: .none),
      sizes: declaredSizes(of: graph).map { Name($0, at: .none) },
      parameters: graph.parameters.map { parameter in
        Parameter(
          site: .none, documentation: comment(parameter.doc),
          name: Name(parameter.name, at: .none), type: graph.type(parameter.value).spelled,
          inoutSite: parameter.isInout ? Site.none : nil)
      },
      results: graph.outputs.map { output in
        ResultDeclaration(
          site: .none, name: Name(output.name, at: .none), type: graph.type(output.value).spelled)
      },
      body: BlockWriter.block(writer.statements), isWhole: true)
  }

  private static func comment(_ text: String) -> DocComment? {
    text.isEmpty ? nil : DocComment(text, at: .none)
  }

  /// The sizes that no type of a parameter gives; all, if their order would be another.
  private static func declaredSizes(of graph: Graph) -> [String] {
    var introduced: [String] = []
    for parameter in graph.parameters {
      for name in graph.type(parameter.value).shape.flatMap(\.spelled.names)
      where !introduced.contains(name) {
        introduced.append(name)
      }
    }
    let declared = graph.symbols.filter { !introduced.contains($0) }
    return declared + introduced == graph.symbols ? declared : graph.symbols
  }
}

extension BlockWriter {
  /// The results that are no statement yet, and the updates.
  fileprivate mutating func writeResults() {
    for output in graph.outputs {
      let value = strong(output.value)
      if case .name(output.name) = value.kind { continue }
      add(.assign(targets: [Name(output.name, at: .none)], value: value))
    }
    for update in graph.updates {
      let name = graph.parameters[update.parameter].name
      add(.update(name: Name(name, at: .none), value: strong(update.value)))
    }
  }
}

extension Expr {
  /// The names in a size, in their order.
  fileprivate var names: [String] {
    switch kind {
    case .name(let text): [text]
    case .chain(let first, let links): first.names + links.flatMap(\.operand.names)
    case .unary(_, let operand): operand.names
    case .integer, .float, .boolean, .text, .array, .call, .index, .power, .conditional, .invalid:
      []
    }
  }
}
