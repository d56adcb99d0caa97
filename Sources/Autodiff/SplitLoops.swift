package import GraphIR
import Ops
import Support

/// Cuts loops with checkpoints into loops over segments of their turns.
///
/// `for x in xs with h = h0 checkpoint k` becomes a loop over `n // k` segments, whose body is a loop
/// over `k` turns, and a loop over the turns that are left. The reverse of the outer one keeps what
/// it carries, once for each segment, and computes a segment again when it comes to it. So the
/// reverse of `n` turns keeps `n // k` times what is carried, and what `k` turns keep. Further
/// numbers cut the segments in the same way; the last may be 1, for turns that keep nothing else.
package enum SplitLoops {
  /// The graph with its loops cut, if it asks for derivatives at all.
  package static func run(_ source: Graph) -> Graph {
    guard Differentiate.hasRequests(source) else { return source }
    var graph = source
    // Each time goes one number further.
    while hasSegments(graph) { graph = cut(graph) }
    return graph
  }

  private static func hasSegments(_ graph: Graph) -> Bool {
    graph.nodes.contains { node in
      node.segment != nil || node.regions.contains(where: hasSegments)
    }
  }

  private static func cut(_ source: Graph) -> Graph {
    source.rebuilt { node, operands, builder in
      let regions = node.regions.map(cut)
      guard case .loop(let form) = node.attributes, let turns = node.segment else {
        return builder.append(node, of: source, on: operands, regions: regions)
      }
      return SegmentedLoop(body: regions[0], form: form, turns: turns)
        .results(of: operands, in: &builder)
    }
  }
}

extension Node {
  /// How many turns make a segment; nil for what is not to be cut.
  fileprivate var segment: Int? {
    guard case .loop(let form) = attributes, let turns = form.checkpoints.first, turns > 1 else {
      return nil
    }
    return turns
  }
}

/// A loop whose turns are cut into segments.
private struct SegmentedLoop {
  let body: Graph
  let form: LoopForm
  let turns: Int

  /// The number of whole segments, and of their turns.
  private var segments: Dim { form.count.quotient(turns) }
  private var whole: Dim { turns * segments }

  /// The results of the loop on its operands.
  func results(of operands: [Value], in builder: inout Builder) -> [Value] {
    let captures = Array(operands[form.captures(of: operands.count)])
    var fronts: [Value] = []
    var tails: [Value] = []
    for sequence in operands[..<form.sequences] {
      let shape = builder.shape(sequence)
      let front = builder.slice(sequence, axis: 0, from: Dim(0), size: whole)
      fronts.append(builder.reshape(front, to: [segments, Dim(turns)] + shape.dropFirst()))
      tails.append(builder.slice(sequence, axis: 0, from: whole, size: form.count - whole))
    }
    let first = Array(operands[form.carriedOperands])
    let front = builder.appendRegions(
      .loop, fronts + first + captures, .loop(outerForm), [segment(builder.site)])
    var stacks: [Value] = []
    for stack in front[form.carried...] {
      let shape = [whole] + builder.shape(stack).dropFirst(2)
      stacks.append(builder.reshape(stack, to: shape))
    }
    let carried = Array(front[..<form.carried])
    if form.count == whole { return carried + stacks }
    let start = builder.size(whole, .i64)
    let rest = builder.appendRegions(
      .loop, tails + carried + captures + [start], .loop(innerForm(form.count - whole)),
      [shiftedBody(builder.site)])
    for (number, tail) in rest[form.carried...].enumerated() {
      stacks[number] = builder.concatenate([stacks[number], tail], axis: 0)
    }
    return Array(rest[..<form.carried]) + stacks
  }

  /// The form of the loop over segments.
  private var outerForm: LoopForm {
    var outer = form.with(count: segments)
    outer.checkpoints = [1]
    return outer
  }

  /// The form of a loop over the turns of a segment.
  private func innerForm(_ count: Dim) -> LoopForm {
    var inner = form.with(count: count)
    inner.checkpoints = Array(form.checkpoints.dropFirst())
    return inner
  }

  /// The types of a turn's parameters: its number, elements, carried values, captures.
  private var types: [TensorType] { body.parameters.map { body.type($0.value) } }

  /// The body of the loop over segments.
  private func segment(_ site: Site) -> Graph {
    var inner = RegionBuilder(site: site)
    let number = inner.parameter(TensorType(.i64))
    let elements = inner.parameters(
      types[1..<(1 + form.sequences)].map { TensorType($0.dtype, [Dim(turns)] + $0.shape) })
    let rest = inner.parameters(Array(types[(1 + form.sequences)...]))
    let length = inner.builder.literal(.int(Int64(turns)), .i64)
    let start = inner.builder.multiply(number, length)
    let results = inner.builder.appendRegions(
      .loop, elements + rest + [start], .loop(innerForm(Dim(turns))), [shiftedBody(site)])
    return inner.finish(results)
  }

  /// The body of the loop with a further capture, the number of the loop's first turn.
  private func shiftedBody(_ site: Site) -> Graph {
    var inner = RegionBuilder(site: site)
    let parameters = inner.parameters(types + [TensorType(.i64)])
    let number = inner.builder.add(parameters[0], parameters[parameters.count - 1])
    let values = inner.builder.graph.inlineValues(
      body, [number] + parameters[1..<(parameters.count - 1)])
    inner.builder.graph.assertions = body.assertions.map { assertion in
      var moved = assertion
      moved.condition = values[Int(assertion.condition.index)]
      return moved
    }
    return inner.finish(body.outputs.map { values[Int($0.value.index)] })
  }
}
