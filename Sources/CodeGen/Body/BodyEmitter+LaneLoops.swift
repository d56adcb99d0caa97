import LLVMInterop
import LoopIR
import Support

/// Loops that run several turns at once: as many full ones as there are, then one for the rest
/// under a mask (before them in a reversed loop).
extension BodyEmitter {
  /// Emits a loop of several lanes; gives the carried values behind it.
  func emitLaneLoop(_ id: LoopID, _ initial: [IRValue]) -> [IRValue] {
    let loop = body[id]
    if splitter.isLong(loop.body) { return emitMaskedLoop(id, nil, initial) }
    if let extent = loop.extent.constant, loop.bound == nil {
      return emitFixedLaneLoop(id, max(extent, 0), initial)
    }
    let extent = turnCount(id)
    let lanes = index(loop.lanes)
    let full = object.builder.sdiv(extent, lanes)
    let whole = object.builder.mul(full, lanes, noWrap: .signed)
    let rest = object.builder.sub(extent, whole, noWrap: .signed)
    if loop.isReversed {
      let begun = emitRest(id, from: whole, rest, initial)
      return emitFull(id, full, isKnownPositive: false, begun)
    }
    let nearly = emitFull(id, full, isKnownPositive: false, initial)
    return emitRest(id, from: whole, rest, nearly)
  }

  /// Emits some turns of a loop that is not reversed, counted in vectors; gives the carried values
  /// behind them.
  func emitLaneTurns(_ id: LoopID, _ turns: TurnRange, _ initial: [IRValue]) -> [IRValue] {
    if splitter.isLong(body[id].body) { return emitMaskedLoop(id, turns, initial) }
    let extent = turnCount(id)
    let lanes = index(body[id].lanes)
    let full = object.builder.sdiv(extent, lanes)
    let end = object.builder.add(turns.first, turns.count, noWrap: .signed)
    let hasRest = object.builder.icmp(.sgt, end, full)
    let last = object.builder.select(hasRest, full, end)
    let count = object.builder.sub(last, turns.first, noWrap: .signed)
    let nearly = emitFull(
      id, from: turns.first, count, isKnownPositive: false, initial)
    let whole = object.builder.mul(full, lanes, noWrap: .signed)
    let rest = object.builder.sub(extent, whole, noWrap: .signed)
    return emitRest(id, from: whole, object.builder.select(hasRest, rest, index(0)), nearly)
  }

  /// Emits a lane loop with a mask in every turn, so that a long body is there once.
  private func emitMaskedLoop(
    _ id: LoopID, _ turns: TurnRange?, _ initial: [IRValue]
  ) -> [IRValue] {
    let loop = body[id]
    let extent = turnCount(id)
    let filled = object.builder.add(extent, index(loop.lanes - 1), noWrap: .signed)
    let count = turns?.count ?? object.builder.sdiv(filled, index(loop.lanes))
    return emitCounting(id, count: count, isKnownPositive: false, initial) { counter, entering in
      var number = self.number(counter, from: turns?.first)
      if loop.isReversed {
        let last = self.object.builder.sub(count, self.index(1), noWrap: .signed)
        number = self.object.builder.sub(last, counter, noWrap: .signed)
      }
      let variable = self.object.builder.mul(
        number, self.index(loop.lanes), noWrap: [.signed, .unsigned])
      let left = self.object.builder.sub(extent, variable, noWrap: .signed)
      let type = self.object.context.i64.vector(loop.lanes)
      let mask = self.object.builder.icmp(
        .ult, type.iota, self.object.builder.splat(left, lanes: loop.lanes))
      return self.emitMasked(id, variable, mask, entering)
    }
  }

  /// Emits a lane loop whose number of turns is known.
  private func emitFixedLaneLoop(
    _ id: LoopID, _ extent: Int, _ initial: [IRValue]
  ) -> [IRValue] {
    let loop = body[id]
    let full = extent / loop.lanes
    let rest = extent % loop.lanes
    var carried = initial
    if extent == 0 { return skip(id, initial) }
    let emitLast = { (values: [IRValue]) in
      let active = (0..<loop.lanes).map { $0 < rest }
      let mask = IRValue.vector(
        active.map { $0 ? self.object.context.true : self.object.context.false })
      return self.emitMasked(id, self.index(full * loop.lanes), mask, values)
    }
    if rest > 0, loop.isReversed { carried = emitLast(carried) }
    if full > 0 { carried = emitFull(id, index(full), isKnownPositive: true, carried) }
    if rest > 0, !loop.isReversed { carried = emitLast(carried) }
    return carried
  }

  /// Emits the turns that fill all lanes.
  private func emitFull(
    _ id: LoopID, from first: IRValue? = nil, _ count: IRValue, isKnownPositive: Bool,
    _ initial: [IRValue]
  ) -> [IRValue] {
    let loop = body[id]
    let lanes = index(loop.lanes)
    if first == nil, count.constantInteger == 1 {
      return emitTurn(id, index(0), initial, lanes: loop.lanes)
    }
    return emitCounting(id, count: count, isKnownPositive: isKnownPositive, initial) {
      counter, entering in
      var number = self.number(counter, from: first)
      if loop.isReversed {
        let last = self.object.builder.sub(count, self.index(1), noWrap: .signed)
        number = self.object.builder.sub(last, counter, noWrap: .signed)
      }
      let variable = self.object.builder.mul(number, lanes, noWrap: [.signed, .unsigned])
      return self.emitTurn(id, variable, entering, lanes: loop.lanes)
    }
  }

  /// The number of a vector in a loop that begins with another than the first.
  private func number(_ counter: IRValue, from first: IRValue?) -> IRValue {
    first.map { object.builder.add($0, counter, noWrap: [.signed, .unsigned]) } ?? counter
  }

  /// Emits the turn that does not fill all lanes, if there is one.
  private func emitRest(
    _ id: LoopID, from start: IRValue, _ rest: IRValue, _ initial: [IRValue]
  ) -> [IRValue] {
    let loop = body[id]
    let run = object.builder.appendBlock("\(loop.name).rest")
    let join = object.builder.appendBlock("\(loop.name).join")
    let before = object.builder.block
    object.builder.condBr(
      object.builder.icmp(.sgt, rest, index(0)), then: run, else: join)
    object.position(atEnd: run)
    let type = object.context.i64.vector(loop.lanes)
    let count = object.builder.splat(rest, lanes: loop.lanes)
    let mask = object.builder.icmp(.ult, type.iota, count)
    let next = emitMasked(id, start, mask, initial)
    let after = object.builder.block
    object.builder.br(join)
    object.position(atEnd: join)
    return zip(initial, next).map { first, value in
      let phi = object.builder.phi(value.type)
      phi.add(first, from: before)
      phi.add(value, from: after)
      return phi.value
    }
  }

  /// Emits a turn of which some lanes are behind the end: what they carry stays as it was.
  private func emitMasked(
    _ id: LoopID, _ variable: IRValue, _ mask: IRValue, _ entering: [IRValue]
  ) -> [IRValue] {
    let loop = body[id]
    activeLanes = mask
    defer { activeLanes = nil }
    let next = emitTurn(id, variable, entering, lanes: loop.lanes)
    return zip(entering, next).map { old, new in
      new.type.isVector ? object.builder.select(mask, new, old) : new
    }
  }
}
