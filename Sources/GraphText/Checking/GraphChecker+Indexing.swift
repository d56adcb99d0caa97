import GraphIR
import Ops
import Support

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
    guard let selection = selection(indexing, of: type, at: site) else { return .invalid }
    return build(at: site, isWeak: isWeak(meaning)) { b throws(TypeError) in
      try b.pick(value, selection)
    }
  }

  /// Reads an index.
  ///
  /// - Parameters:
  ///   - site: what is indexed, with the index.
  mutating func selection(
    _ indexing: Indexing, of type: TensorType, at site: Site
  ) -> Selection? {
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
        selection.parts.append(.ellipsis)
        selectWhole(type.rank - named, of: type, &selection)
      } else if !select(part, of: type, &selection) {
        isSound = false
      }
    }
    selectWhole(type.rank - selection.axes.count, of: type, &selection)
    guard isSound, alignPicks(&selection, indexing, at: site) else { return nil }
    return selection
  }

  /// Broadcasts the positions together; whether they fit.
  private mutating func alignPicks(
    _ selection: inout Selection, _ indexing: Indexing, at site: Site
  ) -> Bool {
    guard !selection.picks.isEmpty else { return true }
    let shapes = selection.picks.map { builder.shape($0.positions) }
    do {
      let common = try TypeRules.broadcast(shapes)
      builder.site = site
      for number in selection.picks.indices {
        let positions = selection.picks[number].positions
        selection.picks[number].positions = builder.broadcast(positions, to: common)
      }
      return true
    } catch {
      self.error(error, at: indexing.site)
      return false
    }
  }

  /// Takes some axes as they are.
  private func selectWhole(_ count: Int, of type: TensorType, _ selection: inout Selection) {
    for _ in 0..<count {
      selection.axes.append(.whole(type.shape[selection.axes.count]))
      selection.parts.append(.kept)
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
      selection.parts.append(.new)
      return true
    case .index(let expr): return selectPlaces(expr, axis: axis, of: type.shape[axis], &selection)
    case .slice(let slice):
      let stretch = stretch(slice, axis: axis, of: type.shape[axis])
      selection.axes.append(stretch ?? .whole(type.shape[axis]))
      selection.parts.append(.kept)
      return stretch != nil
    }
  }

  /// Reads an integer or positions along an axis; whether they have no mistakes.
  private mutating func selectPlaces(
    _ expr: Expr, axis: Int, of size: Dim, _ selection: inout Selection
  ) -> Bool {
    let meaning = check(expr)
    if case .size(let index) = meaning {
      let place = place(index, at: expr.site, axis: axis, of: size)
      selection.axes.append(SliceAxis(start: place ?? Dim(0), step: 1, size: Dim(1)))
      selection.squeezed.append(axis)
      selection.parts.append(.place)
      return place != nil
    }
    selection.axes.append(.whole(size))
    selection.parts.append(.picked)
    guard let positions = positions(Operand(expr: expr, meaning: meaning), axis: axis, of: size)
    else { return false }
    selection.picks.append(Selection.Pick(axis: axis, positions: positions))
    return true
  }

  /// The place that a known integer names along an axis of a size.
  mutating func place(_ index: Dim, at site: Site, axis: Int, of size: Dim) -> Dim? {
    let place = counted(index, from: size, at: site, least: 1)
    let message = "index \(index) is out of range for axis \(axis) of size \(size)"
    guard require(place, at: site, message), require(size - place - 1, at: site, message)
    else { return nil }
    return place
  }

  /// Integers that name places along an axis of a size; those that are known are checked here,
  /// others when the graph runs.
  mutating func positions(_ operand: Operand, axis: Int, of size: Dim) -> Value? {
    guard let dtype = type(of: operand.meaning)?.dtype else { return nil }
    let site = operand.expr.site
    guard dtype.isInteger else {
      let kind = operand.meaning.literal == nil ? ", not '\(dtype.rawValue)'" : ""
      error(
        dtype == .bool
          ? "an index is an integer; what a mask picks has no size: write 'where(…)'"
          : "an index is an integer" + kind, at: site)
      return nil
    }
    guard let value = value(of: operand.meaning, at: site) else { return nil }
    if let extent = size.constant,
      let outside = integers(value).first(where: { $0 < -Int64(extent) || $0 >= Int64(extent) })
    {
      error("index \(outside) is out of range for axis \(axis) of size \(size)", at: site)
      return nil
    }
    return value
  }

  /// The integers of a value that is data or a literal; of others none.
  private func integers(_ value: Value) -> [Int64] {
    let attributes = builder.graph.node(of: value).attributes
    if case .data(let number) = attributes { return builder.graph.data[number].integers }
    if case .literal(.int(let number), _) = attributes { return [number] }
    return []
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
