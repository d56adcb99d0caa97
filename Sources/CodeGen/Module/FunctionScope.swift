import LLVMInterop
import LoopIR
import Support

/// What belongs to one LLVM function while it is emitted.
final class FunctionScope {
  let function: IRFunction
  /// The sizes by the names of the symbols.
  var symbols: [String: IRValue] = [:]
  /// Fetches the size of a symbol that is not there yet; nil where all are.
  var fetch: ((String) -> IRValue)?
  /// Sizes that are computed, which all of the function sees.
  var dims: [Dim: IRValue] = [:]
  /// Where to put what all of the function shall see: in front of this jump.
  var hoist: IRValue?

  init(_ function: IRFunction) { self.function = function }

  /// What a part of a function adds is not seen by its other parts.
  init(within other: FunctionScope) {
    function = other.function
    symbols = other.symbols
    fetch = other.fetch
    dims = other.dims
  }
}

/// Sizes.
extension ObjectEmitter {
  /// The value of a size, computed at the beginning of the function unless it is known there.
  ///
  /// - Requires: The size fits: the entry of the C function has checked all that matter.
  func dim(_ dim: Dim, _ scope: FunctionScope) -> IRValue {
    if let constant = dim.constant { return index(constant) }
    if let known = scope.dims[dim] { return known }
    guard let hoist = scope.hoist else { return polynomial(dim, scope, overflow: nil) }
    return inserting(before: hoist) { polynomial(dim, scope, overflow: nil) }
  }

  /// Computes a size here; adds to `overflow` the bits that say that it does not fit.
  func checkedDim(_ dim: Dim, _ scope: FunctionScope, overflow: inout [IRValue]) -> IRValue {
    if let constant = dim.constant { return index(constant) }
    if let known = scope.dims[dim] { return known }
    if dim.isTooLarge {
      overflow.append(context.true)
      return index(0)
    }
    let checks = OverflowBits()
    let value = polynomial(dim, scope, overflow: checks)
    overflow += checks.bits
    return value
  }

  /// A sum of products of symbols and quotients.
  private func polynomial(
    _ dim: Dim, _ scope: FunctionScope, overflow: OverflowBits?
  ) -> IRValue {
    if let known = scope.dims[dim] { return known }
    var sum: IRValue?
    for term in dim.terms {
      let product = self.product(term, scope, overflow: overflow)
      sum = sum.map { plus($0, product, overflow) } ?? product
    }
    let value = sum ?? index(0)
    scope.dims[dim] = value
    return value
  }

  /// A product of symbols, quotients and a number.
  private func product(
    _ term: Dim.Term, _ scope: FunctionScope, overflow: OverflowBits?
  ) -> IRValue {
    var product: IRValue?
    for atom in term.atoms {
      let factor: IRValue
      switch atom {
      case .symbol(let name): factor = symbol(name, scope)
      case .quotient(let dividend, let divisor):
        let whole =
          dividend.constant.map(index) ?? polynomial(dividend, scope, overflow: overflow)
        factor = flooredQuotient(whole, divisor, isNonNegative: dividend.isKnownNonNegative)
      }
      product = product.map { times($0, factor, overflow) } ?? factor
    }
    let coefficient = index(term.coefficient)
    guard let product else { return coefficient }
    return term.coefficient == 1 ? product : times(product, coefficient, overflow)
  }

  /// The value of a symbol.
  private func symbol(_ name: String, _ scope: FunctionScope) -> IRValue {
    guard let value = scope.symbols[name] ?? scope.fetch?(name) else {
      preconditionFailure("unknown size \(name)")
    }
    scope.symbols[name] = value
    return value
  }

  /// The quotient by a positive constant, rounded down.
  private func flooredQuotient(
    _ dividend: IRValue, _ divisor: Int, isNonNegative: Bool
  ) -> IRValue {
    let by = index(divisor)
    if isNonNegative { return builder.udiv(dividend, by) }
    let quotient = builder.sdiv(dividend, by)
    let rest = builder.sub(dividend, builder.mul(quotient, by))
    let isBelow = builder.icmp(.slt, rest, index(0))
    return builder.add(quotient, builder.sext(isBelow, to: context.i64))
  }

  /// A sum, whose overflow is noted where that is asked for.
  private func plus(_ a: IRValue, _ b: IRValue, _ overflow: OverflowBits?) -> IRValue {
    guard let overflow else { return builder.add(a, b, noWrap: .signed) }
    let sum = builder.addWithOverflow(a, b, signed: true)
    overflow.bits.append(sum.overflow)
    return sum.value
  }

  /// A product, whose overflow is noted where that is asked for.
  private func times(_ a: IRValue, _ b: IRValue, _ overflow: OverflowBits?) -> IRValue {
    guard let overflow else { return builder.mul(a, b, noWrap: .signed) }
    let product = product(a, b, signed: true)
    overflow.bits.append(product.overflow)
    return product.value
  }
}

extension ObjectEmitter {
  /// The product, and whether it does not fit.
  func product(_ a: IRValue, _ b: IRValue, signed: Bool) -> Builder.Overflowing {
    if target.multipliesWide { return builder.mulWithOverflow(a, b, signed: signed) }
    func magnitude(_ value: IRValue) -> IRValue {
      signed ? builder.intrinsic("llvm.abs", [value, context.false], on: [value.type]) : value
    }
    let divisor = builder.intrinsic("llvm.umax", [magnitude(b), index(1)])
    let limit = builder.udiv(context.i64.constant(Int64.max), divisor)
    return (builder.mul(a, b), builder.icmp(.ugt, magnitude(a), limit))
  }
}

/// Bits that say that something did not fit.
private final class OverflowBits {
  var bits: [IRValue] = []
}
