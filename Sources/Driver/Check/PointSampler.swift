import Autodiff
import GraphIR
import Rewrites
import Support

/// Finds points at which a graph and its derivatives can be evaluated.
struct PointSampler {
  /// A point, and what the graph gives there.
  struct Point {
    var inputs: [Tensor]
    var sizes: [String: Int]
    /// The results, then the updates.
    var values: [Tensor]
  }

  private let graph: Graph
  private let differentiated: Graph
  private let given: GivenInputs
  /// What the last evaluation that failed said.
  private(set) var complaint = "no sizes fit it"

  /// How many draws are tried for a point.
  private static let attempts = 200
  /// After so many, values that are not numbers are let pass, as behind a `where`.
  private static let patience = 100

  /// - Parameter graph: the checked graph, its floats all `f64`.
  init(_ graph: Graph, differentiated: Graph, given: GivenInputs) {
    self.graph = graph
    self.differentiated = DeadCode.removed(from: differentiated)
    self.given = given
  }

  /// A point; nil if none was found.
  mutating func point(isFirst: Bool, random: inout RandomSource) -> Point? {
    let isFixed = given.isComplete(for: graph)
    for attempt in 0..<(isFixed ? 1 : PointSampler.attempts) {
      let sizes = SizeSampler(graph, known: given.sizes)
        .sizes(isFirst: isFirst && attempt < 50, random: &random)
      guard let sizes else { return nil }
      let inputs = InputSampler(graph, sizes: sizes, given: given.tensors)
        .draw(attempt, random: &random)
      var evaluator = Evaluator(graph: differentiated, sizes: sizes)
      do {
        let values = try evaluator.run(inputs)
        let mayPass = isFixed || attempt >= PointSampler.patience
        if mayPass || PointSampler.isFinite(evaluator) {
          return Point(inputs: inputs, sizes: sizes, values: values)
        }
        complaint = "some values are no finite numbers"
      } catch {
        complaint = error.message
      }
    }
    return nil
  }

  /// Whether all floats are finite numbers.
  private static func isFinite(_ evaluator: Evaluator) -> Bool {
    evaluator.graph.nodes.allSatisfy { node in
      node.results.allSatisfy { value in
        let tensor = evaluator[value]
        return !tensor.dtype.isFloat || tensor.floats.allSatisfy(\.isFinite)
      }
    }
  }
}
