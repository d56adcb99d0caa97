import LLVMInterop
import Support

/// Steps for which AVX-512 has one instruction and LLVM makes several.
extension ObjectEmitter {
  /// `a · 2ᵇ` with one rounding, for a whole number b given as a float; nil for other vectors than
  /// those of 512 bits.
  func scaledAtOnce(_ a: IRValue, by b: IRValue, _ element: DType) -> IRValue? {
    guard target.scalesVectors, isWide(a.type) else { return nil }
    return masked("scalef", [a, b])
  }

  /// Puts one instruction in the place of LLVM's lesser and greater of wide vectors.
  ///
  /// It is done behind the optimisations, whose reductions LLVM knows by its own.
  func replaceExtremes() {
    guard target.ordersVectors else { return }
    for vector in ["v8f64", "v16f32"] {
      for (name, isGreater) in [("minimum", false), ("maximum", true)] {
        guard let function = module.function("llvm.\(name).\(vector)") else { continue }
        for call in function.calls { replace(call, isGreater: isGreater) }
      }
    }
  }

  /// Puts one instruction in the place of a call.
  private func replace(_ call: IRValue, isGreater: Bool) {
    inserting(before: call) {
      let (a, b) = (call.operand(0), call.operand(1))
      call.replaceAllUses(with: ordered(a, b, isGreater: isGreater))
    }
    call.eraseInstruction()
  }

  /// The lesser or greater of the floats in two wide vectors, −0 below +0, and NaN if one is.
  private func ordered(_ a: IRValue, _ b: IRValue, isGreater: Bool) -> IRValue {
    // The result of the comparison, and its sign; where one is NaN the instruction gives the other.
    let choice = context.i32.constant(isGreater ? 5 : 4)
    let number = masked("range", [a, b, choice])
    return builder.select(builder.fcmp(.uno, a, b), builder.fadd(a, b), number)
  }

  /// Whether a type is that of a vector of 512 bits.
  private func isWide(_ type: IRType) -> Bool {
    type == context.double.lanes(8) || type == context.float.lanes(16)
  }

  /// An instruction that rounds as usual, in all lanes.
  private func masked(_ name: String, _ operands: [IRValue]) -> IRValue {
    let type = operands[0].type
    let isDouble = type.laneCount == 8
    let mask = isDouble ? context.i8 : context.i16
    return builder.intrinsic(
      "llvm.x86.avx512.mask.\(name).\(isDouble ? "pd" : "ps").512",
      operands + [type.zero, mask.allOnes, context.i32.constant(ObjectEmitter.currentRounding)])
  }

  /// What AVX-512 calls the rounding mode of the environment.
  private static let currentRounding = 4
}
