package import GraphIR
import Ops
import Support

/// Lets loops stack a value once, and read a sequence or a capture once, however often they were
/// asked to; what nothing uses then is left to `LoopPruning`.
package enum MergeStacks {
  /// The graph with the stacks of its loops merged, also in its regions.
  package static func run(_ source: Graph) -> Graph {
    guard source.nodes.contains(where: { !$0.regions.isEmpty }) else { return source }
    return source.rebuilt { node, operands, builder in
      // Regions nest as deep as the user's blocks, which the front end bounds.
      var regions = node.regions.map(run)
      guard case .loop(let form) = node.attributes else {
        return builder.append(node, of: source, on: operands, regions: regions)
      }
      regions[0] = regions[0].merged(firstEqual(operands, form))
      var results = builder.append(node, of: source, on: operands, regions: regions)
      merge(&results, form, regions[0])
      return results
    }
  }

  /// For each parameter of a body whose sequence or capture is that of an earlier one, that one.
  private static func firstEqual(_ operands: [Value], _ form: LoopForm) -> [Int: Int] {
    var earlier: [Int: Int] = [:]
    for range in [0..<form.sequences, form.captures(of: operands.count)] {
      var first: [Value: Int] = [:]
      for place in range {
        if let known = first[operands[place]] {
          earlier[1 + place] = 1 + known
        } else {
          first[operands[place]] = place
        }
      }
    }
    return earlier
  }

  /// Puts one stack in the place of all that hold the same.
  private static func merge(_ results: inout [Value], _ form: LoopForm, _ body: Graph) {
    var known: [Value: Value] = [:]
    for slot in form.stackedResults {
      let value = body.outputs[slot].value
      if let same = known[value] { results[slot] = same } else { known[value] = results[slot] }
    }
  }
}

extension Graph {
  /// The body with earlier parameters in the place of others, given by their numbers.
  fileprivate func merged(_ earlier: [Int: Int]) -> Graph {
    if earlier.isEmpty { return self }
    var graph = Graph(withoutNodesOf: self)
    var values = [Value?](repeating: nil, count: self.values.count)
    graph.copy(nodes.lazy.filter { $0.operation == .parameter }, of: self, &values)
    let own = values
    for (number, other) in earlier {
      values[Int(parameters[number].value.index)] = own[Int(parameters[other].value.index)]
    }
    graph.copy(nodes.lazy.filter { $0.operation != .parameter }, of: self, &values)
    for parameter in parameters {
      values[Int(parameter.value.index)] = own[Int(parameter.value.index)]
    }
    graph.replaceRoots(by: values)
    return graph
  }
}

extension Graph {
  /// How many stacks are there for loops that go through them backwards, also in regions: what
  /// loops keep for their reverse.
  package var keptStacks: Int {
    var kept: Set<Value> = []
    var inside = 0
    for node in nodes {
      for region in node.regions { inside += region.keptStacks }
      guard case .loop(let form) = node.attributes else { continue }
      for sequence in node.operands[..<form.sequences] {
        if case .loop(let other) = self.node(of: sequence).attributes,
          other.isReversed != form.isReversed
        {
          kept.insert(sequence)
        }
      }
    }
    return kept.count + inside
  }
}
