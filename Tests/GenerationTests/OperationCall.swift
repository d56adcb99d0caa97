import GraphIR
import GraphText
import Ops
import Support
import TestSupport

/// A call of an operation at one of its samples, as the compiler itself writes it in the language.
struct OperationCall {
  struct Operand {
    var name: String
    var type: TensorType
    var domain: Sample.Domain
  }

  let operands: [Operand]
  /// The statements, in which the operands stand by their names.
  let statements: String
  let results: [String]

  /// Operations with samples.
  static let operations = Operation.all.filter { !$0.samples.isEmpty }

  /// - Parameter symbols: the sizes that symbols stand for; none for fixed sizes.
  init?(_ operation: Operation, _ sample: Sample, floats: DType, symbols: [Int: String]) {
    func dim(_ size: Int) -> Dim { symbols[size].map { .symbol($0) } ?? Dim(size) }
    var graph = Graph(name: "call")
    graph.symbols = symbols.values.sorted()
    var operands: [Operand] = []
    for (index, (shape, domain)) in zip(sample.shapes, sample.domains).enumerated() {
      let type = TensorType(domain.dtype(floats: floats), shape.map(dim))
      graph.addParameter("operand\(index)", type)
      operands.append(Operand(name: "operand\(index)", type: type, domain: domain))
    }
    let attributes = sample.attributes.mapDims { size in size.constant.map(dim) ?? size }
    var builder = Builder(graph: graph)
    guard
      let values = try? builder.tryEmit(operation, graph.parameters.map(\.value), attributes)
    else { return nil }
    results = values.indices.map { "result\($0)" }
    builder.graph.outputs = zip(results, values).map {
      Output(name: $0, value: $1, site: .none)
    }
    self.operands = operands
    let text = GraphWriter.text(of: [builder.graph], isStrict: true)
    // A graph alone, without constants of its own.
    guard text.hasPrefix("graph"), let start = text.firstIndex(of: "{"),
      let end = text.lastIndex(of: "}")
    else { return nil }
    statements = String(text[text.index(after: start)..<end])
  }

  /// The names that the statements give.
  var names: [String] {
    let lines = statements.split(separator: "\n").map { $0.drop { $0 == " " } }
    let heads = lines.compactMap { line in
      line.contains("=") ? line.split(separator: "=", maxSplits: 1).first : nil
    }
    return heads.flatMap { $0.split(separator: ",") }.map { $0.filter { $0 != " " } }
      .filter { !$0.contains { !($0.isLetter || $0.isNumber || $0 == "_") } }
  }

  /// The statements with other names.
  func renamed(_ names: [String: String]) -> String {
    var text = ""
    var word = ""
    for character in statements + "\n" {
      if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
      } else {
        text += names[word] ?? word
        text.append(character)
        word = ""
      }
    }
    return String(text.drop { $0 == " " || $0 == "\n" }.dropLast())
  }
}

extension ProgramGenerator {
  /// Adds an operation at one of its samples.
  mutating func addOperation(to scope: inout Scope) {
    let operation = pick(OperationCall.operations)
    let sample = pick(operation.samples)
    var symbols: [Int: String] = [:]
    if chance(0.5), !scope.isFunction {
      let present = Set(sample.shapes.flatMap { $0 }).filter { $0 > 1 }.sorted()
      for (size, symbol) in zip(present, TypeOracle.symbols) { symbols[size] = symbol }
    }
    guard let call = OperationCall(operation, sample, floats: dtype, symbols: symbols) else {
      return
    }
    var names: [String: String] = [:]
    for name in call.names { names[name] = fresh("v") }
    for result in call.results { names[result] = names[result] ?? fresh("v") }
    for given in call.operands {
      names[given.name] = operand(given.type, given.domain, in: &scope)
    }
    let results = call.results.compactMap { names[$0] }
    if add(call.renamed(names), giving: results, to: &scope) { drawn.insert(operation.name) }
  }
}
