import GraphIR
import Support

/// The names of a written graph: each is given once, in all its blocks together.
struct NameTable {
  /// Names that are given, or mean something else.
  private var taken: Set<String>
  /// Names that the user gave to values, which nothing else gets.
  private let wanted: Set<String>
  private var count = 0

  /// The table of a graph that has given only its sizes yet.
  ///
  /// - Parameters:
  ///   - taken: names of the file that no value may have.
  init(of graph: Graph, taken: Set<String>) {
    var wanted: Set<String> = []
    NameTable.collect(graph, &wanted)
    self.wanted = wanted
    self.taken = taken.union(graph.symbols)
  }

  /// The names in a graph and its blocks, which nest as deep as the user's.
  private static func collect(_ graph: Graph, _ names: inout Set<String>) {
    for value in graph.values { if let name = value.name { names.insert(name) } }
    for node in graph.nodes { for region in node.regions { collect(region, &names) } }
  }

  /// Gives a name that is known to be free.
  mutating func give(_ name: String) { taken.insert(name) }

  /// The name, or one like it where it is given already.
  mutating func claim(_ name: String) -> String {
    var candidate = name
    var number = 2
    while !isFree(candidate) || candidate != name && wanted.contains(candidate) {
      candidate = "\(name)_\(number)"
      number += 1
    }
    taken.insert(candidate)
    return candidate
  }

  /// A name for a value that the user did not name.
  mutating func temporary() -> String {
    var name: String
    repeat {
      count += 1
      name = "t\(count)"
    } while taken.contains(name) || wanted.contains(name)
    taken.insert(name)
    return name
  }

  /// Whether a local may have a name without an error or a warning.
  private func isFree(_ name: String) -> Bool {
    !taken.contains(name) && Builtin.all[name] == nil && Meaning.constants[name] == nil
      && DType.named(name, CheckOptions()) == nil
  }
}
