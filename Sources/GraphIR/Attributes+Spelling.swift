import Support

extension Attributes {
  /// The attributes as dumps print them, empty where there are none.
  package var spelling: String {
    switch self {
    case .none: ""
    case .literal(let literal, _): literal.exactSpelling
    case .data(let index): "\(index)"
    case .parameter(let index): "\(index)"
    case .integer(let number): "{number: \(number)}"
    case .dtype(let dtype): "{dtype: \(dtype.rawValue)}"
    case .axis(let axis): "{axis: \(axis)}"
    case .axes(let axes): "{axes: \(axes)}"
    case .reduction(let axes, let keep): "{reduced: \(axes), keepdims: \(keep)}"
    case .shape(let shape): TensorType.spelling(shape)
    case .draw(let shape, let dtype):
      "{draw: \(TensorType.spelling(shape)), dtype: \(dtype.rawValue)}"
    case .slice(let axes):
      "{slice: ["
        + axes.map { "\($0.start) step \($0.step) size \($0.size)" }.joined(separator: ", ") + "]}"
    case .pad(let axes): "{pad: \(Attributes.spelling(axes))}"
    case .pads(let parts):
      "{pads: [" + parts.map(Attributes.spelling).joined(separator: ", ") + "]}"
    case .contraction(let c):
      "{batch: \(c.leftBatch) \(c.rightBatch), summed: \(c.leftSummed) \(c.rightSummed)}"
    case .windows(let axes): "{windows: \(Attributes.spelling(axes))}"
    case .convolution(let c):
      "{channels: \(c.channels), groups: \(c.groups), windows: \(Attributes.spelling(c.axes))}"
    case .picking(let picking): "{picked: \(picking.axes), place: \(picking.place)}"
    case .matrix(let form):
      "{matrix: \(form.isLower ? "lower" : "upper"), unit: \(form.hasUnitDiagonal), "
        + "transposed: \(form.isTransposed)}"
    case .loop(let form):
      "{loop: \(form.count), sequences: \(form.sequences), carried: \(form.carried), "
        + "stacked: \(form.stacked), saved: \(form.saved), reversed: \(form.isReversed), "
        + "bounded: \(form.isBounded), while: \(form.isWhile)"
        + (form.checkpoints.isEmpty ? "" : ", checkpoints: \(form.checkpoints)")
        + (form.isBlocked ? ", blocked: true}" : "}")
    case .call(let form):
      "{call: \(Graph.spelled(form.name)), arguments: \(form.arguments), jvp: \(form.hasJvp), "
        + "vjp: \(form.hasVjp)}"
    case .external(let form):
      "{external: \(Graph.spelled(form.name)), symbols: \(Attributes.spelling(form.symbols)), "
        + "sizes: \(TensorType.spelling(form.sizes)), "
        + "parameters: \(Attributes.spelling(form.parameters)), "
        + "results: \(Attributes.spelling(form.results))}"
    case .derivative(let request):
      "{\(request.form.rawValue): \(request.wrtCount), along: \(request.alongCount), "
        + "constant: \(request.constantCount), zero: \(request.zeroWhereDisconnected)}"
    }
  }

  /// Names in brackets.
  private static func spelling(_ names: [String]) -> String {
    "[" + names.map(Graph.spelled).joined(separator: ", ") + "]"
  }

  /// Parameters or results of a C function in brackets.
  private static func spelling(_ formals: [ExternalForm.Formal]) -> String {
    "[" + formals.map { "\(Graph.spelled($0.name)): \($0.type)" }.joined(separator: ", ") + "]"
  }

  /// Windows in brackets.
  private static func spelling(_ axes: [WindowAxis]) -> String {
    let words = axes.map {
      "\($0.size) stride \($0.stride) dilation \($0.dilation) of \($0.extent)"
    }
    return "[" + words.joined(separator: ", ") + "]"
  }

  /// A padding as dumps print it.
  private static func spelling(_ axes: [PadAxis]) -> String {
    "[" + axes.map { "\($0.low) | \($0.interior) | \($0.high)" }.joined(separator: ", ") + "]"
  }
}
