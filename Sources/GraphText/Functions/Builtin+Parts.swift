import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions that cut, turn and repeat.
  static let parts: [Builtin] = [
    Builtin("split", ["x", "parts"], options: ["axis"]) { checker, call in checker.split(call) },
    Builtin("roll", ["x", "shift"], options: ["axis"]) { checker, call in [checker.roll(call)] },
    Builtin("tile", ["x", "counts"]) { checker, call in [checker.tile(call)] },
    Builtin("repeat", ["x", "count"], options: ["axis"]) { checker, call in
      [checker.repeated(call)]
    },
  ]
}

extension GraphChecker {
  // MARK: split

  /// `split(x, 3, axis: 0)`, `split(x, [2, 5], axis: 0)`.
  fileprivate mutating func split(_ call: BuiltinCall) -> [Meaning] {
    let operand = operand(call)
    guard let type = type(of: operand.meaning),
      let axis = axis(call, rank: type.rank, default: 0),
      let bounds = bounds(call.operands[1], along: type.shape[axis]),
      let value = value(of: operand.meaning, at: operand.expr.site)
    else { return [.invalid] }
    let isWeak = isWeak(operand.meaning)
    return zip(bounds, bounds.dropFirst()).map { start, end in
      build(at: call.site, isWeak: isWeak) { b throws(TypeError) in
        b.slice(value, axis: axis, from: start, size: end - start)
      }
    }
  }

  /// Where parts begin and end: of a number of equal ones, or at places that are given.
  private mutating func bounds(_ expr: Expr, along size: Dim) -> [Dim]? {
    guard case .array(let exprs) = expr.kind else {
      guard let count = integer(expr, "the number of parts") else { return nil }
      guard count > 0, count <= 1 << 16 else {
        error("the number of parts is positive", at: expr.site)
        return nil
      }
      if let constant = size.constant, constant % count != 0 {
        error("\(size) elements do not divide into \(count) equal parts", at: expr.site)
        return nil
      }
      if !size.isMultiple(of: count) { check(.multiple(size, Dim(count)), at: expr.site) }
      return (0...count).map { $0 == count ? size : $0 * size.quotient(count) }
    }
    var bounds = [Dim(0)]
    for expr in exprs {
      guard let place = self.size(expr) else { return nil }
      let bound = place.constant.map { $0 < 0 ? size + place : place } ?? place
      guard
        require(
          bound - bounds[bounds.count - 1], at: expr.site,
          "the places of 'split' ascend from 0 on"),
        require(size - bound, at: expr.site, "\(place) is outside an axis of size \(size)")
      else { return nil }
      bounds.append(bound)
    }
    return bounds + [size]
  }

  // MARK: roll

  /// `roll(x, 1, axis: 0)`, `roll(x, [1, 2], axis: [0, 1])`; without `axis` in row-major order.
  fileprivate mutating func roll(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    let shifts = shifts(call.operands[1])
    guard let type = type(of: operand.meaning), let shifts,
      let value = value(of: operand.meaning, at: operand.expr.site)
    else { return .invalid }
    var axes: [Int]?
    if let expr = call.options["axis"] {
      let given = list(of: expr).compactMap { axis($0, rank: type.rank) }
      guard given.count == list(of: expr).count else { return .invalid }
      axes = given
    }
    guard shifts.count == axes?.count ?? 1 else {
      return invalid("'roll' takes a shift for each axis", at: call.operands[1].site)
    }
    return build(at: call.site, isWeak: isWeak(operand.meaning)) { b throws(TypeError) in
      guard let axes else {
        let flat = b.reshape(value, to: [type.count])
        return b.reshape(b.roll(flat, by: shifts[0], axis: 0), to: type.shape)
      }
      var result = value
      for (axis, shift) in zip(axes, shifts) { result = b.roll(result, by: shift, axis: axis) }
      return result
    }
  }

  /// How far elements move along each axis.
  private mutating func shifts(_ expr: Expr) -> [Value]? {
    var values: [Value] = []
    for expr in list(of: expr) {
      let meaning = check(expr)
      guard let type = type(of: meaning) else { return nil }
      guard type.dtype.isInteger, type.isScalar else {
        error("a shift is an integer, not \(type)", at: expr.site)
        return nil
      }
      guard let value = value(of: meaning, as: .i64, at: expr.site) else { return nil }
      values.append(value)
    }
    return values
  }

  /// The expressions of a list, or the one that stands alone.
  private func list(of expr: Expr) -> [Expr] {
    if case .array(let exprs) = expr.kind { exprs } else { [expr] }
  }

  // MARK: tile, repeat

  /// `tile(x, [2, 1])`.
  fileprivate mutating func tile(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    guard let type = type(of: operand.meaning), let counts = shape(call.operands[1]),
      let value = value(of: operand.meaning, at: operand.expr.site)
    else { return .invalid }
    let rank = max(type.rank, counts.count)
    let sizes = Array(repeating: Dim(1), count: rank - type.rank) + type.shape
    let times = Array(repeating: Dim(1), count: rank - counts.count) + counts
    let shape = zip(sizes, times).map { $0 * $1 }
    guard isCountable(shape) else {
      return invalid("this shape has more elements than 64 bits can count", at: call.site)
    }
    return build(at: call.site, isWeak: isWeak(operand.meaning)) { b throws(TypeError) in
      // Each axis stands behind one along which it is stretched.
      let apart = b.reshape(value, to: sizes.flatMap { [Dim(1), $0] })
      let stretched = b.broadcast(apart, to: zip(times, sizes).flatMap { [$0, $1] })
      return b.reshape(stretched, to: shape)
    }
  }

  /// `repeat(x, 2, axis: 0)`; without `axis` in row-major order.
  fileprivate mutating func repeated(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    guard let type = type(of: operand.meaning), let count = size(call.operands[1]),
      require(count, at: call.operands[1].site, "the count is \(count)"),
      let value = value(of: operand.meaning, at: operand.expr.site)
    else { return .invalid }
    var (shape, axis) = ([type.count], 0)
    if let expr = call.options["axis"] {
      guard let given = self.axis(expr, rank: type.rank) else { return .invalid }
      (shape, axis) = (type.shape, given)
    }
    var repeated = shape
    repeated[axis] = shape[axis] * count
    var stretched = shape
    stretched.insert(count, at: axis + 1)
    guard isCountable(repeated) else {
      return invalid("this shape has more elements than 64 bits can count", at: call.site)
    }
    return build(at: call.site, isWeak: isWeak(operand.meaning)) { b throws(TypeError) in
      let apart = b.expandDims(b.reshape(value, to: shape), axes: [axis + 1])
      return b.reshape(b.broadcast(apart, to: stretched), to: repeated)
    }
  }
}

extension Builder {
  /// The elements moved on along an axis; those that leave it come back at its beginning.
  fileprivate mutating func roll(_ value: Value, by shift: Value, axis: Int) -> Value {
    let size = shape(value)[axis]
    if let extent = size.constant,
      case .literal(.int(let number), _) = graph.node(of: shift).attributes
    {
      guard extent > 0 else { return value }
      let moved = Dim(((Int(number) % extent) + extent) % extent)
      guard moved != Dim(0) else { return value }
      let tail = slice(value, axis: axis, from: size - moved, size: moved)
      return concatenate(
        [tail, slice(value, axis: axis, from: Dim(0), size: size - moved)], axis: axis)
    }
    let count = self.size(size, .i64)
    let places = modulo(subtract(arange(size), modulo(shift, count)), count)
    return gather(value, axis: axis, at: places)
  }
}
