import CodeGen
package import GraphIR
import GraphText
package import Support

/// A step of the compiler from one form of the program to another.
package struct Pass<From, To, Failure: Error> {
  package var name: String
  package var run: (From, inout Counters) throws(Failure) -> To

  package init(name: String, run: @escaping (From, inout Counters) throws(Failure) -> To) {
    self.name = name
    self.run = run
  }
}

/// Something that passes hand on, which can be shown and verified.
package protocol Stage {
  /// The form as text, for `--print-after`.
  func show() -> String
  /// The form as text in which a small change changes little, for `--print-changed`.
  func sketch() -> String
  /// What is wrong with it, which is a bug of the compiler, and where that comes from.
  func flaw() -> (message: String, site: Site)?
  /// Whether it is so long that the compiler is trusted: to verify all its forms would take a tenth
  /// of the time. Debug builds verify everything.
  var isHuge: Bool { get }
  /// Whether it is what a pass was given, as it was.
  func isUntouched(since input: Any) -> Bool
}

/// Runs passes; verifies, shows, times and counts what they do.
package struct PassRunner {
  let printAfter: Set<String>
  /// The rules that a pass applies, where what each pass changes is shown.
  let changes: ChangeLog?
  private(set) var times = PassTimes()
  private(set) var counters = Counters()
  /// Every graph that a pass has made, where they are asked for.
  private(set) var graphs: [(pass: String, graph: Graph)] = []
  /// Whether the graphs are kept.
  var keepsGraphs = false

  /// A runner that shows nothing.
  package init() { self.init(printAfter: []) }

  init(printAfter: Set<String>, changes: ChangeLog? = nil) {
    self.printAfter = printAfter
    self.changes = changes
  }

  /// The result of a pass, verified: anew, unless it is the input itself and that was verified.
  package mutating func run<From, To: Stage, Failure: Error>(
    _ pass: Pass<From, To, Failure>, on input: From, isVerified: Bool = true
  ) throws(Failure) -> To {
    var counters = counters
    let result = try times.time(pass.name) { () throws(Failure) in
      if let graph = input as? Graph { Progress.at(graph.site) }
      return try pass.run(input, &counters)
    }
    self.counters = counters
    if printAfter.contains(pass.name) || printAfter.contains("all") {
      FileSystem.complain("# after \(pass.name)\n\(result.show())")
    }
    if let changes { printChanges(of: pass.name, from: input, to: result, changes) }
    if keepsGraphs, let graph = result as? Graph { graphs.append((pass.name, graph)) }
    if !PassRunner.isDebug, result.isHuge { return result }
    if isVerified, result.isUntouched(since: input) { return result }
    if let flaw = result.flaw() {
      BugReport.exit("after pass '\(pass.name)': \(flaw.message)", at: flaw.site)
    }
    return result
  }

  /// Whether this is a debug build.
  private static var isDebug: Bool {
    #if DEBUG
      true
    #else
      false
    #endif
  }

  /// Shows the rules that a pass has applied and what that has changed, if anything; loops, which
  /// `--emit=loops` shows, are no change of a graph.
  private func printChanges<From, To: Stage>(
    of pass: String, from input: From, to result: To, _ changes: ChangeLog
  ) {
    let rules = changes.take()
    var text = ""
    if let before = input as? To, !result.isUntouched(since: input) {
      let (old, new) = (before.sketch(), result.sketch())
      if old != new { text = TextDifference.text(from: old, to: new) }
    }
    if !rules.isEmpty || !text.isEmpty { FileSystem.complain("# pass \(pass)\n" + rules + text) }
  }

  /// The outputs that code generation makes, timed.
  mutating func generate(
    _ kinds: Set<CodeGen.OutputKind>, _ generator: borrowing CodeGenerator, size: inout CodeSize
  ) throws(CodeGenError) -> [CodeGen.OutputKind: [UInt8]] {
    try generator.make(kinds, times: &times, size: &size)
  }

  /// Runs and times what is no pass.
  mutating func time<T, E: Error>(_ name: String, _ body: () throws(E) -> T) throws(E) -> T {
    try times.time(name, body)
  }
}

extension Graph: Stage {
  package func show() -> String { dump() }

  package func sketch() -> String { GraphWriter.text(of: [self], isStrict: true) }

  package func isUntouched(since input: Any) -> Bool {
    (input as? Graph).map { isUntouched(since: $0) } ?? false
  }

  package func flaw() -> (message: String, site: Site)? {
    do { try verify() } catch { return (error.message, error.site) }
    return nil
  }

  package var isHuge: Bool { nodes.count > 20_000 }
}
