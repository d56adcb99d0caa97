package import GraphIR
package import Support

/// Shorthands for operations that move elements. What leaves a value as it is adds no node.
extension Builder {
  /// The value with its axes in another order: axis `i` of the result is axis `axes[i]`.
  package mutating func transpose(_ value: Value, _ axes: [Int]) -> Value {
    axes == Array(axes.indices) ? value : emit(.transpose, [value], .axes(axes))
  }

  /// The same elements in row-major order under another shape.
  package mutating func reshape(_ value: Value, to shape: [Dim]) -> Value {
    self.shape(value) == shape ? value : emit(.reshape, [value], .shape(shape))
  }

  /// The value without these axes of 1, ascending.
  package mutating func squeeze(_ value: Value, axes: [Int]) -> Value {
    axes.isEmpty ? value : emit(.squeeze, [value], .axes(axes))
  }

  /// Elements at even distances along every axis.
  package mutating func slice(_ value: Value, _ axes: [SliceAxis]) -> Value {
    axes == shape(value).map { .whole($0) } ? value : emit(.slice, [value], .slice(axes))
  }

  /// A stretch of one axis, and the whole of the others.
  package mutating func slice(_ value: Value, axis: Int, from start: Dim, size: Dim) -> Value {
    var axes = shape(value).map { SliceAxis.whole($0) }
    axes[axis] = SliceAxis(start: start, step: 1, size: size)
    return slice(value, axes)
  }

  /// The value with a scalar around and between its elements.
  package mutating func pad(_ value: Value, with scalar: Value, _ axes: [PadAxis]) -> Value {
    let none = PadAxis(low: Dim(0), high: Dim(0))
    return axes.allSatisfy { $0 == none } ? value : emit(.pad, [value, scalar], .pad(axes))
  }

  /// Values one behind the other along an axis.
  package mutating func concatenate(_ values: [Value], axis: Int) -> Value {
    values.count == 1 ? values[0] : emit(.concatenate, values, .axis(axis))
  }

  /// Values of one shape along a new axis.
  package mutating func stack(_ values: [Value], axis: Int) -> Value {
    var expanded: [Value] = []
    for value in values { expanded.append(expandDims(value, axes: [axis])) }
    return concatenate(expanded, axis: axis)
  }

  /// The elements in reverse order along axes, ascending.
  package mutating func flip(_ value: Value, axes: [Int]) -> Value {
    axes.isEmpty ? value : emit(.flip, [value], .axes(axes))
  }

  /// The numbers from 0 to `count - 1` as `i64`.
  package mutating func arange(_ count: Dim) -> Value { emit(.arange, [], .shape([count])) }

  /// The place of each element of a shape along one axis as `i64`.
  package mutating func iota(_ shape: [Dim], axis: Int) -> Value {
    let behind = Array(1..<(shape.count - axis))
    return broadcast(expandDims(arange(shape[axis]), axes: behind), to: shape)
  }

  /// A size as a scalar of a type: a constant where it is known.
  package mutating func size(_ size: Dim, _ dtype: DType) -> Value {
    if let constant = size.constant { return literal(.int(Int64(constant)), dtype) }
    return convert(emit(.size, [], .shape([size])), to: dtype)
  }
}
