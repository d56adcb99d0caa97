import GraphIR
import GraphText
import Support

/// Writes random programs in the language.
///
/// It knows how things are spelled, and asks the checker whether they fit and of which type they
/// are: what is refused is left out, and something else is drawn.
struct ProgramGenerator {
  /// A parameter of the graph at hand.
  struct Parameter {
    var local: Local
    var domain: Sample.Domain
    var isInout = false
  }

  /// A func of the program.
  struct Function {
    var name: String
    var parameters: [TensorType]
    /// Whether its body asks for derivatives.
    var isRequest: Bool
  }

  let seed: UInt64
  let oracle: TypeOracle
  var random: RandomSource
  /// The type of most of its numbers.
  var dtype = DType.f64
  /// The sizes that the graph at hand will be run with.
  var sizes: [String: Int] = [:]
  /// What stands beside the graphs, each after what it needs.
  var declared: [String] = []
  var functions: [Function] = []
  var parameters: [Parameter] = []
  /// Pairs of results that stand for the same number.
  var twins: [(String, String)] = []
  /// Operations that were drawn by their samples.
  var drawn: Set<String> = []
  private var count = 0

  init(seed: UInt64, oracle: TypeOracle) {
    self.seed = seed
    self.oracle = oracle
    random = RandomSource(seed: seed, "programs")
  }

  /// The program.
  mutating func program() -> String {
    var graphs: [String] = []
    for number in 0..<(chance(0.15) ? 2 : 1) { graphs.append(graph(number)) }
    return distributed(graphs.joined(separator: "\n"))
  }

  /// What stands beside the graphs, as text.
  var declarations: String { declared.map { $0 + "\n" }.joined() }

  /// The program in one file, or in some of which the main one imports the others.
  private mutating func distributed(_ graphs: String) -> String {
    guard !declared.isEmpty, chance(0.3) else { return declarations + graphs }
    let end = random.integer(1, declared.count)
    let middle = random.integer(0, end)
    let parts = [declared[..<middle], declared[middle..<end], declared[end...]].map {
      $0.map { $0 + "\n" }.joined()
    }
    let names = ["first.graph", "second.graph"]
    let imports = names.map { "import \"\($0)\"\n" }
    let main = imports.joined() + parts[2] + graphs
    return main + "#= \(names[0])\n\(parts[0])#= \(names[1])\n\(imports[0])\(parts[1])"
  }

  // MARK: Graphs

  private mutating func graph(_ number: Int) -> String {
    parameters = []
    twins = []
    dtype = pick([.f64, .f64, .f64, .f64, .f64, .f32, .f32, .f32, .f16, .bf16])
    for symbol in TypeOracle.symbols {
      sizes[symbol] = pick([0, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 7, 9, 17])
    }
    var scope = Scope()
    for _ in 0..<3 { addParameter(TensorType(dtype, shape()), to: &scope) }
    addParameter(TensorType(pick([.i64, .i64, .i32, .bool, .u8, .f32, .f64]), shape()), to: &scope)
    let inputs = scope.locals.count
    let wanted = random.integer(4, 9)
    for _ in 0..<(3 * wanted) where scope.lines.count < wanted { addStatement(to: &scope) }
    if chance(0.3) { addUpdate(to: &scope) }
    let isTwin = Set(twins.flatMap { [$0.0, $0.1] })
    let given = scope.locals.dropFirst(inputs).map(\.name)
      .filter { name in !isTwin.contains(name) && !parameters.contains { $0.local.name == name } }
    // What nothing else uses must be a result; of the rest a few are.
    let lines = scope.lines
    let uses = given.map { name in lines.filter { TypeOracle.words(of: $0).contains(name) }.count }
    var results = zip(given, uses).filter { $0.1 < 2 }.map(\.0)
    for name in given where !results.contains(name) && chance(0.15) { results.append(name) }
    results += twins.flatMap { [$0.0, $0.1] }
    return text("g\(number)", results, scope)
  }

  /// A graph as text.
  func text(_ name: String, _ results: [String], _ scope: Scope) -> String {
    let list = parameters.map { parameter in
      let (name, type) = (parameter.local.name, parameter.local.type)
      let word = parameter.isInout ? "inout " : ""
      return "## \(parameter.domain.spelled)\n    \(word)\(name): \(type)"
    }
    let given = TypeOracle.symbols.map { "\($0)=\(sizes[$0, default: 0])" }
    return """
      ## sizes \(given.joined(separator: " "))
      ## seed \(seed)
      ## same \(twins.map { "\($0.0)=\($0.1)" }.joined(separator: " "))
      graph \(name)[\(TypeOracle.symbols.joined(separator: ", "))](
          \(list.joined(separator: ",\n    "))
      ) -> (\(results.joined(separator: ", "))) {
      \(scope.text)
      }

      """
  }

  /// Adds a parameter of the graph, from anywhere in its body.
  @discardableResult
  mutating func addParameter(
    _ type: TensorType, _ domain: Sample.Domain? = nil, to scope: inout Scope
  ) -> String {
    let local = Local(name: fresh("x"), type: type)
    parameters.append(Parameter(local: local, domain: domain ?? Sample.Domain(of: type.dtype)))
    scope.locals.insert(local, at: 0)
    return local.name
  }

  /// Makes a parameter `inout`, and updates it.
  private mutating func addUpdate(to scope: inout Scope) {
    guard let place = parameters.indices.filter({ parameters[$0].local.type.dtype == dtype }).last
    else { return }
    let (name, type) = (parameters[place].local.name, parameters[place].local.type)
    parameters[place].isInout = true
    scope.lines.append("\(name) <- \(follower(of: name, type, in: scope))")
  }

  // MARK: Chance

  mutating func chance(_ probability: Double) -> Bool { random.uniform(0, 1) < probability }

  mutating func pick<Element>(_ elements: [Element]) -> Element {
    elements[random.integer(0, elements.count - 1)]
  }

  /// A name that nothing has.
  mutating func fresh(_ prefix: String) -> String {
    count += 1
    return "\(prefix)\(count)"
  }

  /// A shape of at most three axes.
  mutating func shape() -> [Dim] {
    let rank = pick([0, 0, 1, 1, 1, 2, 2, 2, 3])
    return (0..<rank).map { _ in dim() }
  }

  /// A size.
  mutating func dim() -> Dim {
    switch random.integer(0, 11) {
    case 0...2: .symbol("n")
    case 3, 4: .symbol("m")
    case 5: .symbol("k")
    case 6: .symbol("n") + 1
    case 7: Dim(1)
    default: Dim(pick([2, 3, 3, 4]))
    }
  }
}
