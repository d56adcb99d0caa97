import GraphIR
import Ops
import Support

/// What has flown back to a value, with what is known of where it is 0.
struct Cotangent {
  var value: Value
  /// Where given, a `bool` value that broadcasts to the shape: where it does not hold, structure
  /// has left the place out, and the cotangent is exactly 0 whatever has been computed there.
  var mask: Value?
  /// Where given, the tensor is 0 but in this place, and value and mask are those of the part there.
  var place: Place? = nil
}

extension Builder {
  /// The cotangent as a whole tensor, which its place masks.
  mutating func whole(_ cotangent: Cotangent) -> Cotangent {
    guard let place = cotangent.place else { return cotangent }
    let everywhere = broadcast(literal(.bool(true), .bool), to: place.partShape)
    let mask = cotangent.mask.map { broadcast($0, to: place.partShape) } ?? everywhere
    return Cotangent(
      value: whole(cotangent.value, at: place), mask: whole(mask, at: place))
  }

  /// The sum of two cotangents of one value; those of one place stay there.
  mutating func sum(_ a: Cotangent, _ b: Cotangent) -> Cotangent {
    let isTogether = a.place == b.place
    let (a, b) = isTogether ? (a, b) : (whole(a), whole(b))
    return Cotangent(
      value: add(a.value, b.value), mask: disjunction(a.mask, b.mask),
      place: isTogether ? a.place : nil)
  }

  /// Holds where both hold; nil holds everywhere.
  mutating func conjunction(_ a: Value?, _ b: Value?) -> Value? {
    guard let a else { return b }
    guard let b, a != b else { return a }
    return and(a, b)
  }

  /// Holds where either holds; nil holds everywhere.
  mutating func disjunction(_ a: Value?, _ b: Value?) -> Value? {
    guard let a, let b else { return nil }
    return a == b ? a : or(a, b)
  }

  /// The value where the mask holds, else exactly 0.
  mutating func masked(_ value: Value, by mask: Value) -> Value {
    select(mask, value, literal(0.0, like: value))
  }

  /// The cotangent of an operand of a shape that was broadcast to the cotangent's.
  mutating func sum(_ cotangent: Cotangent, to shape: [Dim]) -> Cotangent {
    let from = self.shape(cotangent.value)
    if from == shape { return cotangent }
    let mask = cotangent.mask.map { sum(broadcast($0, to: from), to: shape) }
    return Cotangent(value: sum(cotangent.value, to: shape), mask: mask)
  }

  /// The cotangent of a result times a partial derivative.
  mutating func apply(_ factors: [Factor], to cotangent: Cotangent) -> Cotangent {
    var (value, selected, isScaled) = applied(factors, to: cotangent.value)
    let mask = conjunction(cotangent.mask, selected)
    // A product is 0 where the cotangent is, unless the partial is infinite or NaN.
    if let zeros = isScaled ? mask : selected { value = masked(value, by: zeros) }
    return Cotangent(value: value, mask: mask)
  }

  /// The tangent of a result by a partial derivative.
  mutating func apply(_ factors: [Factor], toTangent tangent: Value) -> Value {
    let (value, selected, _) = applied(factors, to: tangent)
    return selected.map { masked(value, by: $0) } ?? value
  }

  /// Applies all factors but the selections, which are left for the end as one mask; tells whether
  /// the value was scaled by what need not be finite.
  private mutating func applied(
    _ factors: [Factor], to start: Value
  ) -> (value: Value, selected: Value?, isScaled: Bool) {
    var value = start
    var selected: Value?
    var isScaled = false
    for factor in factors {
      switch factor {
      case .times(let partial):
        value = multiply(value, partial)
        isScaled = isScaled || !isFinite(partial)
      case .over(let partial):
        value = divide(value, partial)
        isScaled = isScaled || !isFinite(partial) || graph.literal(partial)?.double == 0
      case .negated:
        value = negate(value)
      case .selected(let mask):
        selected = conjunction(selected, mask)
      }
    }
    return (value, selected, isScaled)
  }

  /// Whether a value is known to be a finite number.
  private func isFinite(_ value: Value) -> Bool {
    graph.literal(value)?.double.isFinite ?? false
  }

  /// The mask of the only operand of a function along axes, given that of its result: an element is
  /// left out where all results are in which it has a part. Nil for other functions.
  mutating func mask(_ mask: Value?, alongAxesOf context: DerivativeContext) -> Value? {
    guard let mask, context.operands.count == 1, context.results.count == 1 else { return nil }
    let shape = self.shape(context.result)
    let whole = broadcast(mask, to: shape)
    if case .reduction = context.attributes { return restoringAxes(whole, of: context) }
    let axes: [Int]
    if case .axis(let axis) = context.attributes {
      axes = [axis]
    } else if case .axes(let several) = context.attributes {
      axes = several
    } else {
      return nil
    }
    guard shape == self.shape(context.operands[0]) else { return nil }
    return emit(.sum, [whole], .reduction(axes: axes, keepDims: true))
  }

  /// The cotangent that a rule gives by itself: where it ends in a `where` against 0, the condition
  /// is its mask.
  func recognized(_ value: Value) -> Cotangent {
    let node = graph.node(of: value)
    guard node.operation == .select, graph.literal(node.operands[2])?.double == 0 else {
      return Cotangent(value: value, mask: nil)
    }
    return Cotangent(value: value, mask: node.operands[0])
  }
}
