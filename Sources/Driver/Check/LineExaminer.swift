import Autodiff
import GraphIR
import LoopIR
import Ops
import Rewrites
import Support

/// Checks forms that are too much work for a plain evaluation: along one random line each, with
/// compiled code on both sides.
struct LineExaminer {
  private let graph: Graph
  private let given: GivenInputs
  private let sizes: [String: Int]
  private var random: RandomSource
  /// What the last call that failed said.
  private var complaint: String?

  /// More numbers than this are not computed for one line, which takes up to half a minute.
  private static let mostWork = 2e10
  /// Tensors of more elements than this are not made.
  private static let mostElements = 0x1p26
  /// Where many elements are summed, some have kinks close by; only narrow steps do not cross them.
  private static let steps = Agreement.firstSteps + [0x1p-19]
  /// How often differences evaluate their function at most.
  private static let evaluations = 50.0
  /// How many draws are tried for a point.
  private static let attempts = 6

  /// - Parameter graph: a checked graph, its floats all `f64`.
  init(_ graph: Graph, _ given: GivenInputs, sizes: [String: Int], random: RandomSource) {
    self.graph = graph
    self.given = given
    self.sizes = sizes
    self.random = random
  }

  /// The rows of the table.
  mutating func rows(_ pipeline: inout Pipeline) throws -> [CheckRow] {
    var rows: [CheckRow] = []
    for node in graph.nodes {
      if let form = Form(node) {
        rows.append(try row(form, &pipeline))
      } else {
        rows += node.regions.flatMap(rowsWithin)
      }
    }
    return rows
  }

  /// The rows of forms in a region, which no line leads through.
  private func rowsWithin(_ region: Graph) -> [CheckRow] {
    region.nodes.flatMap { node in
      guard let form = Form(node) else { return node.regions.flatMap(rowsWithin) }
      return [CheckRow(form, in: region, of: graph.name, verdict: .tooLarge)]
    }
  }

  /// The row of a form.
  private mutating func row(_ form: Form, _ pipeline: inout Pipeline) throws -> CheckRow {
    var row = CheckRow(form, in: graph, of: graph.name, verdict: .tooLarge)
    guard let lines = lines(of: form) else { return row }
    row.verdict = .along
    for line in lines {
      guard let finding = try examine(line, &pipeline) else {
        row.verdict = .unclear
        return row
      }
      row.error = max(row.error, finding.agreement.error)
      row.identity = finding.identity.map { max($0, row.identity ?? 0) } ?? row.identity
      // Where rounding grows without bounds, as in chaos, both modes are apart and neither is wrong.
      let isApart = finding.identity.map { $0 > Examiner.identityTolerance } ?? false
      if finding.agreement.difference != nil || (isApart && finding.agreement.isGood) {
        row.verdict = graph.has(.gradClip) ? .clipped : .wrong
        if row.verdict == .wrong { row.diagnostic = explain(form, finding.agreement.difference) }
        return row
      }
      if finding.agreement.hasKink { row.verdict = .kink }
      if finding.agreement.isUnclear, row.verdict != .kink { row.verdict = .unclear }
    }
    return row
  }

  /// The lines of a form; nil where they are too much work even for compiled code.
  private func lines(of form: Form) -> [LineForm]? {
    for withOpposite in [true, false] {
      guard let lines = LineForm.all(of: form, in: graph, withOpposite: withOpposite) else {
        return nil
      }
      let slopes = lines.map { try? Differentiate.run($0.slopes) }
      let functions = lines.map { try? Differentiate.run($0.function) }
      guard !(slopes + functions).contains(where: { $0 == nil }) else { continue }
      let fits = zip(slopes, functions).allSatisfy { slopes, function in
        guard let slopes, let function else { return false }
        return isBounded(slopes, function)
      }
      return fits ? lines : nil
    }
    return nil
  }

  /// Whether a line is checked in time and memory that one waits for and has.
  private func isBounded(_ slopes: Graph, _ function: Graph) -> Bool {
    let graphs = [slopes, function].map { DeadCode.removed(from: $0) }
    let work = graphs[0].work(at: sizes) + LineExaminer.evaluations * graphs[1].work(at: sizes)
    guard work <= LineExaminer.mostWork else { return false }
    return graphs.allSatisfy { graph in
      graph.values.allSatisfy { value in
        let count = value.type.shape.reduce(1.0) { $0 * Double($1.evaluate(sizes) ?? 0) }
        return count <= LineExaminer.mostElements
      }
    }
  }

  // MARK: One line

  /// What comes out along a line.
  private struct Finding {
    var agreement: Agreement
    /// How far both modes are apart.
    var identity: Double?
  }

  /// Compares the slope with differences of the function; nil where no point is found at which both
  /// are numbers.
  private mutating func examine(_ line: LineForm, _ pipeline: inout Pipeline) throws -> Finding? {
    guard let slopes = pipeline.lower(line.slopes), let function = pipeline.lower(line.function)
    else { return nil }
    let (files, options) = (pipeline.files, pipeline.options.codeGen)
    let slopeCall = try CompiledCall(slopes, files: files, options: options)
    let call = try CompiledCall(function, files: files, options: options)
    let isFixed = given.isComplete(for: graph)
    for attempt in 0..<(isFixed ? 1 : LineExaminer.attempts) {
      var tensors = draw(line, attempt)
      do {
        let found = try slopeCall.run(RunArguments(slopes, tensors: tensors, sizes: sizes))
        let numbers = found.map { $0.value[0].double }
        guard numbers.allSatisfy({ !$0.isNaN }), numbers[0].isFinite else { continue }
        let width = width(numbers, line)
        func value(_ step: Double) -> [Double]? {
          tensors[LineForm.step] = RawTensor(Tensor(.f64, scalar: .float(step)))
          guard let arguments = try? RunArguments(function, tensors: tensors, sizes: sizes) else {
            return nil
          }
          return try? call.run(arguments).map { $0.value[0].double }
        }
        // Slopes far below this one are what rounding leaves of 0.
        let least = 1e-4 * (value(0)?[0].magnitude ?? 0) / width
        var finding = Finding(
          agreement: Agreement([numbers[0]], width: width, steps: LineExaminer.steps, value))
        if numbers.count > 1 + 2 * line.movedCount, let opposite = numbers.last {
          let scale = max(numbers[0].magnitude, opposite.magnitude, least)
          finding.identity = scale > 0 ? (numbers[0] - opposite).magnitude / scale : 0
        }
        return finding
      } catch let failure as CompiledCall.Failure {
        complaint = failure.message
      }
    }
    if let complaint { throw CompiledCall.Failure(message: complaint) }
    return nil
  }

  /// A point with directions and weights.
  private mutating func draw(_ line: LineForm, _ attempt: Int) -> [String: RawTensor] {
    let inputs = InputSampler(graph, sizes: sizes, given: given.tensors)
      .draw(attempt, random: &random)
    var tensors: [String: RawTensor] = [:]
    for (parameter, input) in zip(graph.parameters, inputs) {
      tensors[parameter.name] = RawTensor(input)
    }
    for (number, type) in line.drawn.enumerated() {
      let tensor = random.tensor(.f64, type.shape.map { $0.evaluate(sizes) ?? 0 })
      tensors[LineForm.name(number)] = RawTensor(tensor)
    }
    tensors[LineForm.step] = RawTensor(Tensor(.f64, scalar: .float(0)))
    return tensors
  }

  /// How far the moved values are from 0, in lengths of their directions; the least one.
  private func width(_ numbers: [Double], _ line: LineForm) -> Double {
    let ratios = (0..<line.movedCount).map { index -> Double in
      let place = 1 + 2 * index
      return numbers[place] / numbers[place + 1]
    }
    return ratios.filter { $0 > 0 && $0.isFinite }.min() ?? 1
  }

  /// What to say of a form that is wrong.
  private func explain(_ form: Form, _ difference: Agreement.Difference?) -> Diagnostic {
    let names = form.wrt.map { graph[$0].name ?? "its 'wrt'" }.joined(separator: ", ")
    let kind = form.request.form.rawValue
    var message = "forward and reverse mode give different derivatives for this '\(kind)' by "
      + "'\(names)'"
    if let difference {
      message = "'\(kind)' by '\(names)' is wrong: along a random direction it is "
        + "\(difference.given), differences give \(difference.expected)"
    }
    let note = Diagnostic.note(
      "this is too large to look for the operation at fault; smaller sizes tell", at: form.site)
    return .error(message, at: form.site, notes: [note])
  }
}
