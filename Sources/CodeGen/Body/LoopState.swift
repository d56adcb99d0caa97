import LLVMInterop
import LoopIR
import Support

/// A loop that is being emitted, or what it has left behind.
struct LoopState {
  /// The variable; in a turn of several lanes, that of the first.
  var variable: IRValue
  var lanes: Int
  /// The variables of all lanes, once they are needed.
  var lanesVariable: IRValue?
  /// The number of the level of its body.
  var level: Int
  /// The values on entry of the turn.
  var carried: [IRValue]
  /// The values behind the loop.
  var results: [IRValue] = []
}

/// What the address of a row is made of: enough to find it again.
struct RowKey: Hashable {
  var memory: BufferID
  var terms: [Index.Term<LoopID>]
  var offset: Dim
  /// Whether it is known to lie within the buffer.
  var isInBounds: Bool
}

extension BodyEmitter {
  /// The variable of a loop, in its lanes.
  func variable(_ id: LoopID) -> IRValue {
    guard var state = loops[id.index] else { preconditionFailure("loop is not open") }
    if state.lanes == 1 { return state.variable }
    if let known = state.lanesVariable { return known }
    let type = object.context.i64.vector(state.lanes)
    func lanes() -> IRValue {
      let first = object.builder.splat(state.variable, lanes: state.lanes)
      return object.builder.add(first, type.iota, noWrap: .signed)
    }
    let vector = atLevel(state.level, lanes)
    state.lanesVariable = vector
    loops[id.index] = state
    return vector
  }

  /// Emits what all of a level shall see.
  func atLevel(_ level: Int, _ make: () -> IRValue) -> IRValue {
    object.inserting(before: levels[level].hoist, make)
  }

  /// The value of an affine expression.
  func position(_ index: Index, lanes: Int) -> IRValue {
    let noWrap: NoWrap = index.scalars.isEmpty ? .signed : []
    var sum: IRValue?
    func add(_ value: IRValue, _ coefficient: Dim) {
      let wide = object.builder.splat(value, lanes: value.type.isVector ? 1 : lanes)
      var product = wide
      if coefficient != Dim(1) {
        let factor = object.builder.splat(object.dim(coefficient, scope), lanes: lanes)
        product = object.builder.mul(wide, factor, noWrap: noWrap)
      }
      sum = sum.map { object.builder.add($0, product, noWrap: noWrap) } ?? product
    }
    for term in index.loops { add(variable(term.variable), term.coefficient) }
    for term in index.scalars { add(value(term.variable), term.coefficient) }
    if index.offset == Dim(0), let sum { return sum }
    let offset = object.builder.splat(object.dim(index.offset, scope), lanes: lanes)
    return sum.map { object.builder.add($0, offset, noWrap: noWrap) } ?? offset
  }
}
