package import GraphIR
import LoopIR
import Support

/// The parameters and sizes of a graph that the user has given.
struct GivenInputs {
  /// Tensors by the number of the parameter, floats as `f64`.
  private(set) var tensors: [Int: Tensor] = [:]
  private(set) var sizes: [String: Int] = [:]

  /// - Parameter graph: the graph with its own types.
  init(
    _ graph: Graph, _ arguments: [(name: String, value: String)]
  ) throws(RunArguments.Mistake) {
    var seen: Set<String> = []
    var formals: [Formal] = []
    var shapes: [[Int]] = []
    for (name, value) in arguments {
      guard seen.insert(name).inserted else {
        throw RunArguments.Mistake(message: "'\(name)' is given twice")
      }
      if graph.symbols.contains(name) {
        guard let size = Int(value), size >= 0 else {
          throw RunArguments.Mistake(message: "'\(name)' is a size, not '\(value)'")
        }
        sizes[name] = size
      } else if let number = graph.parameters.firstIndex(where: { $0.name == name }) {
        let type = graph.type(graph.parameters[number].value)
        let formal = Formal(
          name: name, element: type.dtype, shape: type.shape, site: graph.parameters[number].site)
        let raw = try RunArguments.tensor(formal, value)
        tensors[number] = raw.tensor.widened()
        formals.append(formal)
        shapes.append(raw.shape)
      } else {
        let known = graph.parameters.map(\.name) + graph.symbols
        let hint = NearestName.of(name, in: known).map { "; did you mean '\($0)'?" } ?? ""
        throw RunArguments.Mistake(message: "'\(graph.name)' has no parameter '\(name)'\(hint)")
      }
    }
    var solver = SizeSolver(sizes)
    do { try solver.solve(formals, shapes) } catch {
      throw RunArguments.Mistake(message: error.message)
    }
    sizes = solver.sizes
  }

  /// Whether nothing is left to draw.
  func isComplete(for graph: Graph) -> Bool {
    tensors.count == graph.parameters.count && graph.symbols.allSatisfy { sizes[$0] != nil }
  }
}

extension RawTensor {
  /// The elements as a tensor of the graph.
  package var tensor: Tensor {
    let elements = (0..<count).map { self[$0] }
    if dtype.isFloat { return Tensor(dtype, shape, floats: elements.map(\.double)) }
    return Tensor(dtype, shape, integers: elements.map { literal in
      switch literal {
      case .bool(let value): value ? 1 : 0
      case .int(let value): value
      case .float(let value): dtype.converted(value)
      }
    })
  }

  /// A tensor of the graph as compiled code sees it.
  package init(_ tensor: Tensor) {
    self.init(zeros: tensor.dtype, tensor.shape)
    for index in 0..<tensor.count { set(index, tensor[index]) }
  }
}
