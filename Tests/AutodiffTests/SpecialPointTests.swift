import GraphIR
import Ops
import Support
import TestSupport
import Testing

/// Points at which a function is smooth, but the obvious formula of a derivative is not.
@Suite struct SpecialPointTests {
  /// An operation and the elements of its operands, all vectors.
  struct Point: CustomTestStringConvertible, Sendable {
    let operation: Operation
    let operands: [[Double]]
    var attributes = Attributes.none

    var testDescription: String { "\(operation.name) \(operands)" }
  }

  private static let all = Attributes.reduction(axes: [0], keepDims: false)

  static let points: [Point] = [
    Point(operation: .product, operands: [[0, 2, 3]], attributes: all),
    Point(operation: .product, operands: [[0, 2, 0, 3]], attributes: all),
    Point(operation: .product, operands: [[0, 0, 0, 3]], attributes: all),
    Point(
      operation: .product, operands: [[1, 2, 0, 0.5, -1, 3, 1, 0, 2, 0.5, 1]], attributes: all),
    Point(operation: .square, operands: [[0, -0.0]]),
    Point(operation: .variance, operands: [[2, 2, 2]], attributes: all),
    Point(operation: .multiply, operands: [[0, 0], [0, 3]]),
    Point(operation: .divide, operands: [[0, 0], [1, -2]]),
    Point(operation: .sigmoid, operands: [[0, 40, -40]]),
    Point(operation: .softplus, operands: [[0, 40, -40]]),
    Point(operation: .tanh, operands: [[0, 20, -20]]),
    Point(operation: .atan2, operands: [[0, 1, -1], [1, 0, 0]]),
    Point(operation: .hypot, operands: [[0, 3], [2, 0]]),
    Point(operation: .asinh, operands: [[0, -3]]),
    Point(operation: .expm1, operands: [[0, 1e-9]]),
    Point(operation: .log1p, operands: [[0, 1e-9]]),
    Point(operation: .erf, operands: [[0, 6]]),
    Point(operation: .erfinv, operands: [[0]]),
    Point(operation: .gelu, operands: [[0, 8, -8]]),
    Point(operation: .silu, operands: [[0, 40, -40]]),
    Point(operation: .logaddexp, operands: [[1, 700, -700], [1, -700, 700]]),
    Point(operation: .logSumExp, operands: [[700, 700, -700]], attributes: all),
    Point(operation: .softmax, operands: [[700, 699, -700]], attributes: .axis(0)),
    Point(operation: .logSoftmax, operands: [[700, 699, -700]], attributes: .axis(0)),
    Point(operation: .mean, operands: [[0, 0]], attributes: all),
  ]

  @Test(arguments: points)
  func derivatives(_ point: Point) throws {
    var random = RandomSource(seed: 5, point.testDescription)
    var graph = Graph(name: "point")
    let inputs = point.operands.map { Tensor(.f64, [$0.count], floats: $0) }
    for (index, input) in inputs.enumerated() { graph.addParameter("x\(index)", input.type) }
    var b = Builder(graph: graph)
    let operands = graph.parameters.map(\.value)
    b.graph.addOutput("y", b.emit(point.operation, operands, point.attributes))
    let errors = try DerivativeCheck(b.graph, inputs, random: &random).errors()
    #expect(errors.isSmooth)
    #expect(errors.first <= 1e-9)
    #expect(errors.second <= 1e-9)
    #expect(errors.transpose <= 1e-13)
    #expect(errors.orders <= 1e-13)
  }

  /// `x ** 2`, `x ** 3` with constant exponents, at 0.
  @Test(arguments: [2, 3, 4])
  func powersAtZero(_ exponent: Int) throws {
    var random = RandomSource(seed: 6)
    var b = Builder(graph: Graph(name: "power"))
    let x = b.graph.addParameter("x", TensorType(.f64, [Dim(2)]))
    b.graph.addOutput("y", b.power(x, b.literal(exponent, like: x)))
    let inputs = [Tensor(.f64, [2], floats: [0, -0.5])]
    let errors = try DerivativeCheck(b.graph, inputs, random: &random).errors()
    #expect(errors.isSmooth)
    #expect(errors.worst <= 1e-9)
  }

  /// A power to a zero exponent, and of a zero base.
  @Test func partialsOfPowers() throws {
    var f = Formula()
    let x = f.vector("x", [0, 0, 2, 0])
    let y = f.vector("y", [0, 1, 0, 2])
    let cost = f.b.total(f.b.power(x, y))
    let g = f.b.derivative(.grad, of: cost, wrt: [x, y])
    let values = try f.values(g[0], g[1])
    #expect(values[0] == [0, 1, 0, 0])
    #expect(Tensor.difference(values[1], [0, 0, 0.6931471805599453, 0]) < 1e-15)
  }
}
