import Autodiff
import GraphIR
import Ops
import Support
import Testing

extension Bench {
  /// A derivative by one value.
  mutating func derivative(
    _ form: DerivativeRequest.Form, of primal: Value, by x: Value, along: [Value] = []
  ) -> Value {
    let request = DerivativeRequest(form: form, wrtCount: 1, alongCount: along.count)
    return builder.emit(.derivative, [primal, x] + along, .derivative(request))
  }

  /// The tensors of some values, with the derivatives that are asked for in the graph.
  func runDifferentiated(_ values: [Value], sizes: [String: Int] = [:]) throws -> [Tensor] {
    var bench = self
    bench.builder.graph.outputs = values.map { Output(name: "y", value: $0, site: .none) }
    bench.builder.graph = try Differentiate.run(bench.builder.graph)
    return try bench.run(bench.builder.graph.outputs.map(\.value), sizes: sizes)
  }
}

/// Derivatives where rules are easily wrong: zeros, ties, kinks, what is nearly 0 or 1.
@Suite struct StructureDerivativeTests {
  static let factors: [[Double]] = [
    [1.5, 0.25, -0.75], [0, 3, 4], [0, 0, 2], [0, 0, 0], [0x1p-700, 0x1p-700, 4],
    [0x1p400, 0x1p-500, 0x1p500], [2], [0], [3, 0],
    [1, 2, 0, 2, -1, 0.5, 3, 2, 1, 0, 0.25, -2, 0, 1, 2, 2, 1, 1, 1, -1, 2],
  ]

  /// The coefficients of Π (xᵢ + t).
  private func coefficients(_ x: [Double]) -> [Double] {
    x.reduce([1]) { c, factor in
      zip(c + [0], [0] + c).map { $0 * factor + $1 }
    }
  }

  @Test(arguments: factors)
  func differentiatesProducts(_ x: [Double]) throws {
    var bench = Bench()
    let value = bench.input(f64([x.count], x))
    let product = bench.builder.reduceProduct(value, axes: [0])
    let gradient = bench.derivative(.grad, of: product, by: value)
    let expected = x.indices.map { i in
      x.indices.filter { $0 != i }.reduce(1) { $0 * x[$1] }
    }
    #expect(try bench.runDifferentiated([gradient])[0].floats == expected)
  }

  /// The first three derivatives of the product along all factors at once.
  @Test(arguments: factors, [false, true])
  func differentiatesProductsAgain(_ x: [Double], _ isSymbolic: Bool) throws {
    var bench = Bench()
    let size = isSymbolic ? Dim.symbol("n") : Dim(x.count)
    let value = bench.input(f64([x.count], x), type: TensorType(.f64, [size]))
    let one = bench.builder.literal(1.0, like: value)
    let ones = bench.builder.broadcast(one, to: [size])
    var derivatives = [bench.builder.reduceProduct(value, axes: [0])]
    for _ in 0..<3 {
      let last = derivatives[derivatives.count - 1]
      derivatives.append(bench.derivative(.jvp, of: last, by: value, along: [ones]))
    }
    let values = try bench.runDifferentiated(derivatives, sizes: ["n": x.count])
    var factorial = 1.0
    for (order, coefficient) in coefficients(x).prefix(4).enumerated() {
      factorial *= Double(max(order, 1))
      let expected = factorial * coefficient
      let found = values[order].floats[0]
      #expect(found == expected || (found - expected).magnitude <= 4 * expected.ulp)
    }
  }

  /// The Hessian of a product, whose diagonal is 0 and not nearly so.
  @Test(arguments: factors)
  func curvesProducts(_ x: [Double]) throws {
    for row in x.indices {
      var bench = Bench()
      let value = bench.input(f64([x.count], x))
      let unit = bench.input(f64([x.count], x.indices.map { $0 == row ? 1 : 0 }))
      let product = bench.builder.reduceProduct(value, axes: [0])
      let curve = bench.derivative(.hvp, of: product, by: value, along: [unit])
      let expected = x.indices.map { column in
        row == column
          ? 0 : x.indices.filter { $0 != row && $0 != column }.reduce(1) { $0 * x[$1] }
      }
      #expect(try bench.runDifferentiated([curve])[0].floats == expected)
    }
  }

  @Test func givesTiesTheFullGradient() throws {
    var bench = Bench()
    let x = bench.input(f64([2, 3], [3, 1, 3, 0, 0, -1]))
    let ones = bench.builder.broadcast(bench.builder.literal(1.0, like: x), to: [Dim(2), Dim(3)])
    let rows = bench.builder.reduceMax(x, axes: [1])
    let cost = bench.builder.reduceSum(rows, axes: [0])
    let gradient = bench.derivative(.grad, of: cost, by: x)
    let greatest = bench.builder.reduceMax(x, axes: [0, 1])
    let tangent = bench.derivative(.jvp, of: greatest, by: x, along: [ones])
    let least = bench.builder.reduceMin(x, axes: [0], keepDims: true)
    let descent = bench.derivative(.vjp, of: least, by: x, along: [least])
    let values = try bench.runDifferentiated([gradient, tangent, descent])
    #expect(values[0].floats == [1, 0, 1, 1, 1, 0])
    #expect(values[1].floats == [2])
    #expect(values[2].floats == [0, 0, 0, 0, 0, -1])
  }

  /// What a maximum or a slice leaves out gets exactly 0 through an infinite slope.
  @Test func leavesOutExactly() throws {
    var bench = Bench()
    let x = bench.input(f64([3], [0, 4, 0]))
    let root = bench.builder.sqrt(x)
    let greatest = bench.derivative(.grad, of: bench.builder.reduceMax(root, axes: [0]), by: x)
    let middle = bench.builder.slice(root, axis: 0, from: Dim(1), size: Dim(1))
    let cost = bench.builder.reduceSum(middle, axes: [0])
    let sliced = bench.derivative(.grad, of: cost, by: x)
    let values = try bench.runDifferentiated([greatest, sliced])
    #expect(values[0].floats == [0, 0.25, 0])
    #expect(values[1].floats == [0, 0.25, 0])
  }

  @Test func isFlatWhereNormsVanish() throws {
    var bench = Bench()
    let zeros = bench.input(f64([3], [0, 0, 0]))
    let same = bench.input(f64([3], [2, 2, 2]))
    let direction = bench.input(f64([3], [1, 2, 3]))
    let norm = bench.builder.norm(zeros, axes: [0])
    let deviation = bench.builder.standardDeviation(same, axes: [0])
    var asked: [Value] = []
    for (value, x) in [(norm, zeros), (deviation, same)] {
      asked.append(bench.derivative(.grad, of: value, by: x))
      asked.append(bench.derivative(.hvp, of: value, by: x, along: [direction]))
    }
    for value in try bench.runDifferentiated(asked) { #expect(value.floats == [0, 0, 0]) }
  }

  /// Cotangents of softmax and its like keep their digits where it is nearly 0 or 1.
  @Test(arguments: Reference.cotangents)
  func keepsDigits(_ reference: Reference) throws {
    var bench = Bench()
    let x = bench.input(reference.operands[0])
    let ct = bench.input(reference.operands[1])
    let y = bench.builder.emit(.named(reference.name), [x], reference.attributes)
    let isScalar = bench.builder.type(y).isScalar
    let back = bench.derivative(isScalar ? .hvp : .vjp, of: y, by: x, along: [ct])
    let value = try bench.runDifferentiated([back])[0]
    #expect(value.ulps(from: reference.expected) <= 4, "\(value)")
  }

  /// At infinities the gradient of `logsumexp` is what the weights tend to.
  @Test func weighsInfinities() throws {
    let rows: [([Double], [Double])] = [
      ([.infinity, 0], [1, 0]), ([-.infinity, 1], [0, 1]), ([-.infinity, -.infinity], [0.5, 0.5]),
    ]
    for (x, weights) in rows {
      var bench = Bench()
      let value = bench.input(f64([2], x))
      let sum = bench.builder.logSumExp(value, axes: [0])
      let gradient = bench.derivative(.grad, of: sum, by: value)
      #expect(try bench.runDifferentiated([gradient])[0].floats == weights)
    }
  }
}
