import GraphIR
import Ops
import Support
import Testing

extension Bench {
  /// The derivatives of an elementwise operation on scalars by each operand that is a float.
  static func slopes(
    _ operation: Operation, _ operands: [Literal], _ attributes: Attributes = .none,
    constant: Set<Int> = []
  ) throws -> [Double] {
    var bench = Bench()
    var values: [Value] = []
    for (index, literal) in operands.enumerated() {
      if constant.contains(index) {
        values.append(bench.builder.literal(literal, .f64))
      } else if case .bool = literal {
        values.append(bench.input(Tensor(.bool, scalar: literal)))
      } else {
        values.append(bench.input(Tensor(.f64, scalar: literal)))
      }
    }
    let result = bench.builder.emit(operation, values, attributes)
    let inputs = values.filter {
      bench.builder.dtype($0) == .f64 && bench.builder.graph.literal($0) == nil
    }
    let slopes = inputs.map { bench.derivative(.grad, of: result, by: $0) }
    return try bench.runDifferentiated(slopes).map { $0.floats[0] }
  }

  /// The first and the second derivative of a function of one number.
  static func curve(
    _ x: Double, _ function: (inout Builder, Value) -> Value
  ) throws -> [Double] {
    var bench = Bench()
    let input = bench.input(Tensor(.f64, scalar: .float(x)))
    let result = function(&bench.builder, input)
    let first = bench.derivative(.grad, of: result, by: input)
    let second = bench.derivative(.grad, of: first, by: input)
    return try bench.runDifferentiated([first, second]).map { $0.floats[0] }
  }
}

/// Derivatives of elementwise operations where they are easily wrong: far out, and at kinks.
@Suite struct ElementwiseSlopeTests {
  static let slopes = ElementwiseTable.rows(ElementwiseTable.slopes)

  /// Units of the last place that derivatives may be off, beyond 8: what comes of squares in
  /// exponents, and of special functions.
  static let tolerances: [String: Double] = [
    "erf": 1000, "erfc": 1000, "gelu": 1000, "erfinv": 16, "gamma": 16, "lgamma": 10,
    "digamma": 10, "polygamma1": 16, "polygamma2": 16, "erfc_hazard": 200,
  ]

  @Test(arguments: slopes.keys.sorted())
  func keepsItsDigits(_ name: String) throws {
    let function = Elementwise.named(name)
    for row in Self.slopes[name, default: []] {
      let slope = try Bench.slopes(
        function.operation, [.float(row.argument)], function.attributes)[0]
      // Slopes of the smallest numbers may be 0 with either sign.
      let off = slope == row.value ? 0 : DType.f64.ulps(slope, from: row.value)
      #expect(
        off <= Self.tolerances[name, default: 8], "\(name) \(row.argument): \(slope)")
    }
  }

  /// Central differences of the reference, at every type of argument that the domains give.
  @Test(arguments: Elementwise.all.filter { $0.operandTypes.contains { $0.last == .f64 } })
  func agreesWithDifferences(_ function: Elementwise) throws {
    guard case .pointwise = function.operation.derivative else { return }
    var numbers = Numbers(state: 11)
    for sample in function.operation.samples where sample.attributes == function.attributes {
      let operands = sample.domains.map { numbers.tensor([], $0) }
      let slopes = try Bench.slopes(
        function.operation, operands.map { $0[0] }, function.attributes)
      let floats = operands.indices.filter { operands[$0].dtype == .f64 }
      for (slope, index) in zip(slopes, floats) {
        let difference = try difference(function, operands, index)
        let error = (slope - difference).magnitude / max(1, slope.magnitude)
        #expect(error < 1e-8, "\(function.name) by operand \(index)")
      }
    }
  }

  /// Fourth-order central difference by one operand.
  private func difference(
    _ function: Elementwise, _ operands: [Tensor], _ index: Int
  ) throws -> Double {
    let step = 0x1p-10
    func value(_ steps: Double) throws -> Double {
      var moved = operands
      moved[index] = f64([], [operands[index].floats[0] + steps * step])
      return try function.reference(moved).floats[0]
    }
    let near = try value(1) - value(-1)
    let far = try value(2) - value(-2)
    return (8 * near - far) / (12 * step)
  }

  @Test func slopeIsZeroAtZero() throws {
    #expect(try Bench.slopes(.abs, [.float(0)]) == [0])
    #expect(try Bench.slopes(.abs, [.float(-0.0)]) == [0])
    #expect(try Bench.slopes(.sign, [.float(0)]) == [0])
    #expect(try Bench.slopes(.relu, [.float(0)]) == [0])
    #expect(try Bench.slopes(.hypot, [.float(0), .float(0)]) == [0, 0])
    #expect(try Bench.slopes(.copysign, [.float(0), .float(-1)]) == [0, 0])
  }

  @Test func tiesGoToTheFirst() throws {
    #expect(try Bench.slopes(.maximum, [.float(2), .float(2)]) == [1, 0])
    #expect(try Bench.slopes(.minimum, [.float(2), .float(2)]) == [1, 0])
    #expect(try Bench.slopes(.maximum, [.float(-0.0), .float(0)]) == [1, 0])
    #expect(try Bench.slopes(.maximum, [.float(1), .float(2)]) == [0, 1])
    #expect(try Bench.slopes(.minimum, [.float(1), .float(2)]) == [1, 0])
  }

  @Test func clipHasSlopeOneOnItsClosedInterval() throws {
    func slopes(_ x: Double, _ low: Double, _ high: Double) throws -> [Double] {
      try Bench.slopes(.clip, [.float(x), .float(low), .float(high)])
    }
    #expect(try slopes(-1, -1, 1) == [1, 0, 0])
    #expect(try slopes(1, -1, 1) == [1, 0, 0])
    #expect(try slopes(0.5, -1, 1) == [1, 0, 0])
    #expect(try slopes(-2, -1, 1) == [0, 1, 0])
    #expect(try slopes(2, -1, 1) == [0, 0, 1])
    // Bounds the wrong way round: the upper one is what comes out.
    #expect(try slopes(0, 1, -1) == [0, 0, 1])
    #expect(try slopes(3, 1, -1) == [0, 0, 1])
    #expect(try slopes(-3, 1, -1) == [0, 0, 1])
  }

  @Test func powersOfZero() throws {
    func slopes(_ x: Double, _ y: Double) throws -> [Double] {
      try Bench.slopes(.power, [.float(x), .float(y)])
    }
    #expect(try slopes(0, 0) == [0, 0])
    #expect(try slopes(0, 1) == [1, 0])
    #expect(try slopes(0, 2) == [0, 0])
    #expect(try slopes(0, 0.5) == [.infinity, 0])
    #expect(try slopes(-2, 0)[0] == 0)
    #expect(try slopes(-2, 3)[0] == 12)
  }

  /// Derivatives of higher order pass through exponents of 0.
  @Test(arguments: [0.0, -1.5, 2.0], [0, 1, 2, 3, 4])
  func powersCurve(_ x: Double, _ exponent: Int) throws {
    var bench = Bench()
    let input = bench.input(Tensor(.f64, scalar: .float(x)))
    let y = bench.input(Tensor(.f64, scalar: .int(Int64(exponent))))
    for power in [bench.builder.literal(exponent, like: input), y] {
      var derivatives = [bench.builder.power(input, power)]
      for _ in 0..<4 {
        derivatives.append(
          bench.derivative(.grad, of: derivatives[derivatives.count - 1], by: input))
      }
      let values = try bench.runDifferentiated(derivatives).map { $0.floats[0] }
      var expected: [Double] = []
      var factor = 1.0
      for order in 0...4 {
        let rest = exponent - order
        expected.append(rest < 0 ? 0 : factor * (0..<rest).reduce(1) { p, _ in p * x })
        factor *= Double(rest)
      }
      #expect(values == expected)
    }
  }

  /// The text of a derivative is Theano's: y · x ** (y − 1), without a mask where y is a number.
  @Test func knownExponentsNeedNoMask() throws {
    var bench = Bench()
    let x = bench.input(Tensor(.f64, scalar: .float(3)))
    let two = bench.builder.literal(2, like: x)
    let power = bench.builder.power(x, two)
    guard case .pointwise(let partials) = Operation.power.derivative,
      case .factors(let byBase) = partials[0]
    else {
      Issue.record("'pow' has no partial derivatives")
      return
    }
    let factors = byBase(&bench.builder, bench.context(of: power))
    guard factors.count == 2, case .times(let first) = factors[0],
      case .times(let second) = factors[1]
    else {
      Issue.record("\(factors)")
      return
    }
    let graph = bench.builder.graph
    #expect(first == two)
    #expect(graph.node(of: second).operation == .power)
    let exponent = graph.node(of: graph.node(of: second).operands[1])
    #expect(exponent.operation == .subtract)
    #expect(exponent.operands.map { graph.literal($0) } == [.int(2), .int(1)])
  }

  @Test func chosenBranchTakesAll() throws {
    #expect(try Bench.slopes(.select, [.bool(true), .float(1), .float(2)]) == [1, 0])
    #expect(try Bench.slopes(.select, [.bool(false), .float(1), .float(2)]) == [0, 1])
  }

  @Test func quotientsAreDifferentiated() throws {
    #expect(try Bench.slopes(.modulo, [.float(7.5), .float(2)]) == [1, -3])
    #expect(try Bench.slopes(.modulo, [.float(-7.5), .float(2)]) == [1, 4])
    #expect(try Bench.slopes(.fmod, [.float(-7.5), .float(2)]) == [1, 3])
    #expect(try Bench.slopes(.floorDivide, [.float(7.5), .float(2)]) == [0, 0])
    #expect(try Bench.slopes(.copysign, [.float(-3), .float(2)]) == [-1, 0])
  }

  @Test func farOutNothingOverflows() throws {
    // Squares of these do.
    let far = 0x1p600
    let angle = try Bench.slopes(.atan2, [.float(far), .float(far)])
    #expect(zip(angle, [0x1p-601, -0x1p-601]).allSatisfy { DType.f64.ulps($0, from: $1) <= 2 })
    #expect(try Bench.slopes(.asinh, [.float(far)]) == [0x1p-600])
    #expect(try Bench.slopes(.acosh, [.float(far)]) == [0x1p-600])
    #expect(try Bench.slopes(.reciprocal, [.float(0x1p500)]) == [-0x1p-1000])
    let hypotenuse = try Bench.slopes(.hypot, [.float(3 * far), .float(-4 * far)])
    #expect(hypotenuse == [0.6, -0.8])
  }

  @Test func sumsOfExponentialsHaveShares() throws {
    let infinity = Double.infinity
    #expect(try Bench.slopes(.logaddexp, [.float(-infinity), .float(-infinity)]) == [0, 0])
    #expect(try Bench.slopes(.logaddexp, [.float(2), .float(-infinity)]) == [1, 0])
    #expect(try Bench.slopes(.logaddexp, [.float(1000), .float(1000)]) == [0.5, 0.5])
    let far = try Bench.slopes(.logaddexp, [.float(0), .float(-700)])
    #expect(DType.f64.ulps(far[1], from: 9.8596765437597708e-305) <= 2)
  }

  /// Second derivatives that vanish or are not to be lost.
  @Test func curvesKeepTheirDigits() throws {
    let softplus = try Bench.curve(40) { $0.softplus($1) }
    #expect(DType.f64.ulps(softplus[1], from: 4.2483542552915889e-18) <= 4)
    let logarithm = try Bench.curve(0.25) { $0.log($1) }
    #expect(logarithm == [4, -16])
    let magnitude = try Bench.curve(0) { $0.abs($1) }
    #expect(magnitude == [0, 0])
    let root = try Bench.curve(0.25) { $0.sqrt($1) }
    #expect(root == [1, -2])
  }
}
