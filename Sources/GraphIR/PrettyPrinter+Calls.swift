import Support

extension PrettyPrinter {
  /// A node as a call, with what its attributes say in the language's spelling.
  func call(_ node: Node, _ operands: [Piece]) -> [Piece] {
    let name = node.operation.name
    switch node.attributes {
    case .none, .literal, .data, .parameter, .pads, .contraction, .picking, .loop:
      return call(name, operands)
    case .call(let form):
      return call(form.name, Array(operands.prefix(form.arguments)))
    case .external(let form):
      return call(form.name, operands)
    case .matrix(let form):
      return matrixCall(name, operands, form)
    case .integer(let number):
      return call(name, [.text(String(number))] + operands)
    case .dtype(let dtype):
      let isConstant = node.operands.first.map { graph.literal($0) != nil } ?? false
      return isConstant ? operands : call(dtype.rawValue, operands)
    case .axis(let axis):
      // An operation on several tensors along an axis takes them as a list.
      if name != "concatenate" { return call(name, operands, ["axis: \(axis)"]) }
      return [.text("concatenate(")] + bracketed(operands) + [.text(", axis: \(axis))")]
    case .axes(let axes):
      return call(name, operands, axes: axes, node)
    case .reduction(let axes, let keep):
      let rank = node.operands.first.map { graph.type($0).rank } ?? 0
      var options = axes.count == rank ? [] : ["axis: \(spelled(axes))"]
      if keep { options.append("keepdims: true") }
      return call(name, operands, options)
    case .shape(let shape):
      if name == "size", let size = shape.first { return [.text(operand(size))] }
      if operands.isEmpty, shape.count == 1 { return call(name, [.text(shape[0].description)]) }
      if name == "top_k", let count = shape.first { return call(name, operands, ["\(count)"]) }
      return call(name, operands, [TensorType.spelling(shape)])
    case .draw(let shape, let dtype):
      let options = dtype == .f64 ? [] : ["dtype: \(dtype.rawValue)"]
      return call(name, operands, [TensorType.spelling(shape)] + options)
    case .slice(let axes):
      return indexed(node, axes, squeezed: [])
    case .pad(let axes):
      return padded(node, axes, operands)
    case .windows(let axes):
      let sizes = axes.map(\.size.description).joined(separator: ", ")
      return call(name, operands, ["[\(sizes)]"] + options(axes, groups: 1))
    case .convolution(let convolution):
      return call(name, operands, options(convolution.axes, groups: convolution.groups))
    case .derivative(let request):
      return derivative(request, operands)
    }
  }

  /// `name(arguments, options)`.
  private func call(
    _ name: String, _ arguments: [Piece], _ options: [String] = []
  ) -> [Piece] {
    let all = arguments + options.map { Piece.text($0) }
    return [.text(name + "(")] + joined(all, by: ", ") + [.text(")")]
  }

  /// A function of a matrix whose form is not the plain one.
  private func matrixCall(_ name: String, _ operands: [Piece], _ form: MatrixForm) -> [Piece] {
    let given = [
      ("lower", form.isLower, true), ("unit", form.hasUnitDiagonal, false),
      ("transposed", form.isTransposed, false),
    ]
    let options = given.filter { $0.1 != $0.2 }.map { "\($0.0): \($0.1)" }
    return call(name, operands, options)
  }

  /// A permutation, or axes that are named.
  private func call(
    _ name: String, _ operands: [Piece], axes: [Int], _ node: Node
  ) -> [Piece] {
    if name == "transpose" {
      let isReversal = axes == Array(axes.indices.reversed())
      return call(name, operands, isReversal ? [] : ["\(axes)"])
    }
    if name == "squeeze" {
      let inner = graph.node(of: node.operands[0])
      if case .slice(let slices) = inner.attributes {
        return indexed(inner, slices, squeezed: axes)
      }
    }
    return call(name, operands, ["axis: \(spelled(axes))"])
  }

  /// One axis as a number, several as a list.
  private func spelled(_ axes: [Int]) -> String {
    axes.count == 1 ? String(axes[0]) : "\(axes)"
  }

  /// A size as an operand: a sum or a product in parentheses.
  private func operand(_ size: Dim) -> String {
    size.constant != nil || size.symbolName != nil ? size.description : "(\(size))"
  }

  /// `x[a, b:c]`: a slice, of which some axes may be squeezed out.
  private func indexed(_ node: Node, _ axes: [SliceAxis], squeezed: [Int]) -> [Piece] {
    let shape = graph.type(node.operands[0]).shape
    var indices = zip(axes, shape).enumerated().map { index, axis in
      squeezed.contains(index) ? axis.0.start.description : spelled(axis.0, of: axis.1)
    }
    while indices.count > 1, indices.last == ":" { indices.removeLast() }
    return [.value(node.operands[0]), .text("[" + indices.joined(separator: ", ") + "]")]
  }

  /// `start:stop:step`, with blanks for what goes to the end.
  private func spelled(_ axis: SliceAxis, of extent: Dim) -> String {
    let first = axis.step > 0 ? Dim(0) : extent - 1
    let start = axis.start == first ? "" : axis.start.description
    // So many elements are there from the start on.
    let rest =
      axis.step > 0
      ? (extent - axis.start + (axis.step - 1)).quotient(axis.step)
      : axis.start.quotient(-axis.step) + 1
    var stop = ""
    if axis.size != rest {
      let last = axis.start + axis.step * (axis.size - 1)
      stop = (last + (axis.step > 0 ? 1 : -1)).description
    }
    return "\(start):\(stop)" + (axis.step == 1 ? "" : ":\(axis.step)")
  }

  /// What windows have that is not 1.
  private func options(_ axes: [WindowAxis], groups: Int) -> [String] {
    var options: [String] = []
    if axes.contains(where: { $0.stride != 1 }) {
      options.append("stride: \(axes.map(\.stride))")
    }
    if axes.contains(where: { $0.dilation != 1 }) {
      options.append("dilation: \(axes.map(\.dilation))")
    }
    return options + (groups == 1 ? [] : ["groups: \(groups)"])
  }

  /// `pad(x, [[low, high], …], value: v)`.
  private func padded(_ node: Node, _ axes: [PadAxis], _ operands: [Piece]) -> [Piece] {
    let sides = axes.map { "[\($0.low), \($0.high)]" }.joined(separator: ", ")
    var pieces: [Piece] = [.text("pad("), operands[0], .text(", [\(sides)]")]
    if axes.contains(where: { $0.interior != 0 }) {
      pieces.append(.text(", interior: \(axes.map(\.interior))"))
    }
    if operands.count > 1 { pieces += [.text(", value: "), operands[1]] }
    return pieces + [.text(")")]
  }

  /// A derivative that is still asked for.
  private func derivative(_ request: DerivativeRequest, _ operands: [Piece]) -> [Piece] {
    var pieces: [Piece] = [.text(request.form.rawValue + "("), operands[0]]
    var rest = operands.dropFirst()
    let groups = [
      ("wrt", request.wrtCount), ("along", request.alongCount), ("constant", request.constantCount),
    ]
    for (label, count) in groups where count > 0 {
      let group = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
      pieces += [.text(", \(label): ")] + (count == 1 ? group : bracketed(group))
    }
    if request.zeroWhereDisconnected { pieces.append(.text(", disconnected: zero")) }
    return pieces + [.text(")")]
  }

  /// Pieces as a list in brackets.
  private func bracketed(_ pieces: [Piece]) -> [Piece] {
    [.text("[")] + joined(pieces, by: ", ") + [.text("]")]
  }
}
