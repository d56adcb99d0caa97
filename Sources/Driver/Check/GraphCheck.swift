import GraphIR
import LoopIR
import Ops
import Support

/// The check of one graph: its forms at some points, and its compiled code.
struct GraphCheck {
  private let graph: Graph
  private let given: GivenInputs
  private var random: RandomSource

  /// At so many points a graph is checked.
  private static let points = 3
  /// At so many at most, where some have a kink.
  private static let mostPoints = 8
  /// A graph of more work than this, with its derivatives, is checked at one point.
  private static let workForPoints = 3e5
  /// A graph of more work than this is not evaluated plainly, which each comparison does some twenty
  /// times, but checked along lines by compiled code.
  private static let mostWork = 1e7
  /// How far compiled code may be from the reference evaluator, which rounds otherwise.
  private static let compiledTolerance = 1e-7

  /// - Parameter graph: a checked graph, its floats all `f64`.
  init(_ graph: Graph, _ given: GivenInputs, random: RandomSource) {
    self.graph = graph
    self.given = given
    self.random = random
  }

  /// The rows of the table; none for a graph without derivatives.
  mutating func rows(_ pipeline: inout Pipeline) throws -> [CheckRow] {
    guard graph.has(.derivative), let differentiated = pipeline.differentiate(graph) else {
      return []
    }
    var work = 0.0
    if let sizes {
      work = differentiated.work(at: sizes)
      if work > GraphCheck.mostWork {
        var examiner = LineExaminer(graph, given, sizes: sizes, random: random)
        return try examiner.rows(&pipeline)
      }
    }
    let fewest = work > GraphCheck.workForPoints ? 1 : GraphCheck.points
    let most = work > GraphCheck.workForPoints ? 1 : GraphCheck.mostPoints
    var sampler = PointSampler(graph, differentiated: differentiated, given: given)
    var examiner = Examiner(graph, random: random)
    var points: [PointSampler.Point] = []
    while points.count < fewest || (examiner.isUndecided && points.count < most) {
      guard let point = sampler.point(isFirst: points.isEmpty, random: &random) else { break }
      examiner.examine(point.inputs, sizes: point.sizes)
      points.append(point)
      if given.isComplete(for: graph) { break }
    }
    guard !points.isEmpty else {
      throw RunArguments.Mistake(
        message: "no values were found at which '\(graph.name)' can be computed: "
          + "\(sampler.complaint); give them as name=value")
    }
    return examiner.table + [try compiled(at: points, &pipeline)].compactMap { $0 }
  }

  /// The first sizes to check at; nil if none fit.
  private var sizes: [String: Int]? {
    var random = random
    return SizeSampler(graph, known: given.sizes).sizes(isFirst: true, random: &random)
  }

  /// What compiled code gives, compared with the reference evaluator.
  private func compiled(
    at points: [PointSampler.Point], _ pipeline: inout Pipeline
  ) throws -> CheckRow? {
    guard let function = pipeline.lower(graph) else { return nil }
    let call = try CompiledCall(
      function, files: pipeline.files, options: pipeline.options.codeGen)
    var row = CheckRow(
      graph: graph.name, form: "compiled code", site: graph.site, error: 0, identity: nil,
      verdict: .right, diagnostic: nil)
    for point in points {
      var tensors: [String: RawTensor] = [:]
      for (parameter, input) in zip(graph.parameters, point.inputs) {
        tensors[parameter.name] = RawTensor(input)
      }
      let arguments = try RunArguments(function, tensors: tensors, sizes: point.sizes)
      let results = try call.run(arguments)
      for (name, wanted) in zip(names, point.values) {
        guard let given = results.first(where: { $0.name == name })?.value else { continue }
        let elements = (0..<given.count).map { given[$0].double }
        let error = Tensor.difference(elements, wanted.doubles)
        row.error = max(row.error, error)
        guard error > GraphCheck.compiledTolerance, row.diagnostic == nil else { continue }
        row.verdict = .wrong
        row.diagnostic = .error(
          "compiled code gives another '\(name)' than the reference evaluator", at: graph.site)
      }
    }
    return row
  }

  /// The names of the results, then of the updates.
  private var names: [String] {
    graph.outputs.map(\.name) + graph.updates.map { graph.parameters[$0.parameter].name }
  }
}
