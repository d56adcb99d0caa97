import LLVMInterop

/// Half types, which are 16 bits in memory and `f32` in registers.
///
/// Where the processor does not convert, integer arithmetic does: LLVM would call functions of the
/// compiler's run-time library, which the object may not need.
extension ObjectEmitter {
  /// `bits` as a constant of the type of `like`.
  private func bits(_ bits: UInt64, like value: IRValue) -> IRValue {
    value.type.constant(Int64(bits))
  }

  /// The bits of an `f32`.
  private func asBits(_ value: IRValue) -> IRValue {
    builder.bitcast(value, to: context.i32.lanes(value.type.laneCount))
  }

  /// The `f32` that some bits are.
  private func asFloat(_ value: IRValue) -> IRValue {
    builder.bitcast(value, to: context.float.lanes(value.type.laneCount))
  }

  /// A `bf16` as an `f32`, of which it is the upper half.
  func float(ofBrainHalf raw: IRValue) -> IRValue {
    let wide = builder.zext(raw, to: context.i32.lanes(raw.type.laneCount))
    return asFloat(builder.shl(wide, bits(16, like: wide)))
  }

  /// Rounds to nearest, ties to even; NaN stays NaN.
  func brainHalf(of value: IRValue) -> IRValue {
    let word = asBits(value)
    let upper = builder.lshr(word, bits(16, like: word))
    let isOdd = builder.and(upper, bits(1, like: word))
    let sum = builder.add(builder.add(word, bits(0x7FFF, like: word)), isOdd)
    let rounded = builder.lshr(sum, bits(16, like: word))
    let quiet = builder.or(upper, bits(0x40, like: word))
    let isNaN = builder.fcmp(.uno, value, value)
    let result = builder.select(isNaN, quiet, rounded)
    return builder.trunc(result, to: context.i16.lanes(value.type.laneCount))
  }

  /// An `f16` as an `f32`.
  func float(ofHalf raw: IRValue) -> IRValue {
    let lanes = raw.type.laneCount
    if target.convertsHalves {
      let half = builder.bitcast(raw, to: context.half.lanes(lanes))
      return builder.fpext(half, to: context.float.lanes(lanes))
    }
    let word = builder.zext(raw, to: context.i32.lanes(lanes))
    let sign = builder.shl(builder.and(word, bits(0x8000, like: word)), bits(16, like: word))
    let magnitude = builder.and(word, bits(0x7FFF, like: word))
    let shifted = builder.shl(magnitude, bits(13, like: word))
    // The exponent is biased by 127 instead of 15; infinities and NaN have the greatest one.
    let normal = builder.add(shifted, bits(112 << 23, like: word))
    let isInfinite = builder.icmp(.uge, magnitude, bits(0x7C00, like: word))
    let large = builder.or(shifted, bits(0x7F80_0000, like: word))
    let isSubnormal = builder.icmp(.ult, magnitude, bits(0x0400, like: word))
    let number = builder.uitofp(magnitude, to: context.float.lanes(lanes))
    let small = asBits(builder.fmul(number, number.type.constant(0x1p-24)))
    let finite = builder.select(isSubnormal, small, normal)
    return asFloat(builder.or(sign, builder.select(isInfinite, large, finite)))
  }

  /// Rounds to nearest, ties to even; NaN stays NaN.
  func half(of value: IRValue) -> IRValue {
    let lanes = value.type.laneCount
    if target.convertsHalves {
      let half = builder.fptrunc(value, to: context.half.lanes(lanes))
      return builder.bitcast(half, to: context.i16.lanes(lanes))
    }
    let word = asBits(value)
    let magnitude = builder.and(word, bits(0x7FFF_FFFF, like: word))
    let sign = builder.and(builder.lshr(word, bits(16, like: word)), bits(0x8000, like: word))
    let isLarge = builder.icmp(.uge, magnitude, bits(0x4780_0000, like: word))
    let isNaN = builder.icmp(.ugt, magnitude, bits(0x7F80_0000, like: word))
    let large = builder.select(isNaN, bits(0x7E00, like: word), bits(0x7C00, like: word))
    let isSmall = builder.icmp(.ult, magnitude, bits(0x3880_0000, like: word))
    let finite = builder.select(isSmall, subnormalHalf(magnitude), normalHalf(magnitude))
    let result = builder.or(sign, builder.select(isLarge, large, finite))
    return builder.trunc(result, to: context.i16.lanes(lanes))
  }

  /// Bits of a half from those of a number in its normal range.
  private func normalHalf(_ magnitude: IRValue) -> IRValue {
    let shift = bits(13, like: magnitude)
    let isOdd = builder.and(builder.lshr(magnitude, shift), bits(1, like: magnitude))
    let rebiased = builder.sub(magnitude, bits((112 << 23) - 0xFFF, like: magnitude))
    return builder.lshr(builder.add(rebiased, isOdd), shift)
  }

  /// Bits of a half from those of a small number: adding one half aligns them, and rounds.
  private func subnormalHalf(_ magnitude: IRValue) -> IRValue {
    let number = asFloat(magnitude)
    let sum = builder.fadd(number, number.type.constant(0.5))
    return builder.sub(asBits(sum), bits(0x3F00_0000, like: magnitude))
  }
}
