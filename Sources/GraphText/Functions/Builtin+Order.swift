import GraphIR
import Ops
import Support

extension Builtin {
  /// Functions that put elements in order.
  static let order: [Builtin] = [
    along(.sort, keepsWeakness: true), along(.argsort, keepsWeakness: false),
    Builtin("top_k", ["x", "k"]) { checker, call in checker.topK(call) },
  ]

  /// A function of the lines along an axis, the last if none is given.
  private static func along(_ operation: Operation, keepsWeakness: Bool) -> Builtin {
    Builtin(operation.name, ["x"], options: ["axis"]) { checker, call in
      let operand = checker.operand(call)
      guard let rank = checker.type(of: operand.meaning)?.rank,
        let axis = checker.axis(call, rank: rank, default: -1),
        let value = checker.value(of: operand.meaning, at: operand.expr.site)
      else { return [.invalid] }
      let isWeak = keepsWeakness && checker.isWeak(operand.meaning)
      return [
        checker.emit(
          operation, [value], .axis(axis), isWeak: isWeak, at: call.site, about: [operand.expr])
      ]
    }
  }
}

extension GraphChecker {
  /// `values, places = top_k(x, 5)`.
  fileprivate mutating func topK(_ call: BuiltinCall) -> [Meaning] {
    let operand = operand(call)
    let expr = call.operands[1]
    let count = size(expr)
    guard let type = type(of: operand.meaning), let count else { return [.invalid] }
    guard let length = type.shape.last else {
      error("'top_k' takes no scalar", at: operand.expr.site)
      return [.invalid]
    }
    let message = "\(count) elements are more than the \(length) of the last axis of \(type)"
    guard require(count, at: expr.site, "size \(count) is negative"),
      require(length - count, at: expr.site, message), hasRoom(at: call.site),
      let value = value(of: operand.meaning, at: operand.expr.site)
    else { return [.invalid] }
    builder.site = call.site
    do throws(TypeError) {
      let results = try builder.tryEmit(.topK, [value], .shape([count]))
      return [
        .value(results[0], isWeak: isWeak(operand.meaning)), .value(results[1], isWeak: false),
      ]
    } catch {
      self.error(error, at: call.site, about: [operand.expr])
      return [.invalid]
    }
  }
}
