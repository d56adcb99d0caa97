import Support

extension GraphScanner {
  /// The attributes of a node, as `Attributes.spelling` spells them.
  ///
  /// - Parameters:
  ///   - operation: its name; leaves have attributes without a label.
  ///   - type: the type of its first result.
  mutating func attributes(
    operation: String, type: TensorType
  ) throws(GraphParseError) -> Attributes {
    switch operation {
    case "literal": return .literal(try literal(), type.dtype)
    case "data": return .data(try integer())
    case "parameter": return .parameter(try integer())
    default: return try attributes()
    }
  }

  /// The attributes of a node that is no leaf.
  mutating func attributes() throws(GraphParseError) -> Attributes {
    if peek("[") {
      return .shape(try list { (scanner) throws(GraphParseError) in try scanner.dim() })
    }
    guard accept("{") else { return .none }
    let attributes = try labelled()
    try expect("}")
    return attributes
  }

  /// Attributes that begin with a label.
  private mutating func labelled() throws(GraphParseError) -> Attributes {
    let label = try name()
    try expect(":")
    switch label {
    case "batch": return .contraction(try contraction())
    case "windows": return .windows(try windows())
    case "channels": return .convolution(try convolution())
    case "number": return .integer(try integer())
    case "axis": return .axis(try integer())
    case "axes": return .axes(try integers())
    case "slice":
      return .slice(try list { (scanner) throws(GraphParseError) in try scanner.sliceAxis() })
    case "pad": return .pad(try padding())
    case "pads":
      return .pads(try list { (scanner) throws(GraphParseError) in try scanner.padding() })
    case "dtype": return .dtype(try elementType())
    case "draw":
      let shape = try list { (scanner) throws(GraphParseError) in try scanner.dim() }
      try next("dtype")
      return .draw(shape, try elementType())
    case "picked":
      let axes = try integers()
      try next("place")
      return .picking(Picking(axes: axes, place: try integer()))
    case "matrix": return .matrix(try matrixForm())
    case "loop": return .loop(try loopForm())
    case "call": return .call(try callForm())
    case "external": return .external(try externalForm())
    case "reduced":
      let axes = try integers()
      try next("keepdims")
      return .reduction(axes: axes, keepDims: try flag())
    default:
      guard let form = DerivativeRequest.Form(rawValue: label) else {
        throw fail("there are no attributes '\(label)'")
      }
      return .derivative(try request(form))
    }
  }

  /// A comma and the label of the next part.
  mutating func next(_ label: String) throws(GraphParseError) {
    try expect(",")
    try expect(label)
    try expect(":")
  }

  /// The name of a type of elements.
  private mutating func elementType() throws(GraphParseError) -> DType {
    let name = try name()
    guard let dtype = DType(rawValue: name) else { throw fail("'\(name)' is no type") }
    return dtype
  }

  /// Axes in brackets.
  private mutating func integers() throws(GraphParseError) -> [Int] {
    try list { (scanner) throws(GraphParseError) in try scanner.integer() }
  }

  /// One axis of a slice.
  private mutating func sliceAxis() throws(GraphParseError) -> SliceAxis {
    let start = try dim()
    try expect("step")
    let step = try integer()
    try expect("size")
    return SliceAxis(start: start, step: step, size: try dim())
  }

  /// The axes of a padding.
  private mutating func padding() throws(GraphParseError) -> [PadAxis] {
    try list { (scanner) throws(GraphParseError) in try scanner.padAxis() }
  }

  /// One axis of a padding.
  private mutating func padAxis() throws(GraphParseError) -> PadAxis {
    let low = try dim()
    try expect("|")
    let interior = try integer()
    try expect("|")
    return PadAxis(low: low, high: try dim(), interior: interior)
  }

  /// What follows the label of a convolution.
  private mutating func convolution() throws(GraphParseError) -> Convolution {
    let channels = try dim()
    try next("groups")
    let groups = try integer()
    try next("windows")
    return Convolution(axes: try windows(), groups: groups, channels: channels)
  }

  /// What follows the label of the form of a matrix.
  private mutating func matrixForm() throws(GraphParseError) -> MatrixForm {
    let triangle = try name()
    guard ["lower", "upper"].contains(triangle) else { throw fail("'\(triangle)' is no triangle") }
    var flags: [Bool] = []
    for label in ["unit", "transposed"] {
      try next(label)
      flags.append(try flag())
    }
    return MatrixForm(
      isLower: triangle == "lower", hasUnitDiagonal: flags[0], isTransposed: flags[1])
  }

  /// Windows in brackets.
  private mutating func windows() throws(GraphParseError) -> [WindowAxis] {
    try list { (scanner) throws(GraphParseError) in
      let size = try scanner.dim()
      try scanner.expect("stride")
      let stride = try scanner.integer()
      try scanner.expect("dilation")
      let dilation = try scanner.integer()
      try scanner.expect("of")
      return WindowAxis(
        extent: try scanner.dim(), size: size, stride: stride, dilation: dilation)
    }
  }

  /// What follows the label of a contraction.
  private mutating func contraction() throws(GraphParseError) -> Contraction {
    let leftBatch = try integers()
    let rightBatch = try integers()
    try next("summed")
    return Contraction(
      leftBatch: leftBatch, rightBatch: rightBatch, leftSummed: try integers(),
      rightSummed: try integers())
  }

  /// What follows the form of a derivative.
  private mutating func request(
    _ form: DerivativeRequest.Form
  ) throws(GraphParseError) -> DerivativeRequest {
    var counts = [try integer()]
    for label in ["along", "constant"] {
      try next(label)
      counts.append(try integer())
    }
    try next("zero")
    return DerivativeRequest(
      form: form, wrtCount: counts[0], alongCount: counts[1], constantCount: counts[2],
      zeroWhereDisconnected: try flag())
  }
}
