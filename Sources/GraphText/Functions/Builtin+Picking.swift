import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions of positions that are known when the graph runs.
  static let picking: [Builtin] = [
    Builtin("take", ["x", "i"], options: ["axis"]) { checker, call in [checker.take(call)] },
    Builtin("take_along_axis", ["x", "i"], options: ["axis"]) { checker, call in
      [checker.takeAlongAxis(call)]
    },
    Builtin("slice", ["x", "starts"], required: ["size"]) { checker, call in
      [checker.slice(call)]
    },
    update(.setAt), update(.addAt),
  ]

  /// A value with a part replaced or added to.
  private static func update(_ operation: Operation) -> Builtin {
    Builtin(operation.name, ["x[…]", "v"]) { checker, call in [checker.update(operation, call)] }
  }
}

extension GraphChecker {
  // MARK: take

  /// `take(x, i, axis: 1)`; without `axis` the places are those in row-major order.
  fileprivate mutating func take(_ call: BuiltinCall) -> Meaning {
    let operands = operands(call)
    guard let type = type(of: operands[0].meaning),
      let value = value(of: operands[0].meaning, at: operands[0].expr.site)
    else { return .invalid }
    var axis: Int?
    if let expr = call.options["axis"] {
      guard let given = self.axis(expr, rank: type.rank) else { return .invalid }
      axis = given
    }
    let size = axis.map { type.shape[$0] } ?? type.count
    guard let positions = positions(operands[1], axis: axis ?? 0, of: size) else {
      return .invalid
    }
    return build(at: call.site, isWeak: isWeak(operands[0].meaning)) { b throws(TypeError) in
      let x = axis == nil ? b.reshape(value, to: [type.count]) : value
      return b.gather(x, axis: axis ?? 0, at: positions)
    }
  }

  /// `take_along_axis(x, i, axis: 1)`: of each line along the axis the elements that `i` has there.
  fileprivate mutating func takeAlongAxis(_ call: BuiltinCall) -> Meaning {
    let operands = operands(call)
    guard let type = type(of: operands[0].meaning), let given = self.type(of: operands[1].meaning),
      let axis = axis(call, rank: type.rank, default: -1)
    else { return .invalid }
    guard given.rank == type.rank else {
      return invalid(
        "'take_along_axis' takes as many axes of places as of elements: \(given.rank) are not "
          + "\(type.rank)", at: operands[1].expr.site)
    }
    guard let value = value(of: operands[0].meaning, at: operands[0].expr.site),
      let positions = positions(operands[1], axis: axis, of: type.shape[axis])
    else { return .invalid }
    let isWeak = isWeak(operands[0].meaning)
    return build(at: call.site, isWeak: isWeak, about: call.operands) { b throws(TypeError) in
      var wide = type.shape
      wide[axis] = given.shape[axis]
      let shape = try TypeRules.broadcast([given.shape, wide])
      var source = shape
      source[axis] = type.shape[axis]
      let places = shape.indices.map { place in
        place == axis ? b.broadcast(positions, to: shape) : b.iota(shape, axis: place)
      }
      let picking = Picking(axes: Array(shape.indices), place: 0)
      return b.emit(.gather, [b.broadcast(value, to: source)] + places, .picking(picking))
    }
  }

  // MARK: slice

  /// `slice(x, [i, j], size: [3, 4])`.
  fileprivate mutating func slice(_ call: BuiltinCall) -> Meaning {
    let operand = operand(call)
    let starts = starts(call.operands[1])
    guard let type = type(of: operand.meaning), let starts, let sizeExpr = call.options["size"],
      let size = shape(sizeExpr), let value = value(of: operand.meaning, at: operand.expr.site)
    else { return .invalid }
    guard starts.count == type.rank, size.count == type.rank else {
      return invalid(
        "'slice' takes a start and a size for each of the \(type.rank) axes of \(type), not "
          + "\(starts.count) and \(size.count)", at: call.site)
    }
    var axes: [SliceAxis] = []
    for (axis, (extent, size)) in zip(type.shape, size).enumerated() {
      let room = extent - size
      guard require(
        room, at: sizeExpr.site, "\(size) elements do not fit in axis \(axis) of size \(extent)")
      else { return .invalid }
      guard let stretch = stretch(starts[axis], size, axis: axis, of: extent) else {
        return .invalid
      }
      axes.append(stretch)
    }
    let positions = starts.map { start in
      if case .value(let value, _) = start.meaning { value } else { Value?.none }
    }
    return build(at: call.site, isWeak: isWeak(operand.meaning)) { b throws(TypeError) in
      var result = b.slice(value, axes)
      for (axis, start) in positions.enumerated() {
        guard let start else { continue }
        let places = b.places(from: start, count: size[axis], of: type.shape[axis])
        result = b.gather(result, axis: axis, at: places)
      }
      return result
    }
  }

  /// Where a slice starts along each axis: integers, or the elements of a vector of them.
  private mutating func starts(_ expr: Expr) -> [Operand]? {
    if case .array(let exprs) = expr.kind {
      let operands = exprs.map { Operand(expr: $0, meaning: check($0)) }
      return operands.contains { $0.meaning.isInvalid } ? nil : operands
    }
    let meaning = check(expr)
    guard let type = type(of: meaning), let value = value(of: meaning, at: expr.site) else {
      return nil
    }
    guard type.rank == 1, let count = type.shape[0].constant, count <= 64 else {
      return type.isScalar ? [Operand(expr: expr, meaning: meaning)] : refuseStarts(at: expr.site)
    }
    guard hasRoom(at: expr.site) else { return nil }
    builder.site = expr.site
    return (0..<count).map { number in
      let element = builder.slice(value, axis: 0, from: Dim(number), size: Dim(1))
      return Operand(
        expr: expr, meaning: .value(builder.squeeze(element, axes: [0]), isWeak: false))
    }
  }

  private mutating func refuseStarts(at site: Site) -> [Operand]? {
    error("a slice starts at one integer for each axis: '[i, j]'", at: site)
    return nil
  }

  /// The stretch of an axis that a slice takes, the whole where its start is known later.
  private mutating func stretch(
    _ start: Operand, _ size: Dim, axis: Int, of extent: Dim
  ) -> SliceAxis? {
    let site = start.expr.site
    guard case .size(let index) = start.meaning else {
      guard let type = type(of: start.meaning) else { return nil }
      guard type.dtype.isInteger, type.isScalar else {
        error("a slice starts at an integer, not at \(type)", at: site)
        return nil
      }
      return .whole(extent)
    }
    let place = index.constant.map { $0 < 0 ? extent + index : index } ?? index
    let message = "elements from \(index) on, \(size) of them, do not fit in axis \(axis) of size "
      + "\(extent)"
    guard require(place, at: site, message), require(extent - place - size, at: site, message)
    else { return nil }
    return SliceAxis(start: place, step: 1, size: size)
  }

  // MARK: set_at, add_at

  /// `set_at(x[1:3], v)`, `add_at(x[ids], v)`.
  fileprivate mutating func update(_ operation: Operation, _ call: BuiltinCall) -> Meaning {
    let target = call.operands[0]
    guard case .index(let base, let indexings) = target.kind else {
      for expr in call.operands { checkNames(expr) }
      if case .invalid = target.kind { return .invalid }
      return invalid(
        "'\(call.name.text)' takes what it changes with an index: '\(call.name.text)(x[1:3], v)'",
        at: target.site)
    }
    let whole = Operand(expr: base, meaning: check(base))
    let update = operand(call, 1)
    guard let type = type(of: whole.meaning), let given = self.type(of: update.meaning),
      let common = common([whole.meaning, update.meaning])
    else {
      for part in indexings.flatMap(\.subscripts) { checkNames(part) }
      return .invalid
    }
    guard isWeak(whole.meaning) || common.dtype == type.dtype else {
      for part in indexings.flatMap(\.subscripts) { checkNames(part) }
      return invalid(
        "what '\(call.name.text)' gives has the type of what it changes: \(given) does not go into "
          + "\(type)", at: update.expr.site)
    }
    guard
      let values = values(
        of: [whole.meaning, update.meaning], as: common.dtype, [base, update.expr])
    else { return .invalid }
    return self.update(
      operation, values[0], indexings, with: values[1], isWeak: common.isWeak, call)
  }

  /// A value with what indices behind one another pick from it replaced or added to.
  private mutating func update(
    _ operation: Operation, _ value: Value, _ indexings: [Indexing], with update: Value,
    isWeak: Bool, _ call: BuiltinCall
  ) -> Meaning {
    let base = call.operands[0].site
    var layers = [value]
    var selections: [Selection] = []
    for indexing in indexings {
      let part = base.through(indexing.site)
      let type = builder.type(layers[layers.count - 1])
      guard let selection = selection(indexing, of: type, at: part),
        let picked = self.value(
          of: build(at: part) { [layers] b throws(TypeError) in
            try b.pick(layers[layers.count - 1], selection)
          }, at: part)
      else { return .invalid }
      selections.append(selection)
      layers.append(picked)
    }
    let shape = builder.shape(layers.removeLast())
    guard (try? TypeRules.broadcast([builder.shape(update), shape])) == shape else {
      let failure = TypeError(
        "a value of shape \(TensorType.spelling(builder.shape(update))) does not fit the shape "
          + "\(TensorType.spelling(shape)) of what it goes into",
        dims: builder.shape(update) + shape)
      error(failure, at: call.operands[1].site, about: [call.operands[1]])
      return .invalid
    }
    return build(at: base, isWeak: isWeak) { [layers] b throws(TypeError) in
      var result = b.broadcast(update, to: shape)
      for (number, selection) in selections.enumerated().reversed() {
        // What is added through several indices is added up before it meets the value.
        let target =
          operation == .addAt && number > 0 ? b.zeros(b.type(layers[number])) : layers[number]
        result = try b.update(target, selection, with: result, operation)
      }
      return result
    }
  }
}

extension Builder {
  /// The elements at positions along one axis, which gives way to the axes of the positions.
  mutating func gather(_ value: Value, axis: Int, at positions: Value) -> Value {
    emit(.gather, [value, positions], .picking(Picking(axes: [axis], place: axis)))
  }

  /// The places of a stretch from a start that may count from the end. A start that lies outside
  /// gives places that lie outside.
  fileprivate mutating func places(from start: Value, count: Dim, of extent: Dim) -> Value {
    // What 64 bits cannot count lies behind every axis.
    let bounded =
      dtype(start) == .u64 ? minimum(start, literal(.int(.max), .u64)) : start
    let given = convert(bounded, to: .i64)
    let zero = literal(0, like: given)
    let size = size(extent, .i64)
    let counted = select(less(given, zero), add(given, size), given)
    let place = select(less(counted, zero), size, minimum(counted, size))
    return add(place, arange(count))
  }
}
