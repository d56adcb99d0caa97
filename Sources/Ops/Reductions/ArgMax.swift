package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The place of the greatest element along axes, as an `i64` that counts row by row: the first of
  /// equal ones; a NaN comes before all numbers. What has no elements is an error.
  package static let argmax: Operation = .search("argmax", .greater)

  /// The place of the least element along axes, as an `i64` that counts row by row: the first of
  /// equal ones; a NaN comes before all numbers. What has no elements is an error.
  package static let argmin: Operation = .search("argmin", .less)

  /// A search for the element that comes before all others.
  private static func search(_ name: String, _ comparison: Comparison) -> Operation {
    Operation(
      name, arity: .exactly(1),
      infer: { query throws(TypeError) in
        let type = try TypeRules.reduction(name, of: .all, query)
        let shape = query.operands[0].shape
        for axis in query.attributes.reducedAxes where shape[axis] == Dim(0) {
          throw TypeError(
            "'\(name)' over axis \(axis) of \(TensorType.spelling(shape)), which is empty",
            dims: [shape[axis]])
        }
        return [type.with(.i64)]
      },
      derivative: .zero,
      evaluate: { context throws(EvaluationError) in
        [try Operation.firstPlaces(context, comparison)]
      },
      lowering: Kernel.search(comparison),
      samples: reductionSamples(.interval(-2, 2), withEmpty: false), notation: .function)
  }

  /// The place, among those that are reduced to one result, of the element before all others.
  private static func firstPlaces(
    _ context: EvaluationContext, _ comparison: Comparison
  ) throws(EvaluationError) -> Tensor {
    let operand = context.operands[0]
    let axes = context.attributes.reducedAxes
    // Also where nothing is asked for, since other axes are empty too.
    if axes.contains(where: { operand.shape[$0] == 0 }) {
      throw EvaluationError("the search among no elements")
    }
    let places = Operation.places(of: operand, reducing: axes)
    let count = context.shape.reduce(1, *)
    var best = [Int?](repeating: nil, count: count)
    var found = [Int64](repeating: 0, count: count)
    var seen = [Int64](repeating: 0, count: count)
    for (index, place) in places.enumerated() {
      if best[place].map({ operand.element(index, precedes: $0, comparison) }) ?? true {
        best[place] = index
        found[place] = seen[place]
      }
      seen[place] += 1
    }
    return Tensor(.i64, context.shape, integers: found)
  }
}

extension Tensor {
  /// Whether an element comes before an earlier one in a search.
  fileprivate func element(_ a: Int, precedes b: Int, _ comparison: Comparison) -> Bool {
    switch elements {
    case .floats(let values):
      if values[a].isNaN || values[b].isNaN { return values[a].isNaN && !values[b].isNaN }
      return comparison == .greater ? values[a] > values[b] : values[a] < values[b]
    case .integers(let values):
      let (x, y) = (dtype.ordered(values[a]), dtype.ordered(values[b]))
      return comparison == .greater ? x > y : x < y
    }
  }
}
