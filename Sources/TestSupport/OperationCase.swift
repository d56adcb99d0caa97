package import GraphIR
import Ops
package import Support

/// An operation at one of its samples, as a graph of its own.
package struct OperationCase: Sendable {
  /// The operands are the parameters; the results that are floats are the outputs.
  package var graph: Graph
  package var inputs: [Tensor]
  package var sizes: [String: Int]

  /// The case for floats of a type; nil where the operation does not take them.
  ///
  /// - Parameter isSymbolic: sizes above 1 are symbols, as far as the operation's types allow.
  package init?(
    _ operation: Operation, _ sample: Sample, floats: DType, isSymbolic: Bool,
    random: inout RandomSource
  ) {
    var graph = Graph(name: operation.name)
    var sizes: [String: Int] = [:]
    func dim(_ size: Int) -> Dim { isSymbolic && size > 1 ? .symbol("n\(size)") : Dim(size) }
    inputs = []
    for (index, (shape, domain)) in zip(sample.shapes, sample.domains).enumerated() {
      let dtype = domain.dtype(floats: floats)
      let type = TensorType(dtype, shape.map(dim))
      graph.addParameter("x\(index)", type)
      inputs.append(random.tensor(dtype, shape, domain))
      for size in shape where isSymbolic && size > 1 { sizes["n\(size)"] = size }
    }
    graph.symbols = sizes.keys.sorted()
    let attributes = sample.attributes.mapDims { size in
      guard let name = size.constant.map({ "n\($0)" }), sizes[name] != nil else { return size }
      return .symbol(name)
    }
    var builder = Builder(graph: graph)
    guard
      let results = try? builder.tryEmit(operation, graph.parameters.map(\.value), attributes)
    else { return nil }
    for result in results where builder.dtype(result).isFloat {
      builder.graph.outputs.append(
        Output(name: "y\(result.index)", value: result, site: .none))
    }
    self.graph = builder.graph
    self.sizes = sizes
  }
}

extension Sample.Domain {
  /// The type of operands that are drawn from it, where floats are of a type.
  package func dtype(floats: DType) -> DType {
    switch self {
    case .booleans: .bool
    case .integers: .i64
    case .interval, .awayFromZero, .matrices: floats
    }
  }
}
