import Autodiff
import GraphIR
import GraphText
import Lowering
package import LoopIR
import Ops
import Rewrites
package import Support

/// The way from text to loop trees.
struct Pipeline {
  let options: CompileOptions
  var runner: PassRunner
  var files = SourceFiles()
  var diagnostics = Diagnostics()
  /// Every file that was read.
  private(set) var dependencies: [String] = []
  /// Collects the applications of rules, where somebody asks for them.
  var events: EventLog?
  /// The graphs with their derivatives, before and after they are rewritten, where they are to be
  /// written.
  private(set) var adjoints: [Graph] = []
  private(set) var rewrittenGraphs: [Graph] = []
  /// The drawings of the graphs that loops are made of, where they are to be written.
  private(set) var drawings: [String] = []
  /// The graph at hand as it was when it was simplified.
  private var simplified: Graph?

  init(options: CompileOptions) {
    self.options = options
    runner = PassRunner(
      printAfter: options.printAfter, changes: options.printsChanges ? ChangeLog() : nil)
  }

  /// The graphs of the input, checked; nil after an error.
  mutating func check() -> [Graph]? {
    let checked = runner.time("check") {
      Checker.check(
        path: options.input, read: { try? FileSystem.read($0) },
        options: CheckOptions(real: options.real), files: &files, diagnostics: &diagnostics)
    }
    dependencies = checked.dependencies
    if diagnostics.hasErrors { return nil }
    let graphs = checked.graphs.map { runner.run(specialize, on: $0, isVerified: false) }
    for graph in graphs { refuseImpossibleSizes(graph) }
    return diagnostics.hasErrors ? nil : graphs
  }

  /// A graph with its derivatives expanded and nothing rewritten; nil after an error.
  mutating func differentiate(_ graph: Graph) -> Graph? {
    let pass = Pass<Graph, Graph, Diagnostic>(name: "differentiate") {
      graph, _ throws(Diagnostic) in try Differentiate.run(SplitLoops.run(graph))
    }
    do {
      return try runner.run(pass, on: graph)
    } catch {
      diagnostics.report(error)
      return nil
    }
  }

  /// A checked graph with stable functions in the place of formulas that overflow or cancel; its
  /// derivatives are still to come.
  mutating func stabilise(_ graph: Graph) -> Graph {
    let rewriting = rewriting
    let pass = Pass<Graph, Graph, Never>(name: "stabilise") { graph, counters in
      Stabilise.run(graph, rewriting, counters: &counters)
    }
    return runner.run(pass, on: graph)
  }

  /// A differentiated graph, rewritten.
  mutating func rewrite(_ graph: Graph) -> Graph { runner.run(simplify("simplify"), on: graph) }

  /// A graph whose operations are expanded, rewritten.
  private mutating func simplifyAgain(_ graph: Graph) -> Graph {
    runner.run(simplify("simplify-expanded", Catalogue.afterExpansion), on: graph)
  }

  /// A checked graph, differentiated and rewritten; nil after an error.
  mutating func optimize(_ graph: Graph) -> Graph? {
    guard let differentiated = differentiate(stabilise(graph)) else { return nil }
    let adjoint = runner.run(inline, on: differentiated)
    let simplified = rewrite(adjoint)
    self.simplified = simplified
    let rewritten = runner.run(prune, on: runner.run(lift, on: simplified))
    if options.emit.contains(.adjoint) { adjoints.append(adjoint) }
    if options.emit.contains(.graph) { rewrittenGraphs.append(rewritten) }
    return rewritten
  }

  /// The function of a checked graph; nil after an error.
  mutating func lower(_ graph: Graph) -> LoopFunction? {
    let primal = graph.primalResults
    guard let optimized = optimize(graph) else { return nil }
    let expanded = runner.run(expand, on: optimized)
    let hoisted = runner.run(hoist, on: expanded)
    let outside = runner.run(products, on: hoisted)
    let fused = runner.run(fuse, on: outside)
    let final = isFinal(fused) ? fused : simplifyAgain(fused)
    let joined = runner.run(rows, on: runner.run(join, on: final))
    if options.emit.contains(.dot) { drawings.append(draw(joined)) }
    let levels = options.target.levels
    if levels.isEmpty { return runner.run(lower(primal), on: joined) }
    let versions = levels.map { ($0, runner.run(lower(primal, $0), on: joined)) }
    return runner.run(joinLevels, on: versions)
  }

  /// Whether a graph was simplified, nothing was changed since, and no further rule is about it. A
  /// second look still finds what is used once by now; at very many nodes it is not worth the time.
  private func isFinal(_ graph: Graph) -> Bool {
    guard graph.isHuge, let simplified, graph.isUntouched(since: simplified) else { return false }
    return !Catalogue.mayShare(in: graph)
  }

  /// The drawing of a graph that is ready for lowering.
  private mutating func draw(_ graph: Graph) -> String {
    let files = files
    return runner.time("draw") {
      DotWriter.text(of: graph, kernels: Lowering.kernels(of: graph), files: files)
    }
  }

  // MARK: Passes

  private var specialize: Pass<Graph, Graph, Never> {
    let dims = options.dims
    return Pass(name: "specialize") { graph, _ in
      dims.isEmpty ? graph : graph.specialized(dims)
    }
  }

  /// What the user says about rewriting.
  private var rewriting: RewriteOptions {
    RewriteOptions(
      strict: options.isStrict, disabled: options.disabledRules, limit: options.rewriteLimit,
      trace: trace)
  }

  /// What is told of every application of a rule; nil where nobody listens.
  private var trace: (@Sendable (RewriteEvent) -> Void)? {
    if let events { return { event in events.add(event) } }
    guard let changes = runner.changes else { return nil }
    let files = files
    return { event in changes.add(event, files) }
  }

  private func simplify(
    _ name: String, _ rules: [Rule] = Catalogue.early
  ) -> Pass<Graph, Graph, Never> {
    let rewriting = rewriting
    return Pass(name: name) { graph, counters in
      Simplify.run(graph, rewriting, counters: &counters, rules: rules)
    }
  }

  private var inline: Pass<Graph, Graph, Never> {
    Pass(name: "inline-calls") { graph, _ in InlineCalls.run(graph) }
  }

  private var lift: Pass<Graph, Graph, Never> {
    Pass(name: "lift-products") { graph, _ in LiftProducts.run(graph) }
  }

  private var prune: Pass<Graph, Graph, Never> {
    Pass(name: "prune-loops") { graph, counters in
      let pruned = LoopPruning.run(MergeStacks.run(LoopCopies.run(graph)))
      let kept = pruned.keptStacks
      if kept > 0 { counters.add("stack kept for a reverse loop", kept) }
      return pruned
    }
  }

  private var expand: Pass<Graph, Graph, Never> {
    let usesLAPACK = options.usesLAPACK
    return Pass(name: "expand") { graph, _ in Expand.run(graph, usesLAPACK: usesLAPACK) }
  }

  private var hoist: Pass<Graph, Graph, Never> {
    Pass(name: "hoist-invariants") { graph, _ in LoopPruning.run(HoistInvariants.run(graph)) }
  }

  private var products: Pass<Graph, Graph, Never> {
    let isStrict = options.isStrict
    return Pass(name: "loop-products") { graph, _ in
      if isStrict { return graph }
      return LoopPruning.run(MergeStacks.run(LoopCopies.run(LoopProducts.run(graph))))
    }
  }

  private var fuse: Pass<Graph, Graph, Never> {
    let isStrict = options.isStrict
    return Pass(name: "fuse-loops") { graph, _ in
      if isStrict { return graph }
      return LoopPruning.run(MergeStacks.run(FuseLoops.run(graph)))
    }
  }

  private var join: Pass<Graph, Graph, Never> {
    Pass(name: "join-pads") { graph, _ in JoinPads.run(graph) }
  }

  private var rows: Pass<Graph, Graph, Never> {
    let isStrict = options.isStrict
    return Pass(name: "block-rows") { graph, _ in isStrict ? graph : BlockRows.run(graph) }
  }

  /// Loops for the CPU, or for those of a level.
  private func lower(
    _ primal: Set<Int>, _ level: CPULevel? = nil
  ) -> Pass<Graph, LoopFunction, Never> {
    let vectors = options.vectorUnit(level)
    let (usesLAPACK, keepsOrder) = (options.usesLAPACK, options.isStrict)
    let usesBLAS = options.usesBLAS && !keepsOrder
    let usesThreads = options.usesThreads
    return Pass(name: "lower") { graph, _ in
      Lowering.run(
        graph, primal: primal, vectors: vectors, usesLAPACK: usesLAPACK,
        usesBLAS: usesBLAS, keepsOrder: keepsOrder, usesThreads: usesThreads,
        restrict: LoopPruning.restricted)
    }
  }

  private var joinLevels: Pass<[(level: CPULevel, function: LoopFunction)], LoopFunction, Never> {
    Pass(name: "join-levels") { versions, _ in LoopFunction.join(versions) }
  }

  // MARK: Sizes

  /// Diagnoses what the sizes that `--dim` has fixed make impossible.
  private mutating func refuseImpossibleSizes(_ graph: Graph) {
    for check in graph.sizeChecks where check.outcome == false {
      diagnostics.error("the sizes given by '--dim' do not fit here", at: check.site)
    }
  }
}

extension LoopFunction: Stage {
  package func show() -> String { dump() }

  package func sketch() -> String { dump() }

  package func flaw() -> (message: String, site: Site)? {
    do { try verify() } catch { return (error.message, error.site) }
    return nil
  }

  package func isUntouched(since input: Any) -> Bool { false }

  package var isHuge: Bool { bodies.contains { $0.scalars.count > 100_000 } }
}
