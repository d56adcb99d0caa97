import GraphIR
import Ops
import Support

/// A node, or what of it computes one place of its result, or from one place of an operand.
struct Restriction {
  /// What a rule sees: the operands and results, or the parts of them.
  var context: DerivativeContext
  /// The places of operands and result; nil for what is whole.
  private(set) var operandPlaces: [Place?]
  private(set) var resultPlace: Place?

  /// The node as it stands.
  init(_ context: DerivativeContext) {
    self.context = context
    operandPlaces = context.operands.map { _ in nil }
  }

  fileprivate init(_ context: DerivativeContext, _ operands: [Place?], _ result: Place?) {
    self.context = context
    operandPlaces = operands
    resultPlace = result
  }
}

/// A line of axes, with the index along it in each operand and in the result.
private struct ChosenLine {
  let line: AxisLine
  let operands: [PlaceIndex]
  let result: PlaceIndex
}

extension Differentiator {
  /// All of a node.
  mutating func whole(_ node: Node) -> Restriction { Restriction(context(of: node)) }

  /// What of a node computes one place of its result; nil where that is not known to be less.
  mutating func restriction(of node: Node, toResult place: Place) -> Restriction? {
    let lines = node.axisLines(in: builder.graph)
    var chosen: [ChosenLine] = []
    for axis in place.axes {
      guard let index = place.indices[axis], let line = lines.first(where: { $0.result == axis })
      else { return nil }
      let inner = builder.index(index, times: line.step, plus: line.offset)
      chosen.append(choice(of: line, in: node, operand: inner, result: index))
    }
    return restriction(of: node, chosen)
  }

  /// What of a node depends on one place of an operand; nil where that is not known to be less.
  mutating func restriction(of node: Node, toOperand number: Int, _ place: Place) -> Restriction? {
    let lines = node.axisLines(in: builder.graph)
    var chosen: [ChosenLine] = []
    for axis in place.axes {
      guard let index = place.indices[axis],
        let line = lines.first(where: { $0.operands[number] == axis }),
        let outer = resultIndex(of: index, along: line, in: node)
      else { return nil }
      chosen.append(choice(of: line, in: node, operand: index, result: outer))
    }
    return restriction(of: node, chosen)
  }

  /// The index along a line in the result for that in the operand; nil where it may lie outside.
  private mutating func resultIndex(
    of index: PlaceIndex, along line: AxisLine, in node: Node
  ) -> PlaceIndex? {
    if line.step == 1, line.offset == Dim(0), node.operation != .slice { return index }
    if node.operation == .flip { return builder.index(index, times: -1, plus: line.offset) }
    guard case .known(let number) = index, let result = line.result,
      let start = line.offset.constant, (number - start) % line.step == 0,
      case let place = (number - start) / line.step, place >= 0,
      let size = builder.shape(node.result)[result].constant, place < size
    else { return nil }
    return .known(place)
  }

  /// A line with its indices; an operand that is stretched along it has one element there.
  private func choice(
    of line: AxisLine, in node: Node, operand: PlaceIndex, result: PlaceIndex
  ) -> ChosenLine {
    let indices = line.operands.enumerated().map { number, axis in
      axis.map { builder.shape(node.operands[number])[$0] } == Dim(1) ? .known(0) : operand
    }
    return ChosenLine(line: line, operands: indices, result: result)
  }

  private mutating func restriction(of node: Node, _ chosen: [ChosenLine]) -> Restriction {
    var context = context(of: node)
    let places = node.operands.indices.map { number in
      var place = Place(indices: [:], shape: builder.shape(node.operands[number]))
      for choice in chosen {
        if let axis = choice.line.operands[number] { place.indices[axis] = choice.operands[number] }
      }
      return place
    }
    var result = Place(indices: [:], shape: builder.shape(node.result))
    for choice in chosen {
      if let axis = choice.line.result { result.indices[axis] = choice.result }
    }
    context.operands = zip(node.operands, places).map { builder.part(of: $0, at: $1) }
    context.results = [builder.part(of: context.results[0], at: result)]
    context.attributes = node.attributes(without: chosen.map(\.line), in: builder.graph)
    return Restriction(context, places, result)
  }
}

extension Builder {
  /// The axes of 1 of a place put back into the part, which is whole where no others are left.
  mutating func settled(_ part: Value, _ place: Place?) -> (part: Value, place: Place?) {
    guard var place, !place.indices.isEmpty else { return (part, nil) }
    let short = place.axes.filter { place.shape[$0] == Dim(1) }
    let longer = place.axes.filter { place.shape[$0] != Dim(1) }
    for axis in short { place.indices[axis] = nil }
    let axes = short.map { axis in axis - longer.count { $0 < axis } }
    return (expandDims(part, axes: axes), longer.isEmpty ? nil : place)
  }
}

/// Moves of elements from one place to another.
extension Builder {
  /// The operand that a place of a result comes from as it stands, and its place there; nil where
  /// the node does more than move it.
  mutating func source(of place: Place, in node: Node) -> (operand: Int, place: Place)? {
    if node.operation == .reshape, place.isElement {
      let shape = self.shape(node.operands[0])
      return (0, Place(indices: unraveled(raveled(place), shape), shape: shape))
    }
    guard node.operation == .concatenate, case .axis(let axis) = node.attributes,
      case .known(var index) = place.indices[axis]
    else { return nil }
    for (number, operand) in node.operands.enumerated() {
      guard let size = shape(operand)[axis].constant else { return nil }
      if index < size {
        var source = place
        source.shape = shape(operand)
        source.indices[axis] = size == 1 ? nil : .known(index)
        return (number, source)
      }
      index -= size
    }
    return nil
  }

  /// The place of a result to which that of an operand moves; nil where the node does more than
  /// move it.
  mutating func target(of place: Place, ofOperand number: Int, in node: Node) -> Place? {
    let shape = self.shape(node.result)
    if node.operation == .reshape, place.isElement {
      return Place(indices: unraveled(raveled(place), shape), shape: shape)
    }
    guard node.operation == .concatenate, case .axis(let axis) = node.attributes,
      case .known(let index) = place.indices[axis] ?? (place.shape[axis] == Dim(1) ? .known(0) : nil),
      let start = node.operands[..<number].reduce(Dim(0), { $0 + self.shape($1)[axis] }).constant
    else { return nil }
    var target = place
    target.shape = shape
    target.indices[axis] = shape[axis] == Dim(1) ? nil : .known(start + index)
    return target
  }
}
