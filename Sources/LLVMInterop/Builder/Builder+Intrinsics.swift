import CLLVM

/// Intrinsics.
extension Builder {
  /// Calls an intrinsic by its name without the types, such as `llvm.fma`. `types` are those that
  /// it is overloaded on; left out, the type of the first argument.
  @discardableResult
  package func intrinsic(
    _ intrinsic: String, _ arguments: [IRValue], on types: [IRType]? = nil, name: String = ""
  ) -> IRValue {
    call(declare(intrinsic, on: types ?? [arguments[0].type]), arguments, name: name)
  }

  /// The declaration of an intrinsic.
  ///
  /// - Requires: LLVM has an intrinsic of that name.
  func declare(_ intrinsic: String, on types: [IRType]) -> IRFunction {
    let id = LLVMLookupIntrinsicID(intrinsic, intrinsic.utf8.count)
    precondition(id != 0, "LLVM has no intrinsic \(intrinsic)")
    let overloads = LLVMIntrinsicIsOverloaded(id) != 0 ? types : []
    return overloads.withRefs { refs, count in
      let type = IRType(LLVMIntrinsicGetType(context.ref, id, refs, Int(count)))
      return IRFunction(LLVMGetIntrinsicDeclaration(module, id, refs, Int(count)), type: type)
    }
  }

  /// The sum, and whether it does not fit.
  package func addWithOverflow(_ a: IRValue, _ b: IRValue, signed: Bool) -> Overflowing {
    overflowing(signed ? "llvm.sadd.with.overflow" : "llvm.uadd.with.overflow", a, b)
  }

  /// The difference, and whether it does not fit.
  package func subWithOverflow(_ a: IRValue, _ b: IRValue, signed: Bool) -> Overflowing {
    overflowing(signed ? "llvm.ssub.with.overflow" : "llvm.usub.with.overflow", a, b)
  }

  /// The product, and whether it does not fit.
  package func mulWithOverflow(_ a: IRValue, _ b: IRValue, signed: Bool) -> Overflowing {
    overflowing(signed ? "llvm.smul.with.overflow" : "llvm.umul.with.overflow", a, b)
  }

  /// Calls an intrinsic that gives a pair.
  private func overflowing(_ name: String, _ a: IRValue, _ b: IRValue) -> Overflowing {
    let pair = intrinsic(name, [a, b])
    return (value: extractValue(pair, 0), overflow: extractValue(pair, 1))
  }

  /// The wrapped result of integer arithmetic, and whether it did not fit (an `i1`).
  package typealias Overflowing = (value: IRValue, overflow: IRValue)

  /// Tells the optimiser that `condition` is true.
  package func assume(_ condition: IRValue) {
    intrinsic("llvm.assume", [condition])
  }
}
