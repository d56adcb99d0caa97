import GraphIR
import LoopIR
import Ops
import Support

/// Emits what gives one element of a value at a position: a load where the value has a buffer, else
/// the computation.
struct ElementReader {
  let graph: Graph
  /// The buffer of each value that has one.
  var buffers: [BufferID?]

  /// Elements that the block at hand has computed already.
  struct Memo {
    fileprivate struct Key: Hashable {
      var value: Value
      var position: [Index]
    }

    fileprivate var elements: [Key: ScalarID] = [:]
  }

  /// The element of `value` at a position of its shape.
  func read(
    _ value: Value, at position: [Index], _ b: inout LoopBuilder, _ memo: inout Memo
  ) -> ScalarID {
    let key = Memo.Key(value: value, position: position)
    if let known = memo.elements[key] { return known }
    b.site = graph.node(of: value).site
    let element =
      if let buffer = buffers[Int(value.index)] {
        b.load(buffer, position)
      } else {
        compute(value, at: position, &b, &memo)
      }
    memo.elements[key] = element
    return element
  }

  /// The computation of the element of `value` at a position, even where the value has a buffer.
  func compute(
    _ value: Value, at position: [Index], _ b: inout LoopBuilder, _ memo: inout Memo
  ) -> ScalarID {
    let node = graph.node(of: value)
    let type = graph.type(value)
    b.site = node.site
    switch node.operation.kernel {
    case .leaf:
      guard let literal = graph.literal(value) else { preconditionFailure("a leaf has a buffer") }
      return b.constant(type.dtype.arithmetic, literal)
    case .pointwise(let body):
      let operands = node.operands.map { operand in
        read(operand, at: broadcast(position, to: graph.type(operand).shape), &b, &memo)
      }
      b.site = node.site
      let context = PointContext(
        operands: operands, operandTypes: node.operands.map { graph.type($0).dtype },
        resultType: type.dtype, attributes: node.attributes)
      let result = body(&b, context)
      guard type.dtype.arithmetic != type.dtype else { return result }
      return b.scalar(b.type(result), .round(result, to: type.dtype))
    case .view(let map):
      return read(node.operands[0], at: map(shapes(node), position), &b, &memo)
    case .generator(let body): return body(&b, shapes(node), position)
    case .reshape, .assembly, .reduction, .search, .contraction, .expansion, .request:
      preconditionFailure("'\(node.operation.name)' has no buffer")
    }
  }

  /// What rules about positions see of a node.
  func shapes(_ node: Node) -> ShapeContext {
    ShapeContext(
      operandShapes: node.operands.map { graph.type($0).shape },
      resultShape: graph.type(node.result).shape, attributes: node.attributes)
  }

  /// The position in an operand that an elementwise operation reads for a position of its result.
  func broadcast(_ position: [Index], to shape: [Dim]) -> [Index] {
    let added = position.count - shape.count
    return shape.enumerated().map { axis, dim in
      dim == Dim(1) ? Index(Dim(0)) : position[axis + added]
    }
  }

  /// The axis of a value that runs along neighbouring elements of memory, if it is known.
  func unitAxis(of value: Value) -> Int? {
    var value = value
    var position = graph.type(value).shape.indices.map { Index(LoopID($0)) }
    while buffers[Int(value.index)] == nil {
      let node = graph.node(of: value)
      guard case .view(let map) = node.operation.kernel else { return position.last?.loop?.index }
      position = map(shapes(node), position)
      value = node.operands[0]
    }
    return position.last?.loop?.index
  }
}
