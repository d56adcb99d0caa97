import GraphIR
import LoopIR
import Ops
import Support

/// Products of matrices by BLAS, where they are large: a stack of them, whose axes lie in memory as
/// those of matrices in row order, transposed or not.
struct BLASProduct {
  private let axes: ContractionAxes
  private let dtype: DType
  /// The loops along the rows and columns of what BLAS writes, and along the sum.
  private let row: Int
  private let column: Int
  private let step: Int
  private let left: MatrixInMemory
  private let right: MatrixInMemory
  private let result: MatrixInMemory

  /// Below so many rows, columns or steps of the sum, our own loops are as good.
  private static let least = 64
  /// BLAS counts in 32 bits.
  private static let most = Int(Int32.max)

  /// Plans the calls for a contraction; nil where it is not one for BLAS.
  init?(_ node: Node, to target: Place, order: [Int]?, _ nests: Nests, in body: Body) {
    let axes = ContractionAxes(of: node, in: nests.graph, order: order)
    guard axes.summed.count == 1 else { return nil }
    for first in axes.leftFree.reversed() {
      for last in axes.rightFree.reversed() {
        if let product = BLASProduct(node, axes, first, last, to: target, nests.reader, body) {
          self = product
          return
        }
      }
    }
    return nil
  }

  /// Plans the calls for some rows of the left operand and columns of the right one; all other axes
  /// are loops around the calls.
  private init?(
    _ node: Node, _ axes: ContractionAxes, _ first: Int, _ last: Int, to target: Place,
    _ reader: ElementReader, _ body: Body
  ) {
    let loops = axes.extents.indices.map { Index(LoopID($0)) }
    let step = axes.summed[0]
    func operand(_ number: Int, _ axes: [Int], _ ends: [Int]) -> MatrixInMemory? {
      reader.memory(of: node.operands[number], axes.map { loops[$0] })
        .flatMap { MatrixInMemory($0.place, $0.position, ends, body) }
    }
    guard
      let result = MatrixInMemory(target, axes.result.map { loops[$0] }, [first, last], body),
      let a = operand(0, axes.left, [first, step]), let b = operand(1, axes.right, [step, last])
    else { return nil }
    dtype = reader.graph.type(node.result).dtype
    // Where neighbours of the result lie along the rows, BLAS is asked for its transpose.
    let isTurned = result.unit == first
    (row, column) = isTurned ? (last, first) : (first, last)
    (left, right) = isTurned ? (b, a) : (a, b)
    (self.axes, self.step, self.result) = (axes, step, result)
    let types = [a, b, result].map { body[$0.buffer].element }
    guard dtype == .f32 || dtype == .f64, types.allSatisfy({ $0 == dtype }),
      sizes.allSatisfy({ $0.isPerhaps(atLeast: BLASProduct.least) }),
      counts.allSatisfy({ $0.constant.map { $0 <= BLASProduct.most } ?? !$0.isTooLarge })
    else { return nil }
  }

  /// The sizes of the matrices.
  private var sizes: [Dim] { [row, column, step].map { axes.extents[$0] } }

  /// All that BLAS is to count.
  private var counts: [Dim] { sizes + [left, right, result].map(\.leading) }

  /// Appends the calls where the matrices are large and BLAS can count them, and for all others
  /// what `own` appends.
  func emit(_ b: inout LoopBuilder, own: (inout LoopBuilder) -> Void) {
    guard let isLarge = isLarge(&b) else { return calls(&b) }
    let then = b.block(calls)
    let otherwise = b.block(own)
    b.append(.branch(isLarge, then: then, otherwise: otherwise))
  }

  /// Whether the sizes of a call are for BLAS; nil where they always are.
  private func isLarge(_ b: inout LoopBuilder) -> ScalarID? {
    var condition: ScalarID?
    func require(_ comparison: Comparison, _ size: Dim, _ bound: Int) {
      let holds = b.compare(comparison, b.dim(size), b.index(bound))
      condition = condition.map { b.binary(.and, $0, holds) } ?? holds
    }
    for size in sizes where size.constant == nil {
      require(.greaterEqual, size, BLASProduct.least)
    }
    for count in counts where count.constant == nil {
      require(.lessEqual, count, BLASProduct.most)
    }
    return condition
  }

  /// Appends a call for each matrix of the stack.
  private func calls(_ b: inout LoopBuilder) {
    let around = axes.extents.indices.filter { ![row, column, step].contains($0) }
    calls(around[...], axes.extents.map { _ in Index(Dim(0)) }, &b)
  }

  /// Appends what is left of the loops around the calls.
  private func calls(_ around: ArraySlice<Int>, _ at: [Index], _ b: inout LoopBuilder) {
    guard let loop = around.first else { return call(at, &b) }
    if axes.extents[loop] == Dim(1) { return calls(around.dropFirst(), at, &b) }
    b.loop("matrix", axes.extents[loop]) { b, id in
      calls(around.dropFirst(), at.with(loop, Index(id)), &b)
    }
  }

  /// Appends the call for one matrix, which writes `1 A B + 0 C` to `C`.
  private func call(_ at: [Index], _ b: inout LoopBuilder) {
    let (noTranspose, transpose) = (111, 112)
    let turns = [left.unit == row, right.unit == step].map {
      LAPACK.Argument.code($0 ? transpose : noTranspose)
    }
    let lengths = sizes.map { LAPACK.Argument.size(b.dim($0)) }
    let leading = [left, right, result].map { LAPACK.Argument.size(b.dim($0.leading)) }
    let factors = [left, right].map { LAPACK.Argument.input($0.buffer, $0.position(at)) }
    b.callBLAS(
      "gemm", dtype,
      turns + lengths + [
        .number(1), factors[0], leading[0], factors[1], leading[1],
        .number(0), .memory(result.buffer, result.position(at)), leading[2],
      ])
  }
}

/// A matrix in memory, by the loops along its rows and columns.
private struct MatrixInMemory {
  let buffer: BufferID
  /// The loop along neighbours, and the elements between those of two turns of the other one.
  let unit: Int
  let leading: Dim
  /// Where its memory begins, and the position there in each turn of all loops.
  private let prefix: [Index]
  private let indices: [Index]

  /// Finds the elements of a value; nil where BLAS could not find them.
  ///
  /// - Parameter ends: the loops along rows and columns.
  init?(_ place: Place, _ indices: [Index], _ ends: [Int], _ body: Body) {
    (buffer, prefix, self.indices) = (place.buffer, place.prefix, indices)
    guard body[buffer].lanes == 1, let first = MatrixInMemory.axis(of: ends[0], indices),
      let second = MatrixInMemory.axis(of: ends[1], indices), first != second
    else { return nil }
    let shape = body[buffer].shape.dropFirst(place.prefix.count)
    func distance(_ axis: Int) -> Dim {
      indices[axis].loops[0].coefficient
        * Dim.product(Array(shape.dropFirst(axis + 1)))
    }
    let isSecond = first < second
    guard distance(max(first, second)) == Dim(1) else { return nil }
    unit = isSecond ? ends[1] : ends[0]
    leading = distance(min(first, second))
  }

  /// The axis that a loop alone goes along, in steps forward.
  private static func axis(of loop: Int, _ indices: [Index]) -> Int? {
    let moved = indices.indices.filter { axis in
      indices[axis].loops.contains { $0.variable.index == loop }
    }
    guard moved.count == 1, indices[moved[0]].loops.count == 1,
      let step = indices[moved[0]].loops[0].coefficient.constant, step > 0
    else { return nil }
    return moved[0]
  }

  /// The position of an element in the buffer, at some turns of the loops.
  func position(_ turns: [Index]) -> [Index] {
    prefix
      + indices.map { index in
        var sum = Index(index.offset)
        sum.scalars = index.scalars
        return index.loops.reduce(sum) { $0 + turns[$1.variable.index] * $1.coefficient }
      }
  }
}
