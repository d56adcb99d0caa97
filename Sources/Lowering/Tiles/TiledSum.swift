import GraphIR
import LoopIR
import Ops
import Support

/// A sum over some axes, as tiles see it: loops along the axes of the result and of the sum, and what
/// is added at each position of them.
struct TiledSum {
  /// A value that the term is made of, read at positions of the loops.
  struct Factor {
    var value: Value
    /// For each axis of the value, the loop that runs along it.
    var axes: [Int]
  }

  /// The number of turns of each loop.
  let extents: [Dim]
  /// For each axis of what is written, the loop that runs along it; nil where it is of size 1.
  let result: [Int?]
  let summed: [Int]
  /// One factor, or the two of a product.
  let factors: [Factor]
  let dtype: DType
  let site: Site

  /// The sum that a contraction is.
  init(_ node: Node, _ axes: ContractionAxes, in graph: Graph) {
    extents = axes.extents
    result = axes.result
    summed = axes.summed
    factors = [
      Factor(value: node.operands[0], axes: axes.left),
      Factor(value: node.operands[1], axes: axes.right),
    ]
    dtype = graph.type(node.result).dtype
    site = node.site
  }

  /// The sum that a reduction is; nil for other reductions.
  init?(_ node: Node, in graph: Graph) {
    guard node.operation == .sum, case .reduction(let axes, let keep) = node.attributes else {
      return nil
    }
    let operand = node.operands[0]
    extents = graph.type(operand).shape
    summed = axes
    let kept = extents.indices
    result = keep
      ? kept.map { axes.contains($0) ? nil : $0 } : kept.filter { !axes.contains($0) }
    factors = [Factor(value: operand, axes: Array(extents.indices))]
    dtype = graph.type(operand).dtype
    site = node.site
  }

  /// The loops along the axes of the result.
  var kept: [Int] { result.compactMap { $0 } }
}

/// Which loops give the rows and the columns of tiles, and what of a term belongs to either alone.
struct TileParts {
  /// Some rows serve each column, if there are rows.
  let row: Int?
  let column: Int
  /// A value that a factor reads, at which position.
  struct Part: Equatable {
    var factor: Int
    var value: Value
    /// For each axis, the loop that runs along it; nil where it is of size 1.
    var axes: [Int?]
  }

  /// What moves with columns but not with rows, and the other way round.
  private(set) var columns: [Part] = []
  private(set) var rows: [Part] = []
  /// Whether some part is read at positions that are no loops, or in two places.
  private var isIrregular = false

  /// The parts of the terms for a choice of loops; nil where no column serves several rows.
  init?(_ sum: TiledSum, row: Int?, column: Int, _ reader: ElementReader) {
    self.row = row
    self.column = column
    for (number, factor) in sum.factors.enumerated() {
      collect(factor.value, at: factor.axes.map { Index(LoopID($0)) }, number, reader)
    }
    if isIrregular || columns.isEmpty || row != nil && rows.isEmpty { return nil }
  }

  /// Goes down from a value to what moves with rows or columns alone. Values without memory are of
  /// bounded depth.
  private mutating func collect(
    _ value: Value, at position: [Index], _ factor: Int, _ reader: ElementReader
  ) {
    let loops = Set(position.flatMap { $0.loops.map(\.variable.index) })
    switch (row.map { loops.contains($0) } ?? false, loops.contains(column)) {
    case (true, true): collectOperands(of: value, at: position, factor, reader)
    case (false, true): note(value, position, factor, in: \.columns)
    case (true, false): note(value, position, factor, in: \.rows)
    case (false, false): break
    }
  }

  private mutating func note(
    _ value: Value, _ position: [Index], _ factor: Int,
    in parts: WritableKeyPath<TileParts, [Part]>
  ) {
    if position.contains(where: { $0.constant == nil && $0.loop == nil }) { isIrregular = true }
    let part = Part(factor: factor, value: value, axes: position.map { $0.loop?.index })
    if self[keyPath: parts].contains(part) { return }
    if (rows + columns).contains(where: { $0.factor == factor && $0.value == value }) {
      isIrregular = true
    }
    self[keyPath: parts].append(part)
  }

  private mutating func collectOperands(
    of value: Value, at position: [Index], _ factor: Int, _ reader: ElementReader
  ) {
    if reader.places[Int(value.index)] != nil { return }
    let node = reader.graph.node(of: value)
    switch node.operation.kernel {
    case .pointwise:
      for operand in node.operands {
        let shape = reader.graph.type(operand).shape
        collect(operand, at: reader.broadcast(position, to: shape), factor, reader)
      }
    case .view(let map):
      collect(node.operands[0], at: map(reader.shapes(node), position), factor, reader)
    case .leaf, .generator: break
    case .reshape, .assembly, .sumOfPieces, .reduction, .search, .contraction, .convolution,
      .accumulation, .gather, .scatter, .routine, .regions, .expansion, .request:
      isIrregular = true
    }
  }
}

extension Dim {
  /// Whether it may be so large: it is not known to be less.
  func isPerhaps(atLeast size: Int) -> Bool { constant.map { $0 >= size } ?? true }

  /// Whether it may be 0.
  var isPerhapsNothing: Bool { constant.map { $0 == 0 } ?? true }
}
