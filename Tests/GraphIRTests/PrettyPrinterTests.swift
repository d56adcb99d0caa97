import GraphIR
import Ops
import Support
import TestSupport
import Testing

/// Values as formulas.
@Suite struct PrettyPrinterTests {
  private var b = Builder(graph: Graph(name: "f"))

  /// The formula of a value; mutating, so that it sees the nodes that its argument appends.
  private mutating func text(_ value: Value) -> String {
    PrettyPrinter.text(of: value, in: b.graph)
  }

  @Test mutating func operatorsAreInParentheses() {
    let x = b.graph.addParameter("x", TensorType(.f64))
    let y = b.graph.addParameter("y", TensorType(.f64))
    let two = b.literal(2, like: x)
    let sum = b.add(x, b.multiply(y, two))
    #expect(text(b.subtract(sum, b.literal(3, like: x))) == "((x + (y * 2)) - 3)")
    #expect(text(b.divide(b.negate(x), y)) == "((-x) / y)")
    #expect(text(b.multiply(b.multiply(x, y), x)) == "((x * y) * x)")
    #expect(text(b.power(x, b.literal(2.0, like: x))) == "(x ** 2.0)")
    #expect(text(b.and(b.less(x, y), b.not(b.equal(x, y)))) == "((x < y) && (!(x == y)))")
    #expect(text(b.floorDivide(x, b.modulo(x, y))) == "(x // (x % y))")
  }

  @Test mutating func functionsAndLeaves() {
    let x = b.graph.addParameter("x", TensorType(.f64))
    #expect(text(b.exp(b.emit(.copy, [x]))) == "exp(x)")
    #expect(text(b.maximum(x, b.literal(-0.5, like: x))) == "maximum(x, -0.5)")
    let infinity = b.literal(.infinity, like: x)
    #expect(text(b.select(b.greater(x, x), x, infinity)) == "where((x > x), x, inf)")
    #expect(text(b.convert(x, to: .f32)) == "f32(x)")
    #expect(text(b.convert(b.literal(.int(2), .i64), to: .f64)) == "2")
    #expect(text(b.literal(.bool(true), .bool)) == "true")
    // A name of an intermediate is not printed.
    let y = b.exp(x)
    b.graph.name(y, "y")
    #expect(text(b.log(y)) == "log(exp(x))")
  }

  @Test mutating func reductions() {
    let x = b.graph.addParameter("x", TensorType(.f64, [Dim(2), .symbol("n"), Dim(3)]))
    #expect(text(b.total(x)) == "sum(x)")
    #expect(text(b.emit(.sum, [x], .reduction(axes: [0], keepDims: false))) == "sum(x, axis: 0)")
    #expect(
      text(b.emit(.greatest, [x], .reduction(axes: [0, 2], keepDims: true)))
        == "max(x, axis: [0, 2], keepdims: true)")
    #expect(text(b.emit(.softmax, [x], .axis(2))) == "softmax(x, axis: 2)")
  }

  @Test mutating func shapes() {
    let n = Dim.symbol("n")
    let x = b.graph.addParameter("x", TensorType(.f64, [Dim(2), n]))
    #expect(text(b.emit(.transpose, [x], .axes([1, 0]))) == "transpose(x)")
    #expect(text(b.emit(.transpose, [x], .axes([0, 1]))) == "transpose(x, [0, 1])")
    #expect(text(b.emit(.reshape, [x], .shape([2 * n]))) == "reshape(x, [2 * n])")
    #expect(text(b.broadcast(x, to: [Dim(4), Dim(2), n])) == "broadcast_to(x, [4, 2, n])")
    #expect(text(b.expandDims(x, axes: [0])) == "expand_dims(x, axis: 0)")
    #expect(text(b.expandDims(x, axes: [0, 2])) == "expand_dims(x, axis: [0, 2])")
    #expect(text(b.emit(.flip, [x], .axes([1]))) == "flip(x, axis: 1)")
    #expect(text(b.emit(.concatenate, [x, x], .axis(0))) == "concatenate([x, x], axis: 0)")
    #expect(text(b.emit(.arange, [], .shape([n]))) == "arange(n)")
    let sides = [PadAxis(low: Dim(1), high: Dim(0)), PadAxis(low: Dim(0), high: n)]
    let zero = b.literal(0.0, like: x)
    #expect(text(b.emit(.pad, [x, zero], .pad(sides))) == "pad(x, [[1, 0], [0, n]], value: 0.0)")
  }

  @Test(arguments: [
    (Dim(0), 1, Dim(2), "1:"), (Dim(0), 1, Dim(1), "1:2"),
  ])
  mutating func slicesOfTwoAxes(start: Dim, step: Int, size: Dim, expected: String) {
    let x = b.graph.addParameter("x", TensorType(.f64, [Dim(3), Dim(3)]))
    let rows = SliceAxis(start: start, step: step, size: size)
    let columns = SliceAxis(start: Dim(1), step: 1, size: size)
    let y = b.emit(.slice, [x], .slice([rows, columns]))
    #expect(text(y) == "x[:\(size), \(expected)]")
  }

  @Test(arguments: [
    (Dim(0), 1, Dim.symbol("n"), "[:]"), (Dim(1), 1, Dim.symbol("n") - 1, "[1:]"),
    (Dim(0), 1, Dim(3), "[:3]"), (Dim(2), 1, Dim(3), "[2:5]"),
    (Dim(0), 2, (Dim.symbol("n") + 1).quotient(2), "[::2]"),
    (Dim(1), 2, Dim.symbol("n").quotient(2), "[1::2]"), (Dim(1), 3, Dim(2), "[1:5:3]"),
    (Dim.symbol("n") - 1, -1, Dim.symbol("n"), "[::-1]"),
    (Dim(5), -1, Dim(6), "[5::-1]"), (Dim(5), -2, Dim(2), "[5:2:-2]"),
    (Dim.symbol("n") - 1, -1, Dim.symbol("n") - 2, "[:1:-1]"),
  ])
  mutating func slices(start: Dim, step: Int, size: Dim, expected: String) {
    let x = b.graph.addParameter("x", TensorType(.f64, [.symbol("n")]))
    let y = b.emit(.slice, [x], .slice([SliceAxis(start: start, step: step, size: size)]))
    #expect(text(y) == "x" + expected)
  }

  @Test mutating func elements() {
    let n = Dim.symbol("n")
    let x = b.graph.addParameter("x", TensorType(.f64, [n, Dim(3), Dim(4)]))
    let last = SliceAxis(start: n - 1, step: 1, size: Dim(1))
    let slices = b.emit(.slice, [x], .slice([last, .whole(Dim(3)), .whole(Dim(4))]))
    #expect(text(b.emit(.squeeze, [slices], .axes([0]))) == "x[n - 1]")
    let middle = SliceAxis(start: Dim(2), step: 1, size: Dim(1))
    let both = b.emit(.slice, [x], .slice([last, .whole(Dim(3)), middle]))
    #expect(text(b.emit(.squeeze, [both], .axes([0, 2]))) == "x[n - 1, :, 2]")
  }

  @Test mutating func constantTensors() {
    b.graph.data = [
      Tensor(.f64, [2, 2], floats: [1, 2.5, -3, 0]), Tensor(.i64, [3], integers: [1, 2, 3]),
      Tensor(.f64, [2, 100], floats: Array(repeating: 0, count: 200)),
      Tensor(.f64, [0], floats: []), Tensor(.bool, [], integers: [1]),
    ]
    let values = b.graph.data.indices.map { b.emit(.data, [], .data($0)) }
    #expect(text(values[0]) == "[[1.0, 2.5], [-3.0, 0.0]]")
    #expect(text(values[1]) == "[1, 2, 3]")
    #expect(text(values[2]).hasSuffix("0.0, …]]"))
    #expect(text(values[3]) == "zeros([0])")
    #expect(text(values[4]) == "true")
    b.graph.name(values[0], "start")
    #expect(text(values[0]) == "start")
  }

  @Test mutating func derivativesThatAreAskedFor() {
    let x = b.graph.addParameter("x", TensorType(.f64))
    let y = b.multiply(x, x)
    #expect(text(b.gradient(of: y, wrt: x)) == "grad((x * x), wrt: x)")
    let two = b.derivative(
      .hvp, of: y, wrt: [x, x], along: [x, x], constant: [y], zeroWhereDisconnected: true)
    #expect(
      text(two[1])
        == "hvp((x * x), wrt: [x, x], along: [x, x], constant: (x * x), disconnected: zero).1")
  }

  @Test mutating func resultsAndUpdates() {
    let x = b.graph.addParameter("x", TensorType(.f64))
    b.graph.parameters[0].isInout = true
    b.graph.addOutput("y", b.exp(x))
    b.graph.updates.append(Update(parameter: 0, value: b.negate(x), site: .none))
    #expect(PrettyPrinter.text(of: b.graph) == "y = exp(x)\nx <- (-x)\n")
  }

  @Test mutating func aChainOfAHundredThousand() {
    var x = b.graph.addParameter("x", TensorType(.f64))
    for _ in 0..<100_000 { x = b.negate(x) }
    let text = text(x)
    #expect(text.utf8.count == 300_001)
  }

  /// Sharing doubles the text with each step: it is cut.
  @Test mutating func explosionsAreCut() {
    var x = b.graph.addParameter("x", TensorType(.f64))
    for _ in 0..<1000 { x = b.add(x, x) }
    let cut = PrettyPrinter.text(of: x, in: b.graph, limit: 5000)
    #expect(cut.utf8.count <= 5003)
    #expect(cut.hasSuffix("…"))
    #expect(text(x).utf8.count <= PrettyPrinter.limit + 3)
  }
}
