import GraphIR
import Ops
import Support

/// What an index does to the axes of a value.
private struct Selection {
  /// A stretch of each axis of the value.
  var axes: [SliceAxis] = []
  /// The axes of the value that go away.
  var squeezed: [Int] = []
  /// The places of new axes, in the result.
  var new: [Int] = []
  /// The number of axes of the result so far.
  var rank = 0
}

extension GraphChecker {
  /// `x[i][:, new]`.
  mutating func index(_ base: Expr, _ indexings: [Indexing], at site: Site) -> Meaning {
    var meaning = check(base)
    for indexing in indexings {
      let part = base.site.through(indexing.site)
      meaning = index(meaning, indexing, at: part)
    }
    return meaning
  }

  /// One pair of brackets behind a value.
  private mutating func index(
    _ meaning: Meaning, _ indexing: Indexing, at site: Site
  ) -> Meaning {
    guard let type = type(of: meaning), let value = value(of: meaning, at: site) else {
      for part in indexing.subscripts { checkNames(part) }
      return .invalid
    }
    let weak = isWeak(meaning)
    guard let selection = selection(indexing, of: type) else { return .invalid }
    return build(at: site, isWeak: weak) { b throws(TypeError) in
      var axes = selection.axes
      // What needs no elements may begin anywhere.
      for axis in axes.indices where axes[axis].size == Dim(0) { axes[axis].start = Dim(0) }
      let slice = axes == type.shape.map { .whole($0) }
        ? value : try b.tryEmit(.slice, [value], .slice(axes))[0]
      return b.expandDims(b.squeeze(slice, axes: selection.squeezed), axes: selection.new)
    }
  }

  /// Reads an index.
  private mutating func selection(_ indexing: Indexing, of type: TensorType) -> Selection? {
    let parts = indexing.subscripts
    let named = parts.count { part in
      switch part {
      case .index, .slice: true
      case .ellipsis, .newAxis: false
      }
    }
    let ellipses = parts.count { if case .ellipsis = $0 { true } else { false } }
    guard named <= type.rank else {
      error(
        "\(named) \(named == 1 ? "index" : "indices") for the \(type.rank) "
          + "\(type.rank == 1 ? "axis" : "axes") of \(type)", at: indexing.site)
      for part in parts { checkNames(part) }
      return nil
    }
    guard ellipses <= 1 else {
      error("an index has at most one '...'", at: indexing.site)
      return nil
    }
    var selection = Selection()
    var isSound = true
    for part in parts {
      if case .ellipsis = part {
        selectWhole(type.rank - named, of: type, &selection)
      } else if !select(part, of: type, &selection) {
        isSound = false
      }
    }
    selectWhole(type.rank - selection.axes.count, of: type, &selection)
    return isSound ? selection : nil
  }

  /// Takes some axes as they are.
  private func selectWhole(_ count: Int, of type: TensorType, _ selection: inout Selection) {
    for _ in 0..<count {
      selection.axes.append(.whole(type.shape[selection.axes.count]))
      selection.rank += 1
    }
  }

  /// Reads one part of an index; whether it has no mistakes.
  private mutating func select(
    _ part: Subscript, of type: TensorType, _ selection: inout Selection
  ) -> Bool {
    let axis = selection.axes.count
    switch part {
    case .ellipsis: return true
    case .newAxis:
      selection.new.append(selection.rank)
      selection.rank += 1
      return true
    case .index(let expr):
      let place = place(expr, axis: axis, of: type.shape[axis])
      selection.axes.append(SliceAxis(start: place ?? Dim(0), step: 1, size: Dim(1)))
      selection.squeezed.append(axis)
      return place != nil
    case .slice(let slice):
      let stretch = stretch(slice, axis: axis, of: type.shape[axis])
      selection.axes.append(stretch ?? .whole(type.shape[axis]))
      selection.rank += 1
      return stretch != nil
    }
  }

  /// The place that an integer index names along an axis of a size.
  private mutating func place(_ expr: Expr, axis: Int, of size: Dim) -> Dim? {
    switch check(expr) {
    case .invalid: return nil
    case .size(let index):
      let place = counted(index, from: size, at: expr.site, least: 1)
      let message = "index \(index) is out of range for axis \(axis) of size \(size)"
      guard require(place, at: expr.site, message),
        require(size - place - 1, at: expr.site, message)
      else { return nil }
      return place
    case .number:
      error("an index is an integer", at: expr.site)
      return nil
    case .array(let array):
      refuse(index: array.tensor.dtype, at: expr.site)
      return nil
    case .value(let value, _):
      refuse(index: builder.dtype(value), at: expr.site)
      return nil
    }
  }

  /// Reports an index that is a value.
  private mutating func refuse(index dtype: DType, at site: Site) {
    if dtype.isInteger {
      error("an index that is known only when the graph runs is not supported yet", at: site)
    } else if dtype == .bool {
      error("an index is an integer; what a mask picks has no size: write 'where(…)'", at: site)
    } else {
      error("an index is an integer, not '\(dtype.rawValue)'", at: site)
    }
  }

  /// A place that is counted from the end where it is negative.
  ///
  /// What is negative for all symbols counts from the end too, and is checked to be so; what may be
  /// either counts from the beginning.
  private mutating func counted(_ index: Dim, from size: Dim, at site: Site, least: Int) -> Dim {
    if let constant = index.constant { return constant < 0 ? size + index : index }
    guard (-index).isKnownNonNegative else { return index }
    check(.inRange(-index - least), at: site)
    return size + index
  }

  /// `lower:upper:step` along an axis of a size.
  private mutating func stretch(_ slice: Slice, axis: Int, of size: Dim) -> SliceAxis? {
    let lower = slice.lower.map { self.size($0) }
    let upper = slice.upper.map { self.size($0) }
    let step = step(slice)
    guard let step, lower != .some(nil), upper != .some(nil) else { return nil }
    let outside = { (bound: Dim) in "\(bound) is outside axis \(axis) of size \(size)" }
    func site(_ expr: Expr?) -> Site { expr?.site ?? slice.site }
    var start = step > 0 ? Dim(0) : size - 1
    var stop = step > 0 ? size : Dim(-1)
    if case .some(.some(let bound)) = lower {
      start = counted(bound, from: size, at: site(slice.lower), least: 1)
      let last = step > 0 ? size : size - 1
      guard require(start, at: site(slice.lower), outside(bound)),
        require(last - start, at: site(slice.lower), outside(bound))
      else { return nil }
    }
    if case .some(.some(let bound)) = upper {
      stop = counted(bound, from: size, at: site(slice.upper), least: 1)
      guard require(stop, at: site(slice.upper), outside(bound)),
        require(size - stop, at: site(slice.upper), outside(bound))
      else { return nil }
    }
    return stretch(from: start, to: stop, step: step, at: slice.site)
  }

  /// The elements from a place on up to another, without that one.
  private mutating func stretch(
    from start: Dim, to stop: Dim, step: Int, at site: Site
  ) -> SliceAxis {
    let length = step > 0 ? stop - start : start - stop
    if TypeRules.isNegative(length) || length == Dim(0) {
      return SliceAxis(start: Dim(0), step: 1, size: Dim(0))
    }
    // A bound may lie before the other only where that is known, since sizes are not clamped.
    if !length.isKnownNonNegative { check(.inRange(length), at: site) }
    let stride = abs(step)
    return SliceAxis(start: start, step: step, size: (length + (stride - 1)).quotient(stride))
  }

  /// The step of a slice, 1 if none is given.
  private mutating func step(_ slice: Slice) -> Int? {
    guard let expr = slice.step else { return 1 }
    guard let size = size(expr) else { return nil }
    guard let step = size.constant, step != 0, abs(max(step, -.max)) < 1 << 32 else {
      error("the step of a slice is an integer literal, not 0", at: expr.site)
      return nil
    }
    return step
  }
}
