import GraphIR
import Support

/// The constants and C functions of a written file, each declared once for all its graphs.
struct ConstantTable {
  private var names: [TensorBits: String] = [:]
  private var taken: Set<String> = []
  private(set) var declarations: [Declaration] = []

  /// Declares what graphs and their blocks use.
  init(_ graphs: [Graph]) {
    for graph in graphs { taken.insert(graph.name) }
    for graph in graphs { for parameter in graph.parameters { taken.insert(parameter.name) } }
    for graph in graphs { for output in graph.outputs { taken.insert(output.name) } }
    for graph in graphs { taken.formUnion(graph.symbols) }
    for graph in graphs { declare(graph) }
    declarations.sort { $0.name.text < $1.name.text }
  }

  /// Names that no value of a graph may have.
  var givenNames: Set<String> {
    Set(declarations.map(\.name.text))
  }

  /// The name of a tensor.
  func name(of tensor: Tensor) -> String { names[TensorBits(tensor)] ?? "" }

  private mutating func declare(_ graph: Graph) {
    for node in graph.nodes {
      if case .data(let number) = node.attributes {
        declare(graph.data[number], graph[node.result].name)
      }
      if case .external(let form) = node.attributes { declare(form) }
      for region in node.regions { declare(region) }
    }
  }

  /// `const center: f32[64] = [0.1, 0.2]`.
  private mutating func declare(_ tensor: Tensor, _ name: String?) {
    // An array has no elements to tell its shape by: such tensors are written where they are used.
    guard tensor.count > 0, names[TensorBits(tensor)] == nil else { return }
    var candidate = name ?? "data"
    var number = 2
    while taken.contains(candidate) || Builtin.all[candidate] != nil {
      candidate = "\(name ?? "data")_\(number)"
      number += 1
    }
    taken.insert(candidate)
    names[TensorBits(tensor)] = candidate
    declarations.append(
      .constant(
        ConstantDeclaration(
          site: .none, name: Name(candidate, at: .none), type: tensor.type.spelled,
          value: .literal(tensor.spelled))))
  }

  /// `extern func force(x: f64[n]) -> (f: f64[n])`.
  private mutating func declare(_ form: ExternalForm) {
    guard !givenNames.contains(form.name) else { return }
    let parameters = form.parameters.map {
      Parameter(site: .none, name: Name($0.name, at: .none), type: $0.type.spelled)
    }
    let results = form.results.map {
      ResultDeclaration(site: .none, name: Name($0.name, at: .none), type: $0.type.spelled)
    }
    declarations.append(
      .function(
        FunctionDeclaration(
          site: .none, name: Name(form.name, at: .none), parameters: parameters,
          body: BlockWriter.block([]), isShort: false, results: results, isWhole: true)))
  }
}

extension Tensor {
  /// The elements in nested brackets.
  fileprivate var spelled: Expr {
    var elements = (0..<count).map { self[$0].spelled(as: dtype) }
    for extent in shape.dropFirst().reversed() where extent > 0 {
      elements = stride(from: 0, to: elements.count, by: extent).map {
        .list(Array(elements[$0..<($0 + extent)]))
      }
    }
    return .list(elements)
  }
}
