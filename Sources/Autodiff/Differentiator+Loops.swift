import GraphIR
import Ops
import Support

/// The operands of a loop by their roles, and which of them change.
private struct LoopParts {
  let form: LoopForm
  let sequences: [Value]
  let initial: [Value]
  let captures: [Value]
  let bound: Value?

  init(_ node: Node, _ form: LoopForm) {
    self.form = form
    sequences = Array(node.operands[..<form.sequences])
    initial = Array(node.operands[form.carriedOperands])
    let range = form.captures(of: node.operands.count)
    captures = Array(node.operands[range])
    bound = form.isBounded ? node.operands.last : nil
  }

  /// The numbers of the region's parameters by their roles.
  func sequenceParameter(_ slot: Int) -> Int { 1 + slot }
  func carriedParameter(_ slot: Int) -> Int { 1 + form.sequences + slot }
  func captureParameter(_ slot: Int) -> Int { 1 + form.sequences + form.carried + slot }
}

/// What changes inside a loop, given which operands do.
private struct LoopActivity {
  var sequences: [Int]
  var carried: [Int]
  var captures: [Int]
  /// The numbers of the region's results that change.
  var results: Set<Int>

  /// Finds a fixed point: a carried value changes if its first value does, or its next one.
  init(_ active: [Bool], _ parts: LoopParts, _ region: Graph) {
    let form = parts.form
    sequences = parts.sequences.indices.filter { active[$0] }
    carried = parts.initial.indices.filter { active[form.sequences + $0] }
    captures = parts.captures.indices.filter { active[form.sequences + form.carried + $0] }
    results = []
    while true {
      let parameters =
        sequences.map { parts.sequenceParameter($0) } + carried.map { parts.carriedParameter($0) }
        + captures.map { parts.captureParameter($0) }
      let outputs = region.outputs.map(\.value)
      let span = Span(
        from: parameters.map { region.parameters[$0].value },
        to: outputs.filter { region.type($0).dtype.isFloat }, constants: [], primals: [:],
        in: region)
      results = Set(
        outputs.indices.filter {
          region.type(outputs[$0]).dtype.isFloat && span.contains(outputs[$0])
        })
      let changing = (0..<form.carried).filter { carried.contains($0) || results.contains($0) }
      if changing == carried { return }
      carried = changing
    }
  }
}

extension Differentiator {
  /// A loop over operands and their tangents, which gives the tangents of the results.
  mutating func pushLoop(
    _ node: Node, _ form: LoopForm, _ tangents: [Value?]
  ) throws(Diagnostic) -> [Value?] {
    let parts = LoopParts(node, form)
    let region = node.regions[0]
    let activity = LoopActivity(tangents.map { $0 != nil }, parts, region)
    var inner = RegionBuilder(site: node.site)
    func types(_ numbers: [Int]) -> [TensorType] {
      numbers.map { region.type(region.parameters[$0].value) }
    }
    let index = inner.parameter(TensorType(.i64))
    let sequences = activity.sequences.map { parts.sequenceParameter($0) }
    let carried = activity.carried.map { parts.carriedParameter($0) }
    let captures = activity.captures.map { parts.captureParameter($0) }
    let elements = inner.parameters(types((0..<form.sequences).map { parts.sequenceParameter($0) }))
    let dElements = inner.parameters(types(sequences))
    let entering = inner.parameters(types((0..<form.carried).map { parts.carriedParameter($0) }))
    let dEntering = inner.parameters(types(carried))
    let captured = inner.parameters(types(parts.captures.indices.map { parts.captureParameter($0) }))
    let dCaptured = inner.parameters(types(captures))
    let arguments = [index] + elements + entering + captured
    let results = inner.builder.inline(region, arguments)
    let pushed = try inner.tangents(
      of: results, by: (sequences + carried + captures).map { arguments[$0] },
      dElements + dEntering + dCaptured, site: node.site)
    let next = activity.carried.map { slot in
      pushed[slot] ?? inner.builder.zeros(inner.builder.type(entering[slot]))
    }
    let stacked = form.stackedResults.filter { activity.results.contains($0) }
    let stacks = stacked.map { pushed[$0] ?? inner.builder.zeros(inner.builder.type(results[$0])) }
    var changed = LoopForm(
      count: form.count, sequences: form.sequences + dElements.count,
      carried: form.carried + dEntering.count, stacked: stacks.count, isReversed: form.isReversed,
      isBounded: form.isBounded, isWhile: form.isWhile)
    changed.checkpoints = form.checkpoints
    let body = inner.finish(Array(results[..<form.carried]) + next + stacks)
    let firstCarried = form.carriedOperands.lowerBound
    let firstCapture = form.captures(of: node.operands.count).lowerBound
    var operands = parts.sequences + activity.sequences.compactMap { tangents[$0] }
    operands += parts.initial
    operands += activity.carried.map {
      tangents[firstCarried + $0] ?? builder.zeros(builder.type(parts.initial[$0]))
    }
    operands += parts.captures + activity.captures.compactMap { tangents[firstCapture + $0] }
    operands += parts.bound.map { [$0] } ?? []
    let regions = [body] + condition(node, form, dEntering.count, types(captures), types(carried))
    let values = builder.appendSaving(.loop, operands, .loop(changed), regions)
    var derivatives = [Value?](repeating: nil, count: node.results.count)
    for (place, slot) in activity.carried.enumerated() {
      derivatives[slot] = values[form.carried + place]
    }
    for (place, result) in stacked.enumerated() {
      derivatives[result] = values[changed.carried + place]
    }
    return derivatives
  }

  /// The condition of a `while` as a region that also takes tangents, which it does not look at.
  private func condition(
    _ node: Node, _ form: LoopForm, _ extraCarried: Int, _ captures: [TensorType],
    _ carried: [TensorType]
  ) -> [Graph] {
    guard form.isWhile else { return [] }
    let region = node.regions[1]
    let types = region.parameters.map { region.type($0.value) }
    var inner = RegionBuilder(site: node.site)
    let entering = inner.parameters(Array(types[..<form.carried]))
    _ = inner.parameters(carried)
    let captured = inner.parameters(Array(types[form.carried...]))
    _ = inner.parameters(captures)
    let results = inner.builder.inline(region, entering + captured)
    return [inner.finish(results)]
  }

  /// The loop backwards: from the cotangents of the results to those of the operands. What a turn
  /// needs of the primal is read where the loop kept it, and else computed again.
  mutating func pullLoop(
    _ node: Node, _ form: LoopForm, _ cotangents: [Value?], _ active: [Bool]
  ) throws(Diagnostic) -> [Value?] {
    let parts = LoopParts(node, form)
    let region = node.regions[0]
    let activity = LoopActivity(active, parts, region)
    func types(_ numbers: [Int]) -> [TensorType] {
      numbers.map { region.type(region.parameters[$0].value) }
    }
    let kept = KeptValues(region, form).values
    precondition(form.saved == kept.count, "a loop saves what its reverse reads")
    let saved = node.results[(form.stackedResults.upperBound - form.saved)..<form.stackedResults.upperBound]
    let seeded = form.stackedResults.filter {
      cotangents[$0] != nil && activity.results.contains($0)
    }
    var inner = RegionBuilder(site: node.site)
    let index = inner.parameter(TensorType(.i64))
    let elements = inner.parameters(types((0..<form.sequences).map { parts.sequenceParameter($0) }))
    let saves = inner.parameters(kept.map { region.type($0) })
    let entering = Array(saves[..<form.carried])
    let stackSeeds = inner.parameters(seeded.map { region.type(region.outputs[$0].value) })
    let flowing = inner.parameters(types(activity.carried.map { parts.carriedParameter($0) }))
    let sums = inner.parameters(types(activity.captures.map { parts.captureParameter($0) }))
    let captured = inner.parameters(types(parts.captures.indices.map { parts.captureParameter($0) }))
    let again = inner.builder.graph.inlineValues(region, [index] + elements + entering + captured)
    let results = region.outputs.map { again[Int($0.value.index)] }
    let computed = kept.dropFirst(form.carried).map { again[Int($0.index)] }
    inner.differentiator.kept = Set(computed)
    let seeds =
      zip(activity.carried, flowing).map { (results[$0], $1) }
      + zip(seeded, stackSeeds).map { (results[$0], $1) }
    let wrt =
      activity.carried.map { entering[$0] } + activity.captures.map { captured[$0] }
      + activity.sequences.map { elements[$0] }
    let pulled = try inner.cotangents(by: wrt, from: seeds, site: node.site)
    var outputs: [Value] = []
    for (place, value) in wrt.enumerated() {
      let flow = pulled[place]
      let capture = place - activity.carried.count
      if capture >= 0, capture < activity.captures.count {
        outputs.append(flow.map { inner.builder.add(sums[capture], $0) } ?? sums[capture])
      } else {
        outputs.append(flow ?? inner.builder.zeros(inner.builder.type(value)))
      }
    }
    var backward = LoopForm(
      count: form.count, sequences: form.sequences + form.saved + seeded.count,
      carried: activity.carried.count + activity.captures.count,
      stacked: activity.sequences.count, isReversed: !form.isReversed,
      isBounded: form.isBounded || form.isWhile)
    backward.checkpoints = form.checkpoints
    var operands = parts.sequences + saved + seeded.compactMap { cotangents[$0] }
    operands += activity.carried.map {
      cotangents[$0] ?? builder.zeros(builder.type(parts.initial[$0]))
    }
    operands += activity.captures.map { builder.zeros(builder.type(parts.captures[$0])) }
    operands += parts.captures
    if form.isWhile, let turns = node.results.last {
      operands.append(turns)
    } else if let bound = parts.bound {
      operands.append(bound)
    }
    let reverse = inner.finish(outputs)
      .replacing(Dictionary(uniqueKeysWithValues: zip(computed, saves[form.carried...])))
    let values = builder.appendSaving(.loop, operands, .loop(backward), [reverse])
    var derivatives = [Value?](repeating: nil, count: node.operands.count)
    let firstCapture = form.captures(of: node.operands.count).lowerBound
    for (place, slot) in activity.carried.enumerated() {
      derivatives[form.carriedOperands.lowerBound + slot] = values[place]
    }
    for (place, slot) in activity.captures.enumerated() {
      derivatives[firstCapture + slot] = values[activity.carried.count + place]
    }
    for (place, slot) in activity.sequences.enumerated() {
      derivatives[slot] = values[backward.carried + place]
    }
    return derivatives
  }
}
