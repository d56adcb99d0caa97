import Autodiff
import GraphIR
import Ops
import Support
import TestSupport
import Testing

/// The forms of derivatives, by hand.
@Suite struct FormTests {
  @Test func gradientOfASquareReadsAsInTheTutorial() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let y = f.b.power(x, f.b.literal(2, like: x))
    let g = f.b.gradient(of: y, wrt: x)
    #expect(try f.text(g) == "((fill((x ** 2), 1.0) * 2) * (x ** (2 - 1)))")
    #expect(try f.values(g) == [[6]])
  }

  @Test func gradientOfASumOfSquares() throws {
    var f = Formula()
    let v = f.vector("v", [1, 2, 3])
    let y = f.b.total(f.b.power(v, f.b.literal(2, like: v)))
    let g = f.b.gradient(of: y, wrt: v)
    #expect(
      try f.text(g)
        == "((fill((v ** 2), fill(sum((v ** 2)), 1.0)) * 2) * (v ** (2 - 1)))")
    #expect(try f.values(g) == [[2, 4, 6]])
  }

  @Test func slopeOfTheLogisticCurve() throws {
    var f = Formula()
    let x = f.tensor("x", Tensor(.f64, [2, 2], floats: [0, 1, -1, -2]))
    let one = f.b.literal(1, like: x)
    let s = f.b.total(f.b.divide(one, f.b.add(one, f.b.exp(f.b.negate(x)))))
    let g = f.b.gradient(of: s, wrt: x)
    let ones = "fill((1 / (1 + exp((-x)))), fill(sum((1 / (1 + exp((-x))))), 1.0))"
    #expect(
      try f.text(g)
        == "(-(((-(\(ones) * 1)) / ((1 + exp((-x))) * (1 + exp((-x))))) * exp((-x))))")
    let values = try f.values(g)[0]
    let expected = [0.25, 0.19661193324148185, 0.19661193324148185, 0.10499358540350662]
    #expect(Tensor.difference(values, expected) < 1e-15)
  }

  /// The gradients of functions of `x` and `y` read as in Theano, but for names.
  @Test func gradientsReadAsInTheano() throws {
    let cases: [(String, (inout Builder, Value, Value) -> Value)] = [
      ("(fill((x * y), 1.0) * y)", { b, x, y in b.multiply(x, y) }),
      ("fill((x + y), 1.0)", { b, x, y in b.add(x, y) }),
      ("(-fill((y - x), 1.0))", { b, x, y in b.subtract(y, x) }),
      ("(fill((x / y), 1.0) / y)", { b, x, y in b.divide(x, y) }),
      ("(fill(sin(x), 1.0) * cos(x))", { b, x, y in b.emit(.sin, [x]) }),
      ("(fill(exp(x), 1.0) * exp(x))", { b, x, y in b.exp(x) }),
      ("(fill(log(x), 1.0) / x)", { b, x, y in b.log(x) }),
      ("(fill(tanh(x), 1.0) * (1 - square(tanh(x))))", { b, x, y in b.emit(.tanh, [x]) }),
      (
        "((fill((x ** 3), 1.0) * 3) * (x ** (3 - 1)))",
        { b, x, y in b.power(x, b.literal(3, like: x)) }
      ),
    ]
    for (text, function) in cases {
      var f = Formula()
      let x = f.scalar("x", 1)
      let y = f.scalar("y", 2)
      let value = function(&f.b, x, y)
      let g = f.b.gradient(of: value, wrt: x)
      #expect(try f.text(g) == text)
    }
  }

  @Test func valueAndGradient() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let r = f.b.derivative(.valueAndGrad, of: f.b.multiply(x, x), wrt: [x])
    #expect(try f.values(r[0], r[1]) == [[9], [6]])
  }

  @Test func listsGiveOneResultEachInTheirOrder() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let w = f.scalar("w", 2)
    let cost = f.b.multiply(x, f.b.power(w, f.b.literal(2, like: w)))
    let r = f.b.derivative(.grad, of: cost, wrt: [w, x, w])
    #expect(try f.values(r[0], r[1], r[2]) == [[12], [4], [12]])
  }

  @Test func vjpAndJvp() throws {
    var f = Formula()
    let x = f.vector("x", [1, 2, 3])
    let u = f.vector("u", [1, 10, 100])
    let y = f.b.multiply(x, f.b.multiply(x, x))
    let vjp = f.b.derivative(.vjp, of: y, wrt: [x], along: [u])[0]
    let jvp = f.b.derivative(.jvp, of: y, wrt: [x], along: [u])[0]
    #expect(try f.values(vjp, jvp) == [[3, 120, 2700], [3, 120, 2700]])
  }

  @Test func jvpSumsOverAllDirections() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let y = f.scalar("y", 5)
    let dx = f.scalar("dx", 10)
    let dy = f.scalar("dy", 1)
    let t = f.b.derivative(.jvp, of: f.b.multiply(x, y), wrt: [x, y], along: [dx, dy])[0]
    #expect(try f.values(t) == [[53]])
  }

  @Test func hvpIsSummedOverAllDirections() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let y = f.scalar("y", 5)
    let dx = f.scalar("dx", 10)
    let dy = f.scalar("dy", 1)
    // x² y: [[2 y, 2 x], [2 x, 0]]
    let cost = f.b.multiply(f.b.multiply(x, x), y)
    let h = f.b.derivative(.hvp, of: cost, wrt: [x, y], along: [dx, dy])
    #expect(try f.values(h[0], h[1]) == [[106], [60]])
  }

  @Test func hvpOfAMatrix() throws {
    var f = Formula()
    let x = f.tensor("x", Tensor(.f64, [2, 2], floats: [1, 2, 3, 4]))
    let v = f.tensor("v", Tensor(.f64, [2, 2], floats: [1, 0, 0, -2]))
    let cubes = f.b.total(f.b.power(x, f.b.literal(3, like: x)))
    let square = f.b.power(f.b.total(x), f.b.literal(2, like: x))
    let h = f.b.derivative(.hvp, of: f.b.add(cubes, square), wrt: [x], along: [v])
    #expect(try f.values(h[0]) == [[4, -2, -2, -50]])
  }

  @Test func derivativesNestToThirdOrder() throws {
    var f = Formula()
    let x = f.scalar("x", 2)
    let a = f.b.gradient(of: f.b.power(x, f.b.literal(4, like: x)), wrt: x)
    let b = f.b.gradient(of: a, wrt: x)
    let c = f.b.gradient(of: b, wrt: x)
    let d = f.b.gradient(of: c, wrt: x)
    let one = f.constant(1)
    let forward = f.b.derivative(.jvp, of: b, wrt: [x], along: [one])[0]
    #expect(try f.values(a, b, c, d, forward) == [[32], [48], [48], [24], [48]])
  }

  @Test func gradientByAnIntermediate() throws {
    var f = Formula()
    let x = f.vector("x", [1, 2, 3])
    let z = f.b.power(x, f.b.literal(2, like: x))
    let cost = f.b.total(f.b.multiply(z, x))
    let gz = f.b.gradient(of: cost, wrt: z)
    let gx = f.b.gradient(of: cost, wrt: x)
    let gc = f.b.gradient(of: cost, wrt: x, constant: [z])
    #expect(try f.values(gz, gx, gc) == [[1, 2, 3], [3, 12, 27], [1, 4, 9]])
  }

  /// In a list each `wrt` gives what it gives alone: one that another depends on keeps that way.
  @Test func aListIsShortForSingleDerivatives() throws {
    var f = Formula()
    let x = f.scalar("x", 0.5)
    let z = f.b.exp(x)
    let cost = f.b.multiply(z, f.b.multiply(z, x))
    let one = f.constant(1)
    let two = f.constant(2)
    let list = f.b.derivative(.grad, of: cost, wrt: [z, x])
    let both = f.b.derivative(.jvp, of: cost, wrt: [z, x], along: [one, two])[0]
    let forward = [(z, one), (x, two)].map {
      f.b.derivative(.jvp, of: cost, wrt: [$0], along: [$1])[0]
    }
    let gz = f.b.gradient(of: cost, wrt: z)
    let gx = f.b.gradient(of: cost, wrt: x)
    let sum = f.b.add(forward[0], forward[1])
    let values = try f.values(list[0], list[1], gz, gx, both, sum).map { $0[0] }
    #expect(values[0] == values[2])
    #expect(values[1] == values[3])
    #expect((values[4] - values[5]).magnitude < 1e-14)
    #expect((values[4] - (values[0] + 2 * values[1])).magnitude < 1e-14)
  }

  /// A rule that spells a derivative by its node's result does not make it depend on that value.
  @Test func resultsInRulesAreNotTheNamedValue() throws {
    var f = Formula()
    let x = f.scalar("x", 0)
    let z = f.b.exp(x)
    // cost = 3 z at z = eˣ + δ: ∂cost/∂x = 3 eˣ whatever δ is.
    let cost = f.b.multiply(f.constant(3), z)
    let slope = f.b.gradient(of: cost, wrt: x)
    let mixed = f.b.gradient(of: slope, wrt: z)
    let twice = f.b.gradient(of: slope, wrt: x)
    #expect(try f.values(slope, mixed, twice) == [[3], [0], [3]])
    let one = f.constant(1)
    let h = f.b.derivative(.hvp, of: cost, wrt: [z, x], along: [one, one])
    // The Hessian in (δ, x) is [[0, 0], [0, 3]].
    #expect(try f.values(h[0], h[1]) == [[0], [3]])
  }

  @Test func theDifferentiatedValueItself() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let v = f.vector("v", [1, 2])
    let u = f.vector("u", [7, 8])
    let g = f.b.gradient(of: x, wrt: x)
    let vjp = f.b.derivative(.vjp, of: v, wrt: [v], along: [u])[0]
    let jvp = f.b.derivative(.jvp, of: v, wrt: [v], along: [u])[0]
    #expect(try f.values(g, vjp, jvp) == [[1], [7, 8], [7, 8]])
  }

  @Test func jacobianAndHessianOfASmallProgram() throws {
    var f = Formula()
    let x = f.vector("x", [1, 2])
    let y = f.b.multiply(x, f.b.multiply(x, x))
    let cost = f.b.reduceSum(y, axes: [0])
    let jacobian = f.b.derivative(.jacobian, of: y, wrt: [x])[0]
    let hessian = f.b.derivative(.hessian, of: cost, wrt: [x])[0]
    #expect(try f.values(jacobian, hessian) == [[3, 0, 0, 12], [6, 0, 0, 12]])
  }

  @Test func aGraphWithoutRequestsStaysAsItIs() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let y = f.b.exp(x)
    let graph = try f.differentiated([y])
    f.b.graph.addOutput("r0", y)
    #expect(graph.dump() == f.b.graph.dump())
  }

  @Test func namesAndUsesAreKept() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let g = f.b.gradient(of: f.b.multiply(x, x), wrt: x)
    f.b.graph.name(g, "gx")
    f.b.graph.parameters[0].isInout = true
    f.b.graph.updates.append(Update(parameter: 0, value: g, site: .none))
    let holds = f.b.greater(g, f.constant(0))
    f.b.graph.assertions.append(Assertion(condition: holds, message: "up", site: .none))
    let graph = try f.differentiated([g])
    #expect(graph[graph.outputs[0].value].name == "gx")
    #expect(graph.updates[0].value == graph.outputs[0].value)
    #expect(graph.node(of: graph.assertions[0].condition).operation == .greater)
    #expect(graph.parameters[0].isInout)
    #expect(!graph.nodes.contains { $0.operation == .derivative })
  }

  @Test func theTypesAreThoseOfTheLanguage() throws {
    var f = Formula()
    let x = f.vector("x", [1, 2], .f32)
    let y = f.b.total(f.b.convert(x, to: .f64))
    let g = f.b.gradient(of: y, wrt: x)
    let t = f.b.derivative(.jvp, of: y, wrt: [x], along: [x])[0]
    let graph = try f.differentiated([g, t])
    #expect(graph.type(graph.outputs[0].value) == TensorType(.f32, [Dim(2)]))
    #expect(graph.type(graph.outputs[1].value) == TensorType(.f64))
  }
}
