import GraphIR
import Ops
import Support

/// What an index does to the axes of a value.
struct Selection {
  /// A part of an index, by what it leaves in the result.
  enum Part {
    /// An axis of the value, or a stretch of it.
    case kept
    /// A new axis of 1.
    case new
    /// `...`, which parts what stands before it from what stands behind it even where it is empty.
    case ellipsis
    /// An integer that is known.
    case place
    /// Positions that are known when the graph runs.
    case picked
  }

  /// Positions along an axis of the value.
  struct Pick {
    var axis: Int
    var positions: Value
  }

  /// The parts in their order.
  var parts: [Part] = []
  /// A stretch of each axis of the value.
  var axes: [SliceAxis] = []
  /// The axes of the value that go away, as they are indexed by known integers.
  var squeezed: [Int] = []
  /// The axes with positions, ascending.
  var picks: [Pick] = []

  /// Whether each axis is taken as it is, or picked from.
  func takesAll(of shape: [Dim]) -> Bool { axes == shape.map { .whole($0) } }

  /// Where positions of this rank pick from the value without its squeezed axes.
  ///
  /// As in NumPy the axes of the positions stand where the integers and positions stand, if these
  /// are neighbours, else in front.
  var picking: Picking {
    let axes = picks.map { pick in pick.axis - squeezed.count { $0 < pick.axis } }
    guard let first = parts.firstIndex(where: { $0.isAdvanced }), isAdjacent else {
      return Picking(axes: axes, place: 0)
    }
    return Picking(axes: axes, place: parts[..<first].count { $0 == .kept })
  }

  /// Whether all integers and positions stand side by side.
  private var isAdjacent: Bool {
    let places = parts.indices.filter { parts[$0].isAdvanced }
    guard let first = places.first, let last = places.last else { return true }
    return last - first + 1 == places.count
  }

  /// The places of the new axes in the result, where positions have this rank.
  func newAxes(rank: Int) -> [Int] {
    var leading = picks.isEmpty || isAdjacent ? 0 : rank
    var isOpen = isAdjacent && !picks.isEmpty
    var places: [Int] = []
    for part in parts {
      switch part {
      case .kept: leading += 1
      case .new:
        places.append(leading)
        leading += 1
      case .place, .picked:
        if isOpen { leading += rank }
        isOpen = false
      case .ellipsis: break
      }
    }
    return places
  }
}

extension Selection.Part {
  /// Whether NumPy takes it for an advanced index where there are positions.
  fileprivate var isAdvanced: Bool {
    switch self {
    case .place, .picked: true
    case .kept, .new, .ellipsis: false
    }
  }
}

extension Builder {
  /// What an index picks from a value.
  mutating func pick(_ value: Value, _ selection: Selection) throws(TypeError) -> Value {
    let stretch = try stretch(of: value, selection)
    guard !selection.picks.isEmpty else {
      return expandDims(stretch, axes: selection.newAxes(rank: 0))
    }
    let positions = selection.picks.map(\.positions)
    let picked = try tryEmit(.gather, [stretch] + positions, .picking(selection.picking))[0]
    return expandDims(picked, axes: selection.newAxes(rank: shape(positions[0]).count))
  }

  /// The value with the part that an index picks replaced by another, or added to.
  mutating func update(
    _ value: Value, _ selection: Selection, with update: Value, _ operation: Operation
  ) throws(TypeError) -> Value {
    let stretch = try stretch(of: value, selection)
    let positions = selection.picks.map(\.positions)
    let rank = positions.first.map { shape($0).count } ?? 0
    let update = squeeze(update, axes: selection.newAxes(rank: rank))
    let inner: Value
    if !positions.isEmpty {
      inner = try tryEmit(
        operation, [stretch, update] + positions, .picking(selection.picking))[0]
    } else if operation == .addAt {
      inner = dtype(stretch) == .bool ? or(stretch, update) : add(stretch, update)
    } else {
      inner = update
    }
    return replacing(selection.axes, of: value, by: expandDims(inner, axes: selection.squeezed))
  }

  /// The value without what lies outside the stretches of an index.
  private mutating func stretch(
    of value: Value, _ selection: Selection
  ) throws(TypeError) -> Value {
    var axes = selection.axes
    // What needs no elements may begin anywhere.
    for axis in axes.indices where axes[axis].size == Dim(0) { axes[axis].start = Dim(0) }
    let slice = selection.takesAll(of: shape(value))
      ? value : try tryEmit(.slice, [value], .slice(axes))[0]
    return squeeze(slice, axes: selection.squeezed)
  }

  /// The value with a stretch of each axis replaced.
  private mutating func replacing(
    _ axes: [SliceAxis], of value: Value, by part: Value
  ) -> Value {
    let shape = shape(value)
    if axes.contains(where: { $0.size == Dim(0) }) { return value }
    let ascending = flip(part, axes: axes.indices.filter { axes[$0].step < 0 })
    let stretches = axes.map { axis in
      axis.step > 0
        ? axis
        : SliceAxis(
          start: axis.start + axis.step * (axis.size - 1), step: -axis.step, size: axis.size)
    }
    guard stretches.allSatisfy({ $0.step == 1 }) else {
      return scattering(ascending, into: value, stretches)
    }
    // From the inside out: what is before a stretch, the stretch, what is behind it.
    let changed = axes.indices.filter { stretches[$0] != .whole(shape[$0]) }
    var layers: [Value] = [value]
    for axis in changed.dropLast() {
      let (start, size) = (stretches[axis].start, stretches[axis].size)
      layers.append(slice(layers[layers.count - 1], axis: axis, from: start, size: size))
    }
    var result = ascending
    for (axis, layer) in zip(changed, layers).reversed() {
      result = replacing(axis, stretches[axis], of: layer, by: result)
    }
    return result
  }

  /// The value with a stretch of one axis replaced.
  private mutating func replacing(
    _ axis: Int, _ stretch: SliceAxis, of value: Value, by part: Value
  ) -> Value {
    let end = stretch.start + stretch.size
    let rest = shape(value)[axis] - end
    var pieces: [Value] = []
    if stretch.start != Dim(0) {
      pieces.append(slice(value, axis: axis, from: Dim(0), size: stretch.start))
    }
    pieces.append(part)
    if rest != Dim(0) { pieces.append(slice(value, axis: axis, from: end, size: rest)) }
    return concatenate(pieces, axis: axis)
  }

  /// The value with elements at even distances replaced.
  private mutating func scattering(
    _ part: Value, into value: Value, _ stretches: [SliceAxis]
  ) -> Value {
    let pads = zip(stretches, shape(value)).map { axis, size in
      PadAxis(
        low: axis.start, high: size - axis.start - axis.step * (axis.size - 1) - 1,
        interior: axis.step - 1)
    }
    let isReplaced = pad(
      broadcast(literal(.bool(true), .bool), to: shape(part)), with: literal(.bool(false), .bool),
      pads)
    return select(isReplaced, pad(part, with: zeros(TensorType(dtype(part))), pads), value)
  }
}
