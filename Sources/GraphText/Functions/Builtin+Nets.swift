import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions of nets.
  static let nets: [Builtin] = [
    along(.softmax), along(.logSoftmax),
    Builtin("cross_entropy", ["logits", "labels"]) { checker, call in
      [checker.crossEntropy(call)]
    },
  ]

  /// A function along an axis, the last if none is given, or along several together.
  private static func along(_ operation: Operation) -> Builtin {
    Builtin(operation.name, ["x"], options: ["axis"]) { checker, call in
      let operand = checker.operand(call)
      guard let rank = checker.type(of: operand.meaning)?.rank else { return [.invalid] }
      let attributes: Attributes
      if let list = call.options["axis"], case .array = list.kind {
        guard let axes = checker.axes(list, rank: rank) else { return [.invalid] }
        attributes = axes.count == 1 ? .axis(axes[0]) : .axes(axes)
      } else {
        guard let axis = checker.axis(call, rank: rank, default: -1) else { return [.invalid] }
        attributes = .axis(axis)
      }
      guard let value = checker.float(operand) else { return [.invalid] }
      return [
        checker.emit(
          operation, [value], attributes, isWeak: checker.isWeak(operand.meaning), at: call.site,
          about: [operand.expr])
      ]
    }
  }
}

extension GraphChecker {
  /// `cross_entropy(logits, labels)`: the mean over the rows of
  /// `-sum(labels * log_softmax(logits))`.
  fileprivate mutating func crossEntropy(_ call: BuiltinCall) -> Meaning {
    let operands = operands(call)
    let meanings = operands.map(\.meaning)
    guard let logits = type(of: meanings[0]), let labels = type(of: meanings[1]) else {
      return .invalid
    }
    if labels.dtype.isInteger, labels.rank == 1, logits.rank == 2 {
      return crossEntropy(of: operands[0], logits, withLabels: operands[1], labels, call)
    }
    guard logits.rank == 2, logits.shape == labels.shape else {
      let failure = TypeError(
        "'cross_entropy' takes rows of logits and as many distributions: \(logits) and \(labels) "
          + "do not fit", dims: logits.shape + labels.shape)
      error(failure, at: call.site, about: call.operands)
      return .invalid
    }
    guard let common = common(meanings) else { return .invalid }
    let dtype = common.dtype.isFloat ? common.dtype : .f64
    guard let values = values(of: meanings, as: dtype, call.operands) else { return .invalid }
    return build(at: call.site, isWeak: common.isWeak) { b throws(TypeError) in
      let logarithms = b.logSoftmax(values[0], axes: [1])
      let sums = b.reduceSum(b.multiply(values[1], logarithms), axes: [1])
      return b.negate(b.mean(sums, axes: [0]))
    }
  }

  /// The mean over the rows of `-log_softmax(logits)` at the labels.
  private mutating func crossEntropy(
    of rows: Operand, _ logits: TensorType, withLabels labels: Operand, _ given: TensorType,
    _ call: BuiltinCall
  ) -> Meaning {
    guard logits.shape[0] == given.shape[0] else {
      let failure = TypeError(
        "'cross_entropy' takes a label for each row of logits: \(given) does not fit \(logits)",
        dims: logits.shape + given.shape)
      error(failure, at: call.site, about: call.operands)
      return .invalid
    }
    guard let value = float(rows), let places = positions(labels, axis: 1, of: logits.shape[1])
    else { return .invalid }
    return build(at: call.site, isWeak: isWeak(rows.meaning)) { b throws(TypeError) in
      let logarithms = b.logSoftmax(value, axes: [1])
      let rows = b.arange(logits.shape[0])
      let picked = b.emit(
        .gather, [logarithms, rows, places], .picking(Picking(axes: [0, 1], place: 0)))
      return b.negate(b.mean(picked, axes: [0]))
    }
  }
}
