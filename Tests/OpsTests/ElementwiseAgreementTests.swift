import GraphIR
import LoopIR
import Ops
import Support
import Testing

/// The loop body of every elementwise operation against its reference, for every type.
@Suite struct ElementwiseAgreementTests {
  /// Numbers where functions are easily wrong.
  static let floats: [Double] = [
    0, -0.0, 1, -1, 0.5, -0.5, 1.5, -1.5, 2, -2, 2.5, -2.5, 3, -3.75, 0.1, -0.3, 7, -12.25, 100,
    1e-7, -1e-7, 1e-42, -0x1p-1030, 65504, 70000, -1e10, 0x1p62, 1e30, -1e300, .infinity,
    -.infinity, .nan,
  ]

  static let integers: [Int64] = [
    0, 1, 2, 3, 5, 7, 8, 9, 31, 32, 63, 64, 100, 127, 128, 255, 256, 32767, 65535, 65536,
    2_147_483_647, 4_294_967_295, 1 << 53, .max, .min, .min + 1, -1, -2, -3, -7, -8, -100, -128,
    -32768, -2_147_483_648,
  ]

  /// Units of the last place of the type of arithmetic that a body and a reference may be apart.
  static let tolerances: [String: Double] = [
    "gelu": 8, "erfc": 7, "erfinv": 5, "lgamma": 10, "digamma": 10, "polygamma1": 10,
    "polygamma2": 10, "polygamma5": 16, "silu": 4, "sigmoid": 4, "logaddexp": 4,
  ]

  @Test(arguments: Elementwise.all)
  func bodyAgreesWithReference(_ function: Elementwise) throws {
    #expect(!function.operandTypes.isEmpty)
    for types in function.operandTypes {
      // What has no floats has no products that could be fused.
      let fusions = types.contains { $0 == .f32 || $0 == .f64 } ? Fusion.allCases : [.never]
      for fusion in fusions { try check(function, types, fusion) }
    }
  }

  private func check(_ function: Elementwise, _ types: [DType], _ fusion: Fusion) throws {
    let operands = Self.operands(types)
    let expected = try function.reference(operands)
    var body = PointInterpreter(function.operation, types, function.attributes, fusion: fusion)
    for index in 0..<expected.count {
      let point = operands.map { $0.point(index) }
      let value = body.run(point)
      let wanted = expected.point(index)
      // At poles and zeros below 0 only the absolute error is small.
      let isReflected =
        ["lgamma", "digamma"].contains(function.name) || function.name.hasPrefix("polygamma")
      if isReflected, case .float(let x) = point[0], x < 0, x.isFinite { continue }
      let tolerance = Self.tolerances[function.name, default: 3]
      #expect(
        isNear(value, wanted, expected.dtype, tolerance) || isCancelled(function, point, value),
        "\(function.name) \(types) \(fusion): \(point) gives \(value), not \(wanted)")
    }
    #expect(body.fault == nil, "\(function.name) \(types)")
  }

  /// Whether a sum is so much smaller than its terms that only the absolute error is small.
  private func isCancelled(
    _ function: Elementwise, _ point: [PointValue], _ value: PointValue
  ) -> Bool {
    guard function.name == "logaddexp", case .float(let sum) = value else { return false }
    let (a, b) = (point[0].float, point[1].float)
    return sum.magnitude < 0.1 && max(a, b) < -0.1 && max(a, b) > -0.6931471805599454
  }

  private func isNear(
    _ value: PointValue, _ expected: PointValue, _ type: DType, _ tolerance: Double
  ) -> Bool {
    switch (value, expected) {
    case (.float(let x), .float(let y)):
      // The half types round what has few errors of `f32`.
      type.ulps(x, from: y) <= (type.arithmetic == type ? tolerance : 1)
    case (.integer(let x), .integer(let y)): x == y
    case (.float, .integer), (.integer, .float): false
    }
  }

  /// All combinations of the numbers that a type has, of three operands some.
  private static func operands(_ types: [DType]) -> [Tensor] {
    let choices = types.map { elements($0, few: types.count > 2) }
    var columns: [[PointValue]] = [[]]
    for choice in choices {
      columns = columns.flatMap { row in choice.map { row + [$0] } }
    }
    return types.enumerated().map { index, type in
      Tensor(type, points: columns.map { $0[index] })
    }
  }

  private static func elements(_ type: DType, few: Bool) -> [PointValue] {
    if type == .bool { return [.integer(0), .integer(1)] }
    if type.isFloat {
      return floats.enumerated().filter { !few || $0.offset % 3 != 1 }
        .map { .float(type.rounded($0.element)) }
    }
    return integers.enumerated().filter { !few || $0.offset % 3 != 1 }
      .map { .integer(type.wrapped($0.element)) }
  }

  /// Every body keeps the rules of loop IR, also with several lanes.
  @Test(arguments: Elementwise.all, [1, 4])
  func bodiesKeepTheRules(_ function: Elementwise, _ lanes: Int) throws {
    for types in function.operandTypes {
      try Self.loop(function.operation, types, function.attributes, lanes: lanes).verify()
    }
  }

  @Test(arguments: DType.allCases, [1, 4])
  func conversionsKeepTheRules(_ source: DType, _ lanes: Int) throws {
    for target in DType.allCases {
      try Self.loop(.convert, [source], .dtype(target), lanes: lanes).verify()
    }
  }

  /// A function that applies an operation to vectors.
  private static func loop(
    _ operation: Operation, _ types: [DType], _ attributes: Attributes, lanes: Int
  ) throws -> LoopFunction {
    let result = try operation.infer(
      TypeQuery(operands: types.map { TensorType($0) }, attributes: attributes))[0].dtype
    let shape = [Dim.symbol("n")]
    var body = Body()
    body.buffers = types.enumerated().map {
      Buffer(
        name: "x\($0)", element: $1, shape: shape, storage: .parameter($0), site: .none)
    }
    body.buffers.append(
      Buffer(name: "y", element: result, shape: shape, storage: .result(0), site: .none))
    var builder = LoopBuilder(body: body)
    guard case .pointwise(let build) = operation.kernel else {
      preconditionFailure("not elementwise")
    }
    builder.loop("i", shape[0], lanes: lanes) { builder, loop in
      let operands = types.indices.map { builder.load(BufferID($0), [Index(loop)]) }
      let context = PointContext(
        operands: operands, operandTypes: types, resultType: result, attributes: attributes)
      builder.store(build(&builder, context), to: BufferID(types.count), [Index(loop)])
    }
    let formals = types.enumerated().map {
      Formal(name: "x\($0)", element: $1, shape: shape, site: .none)
    }
    return LoopFunction(
      name: operation.name, doc: "", site: .none, symbols: ["n"], parameters: formals,
      results: [Formal(name: "y", element: result, shape: shape, site: .none)],
      requirements: [], constants: [], bodies: [builder.finish()])
  }
}

extension Tensor {
  /// A vector of elements.
  init(_ type: DType, points: [PointValue]) {
    if type.isFloat {
      self.init(type, [points.count], floats: points.map(\.float))
    } else {
      self.init(type, [points.count], integers: points.map(\.integer))
    }
  }

  /// The element at a place of a vector.
  func point(_ index: Int) -> PointValue {
    switch elements {
    case .floats(let values): .float(values[index])
    case .integers(let values): .integer(values[index])
    }
  }
}
