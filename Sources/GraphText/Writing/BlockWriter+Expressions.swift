import GraphIR
import Ops
import Support

/// How each operation is spelled. What the language has no function for is `intrinsic`.
extension BlockWriter {
  /// A node in terms of its operands.
  func spelling(of node: Node) -> Spelled {
    switch node.attributes {
    case .none: return plain(node)
    case .literal(let literal, let dtype):
      return Spelled(literal.spelled(as: dtype), isWeak: dtype != .bool, isCheap: true)
    case .data(let number): return constant(graph.data[number])
    case .dtype(let dtype): return converted(node, to: dtype)
    case .axis(let axis): return Spelled(along(node, [axis]))
    case .axes(let axes): return rearranged(node, axes)
    case .reduction(let axes, let keep): return Spelled(reduction(node, axes, keep))
    case .shape(let shape): return shaped(node, shape)
    case .draw(let shape, let dtype):
      let options = dtype == .f64 ? [] : [("dtype", Expr.name(dtype.rawValue))]
      var operands = node.operands.map { strong($0) } + [list(shape)]
      if graph.type(node.operands[0]).dtype != .u64 { operands[0] = .call("u64", [operands[0]]) }
      return Spelled(.call(node.operation.name, operands, options))
    case .slice(let axes): return sliced(node, axes)
    case .pad(let axes): return Spelled(padded(node, axes))
    case .contraction(let pairs): return Spelled(product(node, pairs))
    case .convolution(let convolution): return Spelled(self.convolution(node, convolution))
    case .picking(let picking): return Spelled(picked(node, picking))
    case .matrix(let form): return Spelled(equations(node, form))
    case .external(let form):
      return Spelled(.call(form.name, node.operands.map { strong($0) }))
    case .call(let form):
      return Spelled(.call(form.name, node.operands.prefix(form.arguments).map { strong($0) }))
    case .derivative(let request): return Spelled(derivative(node, request))
    case .integer, .pads, .windows: return Spelled(intrinsic(node))
    case .parameter, .loop: preconditionFailure("'\(node.operation.name)' is no expression")
    }
  }

  /// `intrinsic("polygamma {number: 1}", x)`.
  func intrinsic(_ node: Node) -> Expr {
    let attributes = node.attributes.spelling
    let text = node.operation.name + (attributes.isEmpty ? "" : " " + attributes)
    return .call("intrinsic", [.make(.text(text))] + node.operands.map { strong($0) })
  }

  /// A derivative that is still asked for: `grad(s, wrt: [x, y])`.
  private func derivative(_ node: Node, _ request: DerivativeRequest) -> Expr {
    var rest = node.operands.dropFirst().map { strong($0) }[...]
    var options: [(String, Expr)] = []
    let groups = [
      ("wrt", request.wrtCount), ("along", request.alongCount), ("constant", request.constantCount),
    ]
    for (label, count) in groups where count > 0 {
      let group = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
      options.append((label, count == 1 ? group[0] : .list(group)))
    }
    if request.zeroWhereDisconnected { options.append(("disconnected", .name("zero"))) }
    return .call(request.form.rawValue, [strong(node.operands[0])], options)
  }

  /// A constant by its name; one without elements by its shape.
  private func constant(_ tensor: Tensor) -> Spelled {
    if tensor.count > 0 { return .name(constants.name(of: tensor)) }
    return Spelled(.zeros(tensor.type), isCheap: true)
  }

  /// Sizes in brackets.
  func list(_ shape: [Dim]) -> Expr { .list(shape.map(\.spelled)) }

  /// One axis as a number, several as a list.
  func axis(_ axes: [Int]) -> (String, Expr) {
    ("axis", axes.count == 1 ? .integer(axes[0]) : .list(axes))
  }

  // MARK: Without attributes

  /// An operation that its operands say all about.
  private func plain(_ node: Node) -> Spelled {
    let (operation, operands) = (node.operation, node.operands)
    if operation == .copy { return part(operands[0]) }
    if operation == .fill { return filled(operands[1], to: graph.type(operands[0]).shape) }
    if let formula = formula(node) { return Spelled(formula) }
    guard isInLanguage(node) else { return Spelled(intrinsic(node)) }
    switch operation.notation {
    case .infix("**"):
      let parts = mixed(operands)
      return Spelled(.power(parts[0], parts[1]))
    case .infix(let symbol):
      guard let symbol = BinaryOperator(rawValue: symbol) else { return Spelled(intrinsic(node)) }
      let parts = mixed(operands)
      return Spelled(.infix(parts[0], symbol, parts[1]))
    case .prefix(let symbol):
      guard let symbol = UnaryOperator(rawValue: symbol) else { return Spelled(intrinsic(node)) }
      return Spelled(.make(.unary(symbol, strong(operands[0]))))
    case .function, .transparent, .leaf:
      if operation == .select {
        return Spelled(.call("where", [strong(operands[0])] + mixed(operands[1...])))
      }
      return Spelled(.call(operation.name, mixed(operands)))
    }
  }

  /// Functions that have no name in the language, but a formula in which the rules know them.
  private func formula(_ node: Node) -> Expr? {
    guard !isStrict, let operand = node.operands.first else { return nil }
    let (x, one) = (strong(operand), Expr.integer(1))
    switch node.operation {
    case .reciprocal: return .infix(one, .divide, x)
    case .square: return .power(x, .integer(2))
    case .logErfc: return .call("log", [.call("erfc", [x])])
    case .log1mexp: return .call("log1p", [.make(.unary(.negate, .call("exp", [x])))])
    case .sigmoidSlope:
      let other = Expr.call("sigmoid", [.make(.unary(.negate, x))])
      return .infix(.call("sigmoid", [x]), .multiply, other)
    default: return nil
    }
  }

  /// Whether an operation of the language does to these types what the node does.
  private func isInLanguage(_ node: Node) -> Bool {
    let dtypes = node.operands.map { graph.type($0).dtype }
    switch node.operation {
    case .divide: return dtypes.allSatisfy(\.isFloat)
    case .add, .subtract, .multiply, .negate, .power, .floorDivide, .modulo:
      return !dtypes.contains(.bool)
    case .isnan, .isinf, .isfinite: return dtypes.allSatisfy(\.isFloat)
    default: break
    }
    switch node.operation.notation {
    case .infix, .prefix: return true
    case .function: return Builtin.all[node.operation.name] != nil
    case .transparent, .leaf: return false
    }
  }

  // MARK: Types and shapes

  /// `f32(x)`; a size in another type is as weak as a literal.
  private func converted(_ node: Node, to dtype: DType) -> Spelled {
    if node.operation != .convert { return Spelled(intrinsic(node)) }
    let operand = node.operands[0]
    if graph.node(of: operand).operation == .size, dtype != .bool {
      return Spelled(weak(operand), isWeak: true, isCheap: true)
    }
    return Spelled(.call(dtype.rawValue, [strong(operand)]))
  }

  /// An operation that a shape says all about.
  private func shaped(_ node: Node, _ shape: [Dim]) -> Spelled {
    let sizes = list(shape)
    switch node.operation {
    case .size: return Spelled(shape[0].spelled, isWeak: true, isCheap: true)
    case .arange: return Spelled(.call("arange", [shape[0].spelled]))
    case .broadcastTo: return filled(node.operands[0], to: shape)
    case .reshape: return Spelled(.call("reshape", [strong(node.operands[0]), sizes]))
    case .topK: return Spelled(.call("top_k", [strong(node.operands[0]), shape[0].spelled]))
    default: return Spelled(intrinsic(node))
    }
  }

  /// A value stretched to a shape: `full([m, n], 0)`, `broadcast_to(x, [m, n])`.
  private func filled(_ value: Value, to shape: [Dim]) -> Spelled {
    let known = part(value)
    if graph.type(value).shape == shape { return known }
    guard graph.type(value).isScalar else {
      return Spelled(.call("broadcast_to", [strong(value), list(shape)]), isCheap: known.isCheap)
    }
    let full = Expr.call("full", [list(shape), known.expr])
    return Spelled(full, isWeak: known.isWeak, isCheap: known.isCheap)
  }

  /// Functions along an axis, or along several together.
  private func along(_ node: Node, _ axes: [Int]) -> Expr {
    let name = node.operation.name
    let option = axis(axes)
    if node.operation == .concatenate {
      return .call(name, [.list(mixed(node.operands))], [option])
    }
    guard Builtin.all[name] != nil, node.operands.count == 1 else {
      return complement(node, axes: axes) ?? intrinsic(node)
    }
    return .call(name, [strong(node.operands[0])], [option])
  }

  /// `1 - softmax(x, axis: 1)`, which the rules know.
  private func complement(_ node: Node, axes: [Int]) -> Expr? {
    guard node.operation == .softmaxComplement, !isStrict else { return nil }
    let shares = Expr.call("softmax", [strong(node.operands[0])], [axis(axes)])
    return .infix(.integer(1), .subtract, shares)
  }

  /// Permutations, and functions along several axes.
  private func rearranged(_ node: Node, _ axes: [Int]) -> Spelled {
    let operand = node.operands[0]
    let isCheap = part(operand).isCheap
    switch node.operation {
    case .transpose:
      let isReversal = axes == Array(axes.indices.reversed())
      let order = isReversal ? [] : [Expr.list(axes)]
      return Spelled(.call("transpose", [strong(operand)] + order), isCheap: isCheap)
    case .squeeze:
      if let index = place(node, axes) { return index }
      return Spelled(.call("squeeze", [strong(operand)], [axis(axes)]), isCheap: isCheap)
    case .expandDims:
      return Spelled(.call("expand_dims", [strong(operand)], [axis(axes)]), isCheap: isCheap)
    case .flip: return Spelled(.call("flip", [strong(operand)], [axis(axes)]))
    case .softmax, .logSoftmax, .softmaxComplement:
      return Spelled(along(node, axes))
    default: return Spelled(intrinsic(node))
    }
  }

  /// `sum(x, axis: 0, keepdims: true)`.
  private func reduction(_ node: Node, _ axes: [Int], _ keep: Bool) -> Expr {
    let (operation, operand) = (node.operation, node.operands[0])
    let type = graph.type(operand)
    let isWhole = axes.count == type.rank
    let isSearch = operation == .argmax || operation == .argmin
    guard Builtin.all[operation.name] != nil, !isSearch || isWhole || axes.count == 1 else {
      return intrinsic(node)
    }
    var options = isWhole ? [] : [axis(axes)]
    if keep { options.append(("keepdims", .make(.boolean(true)))) }
    let accumulates = operation == .sum || operation == .product
    if type.dtype == .bool, accumulates {
      return .call(operation == .sum ? "any" : "all", [strong(operand)], options)
    }
    let reduced = Expr.call(operation.name, [strong(operand)], options)
    // Sums of small integers come out wide, and wrap around as they would have on the way.
    let isWidened = accumulates && type.dtype.accumulator != type.dtype
    return isWidened ? .call(type.dtype.rawValue, [reduced]) : reduced
  }
}
