import GraphIR
import Ops
import Support

extension Builtin {
  /// Running sums and products.
  static let scans: [Builtin] = [scan("cumsum", .add, from: 0), scan("cumprod", .multiply, from: 1)]

  /// What an operation makes of all elements up to each.
  private static func scan(_ name: String, _ operation: Operation, from first: Int) -> Builtin {
    Builtin(name, ["x"], options: ["axis"]) { checker, call in
      [checker.scan(operation, from: first, call)]
    }
  }
}

extension GraphChecker {
  /// `cumsum(x, axis: 0)`, a loop along the axis; without `axis` in row-major order.
  fileprivate mutating func scan(
    _ operation: Operation, from first: Int, _ call: BuiltinCall
  ) -> Meaning {
    let operand = operand(call)
    guard let type = type(of: operand.meaning) else { return .invalid }
    var axis: Int?
    if let expr = call.options["axis"] {
      guard let given = self.axis(expr, rank: type.rank) else { return .invalid }
      axis = given
    }
    let dtype = type.dtype.accumulator
    guard let value = value(of: operand.meaning, at: operand.expr.site), hasRoom(at: call.site)
    else { return .invalid }
    builder.site = call.site
    let converted = builder.convert(value, to: dtype)
    guard let axis else {
      let elements = builder.reshape(converted, to: [type.count])
      return scan(operation, from: first, elements, isWeak: isWeak(operand.meaning), call)
    }
    let others = (0..<type.rank).filter { $0 != axis }
    let lines = builder.transpose(converted, [axis] + others)
    let stacked = scan(operation, from: first, lines, isWeak: isWeak(operand.meaning), call)
    guard case .value(let value, let isWeak) = stacked else { return .invalid }
    var back = Array(1..<type.rank)
    back.insert(0, at: axis)
    return .value(builder.transpose(value, back), isWeak: isWeak)
  }

  /// The loop along the leading axis, which carries what it has so far.
  private mutating func scan(
    _ operation: Operation, from first: Int, _ lines: Value, isWeak: Bool, _ call: BuiltinCall
  ) -> Meaning {
    let type = builder.type(lines)
    let element = TensorType(type.dtype, Array(type.shape.dropFirst()))
    let literal: Literal = type.dtype.isFloat ? .float(Double(first)) : .int(Int64(first))
    let start = builder.broadcast(builder.literal(literal, type.dtype), to: element.shape)
    let cut = beginRegion()
    let turn = placeholder(TensorType(.i64), at: call.site)
    let next = placeholder(element, at: call.site)
    let soFar = placeholder(element, at: call.site)
    builder.site = call.site
    let last = builder.emit(operation, [soFar, next])
    let request = RegionRequest(parameters: [turn, next, soFar], results: [last, last])
    let (regions, captures) = endRegion(cut, [request])
    let form = LoopForm(count: type.shape[0], sequences: 1, carried: 1, stacked: 1)
    return build(at: call.site, isWeak: isWeak) { b throws(TypeError) in
      try b.tryEmit(.loop, [lines, start] + captures, .loop(form), regions: regions)[1]
    }
  }
}
