import GraphIR
import Support

/// What a program is run with, as the doc comments of its graph tell: `sizes m=2 n=0`, `seed 5`,
/// `same a=b` for results that stand for the same number, `gives y 1.5 2` for the elements of a
/// result that are known, and the domain of each parameter.
struct ProgramInputs {
  private(set) var sizes: [String: Int] = [:]
  private(set) var twins: [(String, String)] = []
  private(set) var known: [(name: String, numbers: [Double])] = []
  private(set) var values: [Tensor] = []

  init(_ graph: Graph) {
    var seed: UInt64 = 0
    for line in graph.doc.split(separator: "\n") {
      let words = line.split(separator: " ")
      let pairs = words.dropFirst().map { $0.split(separator: "=").map(String.init) }
        .filter { $0.count == 2 }
      switch words.first {
      case "sizes": for pair in pairs { sizes[pair[0]] = Int(pair[1]) }
      case "same": twins = pairs.map { ($0[0], $0[1]) }
      case "gives" where words.count > 1:
        known.append((String(words[1]), words.dropFirst(2).compactMap { Double($0) }))
      case "seed": seed = words.last.flatMap { UInt64($0) } ?? 0
      default: break
      }
    }
    for symbol in graph.symbols where sizes[symbol] == nil { sizes[symbol] = 3 }
    for parameter in graph.parameters {
      let type = graph.type(parameter.value)
      let domain = Sample.Domain(spelled: parameter.doc) ?? Sample.Domain(of: type.dtype)
      let shape = type.shape.map { max(0, $0.evaluate(sizes) ?? 0) }
      var random = RandomSource(seed: seed, parameter.name)
      values.append(random.tensor(type.dtype, shape, domain))
    }
  }
}
