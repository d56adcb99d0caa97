import GraphText
import Support

/// Makes a program that fails as small as it can, as long as it fails in the same way.
///
/// It tries one change after the other, those that take away much first, and keeps what still
/// fails, until nothing does (Zeller's delta debugging, on the syntax tree).
struct Reducer {
  /// Whether a program still fails.
  private let fails: (String) -> Bool
  private var unit: SourceUnit
  /// How many programs were tried.
  private(set) var tries = 0
  /// After so many programs the best so far has to do.
  private let limit: Int

  /// The smallest program found; the program itself, in the one form, if it cannot be read.
  static func reduced(
    _ text: String, limit: Int = 4000, while fails: @escaping (String) -> Bool
  ) -> String {
    guard let unit = parsed(text), fails(unit.sourceText) else { return text }
    var reducer = Reducer(fails: fails, unit: unit, limit: limit)
    while reducer.pass() {}
    return reducer.unit.sourceText
  }

  private init(fails: @escaping (String) -> Bool, unit: SourceUnit, limit: Int) {
    self.fails = fails
    self.unit = unit
    self.limit = limit
  }

  /// The syntax tree of a text; nil if it has mistakes.
  static func parsed(_ text: String) -> SourceUnit? {
    var files = SourceFiles()
    var diagnostics = Diagnostics()
    let file = files.add(path: "reduced.graph", bytes: Array(text.utf8))
    let unit = Parser.parse(file: file, in: files, diagnostics: &diagnostics)
    return diagnostics.hasErrors ? nil : unit
  }

  /// Tries every change once; whether one was kept.
  private mutating func pass() -> Bool {
    var isSmaller = false
    // An edit that was kept may be one of several at that place: the same number once more.
    for family in [Self.declarations, Self.results, Self.blocks, Self.expressions, Self.sizes] {
      var number = 0
      while tries < limit {
        let edits = family(unit)
        guard number < edits.count else { break }
        if keep(edits[number]()) { isSmaller = true } else { number += 1 }
      }
    }
    return isSmaller && tries < limit
  }

  /// Takes a change if the program still fails; it must be other text.
  private mutating func keep(_ candidate: SourceUnit?) -> Bool {
    guard let candidate else { return false }
    let text = candidate.sourceText
    guard text != unit.sourceText, Self.parsed(text) != nil else { return false }
    tries += 1
    guard fails(text) else { return false }
    unit = candidate
    return true
  }
}

/// The changes.
extension Reducer {
  private typealias Edit = () -> SourceUnit?

  /// Leaves out declarations.
  private static func declarations(_ unit: SourceUnit) -> [Edit] {
    unit.declarations.indices.reversed().map { place in
      {
        var smaller = unit
        smaller.declarations.remove(at: place)
        return smaller
      }
    }
  }

  /// Leaves out results and parameters, and the arguments that stand for parameters of funcs.
  private static func results(_ unit: SourceUnit) -> [Edit] {
    unit.declarations.indices.flatMap { place -> [Edit] in
      guard case .graph(let graph) = unit.declarations[place] else { return [] }
      func with(_ change: @escaping (inout GraphDeclaration) -> Void) -> Edit {
        {
          var smaller = graph
          change(&smaller)
          var unit = unit
          unit.declarations[place] = .graph(smaller)
          return unit
        }
      }
      // An update first: without it results would have to stay.
      return graph.parameters.indices.map { number in
          with {
            let name = $0.parameters[number].name.text
            $0.parameters[number].inoutSite = nil
            $0.body.statements.removeAll { $0.isUpdate(of: name) }
          }
        }
        + graph.results.indices.map { number in with { $0.results.remove(at: number) } }
        + graph.parameters.indices.map { number in with { $0.parameters.remove(at: number) } }
        + graph.parameters.indices.map { number in
          with { $0.parameters[number].documentation = nil }
        }
        + graph.sizes.indices.map { number in with { $0.sizes.remove(at: number) } }
        + graph.parameters.indices.flatMap { number in
          let dims = graph.parameters[number].type?.dims ?? []
          return dims.indices.flatMap { axis in
            [
              with { $0.parameters[number].type?.dims.remove(at: axis) },
              with { $0.parameters[number].type?.dims[axis] = Expr(.integer(2), at: .none) },
            ]
          }
        }
    }
  }

  /// Leaves out statements, two or one at a time, and takes loops and branches apart.
  private static func blocks(_ unit: SourceUnit) -> [Edit] {
    SyntaxEditor.blocks(of: unit).enumerated().flatMap { number, block -> [Edit] in
      func with(_ statements: [Statement]) -> SourceUnit {
        var smaller = block
        smaller.statements = statements
        return SyntaxEditor.replacing(block: number, of: unit, by: smaller)
      }
      return block.statements.indices.reversed().flatMap { place -> [Edit] in
        let before = Array(block.statements[..<place])
        let behind = Array(block.statements[(place + 1)...])
        return [{ with(before + behind) }]
          + [{ inlined(block.statements[place], with(before + behind)) }]
          + (place > 0 ? [{ with(before.dropLast() + behind) }] : [])
          + simpler(block.statements[place]).map { simpler in
            { with(before + simpler + behind) }
          }
      }
    }
  }

  /// A file without the statement that gives a name, its value in the place of the name.
  private static func inlined(_ statement: Statement, _ unit: SourceUnit) -> SourceUnit? {
    guard case .assign(let targets, let value) = statement.kind, targets.count == 1 else {
      return nil
    }
    return SyntaxEditor.replacing(name: targets[0].text, in: unit, by: value)
  }

  /// Statements that may stand for one.
  private static func simpler(_ statement: Statement) -> [[Statement]] {
    switch statement.kind {
    case .assign(let targets, let value):
      var choices: [[Statement]] = []
      if targets.count > 1 {
        choices += targets.flatMap { target in value.parts.map { [assignment(target, $0)] } }
      }
      if case .conditional(let conditional) = value.kind {
        for branch in conditional.branches {
          let last = zip(targets, branch.results).map { assignment($0, $1) }
          choices.append(branch.statements + last)
        }
      }
      return choices
    case .update, .emit, .assert: return []
    case .forLoop(let loop):
      var choices = [unrolled(loop.body, carried: loop.carried, sequences: loop.sequences)]
      choices += loop.carried.indices.map { place in
        var fewer = loop
        let gone = fewer.carried.remove(at: place)
        fewer.body.statements.removeAll { $0.isUpdate(of: gone.name.text) }
        return [Statement(site: statement.site, kind: .forLoop(fewer))]
      }
      choices += loop.sequences.indices.map { place in
        var fewer = loop
        fewer.sequences.remove(at: place)
        return [Statement(site: statement.site, kind: .forLoop(fewer))]
      }
      var plain = loop
      plain.checkpoints = []
      choices.append([Statement(site: statement.site, kind: .forLoop(plain))])
      return choices
    case .whileLoop(let loop):
      let others = loop.carried.indices.map { place in
        var fewer = loop
        let gone = fewer.carried.remove(at: place)
        fewer.body.statements.removeAll { $0.isUpdate(of: gone.name.text) }
        return [Statement(site: statement.site, kind: .whileLoop(fewer))]
      }
      return [unrolled(loop.body, carried: loop.carried, sequences: [])] + others
    }
  }

  /// The first turn of a loop, as statements.
  private static func unrolled(
    _ body: Block, carried: [CarriedValue], sequences: [LoopSequence]
  ) -> [Statement] {
    let zero = Expr(.integer(0), at: .none)
    let elements = sequences.map { sequence in
      switch sequence.source {
      case .elements(let expr):
        let first = Indexing(site: .none, subscripts: [.index(zero)])
        return assignment(sequence.name, Expr(.index(expr, [first]), at: .none))
      case .range(let lower, _): return assignment(sequence.name, lower)
      }
    }
    let inside = body.statements.compactMap { statement -> Statement? in
      switch statement.kind {
      case .update: nil
      case .emit(let name, let value): assignment(name, value)
      case .assign, .assert, .forLoop, .whileLoop: statement
      }
    }
    return elements + carried.map { assignment($0.name, $0.initial) } + inside
  }

  private static func assignment(_ name: Name, _ value: Expr) -> Statement {
    Statement(site: .none, kind: .assign(targets: [name], value: value))
  }

  /// Puts parts of expressions, names or numbers in their place.
  private static func expressions(_ unit: SourceUnit) -> [Edit] {
    var names: [Expr] = []
    for case .graph(let graph) in unit.declarations {
      names += graph.parameters.map { Expr(.name($0.name.text), at: .none) }
    }
    let plain = names + [Expr(.integer(1), at: .none), Expr(.float(0.5), at: .none)]
    return SyntaxEditor.expressions(of: unit).enumerated().flatMap { number, expr -> [Edit] in
      let choices = expr.parts + (expr.isPlain ? [] : plain) + expr.smaller
      return choices.map { choice in
        { SyntaxEditor.replacing(expr: number, of: unit, by: choice) }
      }
    }
  }

  /// Makes the sizes smaller that the doc comments tell.
  private static func sizes(_ unit: SourceUnit) -> [Edit] {
    unit.declarations.indices.flatMap { place -> [Edit] in
      guard case .graph(let graph) = unit.declarations[place],
        let text = graph.documentation?.text
      else { return [] }
      let lines = text.split(separator: "\n").map(String.init)
      func with(_ lines: [String]) -> SourceUnit {
        var smaller = graph
        smaller.documentation?.text = lines.joined(separator: "\n")
        if lines.isEmpty { smaller.documentation = nil }
        var unit = unit
        unit.declarations[place] = .graph(smaller)
        return unit
      }
      return lines.indices.flatMap { line -> [Edit] in
        let words = lines[line].split(separator: " ").map(String.init)
        let less: [Edit] = words.indices.dropFirst().flatMap { word -> [Edit] in
          let pair = words[word].split(separator: "=").map(String.init)
          guard words[0] == "sizes", pair.count == 2, let size = Int(pair[1]), size > 0 else {
            return []
          }
          return Set([0, 1, size / 2, size - 1]).filter { $0 < size }.sorted().map { smaller in
            {
              var words = words
              words[word] = "\(pair[0])=\(smaller)"
              var lines = lines
              lines[line] = words.joined(separator: " ")
              return with(lines)
            }
          }
        }
        let none: Edit = {
          var fewer = lines
          fewer.remove(at: line)
          return with(fewer)
        }
        return [none] + less
      }
    }
  }
}

extension Statement {
  fileprivate func isUpdate(of carried: String) -> Bool {
    if case .update(let name, _) = kind { name.text == carried } else { false }
  }
}

extension Expr {
  /// Whether it is a name or a number.
  fileprivate var isPlain: Bool {
    switch kind {
    case .name, .integer, .float, .boolean, .text, .invalid: true
    case .array, .call, .index, .unary, .power, .chain, .conditional: false
    }
  }

  /// What it is made of.
  fileprivate var parts: [Expr] {
    switch kind {
    case .name, .integer, .float, .boolean, .text, .invalid: []
    case .array(let elements): elements
    case .call(_, let arguments): arguments.map(\.value)
    case .index(let base, _): [base]
    case .unary(_, let operand): [operand]
    case .power(let base, _, let exponent): [base, exponent]
    case .chain(let first, let links): [first] + links.map(\.operand)
    case .conditional(let conditional):
      conditional.branches.filter { $0.results.count == 1 }.map { $0.results[0] }
    }
  }

  /// The same with less in it.
  fileprivate var smaller: [Expr] {
    switch kind {
    case .array(let elements) where elements.count > 1:
      return elements.indices.map { place in
        var fewer = elements
        fewer.remove(at: place)
        return Expr(.array(fewer), at: site)
      }
    case .call(let name, let arguments):
      return arguments.indices.filter { arguments[$0].label != nil }.map { place in
        var fewer = arguments
        fewer.remove(at: place)
        return Expr(.call(name, fewer), at: site)
      }
    case .chain(let first, let links) where links.count > 1:
      return links.indices.map { place in
        var fewer = links
        fewer.remove(at: place)
        return Expr(.chain(first, fewer), at: site)
      }
    case .integer(let number) where number > 1:
      return Set([0, 1, number / 2]).sorted().map { Expr(.integer($0), at: site) }
    case .index(let base, let indexings) where indexings.count > 1:
      return [Expr(.index(base, Array(indexings.dropLast())), at: site)]
    case .name, .integer, .float, .boolean, .text, .invalid, .array, .index, .unary, .power,
      .chain, .conditional:
      return []
    }
  }
}
