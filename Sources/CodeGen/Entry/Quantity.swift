import LLVMInterop

/// A size in bytes or elements, not negative: known now, or when the function runs (an `i64`).
enum Quantity {
  case constant(UInt64)
  case value(IRValue)

  static var zero: Quantity { .constant(0) }

  /// The number, if it is known now.
  var constant: UInt64? {
    if case .constant(let number) = self { number } else { nil }
  }
}

/// Arithmetic on sizes; what is known is computed here and now.
extension ObjectEmitter {
  /// The size as an `i64`.
  func value(_ quantity: Quantity) -> IRValue {
    switch quantity {
    case .constant(let number): context.i64.constant(number)
    case .value(let value): value
    }
  }

  /// The sum, or the greatest number where it does not fit.
  func sum(_ a: Quantity, _ b: Quantity, fits: Bool) -> Quantity {
    if let x = a.constant, let y = b.constant {
      let (sum, overflow) = x.addingReportingOverflow(y)
      return .constant(overflow ? .max : sum)
    }
    if a.constant == 0 { return b }
    if b.constant == 0 { return a }
    if fits { return .value(builder.add(value(a), value(b), noWrap: .unsigned)) }
    return .value(builder.intrinsic("llvm.uadd.sat", [value(a), value(b)]))
  }

  /// The product with a number; it wraps where it does not fit.
  func product(_ a: Quantity, _ factor: UInt64) -> Quantity {
    if factor == 1 { return a }
    if let x = a.constant { return .constant(x &* factor) }
    return .value(builder.mul(value(a), context.i64.constant(factor)))
  }

  /// The greater of two sizes.
  func maximum(_ a: Quantity, _ b: Quantity) -> Quantity {
    if let x = a.constant, let y = b.constant { return .constant(max(x, y)) }
    if a.constant == 0 { return b }
    if b.constant == 0 { return a }
    return .value(builder.intrinsic("llvm.umax", [value(a), value(b)]))
  }

  /// The lesser of two sizes.
  func minimum(_ a: Quantity, _ b: Quantity) -> Quantity {
    if let x = a.constant, let y = b.constant { return .constant(min(x, y)) }
    return .value(builder.intrinsic("llvm.umin", [value(a), value(b)]))
  }

  /// The next multiple of the workspace's alignment.
  func padded(_ a: Quantity) -> Quantity {
    let mask = UInt64(WorkspacePlan.alignment - 1)
    if let x = a.constant { return .constant(x > .max - mask ? .max : (x + mask) & ~mask) }
    let sum = builder.add(value(a), context.i64.constant(mask))
    return .value(builder.and(sum, context.i64.constant(~mask)))
  }
}
