import Autodiff
import GraphIR
import Ops
import Support
import TestSupport
import Testing

/// What it means to depend on a value, and what is said where it does not.
@Suite struct DependenceTests {
  @Test func aCostThatDoesNotDepend() throws {
    var f = Formula()
    let x = f.scalar("x", 1)
    let y = f.scalar("y", 1)
    let cost = f.b.multiply(x, x)
    f.b.graph.name(cost, "cost")
    f.b.site = Site(file: FileID(index: 0), start: 40, end: 44)
    _ = f.b.gradient(of: cost, wrt: y)
    let error = try #require(f.refusal())
    #expect(
      error.message
        == "'cost' does not depend on 'y'; 'disconnected: zero' makes the derivative 0")
    #expect(error.site.start == 40)
  }

  @Test func disconnectedGivesZero() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let v = f.vector("v", [1, 2])
    let cost = f.b.multiply(x, x)
    let g = f.b.derivative(.grad, of: cost, wrt: [v, x], zeroWhereDisconnected: true)
    let t = f.b.derivative(.jvp, of: cost, wrt: [v], along: [v], zeroWhereDisconnected: true)[0]
    let h = f.b.derivative(.hvp, of: cost, wrt: [v], along: [v], zeroWhereDisconnected: true)[0]
    #expect(try f.values(g[0], g[1], t, h) == [[0, 0], [6], [0], [0, 0]])
  }

  @Test func eachOfAListMustBeReached() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let y = f.scalar("y", 3)
    let one = f.constant(1)
    _ = f.b.derivative(.jvp, of: f.b.exp(x), wrt: [x, y], along: [one, one])
    #expect(f.refusal()?.message.contains("does not depend on 'y'") == true)
  }

  @Test func comparisonsAndIntegersEndAPath() throws {
    for kind in 0..<2 {
      var f = Formula()
      let x = f.scalar("x", 1.5)
      let y =
        kind == 0
        ? f.b.select(f.b.greater(x, f.constant(0)), f.constant(1), f.constant(2))
        : f.b.convert(f.b.convert(x, to: .i32), to: .f64)
      _ = f.b.gradient(of: y, wrt: x)
      #expect(f.refusal()?.message.contains("does not depend on 'x'") == true)
    }
  }

  /// Where a path ends, a note says so, in the words of the text.
  @Test func theEndOfAPathIsTold() throws {
    typealias Rule = (inout Formula, Value) -> Value
    let ends: [(String, Rule)] = [
      ("'argsort' gives 'i64'", { f, x in f.b.emit(.argsort, [x], .axis(0)) }),
      ("'argmax' gives 'i64'", { f, x in f.b.reduce(.argmax, x, axes: [0]) }),
      ("'top_k' gives 'i64'", { f, x in
        (try? f.b.tryEmit(.topK, [x], .shape([Dim(1)])))?[1] ?? x
      }),
      ("'>' gives 'bool'", { f, x in f.b.greater(x, f.constant(0)) }),
      ("'i32' gives 'i32'", { f, x in f.b.convert(x, to: .i32) }),
      ("'random_bernoulli' gives 'bool'", { f, x in
        let key = f.b.literal(.int(1), .u64)
        return f.b.emit(.randomBernoulli, [key, x], .draw([Dim(2)], .f64))
      }),
    ]
    for (words, rule) in ends {
      var f = Formula()
      let x = f.vector("x", [1.5, 2])
      f.b.site = Site(file: FileID(index: 0), start: 20, end: 24)
      let end = rule(&f, x)
      f.b.site = Site(file: FileID(index: 0), start: 40, end: 44)
      _ = f.b.gradient(of: f.b.total(f.b.convert(end, to: .f64)), wrt: x)
      let notes = try #require(f.refusal()).notes
      #expect(notes.map(\.message) == ["\(words) here, and has no derivative"])
      #expect(notes.first?.site.start == 20)
    }
  }

  @Test func derivativesOfZeroDoNotEndAPath() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let stopped = f.b.emit(.stopGradient, [x])
    let sign = f.b.gradient(of: f.b.sign(x), wrt: x)
    let stop = f.b.gradient(of: stopped, wrt: x)
    let one = f.constant(1)
    let forward = f.b.derivative(.jvp, of: stopped, wrt: [x], along: [one])[0]
    let held = f.b.emit(.stopGradient, [f.b.multiply(x, x)])
    let product = f.b.gradient(of: f.b.multiply(held, x), wrt: x)
    #expect(try f.values(sign, stop, forward, product) == [[0], [0], [0], [9]])
  }

  @Test func aShapeIsNoPath() throws {
    var f = Formula()
    let x = f.vector("x", [1, 2])
    let y = f.b.total(f.b.fill(x, with: f.constant(3)))
    _ = f.b.gradient(of: y, wrt: x)
    #expect(f.refusal()?.message.contains("does not depend on 'x'") == true)
  }

  @Test func constantsEndAPath() throws {
    var f = Formula()
    let x = f.scalar("x", 3)
    let z = f.b.power(x, f.b.literal(2, like: x))
    _ = f.b.gradient(of: z, wrt: x, constant: [z])
    #expect(f.refusal()?.message.contains("does not depend on 'x'") == true)
    var g = Formula()
    let y = g.scalar("y", 3)
    _ = g.b.gradient(of: g.b.exp(y), wrt: y, constant: [y])
    #expect(g.refusal()?.message.contains("'y', which 'constant' names") == true)
  }

  /// A derivative depends on what its primal depends on: that of a linear cost is constant, and has
  /// derivative 0.
  @Test func aVanishingSecondDerivativeIsNoError() throws {
    var f = Formula()
    let x = f.vector("x", [1, 2])
    let cost = f.b.total(f.b.multiply(f.constant(3), x))
    let first = f.b.gradient(of: cost, wrt: x)
    let second = f.b.gradient(of: f.b.total(first), wrt: x)
    let third = f.b.gradient(of: f.b.total(second), wrt: x)
    let hvp = f.b.derivative(.hvp, of: cost, wrt: [x], along: [x])[0]
    let jvp = f.b.derivative(.jvp, of: cost, wrt: [x], along: [first])[0]
    let ofJvp = f.b.gradient(of: jvp, wrt: x)
    #expect(
      try f.values(first, second, third, hvp, ofJvp)
        == [[3, 3], [0, 0], [0, 0], [0, 0], [0, 0]])
  }

  /// A derivative that is another value of the graph does not lend its dependence to that value.
  @Test func dependenceIsNotedOfTheDerivativeAlone() throws {
    var f = Formula()
    let x = f.vector("x", [1, 2])
    let u = f.vector("u", [1, 2])
    let vjp = f.b.derivative(.vjp, of: x, wrt: [x], along: [u])[0]
    let fine = f.b.gradient(of: f.b.total(vjp), wrt: x)
    #expect(try f.values(fine) == [[0, 0]])
    _ = f.b.gradient(of: f.b.total(u), wrt: x)
    #expect(f.refusal()?.message.contains("does not depend on 'x'") == true)
  }

  @Test func integersInAProductAreFine() throws {
    var f = Formula()
    let k = f.tensor("k", Tensor(.i32, [3], integers: [1, 2, 3]))
    let x = f.vector("x", [0.5, 1, 2])
    let y = f.b.total(f.b.multiply(f.b.convert(k, to: .f64), x))
    let g = f.b.gradient(of: y, wrt: x)
    #expect(try f.values(g) == [[1, 2, 3]])
  }

  @Test func gradientsAreScaledAndClipped() throws {
    var f = Formula()
    let x = f.scalar("x", 2)
    let scaled = f.b.emit(.gradScale, [x, f.constant(-3)])
    let clipped = f.b.emit(.gradClip, [x, f.constant(-1), f.constant(1)])
    let a = f.b.gradient(of: f.b.multiply(scaled, scaled), wrt: x)
    let b = f.b.gradient(of: f.b.multiply(clipped, clipped), wrt: x)
    #expect(try f.values(a, b) == [[-12], [1]])
  }

  @Test func forwardModeThroughAFilterIsRefused() throws {
    var f = Formula()
    let x = f.scalar("x", 2)
    f.b.site = Site(file: FileID(index: 0), start: 3, end: 9)
    let scaled = f.b.emit(.gradScale, [x, f.constant(2)])
    f.b.site = Site(file: FileID(index: 0), start: 20, end: 29)
    _ = f.b.derivative(.jvp, of: scaled, wrt: [x], along: [x])
    let error = try #require(f.refusal())
    #expect(
      error.message
        == "'jvp' cannot go through 'grad_scale': it acts on gradients that flow back, and has no "
        + "forward mode")
    #expect(error.site.start == 3)
    #expect(error.notes.first?.site.start == 20)
  }

  @Test func operandsThatDoNotFitAreRefused() throws {
    var f = Formula()
    let x = f.vector("x", [1, 2])
    let s = f.scalar("s", 1)
    let k = f.tensor("k", Tensor(.i32, [], integers: [1]))
    func message(_ form: DerivativeRequest.Form, _ operands: [Value], along: Int = 0) -> String? {
      let request = DerivativeRequest(
        form: form, wrtCount: operands.count - 1 - along, alongCount: along)
      do throws(TypeError) {
        _ = try f.b.tryEmit(.derivative, operands, .derivative(request))
        return nil
      } catch {
        return error.message
      }
    }
    #expect(message(.grad, [x, x]) == "'grad' differentiates a scalar, not f64[2]")
    #expect(message(.grad, [k, x]) == "what is differentiated is floating-point, not 'i32'")
    #expect(
      message(.grad, [s, k])
        == "a derivative is with respect to floating-point values, not 'i32'")
    #expect(message(.jvp, [s, x, s], along: 1) == "'along' is f64[2] here, not f64")
    #expect(message(.vjp, [s, x, x], along: 1) == "'along' is f64 here, not f64[2]")
    #expect(message(.jvp, [s, x]) == "'jvp' takes 1 values along, not 0")
    #expect(message(.grad, [s, x]) == nil)
  }
}
