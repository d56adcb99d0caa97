import GraphIR
import Ops
import Support
import Testing

/// What type rules give, and how they refuse.
@Suite struct StructureTypeTests {
  /// A size.
  private let m = Dim.symbol("m")
  /// Another size.
  private let n = Dim.symbol("n")

  /// What the rule gives.
  private func type(
    _ operation: Operation, _ operands: [TensorType], _ attributes: Attributes
  ) throws(TypeError) -> TensorType {
    try operation.infer(TypeQuery(operands: operands, attributes: attributes))[0]
  }

  /// Why the rule refuses; nil where it does not.
  private func refusal(
    _ operation: Operation, _ operands: [TensorType], _ attributes: Attributes
  ) -> TypeError? {
    do {
      _ = try type(operation, operands, attributes)
      return nil
    } catch { return error }
  }

  @Test func givesTypes() throws {
    let x = TensorType(.f32, [m, n])
    #expect(try type(.transpose, [x], .axes([1, 0])) == TensorType(.f32, [n, m]))
    #expect(try type(.reshape, [x], .shape([n * m])) == TensorType(.f32, [m * n]))
    #expect(try type(.reshape, [x], .shape([Dim(3), n])) == TensorType(.f32, [Dim(3), n]))
    #expect(try type(.concatenate, [x, x], .axis(1)) == TensorType(.f32, [m, 2 * n]))
    let slices = [SliceAxis(start: Dim(1), step: 2, size: m.quotient(2)), .whole(n)]
    #expect(try type(.slice, [x], .slice(slices)) == TensorType(.f32, [m.quotient(2), n]))
    let pads = [
      PadAxis(low: Dim(1), high: n, interior: 2), PadAxis(low: Dim(0), high: Dim(0)),
    ]
    #expect(
      try type(.pad, [x, TensorType(.f32)], .pad(pads)) == TensorType(.f32, [3 * m + n - 1, n]))
    #expect(
      try type(.argmax, [x], .reduction(axes: [0], keepDims: true))
        == TensorType(.i64, [Dim(1), n]))
    #expect(try type(.arange, [], .shape([n])) == TensorType(.i64, [n]))
    #expect(try type(.size, [], .shape([n])) == TensorType(.i64))
    #expect(try type(.softmax, [x], .axis(1)) == x)
  }

  @Test func contracts() throws {
    let k = Dim.symbol("k")
    let pairs = Contraction(leftBatch: [0], rightBatch: [1], leftSummed: [2], rightSummed: [0])
    #expect(
      try type(
        .contract, [TensorType(.i8, [m, Dim(2), k]), TensorType(.i8, [k, m, n])],
        .contraction(pairs)) == TensorType(.i8, [m, Dim(2), n]))
    let bad = refusal(
      .contract, [TensorType(.f64, [m, k]), TensorType(.f64, [m, n])],
      .contraction(Contraction(leftSummed: [1], rightSummed: [0])))
    #expect(
      bad?.message
        == "shapes [m, k] and [m, n] do not fit together: k along axis 1 against m along axis 0")
    #expect(bad?.dims == [k, m])
  }

  /// A refused node: its operation, operands, attributes, and what is said.
  struct Refusal: Sendable, CustomTestStringConvertible {
    let operation: Operation
    let operands: [TensorType]
    let attributes: Attributes
    let message: String

    init(
      _ operation: Operation, _ operands: [TensorType], _ attributes: Attributes, _ message: String
    ) {
      self.operation = operation
      self.operands = operands
      self.attributes = attributes
      self.message = message
    }

    var testDescription: String { message }

    private static let n = Dim.symbol("n")
    private static let x = TensorType(.f64, [Dim(2), Dim(3)])
    private static let y = TensorType(.f64, [n, Dim(3)])

    static let all: [Refusal] = [
      Refusal(.transpose, [x], .axes([0, 0]), "[0, 0] is no permutation of the 2 axes of [2, 3]"),
      Refusal(
        .reshape, [x], .shape([Dim(4)]), "shape [2, 3] of 6 elements cannot become [4] of 4"),
      Refusal(
        .reshape, [y], .shape([3 * n + 1]),
        "shape [n, 3] of 3 * n elements cannot become [3 * n + 1] of 3 * n + 1"),
      Refusal(.reshape, [x], .shape([Dim(-6)]), "size -6 is negative"),
      Refusal(
        .broadcastTo, [x], .shape([Dim(2), Dim(4)]), "shape [2, 3] cannot be broadcast to [2, 4]"),
      Refusal(.broadcastTo, [x], .shape([Dim(3)]), "shape [2, 3] cannot be broadcast to [3]"),
      Refusal(.expandDims, [x], .axes([4]), "axis 4 is out of range for a result of 3 axes"),
      Refusal(.expandDims, [x], .axes([1, 0]), "axes [1, 0] do not ascend"),
      Refusal(
        .squeeze, [x], .axes([1]),
        "axis 1 of [2, 3] has size 3, only an axis of 1 can be squeezed"),
      Refusal(.squeeze, [x], .axes([2]), "axis 2 is out of range for the 2 axes of [2, 3]"),
      Refusal(
        .slice, [x], .slice([.whole(Dim(2))]), "1 slices do not fit the 2 axes of [2, 3]"),
      Refusal(
        .slice, [x], .slice([.whole(Dim(2)), .whole(Dim(4))]),
        "element 3 is outside axis 1 of size 3 of [2, 3]"),
      Refusal(
        .slice, [y],
        .slice([SliceAxis(start: n, step: -1, size: Dim(1)), .whole(Dim(3))]),
        "element n is outside axis 0 of size n of [n, 3]"),
      Refusal(
        .slice, [x],
        .slice([SliceAxis(start: Dim(0), step: 0, size: Dim(1)), .whole(Dim(3))]),
        "the step of a slice is not 0"),
      Refusal(
        .pad, [x, TensorType(.f64, [Dim(2)])], .pad([]),
        "padding is with a scalar, not with shape [2]"),
      Refusal(
        .pad, [x, TensorType(.f64)], .pad([PadAxis(low: Dim(1), high: Dim(0))]),
        "1 pairs of widths do not fit the 2 axes of [2, 3]"),
      Refusal(
        .pad, [TensorType(.f64, [n]), TensorType(.f64)],
        .pad([PadAxis(low: Dim(-1), high: Dim(0))]), "size -1 is negative"),
      Refusal(
        .concatenate, [x, y], .axis(1),
        "shapes [2, 3] and [n, 3] cannot be concatenated along axis 1: 2 against n along axis 0"),
      Refusal(
        .concatenate, [x, TensorType(.f64, [n])], .axis(0),
        "shapes [2, 3] and [n] cannot be concatenated along axis 0: 2 axes against 1"),
      Refusal(.concatenate, [x], .axis(2), "axis 2 is out of range for the 2 axes of [2, 3]"),
      Refusal(.flip, [x], .axes([0, 0]), "axis 0 is given twice"),
      Refusal(.arange, [], .shape([Dim(-1)]), "size -1 is negative"),
      Refusal(
        .greatest, [x], .reduction(axes: [2], keepDims: false),
        "axis 2 is out of range for the 2 axes of [2, 3]"),
      Refusal(
        .any, [x], .reduction(axes: [0], keepDims: false), "'any' takes 'bool', not 'f64'"),
      Refusal(
        .mean, [TensorType(.i32, [n])], .reduction(axes: [0], keepDims: false),
        "'mean' takes floating-point numbers, not 'i32'"),
      Refusal(
        .argmin, [TensorType(.f64, [n, Dim(0)])], .reduction(axes: [1], keepDims: false),
        "'argmin' over axis 1 of [n, 0], which is empty"),
      Refusal(.softmax, [x], .axis(-1), "axis -1 is out of range for the 2 axes of [2, 3]"),
      Refusal(
        .softmax, [TensorType(.bool, [n])], .axis(0),
        "'softmax' takes floating-point numbers, not 'bool'"),
    ]
  }

  @Test(arguments: Refusal.all)
  func refuses(_ refused: Refusal) {
    #expect(
      refusal(refused.operation, refused.operands, refused.attributes)?.message == refused.message)
  }

  @Test func tellsDims() {
    let x = TensorType(.f64, [m, n])
    let y = TensorType(.f64, [n, n])
    #expect(refusal(.concatenate, [x, y], .axis(1))?.dims == [m, n])
    #expect(refusal(.broadcastTo, [x], .shape([n, n]))?.dims == [m, n, n, n])
    #expect(refusal(.squeeze, [x], .axes([0]))?.dims == [m])
  }
}
