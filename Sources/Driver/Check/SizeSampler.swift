import GraphIR
import Support

/// Chooses sizes for the symbols of a graph.
struct SizeSampler {
  private let graph: Graph
  /// Sizes that the user has given, or that the values which he has given show.
  private let known: [String: Int]
  /// How many choices are tried for one that fits.
  private static let attempts = 2_000
  /// What symbols get first: small, and different, so that nothing fits by accident.
  private static let first = [3, 4, 2, 5, 6, 7]

  init(_ graph: Graph, known: [String: Int]) {
    self.graph = graph
    self.known = known
  }

  /// Sizes that fulfil what the graph asks of them; nil if none were found.
  ///
  /// - Parameter isFirst: whether to begin with those that tell most.
  func sizes(isFirst: Bool, random: inout RandomSource) -> [String: Int]? {
    let open = graph.symbols.filter { known[$0] == nil }
    for attempt in 0..<SizeSampler.attempts {
      var sizes = known
      for (number, symbol) in open.enumerated() {
        sizes[symbol] =
          attempt == 0 && isFirst
          ? SizeSampler.first[number % SizeSampler.first.count]
          : random.integer(1, 4 + min(attempt / 8, 60))
      }
      if fits(sizes) { return sizes }
      if open.isEmpty { return nil }
    }
    return nil
  }

  /// Whether checks hold, and no size of a value is negative; what the user has not given himself
  /// is not empty either.
  private func fits(_ sizes: [String: Int]) -> Bool {
    for check in graph.sizeChecks {
      if check.mapDims({ Dim($0.evaluate(sizes) ?? -1) }).outcome != true { return false }
    }
    let least = sizes.values.contains(0) ? 0 : 1
    for parameter in graph.parameters {
      for dim in graph.type(parameter.value).shape where dim.constant == nil {
        guard let size = dim.evaluate(sizes), size >= least else { return false }
      }
    }
    return graph.values.allSatisfy { value in
      value.type.shape.allSatisfy { dim in dim.evaluate(sizes).map { $0 >= 0 } ?? false }
    }
  }
}
