import GraphIR
import LoopIR
import Support

/// What the operations of order share.
enum Order {
  /// The axis of the attributes.
  static func axis(_ attributes: Attributes) -> Int {
    guard case .axis(let axis) = attributes else { preconditionFailure("order is along an axis") }
    return axis
  }

  /// The type of the operand, if the attributes name one of its axes.
  static func type(_ name: String, _ query: TypeQuery) throws(TypeError) -> TensorType {
    guard case .axis(let axis) = query.attributes else {
      throw TypeError("'\(name)' needs an axis")
    }
    try TypeRules.axes([axis], of: query.operands[0])
    return query.operands[0]
  }

  /// The row-major places of the elements of each line along an axis.
  static func lines(of shape: [Int], along axis: Int) -> [[Int]] {
    let strides = Broadcasting.strides(shape)
    var others = shape
    others[axis] = 1
    return Broadcasting.offsets(shape: others, strides: strides).map { start in
      (0..<shape[axis]).map { start + $0 * strides[axis] }
    }
  }

  /// Lines of several elements, of one and of none, along each axis.
  static let samples = [
    sample([5], 0), sample([2, 3], 1), sample([3, 2], 0), sample([2, 3, 2], 1), sample([2, 1], 1),
    sample([0, 2], 0), sample([2, 0], 0),
  ]

  /// An operand of that shape.
  private static func sample(_ shape: [Int], _ axis: Int) -> Sample {
    Sample(shapes: [shape], domains: [.interval(-2, 2)], attributes: .axis(axis))
  }
}

extension Tensor {
  /// The numbers of the elements of a line in their order: equal ones in that in which they stand,
  /// NaNs behind all others, or before them where the order is descending.
  func order(of line: [Int], isDescending: Bool) -> [Int] {
    let comesBefore: (Int, Int) -> Bool =
      switch elements {
      case .floats(let values):
        { a, b in
          let (x, y) = (values[line[a]], values[line[b]])
          return x < y || y.isNaN && !x.isNaN
        }
      case .integers(let values):
        { a, b in dtype.ordered(values[line[a]]) < dtype.ordered(values[line[b]]) }
      }
    return line.indices.sorted { a, b in
      let (first, second) = isDescending ? (b, a) : (a, b)
      if comesBefore(first, second) { return true }
      return !comesBefore(second, first) && a < b
    }
  }
}

extension LoopBuilder {
  /// Appends loops over the lines of a shape along an axis, where the position is 0.
  mutating func loops(
    overLinesOf shape: [Dim], along axis: Int, _ build: (inout LoopBuilder, [Index]) -> Void
  ) {
    var others = shape
    others.remove(at: axis)
    loops(over: others) { b, position in
      var position = position
      position.insert(Index(Dim(0)), at: axis)
      build(&b, position)
    }
  }
}
