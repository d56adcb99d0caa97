import GraphIR
import Ops
import Support
import Testing

/// Functions of one number against values that mpmath gives.
@Suite struct ElementwiseValueTests {
  static let values = ElementwiseTable.rows(ElementwiseTable.values)
  static let floatValues = ElementwiseTable.rows(ElementwiseTable.floatValues)

  /// Units of the last place that bodies may be off, where it is more than 2: functions of the C
  /// library and special functions.
  static let bodies: [String: Double] = [
    "gelu": 4, "erfc": 4, "erfinv": 4, "gamma": 4, "lgamma": 7, "digamma": 7,
    "polygamma1": 4, "polygamma2": 5, "polygamma5": 8, "log_erfc": 4, "erfc_hazard": 5,
    "log1mexp": 4,
    "sigmoid_slope": 4, "tanh_slope": 4,
  ]

  /// The same for reference values.
  static let references: [String: Double] = [
    "cbrt": 4, "tanh": 2.5, "silu": 3, "gelu": 5, "erfc": 4, "gamma": 7, "lgamma": 4, "digamma": 6,
    "polygamma1": 4, "polygamma2": 6, "polygamma5": 8, "sigmoid": 2.5,
    "log_erfc": 4, "erfc_hazard": 4, "log1mexp": 4, "sigmoid_slope": 4,
    "tanh_slope": 4,
  ]

  @Test func everyFunctionOfOneFloatIsInTheTable() {
    let exact: Set = [
      "neg", "abs", "sign", "relu", "floor", "ceil", "round", "trunc", "isnan", "isinf", "isfinite",
    ]
    let expected = Elementwise.all.filter {
      $0.operation.arity == .exactly(1) && $0.operandTypes.contains([.f64])
        && !exact.contains($0.name)
    }
    #expect(Set(expected.map(\.name)) == Set(Self.values.keys))
    #expect(Set(expected.map(\.name)) == Set(Self.floatValues.keys))
  }

  @Test(arguments: values.keys.sorted())
  func referenceValues(_ name: String) throws {
    let function = Elementwise.named(name)
    for row in Self.values[name, default: []] {
      let value = try function.reference(row.argument)
      let off = deviation(value, row, .f64, name)
      #expect(off <= Self.references[name, default: 2], "\(name) \(row.argument): \(value)")
    }
  }

  @Test(arguments: values.keys.sorted(), Fusion.allCases)
  func bodies(_ name: String, _ fusion: Fusion) {
    check(name, .f64, Self.values[name, default: []], fusion)
    check(name, .f32, Self.floatValues[name, default: []], fusion)
  }

  private func check(_ name: String, _ type: DType, _ rows: [TableRow], _ fusion: Fusion) {
    let function = Elementwise.named(name)
    var body = PointInterpreter(
      function.operation, [type], function.attributes, fusion: fusion)
    for row in rows {
      let value = body.run([.float(row.argument)]).float
      let off = deviation(value, row, type, name)
      #expect(
        off <= Self.bodies[name, default: 2], "\(name) \(row.argument) \(type): \(value)")
    }
    #expect(body.fault == nil)
  }

  /// The error of a value; below 0 the functions around Γ have poles and zeros between which only
  /// the absolute error is small.
  private func deviation(
    _ value: Double, _ row: TableRow, _ type: DType, _ name: String
  ) -> Double {
    let isReflected = row.argument < 0 && row.argument.isFinite && name != "gamma"
    let hasPoles = name.hasPrefix("polygamma") || name == "lgamma" || name == "digamma"
    guard hasPoles, isReflected, value.isFinite else {
      return type.ulps(value, from: row.value)
    }
    let scale = type == .f32 ? Double(Float.ulpOfOne) : Double.ulpOfOne
    let slack = name.hasPrefix("polygamma") ? 30.0 : 8.0
    let size = max(row.value.magnitude, 1 / row.argument.magnitude, 1)
    return (value - row.value).magnitude / (scale * size * slack)
  }
}
