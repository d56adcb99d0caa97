import GraphIR
import Ops
import Support
import TestSupport
import Testing

/// What flows to a place that structure leaves out is exactly 0, whatever is computed there.
@Suite struct MaskTests {
  /// `where(x > 0, log(x), 0)` as a sum, and its derivatives at a zero, to third order.
  @Test func logarithmOfZeroInABranch() throws {
    var f = Formula()
    let x = f.vector("x", [-1, 0, 4])
    let zero = f.constant(0)
    let y = f.b.select(f.b.greater(x, zero), f.b.log(x), zero)
    let first = f.b.gradient(of: f.b.total(y), wrt: x)
    let second = f.b.gradient(of: f.b.total(first), wrt: x)
    let third = f.b.gradient(of: f.b.total(second), wrt: x)
    #expect(
      try f.values(first, second, third)
        == [[0, 0, 0.25], [0, 0, -0.0625], [0, 0, 0.03125]])
  }

  @Test func otherModesAtAZero() throws {
    var f = Formula()
    let x = f.vector("x", [-1, 0, 4])
    let ones = f.vector("ones", [1, 1, 1])
    let zero = f.constant(0)
    let three = f.b.multiply(f.constant(3), x)
    let y = f.b.select(f.b.greater(x, zero), f.b.log(x), three)
    let t = f.b.derivative(.jvp, of: y, wrt: [x], along: [ones])[0]
    let h = f.b.derivative(.hvp, of: f.b.total(y), wrt: [x], along: [ones])[0]
    let mixed = f.b.gradient(of: f.b.total(t), wrt: x)
    let forward = f.b.derivative(.jvp, of: t, wrt: [x], along: [ones])[0]
    #expect(
      try f.values(t, h, mixed, forward)
        == [[3, 3, 0.25], [0, 0, -0.0625], [0, 0, -0.0625], [0, 0, -0.0625]])
  }

  @Test func squareRootInABranch() throws {
    var f = Formula()
    let x = f.vector("x", [-1, 0, 4])
    let ones = f.vector("ones", [1, 1, 1])
    let zero = f.constant(0)
    let y = f.b.total(f.b.select(f.b.greater(x, zero), f.b.sqrt(x), zero))
    let h = f.b.derivative(.hvp, of: y, wrt: [x], along: [ones])[0]
    #expect(try f.values(h) == [[0, 0, -0.03125]])
  }

  /// A chain of functions under one mask.
  @Test func longChainInABranch() throws {
    var f = Formula()
    let x = f.vector("x", [0, 2])
    let zero = f.constant(0)
    // log(sqrt(1 / x)) = -log(x) / 2
    let chain = f.b.log(f.b.sqrt(f.b.divide(f.constant(1), x)))
    let y = f.b.total(f.b.select(f.b.greater(x, zero), chain, zero))
    let first = f.b.gradient(of: y, wrt: x)
    let second = f.b.gradient(of: f.b.total(first), wrt: x)
    let values = try f.values(first, second)
    #expect(values[0][0] == 0 && values[1][0] == 0)
    #expect((values[0][1] + 0.25).magnitude < 1e-15)
    #expect((values[1][1] - 0.125).magnitude < 1e-15)
  }

  @Test func broadcastingInsideABranch() throws {
    var f = Formula()
    let rows = f.tensor("rows", Tensor(.f64, [2, 1], floats: [0, 2]))
    let row = f.vector("row", [1, 0, 3])
    let s = f.scalar("s", 0)
    let zero = f.constant(0)
    // Row 0 is left out, and column 1; what is scalar there is used elsewhere.
    let holds = f.b.and(f.b.greater(rows, zero), f.b.greater(row, zero))
    let inner = f.b.multiply(f.b.log(rows), f.b.log(row))
    let y = f.b.total(f.b.select(holds, inner, s))
    let never = f.b.total(f.b.select(f.b.less(row, zero), f.b.log(s), zero))
    let gRows = f.b.gradient(of: y, wrt: rows)
    let gRow = f.b.gradient(of: y, wrt: row)
    let gS = f.b.gradient(of: y, wrt: s)
    let gNever = f.b.gradient(of: never, wrt: s)
    let values = try f.values(gRows, gRow, gS, gNever)
    #expect(Tensor.difference(values[0], [0, 0.5493061443340549]) < 1e-15)
    #expect(Tensor.difference(values[1], [0.6931471805599453, 0, 0.23104906018664842]) < 1e-15)
    #expect(values[2] == [4])
    #expect(values[3] == [0])
  }

  @Test func nestedBranches() throws {
    var f = Formula()
    let x = f.vector("x", [-1, 0, 0.5, 2])
    let zero = f.constant(0)
    let one = f.constant(1)
    // log(x) between 0 and 1, sqrt(x - 1) above 1, 0 elsewhere.
    let upper = f.b.select(
      f.b.greater(x, one), f.b.sqrt(f.b.subtract(x, one)), f.b.log(x))
    let y = f.b.total(f.b.select(f.b.greater(x, zero), upper, zero))
    let first = f.b.gradient(of: y, wrt: x)
    let second = f.b.gradient(of: f.b.total(first), wrt: x)
    #expect(try f.values(first, second) == [[0, 0, 2, 0.5], [0, 0, -4, -0.25]])
  }

  @Test func sumsInsideABranch() throws {
    for (flag, expected) in [(-1.0, [0.0, 0.0]), (1, [Double.infinity, 0.5])] {
      var f = Formula()
      let x = f.vector("x", [0, 2])
      let c = f.scalar("c", flag)
      let zero = f.constant(0)
      let y = f.b.select(f.b.greater(c, zero), f.b.total(f.b.log(x)), zero)
      let g = f.b.gradient(of: y, wrt: x)
      #expect(try f.values(g) == [expected])
    }
  }

  @Test func scalarBranches() throws {
    var f = Formula()
    let x = f.scalar("x", 0)
    let zero = f.constant(0)
    let y = f.b.select(f.b.greater(x, zero), f.b.log(x), f.b.multiply(x, x))
    let first = f.b.gradient(of: y, wrt: x)
    let second = f.b.gradient(of: first, wrt: x)
    let third = f.b.gradient(of: second, wrt: x)
    #expect(try f.values(first, second, third) == [[0], [2], [0]])
  }

  /// Where one use is left out and another is not, the infinity is real.
  @Test func aUseOutsideTheBranchShows() throws {
    var f = Formula()
    let x = f.scalar("x", 0)
    let zero = f.constant(0)
    let l = f.b.log(x)
    let inside = f.b.select(f.b.greater(x, zero), l, zero)
    let both = f.b.add(inside, f.b.negate(l))
    let gInside = f.b.gradient(of: inside, wrt: x)
    let gBoth = f.b.gradient(of: both, wrt: x)
    #expect(try f.values(gInside, gBoth) == [[0], [-.infinity]])
  }

  /// Two branches that leave out different places: what either uses counts.
  @Test func masksOfSeveralUsesAreJoined() throws {
    var f = Formula()
    let x = f.vector("x", [0, 1, 2])
    let zero = f.constant(0)
    let l = f.b.log(x)
    let low = f.b.select(f.b.equal(x, f.constant(1)), l, zero)
    let high = f.b.select(f.b.greater(x, f.constant(1)), f.b.multiply(l, f.constant(3)), zero)
    let g = f.b.gradient(of: f.b.total(f.b.add(low, high)), wrt: x)
    #expect(try f.values(g) == [[0, 1, 1.5]])
  }

  @Test func masksPassLinearOperations() throws {
    var f = Formula()
    let x = f.tensor("x", Tensor(.f32, [2], floats: [0, 2]))
    let zero = f.constant(0)
    let logs = f.b.expandDims(f.b.convert(f.b.log(x), to: .f64), axes: [0])
    let wide = f.b.broadcast(logs, to: [Dim(3), Dim(2)])
    let holds = f.b.greater(f.b.convert(x, to: .f64), zero)
    let g = f.b.gradient(of: f.b.total(f.b.select(holds, wide, zero)), wrt: x)
    #expect(try f.values(g) == [[0, 1.5]])
  }

  /// `sqrt(a * v)[0]` where `v[1]` is 0.
  @Test func elementsThatASliceLeavesOut() throws {
    var f = Formula()
    let a = f.scalar("a", 1)
    let v = f.vector("v", [4, 0])
    let roots = f.b.sqrt(f.b.multiply(a, v))
    let first = f.b.emit(
      .slice, [roots], .slice([SliceAxis(start: Dim(0), step: 1, size: Dim(1))]))
    let y = f.b.total(first)
    let ga = f.b.gradient(of: y, wrt: a)
    let gv = f.b.gradient(of: y, wrt: v)
    let second = f.b.gradient(of: f.b.total(gv), wrt: v)
    #expect(try f.values(ga, gv, second) == [[1], [0.25, 0], [-0.03125, 0]])
  }

  /// The greatest of some logarithms; one of 0 is not it.
  @Test func elementsThatAreNotTheGreatest() throws {
    var f = Formula()
    let x = f.vector("x", [0, 2, 2])
    let ones = f.vector("ones", [1, 1, 1])
    let y = f.b.emit(.greatest, [f.b.log(x)], .reduction(axes: [0], keepDims: false))
    let g = f.b.gradient(of: y, wrt: x)
    let t = f.b.derivative(.jvp, of: y, wrt: [x], along: [ones])[0]
    let h = f.b.gradient(of: f.b.total(g), wrt: x)
    #expect(try f.values(g, t, h) == [[0, 0.5, 0.5], [1], [0, -0.25, -0.25]])
  }

  /// The deviation of equal numbers has no slope; in a row that is left out nothing of it shows.
  @Test func reductionsThatAreLeftOut() throws {
    var f = Formula()
    let x = f.tensor("x", Tensor(.f64, [2, 2], floats: [3, 3, 1, 5]))
    let holds = f.tensor("holds", Tensor(.bool, [2], integers: [0, 1]))
    let rows = Attributes.reduction(axes: [1], keepDims: false)
    let spread = f.b.emit(.standardDeviation, [x], rows)
    let y = f.b.total(f.b.select(holds, spread, f.constant(0)))
    let g = f.b.gradient(of: y, wrt: x)
    let h = f.b.gradient(of: f.b.inner(g, x), wrt: x)
    let values = try f.values(g, h)
    #expect(values[0] == [0, 0, -0.5, 0.5])
    #expect(values[1][0] == 0 && values[1][1] == 0)
    #expect(Tensor.difference(values[1], [0, 0, -0.5, 0.5]) < 1e-15)
  }

  /// Of a row of -inf there is no softmax; where the row is left out nothing of it shows.
  @Test func rowsWithoutASoftmaxThatAreLeftOut() throws {
    var f = Formula()
    let x = f.tensor(
      "x", Tensor(.f64, [2, 2], floats: [-.infinity, -.infinity, 0, 0]))
    let w = f.tensor("w", Tensor(.f64, [2, 2], floats: [1, 2, 3, 5]))
    let holds = f.tensor("holds", Tensor(.bool, [2, 1], integers: [0, 1]))
    let chosen = f.b.select(holds, f.b.emit(.softmax, [x], .axis(1)), f.constant(0))
    let g = f.b.gradient(of: f.b.inner(chosen, w), wrt: x)
    #expect(try f.values(g) == [[0, 0, -0.5, 0.5]])
  }

  @Test func tiesOfMaximumGoToTheFirst() throws {
    var f = Formula()
    let x = f.vector("x", [-1, 0, 2])
    let zero = f.constant(0)
    let first = f.b.gradient(of: f.b.total(f.b.maximum(x, zero)), wrt: x)
    let second = f.b.gradient(of: f.b.total(f.b.maximum(zero, x)), wrt: x)
    #expect(try f.values(first, second) == [[0, 1, 1], [0, 0, 1]])
  }

  @Test func absoluteValueIsFlatAtZero() throws {
    var f = Formula()
    let x = f.vector("x", [-3, 0, 2])
    let g = f.b.gradient(of: f.b.total(f.b.abs(x)), wrt: x)
    #expect(try f.values(g) == [[-1, 0, 1]])
  }

  /// Nothing is masked that need not be.
  @Test func unmaskedDerivativesHaveNoWhere() throws {
    var f = Formula()
    let x = f.vector("x", [1, 2])
    let y = f.b.total(f.b.log(f.b.sqrt(f.b.exp(x))))
    let g = f.b.gradient(of: y, wrt: x)
    #expect(!(try f.differentiated([g])).nodes.contains { $0.operation == .select })
  }
}
