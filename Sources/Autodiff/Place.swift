import GraphIR
import Ops
import Support

/// An index along an axis.
enum PlaceIndex: Equatable {
  case known(Int)
  /// An `i64` scalar.
  case value(Value)
}

/// Where a tensor may differ from 0: at one index along some of its axes, none of which is 1 long.
///
/// What flows from one element of a value alone is kept as the part that stands there, without
/// those axes: a row of a Jacobian then takes the work of that row.
struct Place: Equatable {
  /// The index along each of the axes.
  var indices: [Int: PlaceIndex]
  /// The shape of the whole tensor.
  var shape: [Dim]

  /// The axes, ascending.
  var axes: [Int] { indices.keys.sorted() }

  /// The shape of the part.
  var partShape: [Dim] { shape.indices.filter { indices[$0] == nil }.map { shape[$0] } }

  /// Whether the part has one element, at a single place of the tensor.
  var isElement: Bool { partShape.allSatisfy { $0 == Dim(1) } }
}

/// A change of a value, or of what is computed from it, where it is known to be in one place.
struct Tangent {
  /// The tangent, or the part of it that is not 0.
  var value: Value
  var place: Place?
}

extension Builder {
  /// The direction along the element in a place.
  mutating func unit(_ dtype: DType, at place: Place) -> Tangent {
    let one = broadcast(literal(.float(1), dtype), to: place.partShape)
    return Tangent(value: one, place: place.indices.isEmpty ? nil : place)
  }

  /// A tensor with its part in place, and 0 elsewhere.
  mutating func whole(_ part: Value, at place: Place?) -> Value {
    guard let place else { return part }
    let zero = zeros(TensorType(dtype(part)))
    if let axes = padding(of: place) {
      return pad(expandDims(part, axes: place.axes), with: zero, axes)
    }
    let isHere = condition(place)
    let stretched = broadcast(expandDims(part, axes: place.axes), to: place.shape)
    return dtype(part) == .bool ? and(stretched, isHere) : select(isHere, stretched, zero)
  }

  /// The tensor of a tangent.
  mutating func whole(_ tangent: Tangent) -> Value { whole(tangent.value, at: tangent.place) }

  /// What stands in a place of a tensor.
  mutating func part(of value: Value, at place: Place) -> Value {
    let axes = place.axes
    if axes.isEmpty { return value }
    let node = graph.node(of: value)
    if [.broadcastTo, .fill].contains(node.operation) {
      let source = node.operands[node.operands.count - 1]
      return broadcast(part(ofStretched: source, place), to: place.partShape)
    }
    if node.operation == .transpose, case .axes(let order) = node.attributes {
      return part(of: node.operands[0], transposed: order, at: place)
    }
    let known = axes.filter { if case .known = place.indices[$0] { true } else { false } }
    var slices = place.shape.map { SliceAxis.whole($0) }
    for axis in known {
      guard case .known(let index) = place.indices[axis] else { continue }
      slices[axis] = SliceAxis(start: Dim(index), step: 1, size: Dim(1))
    }
    let row = squeeze(slice(value, slices), axes: known)
    let others = axes.filter { !known.contains($0) }
    if others.isEmpty { return row }
    let positions = others.map { self.value(of: place.indices[$0] ?? .known(0)) }
    let places = others.map { axis in axis - known.count { $0 < axis } }
    return emit(.gather, [row] + positions, .picking(Picking(axes: places, place: 0)))
  }

  /// What of a smaller tensor a place of the one that it is stretched to shows.
  private mutating func part(ofStretched source: Value, _ place: Place) -> Value {
    let shape = self.shape(source)
    let offset = place.shape.count - shape.count
    var inner = Place(indices: [:], shape: shape)
    for (axis, index) in place.indices where axis >= offset {
      inner.indices[axis - offset] = shape[axis - offset] == Dim(1) ? .known(0) : index
    }
    return part(of: source, at: inner)
  }

  /// What stands in a place of a transpose.
  private mutating func part(of source: Value, transposed order: [Int], at place: Place) -> Value {
    var inner = Place(indices: [:], shape: shape(source))
    for (axis, index) in place.indices { inner.indices[order[axis]] = index }
    let kept = order.indices.filter { place.indices[$0] == nil }.map { order[$0] }
    let rank = kept.map { axis in kept.count { $0 < axis } }
    return transpose(part(of: source, at: inner), rank)
  }

  /// The padding that puts a part in its place, where that is known.
  private func padding(of place: Place) -> [PadAxis]? {
    var axes = place.shape.map { _ in PadAxis(low: Dim(0), high: Dim(0)) }
    for (axis, index) in place.indices {
      guard case .known(let index) = index else { return nil }
      axes[axis] = PadAxis(low: Dim(index), high: place.shape[axis] - index - 1)
    }
    return axes
  }

  /// Where a place is: a `bool` value that broadcasts to the shape.
  private mutating func condition(_ place: Place) -> Value {
    var all: Value?
    for axis in place.axes {
      let index = value(of: place.indices[axis] ?? .known(0))
      let isHere = equal(arange(place.shape[axis]), index)
      let behind = Array(1..<(place.shape.count - axis))
      all = conjunction(all, expandDims(isHere, axes: behind))
    }
    return broadcast(all ?? literal(.bool(true), .bool), to: place.shape)
  }
}

/// Indices.
extension Builder {
  /// An index as a value.
  mutating func value(of index: PlaceIndex) -> Value {
    switch index {
    case .known(let number): literal(.int(Int64(number)), .i64)
    case .value(let value): value
    }
  }

  /// `offset + step * index`.
  mutating func index(_ index: PlaceIndex, times step: Int, plus offset: Dim) -> PlaceIndex {
    if step == 1, offset == Dim(0) { return index }
    if case .known(let number) = index, let start = offset.constant {
      return .known(start + step * number)
    }
    let scaled = multiply(literal(.int(Int64(step)), .i64), value(of: index))
    return .value(add(size(offset, .i64), scaled))
  }

  /// The indices along the axes of a shape of the element of that row-major number; axes of 1 have
  /// none.
  mutating func unraveled(_ index: PlaceIndex, _ shape: [Dim]) -> [Int: PlaceIndex] {
    var indices: [Int: PlaceIndex] = [:]
    var rest = index
    let axes = shape.indices.filter { shape[$0] != Dim(1) }
    for axis in axes.reversed() {
      if axis == axes.first {
        indices[axis] = rest
      } else if case .known(let number) = rest, let size = shape[axis].constant {
        indices[axis] = .known(number % size)
        rest = .known(number / size)
      } else {
        let (number, size) = (value(of: rest), self.size(shape[axis], .i64))
        indices[axis] = .value(modulo(number, size))
        rest = .value(floorDivide(number, size))
      }
    }
    return indices
  }

  /// The row-major number of the only element of a place.
  mutating func raveled(_ place: Place) -> PlaceIndex {
    var number = PlaceIndex.known(0)
    for (axis, size) in place.shape.enumerated() where size != Dim(1) {
      let index = place.indices[axis] ?? .known(0)
      if case .known(let outer) = number, outer == 0 {
        number = index
      } else if case .known(let outer) = number, case .known(let inner) = index,
        let size = size.constant
      {
        number = .known(outer * size + inner)
      } else {
        let outer = multiply(value(of: number), self.size(size, .i64))
        number = .value(add(outer, value(of: index)))
      }
    }
    return number
  }
}
