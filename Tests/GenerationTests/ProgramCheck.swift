import Autodiff
import Driver
import Foundation
import GraphIR
import GraphText
import enum LLVMInterop.Host
import LoopIR
import Ops
import Rewrites
import Support
import TestSupport

/// What becomes of a program.
enum Verdict: Equatable {
  /// The compiler refuses it, and says why.
  case refused(String)
  /// All that was computed agrees; so many calls were made.
  case agrees(calls: Int)
  /// Something does not agree: what, in general and in detail.
  case fails(kind: String, detail: String)

  /// What is wrong in general; nil if nothing is.
  var failure: String? {
    if case .fails(let kind, _) = self { kind } else { nil }
  }
}

/// Compares what a program computes, compiled in several ways, with the reference evaluator.
struct ProgramCheck {
  /// A way to compile.
  struct Setting: CustomStringConvertible {
    var optimization: Int
    var isRewritten: Bool
    /// A level of x86-64; nil for the CPU of this machine.
    var level: CPULevel?

    var description: String {
      "-O\(optimization)\(isRewritten ? "" : ", no rewrites")"
        + (level.map { ", \($0.rawValue)" } ?? "")
    }

    /// The same for some CPU that this machine has the instructions of.
    func forCPU(_ number: Int) -> Setting {
      var setting = self
      let levels = [nil] + CPULevel.ofThisMachine
      setting.level = levels[number % levels.count]
      return setting
    }
  }

  static let settings = [0, 3].flatMap { level in
    [false, true].map { Setting(optimization: level, isRewritten: $0) }
  }

  private struct Difference: Error {
    var kind: String
    var detail: String
  }

  private let source: ProgramFiles
  private let path: String
  private var calls = 0

  private init(_ source: ProgramFiles, path: String) {
    self.source = source
    self.path = path
  }

  /// Checks a program; the ways to compile it are two, or all.
  static func verdict(_ text: String, settings: [Setting] = settings) -> Verdict {
    do {
      let source = ProgramFiles(text)
      let path = try source.write()
      defer { ProgramFiles.remove(path) }
      var check = ProgramCheck(source, path: path)
      return try check.run(settings)
    } catch let difference as Difference {
      return .fails(kind: difference.kind, detail: difference.detail)
    } catch {
      return .fails(kind: "error", detail: "\(error)")
    }
  }

  private mutating func run(_ settings: [Setting]) throws -> Verdict {
    var files = SourceFiles()
    var diagnostics = Diagnostics()
    let checked = Checker.check(
      path: path, read: source.bytes, files: &files, diagnostics: &diagnostics)
    if let error = diagnostics.all.first(where: { $0.severity == .error }) {
      return .refused(error.message)
    }
    var references: [(graph: Graph, spared: Graph, inputs: ProgramInputs)] = []
    for graph in checked.graphs {
      do throws(Diagnostic) {
        let plain = InlineCalls.run(try Differentiate.run(SplitLoops.run(graph)))
        // What nothing needs is not computed, and cannot fail.
        let live = Self.needed(plain)
        let spared = Self.needed(plain, spares: true)
        if live.has(.external), let mistake = ExternalFunctions.mistake {
          return .fails(kind: "the functions in C", detail: mistake)
        }
        references.append(
          (
            ExternalFunctions.evaluable(live), ExternalFunctions.evaluable(spared),
            ProgramInputs(graph)
          ))
      } catch {
        return .refused(error.message)
      }
    }
    var compiled: [[CompiledGraph]] = []
    for setting in settings { compiled.append(try compile(setting)) }
    for (place, reference) in references.enumerated() {
      let judge = Judge(reference.graph, spared: reference.spared, reference.inputs)
      try compare(judge, compiled.map { $0[place] }, settings)
    }
    return .agrees(calls: calls)
  }

  /// A graph without what nothing needs, in its regions too. Of what is filled only the shape is
  /// needed, of what scales or clips derivatives nothing, and less still where rewrites may spare
  /// something.
  private static func needed(_ graph: Graph, spares: Bool = false) -> Graph {
    let plain = graph.rebuilt { node, operands, b in
      let type = graph.type(node.result)
      if [.gradScale, .gradClip].contains(node.operation) { return [operands[0]] }
      let rest =
        node.operation == .fill
        ? operands[1] : spares ? spared(node.operation, operands, type.dtype, &b) : nil
      if let rest { return [b.emit(.broadcastTo, [rest], .shape(type.shape))] }
      return b.append(node, of: graph, on: operands, regions: node.regions)
    }
    let live = LoopPruning.run(DeadCode.removed(from: plain))
    return live.rebuilt { node, operands, b in
      b.append(node, of: live, on: operands, regions: node.regions.map { needed($0, spares: spares) })
    }
  }

  /// What an operation gives whatever some of its operands are, if its result is filled with it; nil
  /// where rewrites need all of them.
  private static func spared(
    _ operation: GraphIR.Operation, _ operands: [Value], _ dtype: DType, _ b: inout Builder
  ) -> Value? {
    let isTwice = operands.count == 2 && operands[0] == operands[1]
    let isWhole = operands.first.map { !b.dtype($0).isFloat } ?? false
    switch operation {
    case .select where operands[1] == operands[2]: return operands[1]
    case .power where isZero(operands[1], b.graph): return b.literal(.int(1), dtype)
    case .subtract where isWhole && isTwice: return b.literal(.int(0), dtype)
    case .multiply where isWhole && operands.contains { isZero($0, b.graph) }:
      return b.literal(.int(0), dtype)
    case .less where isTwice, .greater where isTwice: return b.literal(.bool(false), dtype)
    default: return nil
    }
  }

  /// Whether all of a value is the constant 0.
  private static func isZero(_ value: Value, _ graph: Graph) -> Bool {
    var value = value
    while [.broadcastTo, .convert].contains(graph.node(of: value).operation) {
      value = graph.node(of: value).operands[0]
    }
    return graph.literal(value)?.double == 0
  }

  private func compile(_ setting: Setting) throws -> [CompiledGraph] {
    var options = CompileOptions(input: path)
    options.target.optimization = setting.optimization
    options.target.cpu = setting.level?.rawValue
    if !setting.isRewritten {
      options.isStrict = true
      options.rewriteLimit = 0
    }
    let (functions, files, diagnostics) = Session.functions(options)
    if let error = diagnostics.first(where: { $0.severity == .error }) {
      throw Difference(kind: "\(setting): refused", detail: error.message)
    }
    return try functions.map { function in
      do {
        return try CompiledGraph(function, files: files, options: options.codeGen)
      } catch {
        throw Difference(kind: "\(setting): code generation", detail: "\(error)")
      }
    }
  }

  /// Compares the calls of a graph.
  private mutating func compare(
    _ judge: Judge, _ compiled: [CompiledGraph], _ settings: [Setting]
  ) throws {
    let inputs = judge.inputs
    if let text = judge.twinsDisagree {
      throw Difference(kind: "the same in two ways", detail: text)
    }
    if let text = judge.unknown {
      throw Difference(kind: "what is known", detail: text)
    }
    // With rewrites and without: those may leave out work, and the errors in it, that no element of
    // a result needs.
    var first: [Bool: Int32] = [:]
    for (function, setting) in zip(compiled, settings) {
      let all = Set(function.function.results.indices)
      // All, all without workspace, all but one, and one.
      var wishes = [(all, true), (all, false)] + all.sorted().map { (all.subtracting([$0]), true) }
      if let one = all.first { wishes.append(([one], false)) }
      for (wanted, hasWorkspace) in wishes {
        let outcome = try function.call(
          inputs.values, sizes: inputs.sizes, wanted: wanted, hasWorkspace: hasWorkspace)
        calls += 1
        let call = "\(judge.graph.name), results \(wanted.sorted()), "
          + (hasWorkspace ? "workspace given" : "workspace NULL")
        if let damage = outcome.damage {
          throw Difference(kind: "\(setting): damage", detail: "\(call): \(damage)")
        }
        // Whoever asks for less may be spared an error.
        if wanted == all {
          // Of several errors the first that is met is told, which may be another.
          if let first = first[setting.isRewritten], (first == 0) != (outcome.status == 0) {
            throw Difference(
              kind: "\(setting): status", detail: "\(call): \(first) and \(outcome.status)")
          }
          first[setting.isRewritten] = outcome.status
        }
        if let text = judge.violation(outcome, wanted, isExact: !setting.isRewritten) {
          throw Difference(kind: "\(setting): \(text.kind)", detail: "\(call): \(text.detail)")
        }
      }
    }
  }
}

/// The reference values of a graph, and how far others may be off.
private struct Judge {
  let graph: Graph
  let inputs: ProgramInputs
  /// The graph without what rewrites may leave out, with the errors in it; nil where that is gone.
  private let spared: Graph?
  private let truth: Conditioning?
  private let failure: String?

  init(_ graph: Graph, spared: Graph?, _ inputs: ProgramInputs) {
    self.graph = graph
    self.spared = spared
    self.inputs = inputs
    do throws(EvaluationError) {
      truth = try Conditioning(graph, inputs.values, sizes: inputs.sizes)
      failure = nil
    } catch {
      truth = nil
      failure = error.message
    }
  }

  /// Where numbers disagree that are the same.
  var twinsDisagree: String? {
    guard let truth else { return nil }
    for (a, b) in inputs.twins {
      let places = [a, b].compactMap { name in graph.outputs.firstIndex { $0.name == name } }
      guard places.count == 2, truth.disagreement(places[0], places[1]) != nil,
        let text = careful?.disagreement(places[0], places[1])
      else { continue }
      return "\(a) and \(b): \(text)"
    }
    return nil
  }

  /// Where results are not what they are known to be.
  var unknown: String? {
    for (name, numbers) in inputs.known {
      guard let truth, let place = graph.outputs.firstIndex(where: { $0.name == name }) else {
        return "there is no '\(name)'"
      }
      let mine = truth.results[place]
      let expected =
        mine.dtype.isFloat
        ? Tensor(mine.dtype, [numbers.count], floats: numbers.map { mine.dtype.rounded($0) })
        : Tensor(mine.dtype, [numbers.count], integers: numbers.map { Int64($0) })
      guard mine.count == numbers.count else { return "'\(name)' has \(mine.count) elements" }
      let shaped = expected.gathering(Array(0..<mine.count), shape: mine.shape)
      if let text = truth.violation([shaped], at: [place], keepsKinds: true) {
        return "'\(name)': \(text)"
      }
    }
    return nil
  }

  /// The same with more noise, which is worth its time only where something is wrong.
  private var careful: Conditioning? {
    try? Conditioning(graph, inputs.values, sizes: inputs.sizes, samples: 60)
  }

  /// What is wrong with the outcome of a call.
  func violation(
    _ outcome: CompiledGraph.Outcome, _ wanted: Set<Int>, isExact: Bool
  ) -> (kind: String, detail: String)? {
    guard let truth else {
      if outcome.status == 0, !isExact, let spared {
        return Judge(spared, spared: nil, inputs).violation(outcome, wanted, isExact: isExact)
      }
      // Where no element is picked, no index is looked at.
      let isEmpty = graph.values.contains { $0.type.count.evaluate(inputs.sizes) == 0 }
      let isSpared = wanted.count < graph.outputs.count || isEmpty
      let isSure = !Conditioning.mayPass(graph, inputs.values, sizes: inputs.sizes)
      return outcome.status != 0 || isSpared || !isSure
        ? nil : ("no error", "the reference says: \(failure ?? "")")
    }
    if outcome.status != 0 {
      if truth.mayFail || careful?.mayFail == true { return nil }
      return ("error", "status \(outcome.status)")
    }
    let places = wanted.sorted() + Array(graph.outputs.count..<truth.results.count)
    guard truth.violation(outcome.values, at: places, keepsKinds: isExact) != nil,
      let text = careful?.violation(outcome.values, at: places, keepsKinds: isExact)
    else { return nil }
    return ("value", text)
  }
}

extension CPULevel {
  /// Levels whose instructions this machine has.
  fileprivate static let ofThisMachine: [CPULevel] = {
    let features = Set(Host.features.split(separator: ","))
    let needed: [(CPULevel, [Substring])] = [
      (.v2, ["+sse4.2", "+popcnt"]), (.v3, ["+avx2", "+fma", "+bmi2", "+f16c"]),
      (.v4, ["+avx512f", "+avx512bw", "+avx512cd", "+avx512dq", "+avx512vl"]),
    ]
    return needed.filter { features.isSuperset(of: $0.1) }.map(\.0)
  }()
}
