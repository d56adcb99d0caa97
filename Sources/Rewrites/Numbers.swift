import GraphIR
import Support

/// Conditions on the numbers that constants stand for.
extension Guard {
  /// A condition on the value of a floating constant; of integers it always holds.
  private static func number(
    _ c: Pattern, _ words: String, _ holds: @escaping @Sendable (Double) -> Bool
  ) -> Guard {
    let c = variable(c)
    return Guard("\(c.name) \(words)") { rewriter, bindings in
      rewriter.floatConstant(bindings[c]).map(holds) ?? true
    }
  }

  /// A condition on the values of two floating constants and their type; of integers it holds.
  private static func numbers(
    _ c: Pattern, _ d: Pattern, _ words: String,
    _ holds: @escaping @Sendable (Double, Double, DType) -> Bool
  ) -> Guard {
    let (c, d) = (variable(c), variable(d))
    return Guard(words) { rewriter, bindings in
      guard let first = rewriter.floatConstant(bindings[c]),
        let second = rewriter.floatConstant(bindings[d])
      else { return true }
      return holds(first, second, rewriter.dtype(bindings[c]))
    }
  }

  /// A power of 2 whose reciprocal is one too: times and over it are exact, but for subnormals.
  static func hasExactReciprocal(_ c: Pattern) -> Guard {
    let c = variable(c)
    return Guard("\(c.name) is a power of 2") { rewriter, bindings in
      guard let value = rewriter.floatConstant(bindings[c]) else { return false }
      return Numbers.isNormalPowerOfTwo(value, rewriter.dtype(bindings[c]))
    }
  }

  /// 1 or greater in magnitude, and finite.
  static func isLarge(_ c: Pattern) -> Guard {
    number(c, "is 1 or more in magnitude") { $0.magnitude >= 1 && $0.isFinite }
  }

  /// Above 0, and finite.
  static func isPositive(_ c: Pattern) -> Guard {
    number(c, "is positive") { $0 > 0 && $0.isFinite }
  }

  /// `c * (d * x)` as `(c * d) * x` neither hides an overflow of `d * x` nor makes one.
  static func productIsSafe(_ c: Pattern, _ d: Pattern) -> Guard {
    numbers(c, d, "\(c) * \(d) overflows where \(c) * (\(d) * x) does") { c, d, type in
      Numbers.scale(outer: c, inner: d) && Numbers.isNormal(c * d, type)
    }
  }

  /// The same for `c * (x / d)` as `(c / d) * x`.
  static func quotientIsSafe(_ c: Pattern, _ d: Pattern) -> Guard {
    numbers(c, d, "\(c) / \(d) overflows where \(c) * (x / \(d)) does") { c, d, type in
      Numbers.scale(outer: c, inner: 1 / d) && Numbers.isNormal(c / d, type)
    }
  }

  /// The same for `(c * x) / d` as `(c / d) * x`.
  static func ratioIsSafe(_ c: Pattern, _ d: Pattern) -> Guard {
    numbers(c, d, "\(c) / \(d) overflows where (\(c) * x) / \(d) does") { c, d, type in
      Numbers.scale(outer: 1 / d, inner: c) && Numbers.isNormal(c / d, type)
    }
  }

  /// The same for `(x / c) / d` as `x / (c * d)`.
  static func divisorIsSafe(_ c: Pattern, _ d: Pattern) -> Guard {
    numbers(c, d, "\(c) * \(d) overflows where (x / \(c)) / \(d) does") { c, d, type in
      Numbers.scale(outer: 1 / d, inner: 1 / c) && Numbers.isNormal(c * d, type)
    }
  }

  /// `c + (d + x)` as `(c + d) + x` rounds once less and overflows where it did.
  static func sumIsExact(_ c: Pattern, _ d: Pattern) -> Guard {
    numbers(c, d, "\(c) + \(d) is exact") { Numbers.isExactSum($0, $1, $2) }
  }

  /// `c - (d + x)` as `(c - d) - x` rounds once less and overflows where it did.
  static func differenceIsExact(_ c: Pattern, _ d: Pattern) -> Guard {
    numbers(c, d, "\(c) - \(d) is exact") { Numbers.isExactSum($0, -$1, $2) }
  }

  /// Both above or both below 0, with an exact sum.
  static func sumsMultiples(_ c: Pattern, _ d: Pattern) -> Guard {
    numbers(c, d, "\(c) + \(d) is exact, \(c) and \(d) of one sign") { c, d, type in
      c * d > 0 && Numbers.isExactSum(c, d, type)
    }
  }

  /// Above 0, with an exact successor.
  static func hasExactSuccessor(_ c: Pattern) -> Guard {
    let c = variable(c)
    return Guard("\(c.name) is positive and \(c.name) + 1 is exact") { rewriter, bindings in
      guard let value = rewriter.floatConstant(bindings[c]) else { return true }
      return value > 0 && Numbers.isExactSum(value, 1, rewriter.dtype(bindings[c]))
    }
  }
}

extension Rewriter {
  /// The number of a floating constant; nil for integers.
  fileprivate func floatConstant(_ value: Value) -> Double? {
    dtype(value).isFloat ? constant(value)?.double : nil
  }
}

/// Questions about floating numbers of a type.
enum Numbers {
  /// Whether a factor of `outer` after one of `inner` never undoes an overflow.
  static func scale(outer: Double, inner: Double) -> Bool {
    guard outer.isFinite, inner.isFinite, outer != 0, inner != 0 else { return false }
    return outer.magnitude >= 1 || inner.magnitude <= 1
  }

  /// Whether a number is finite, and neither 0 nor subnormal in the type.
  static func isNormal(_ value: Double, _ type: DType) -> Bool {
    let rounded = type.rounded(value)
    return rounded.isFinite && rounded.magnitude >= leastNormal(type)
  }

  /// Whether a number is a power of 2 that is normal with its reciprocal.
  static func isNormalPowerOfTwo(_ value: Double, _ type: DType) -> Bool {
    value.isNormal && value.magnitude.significand == 1 && isNormal(value, type)
      && isNormal(1 / value, type)
  }

  /// Whether a sum has no rounding error, and adding it to a number overflows only where adding one
  /// after the other does.
  static func isExactSum(_ a: Double, _ b: Double, _ type: DType) -> Bool {
    let sum = a + b
    guard sum.isFinite, sum - a == b, sum - b == a, type.rounded(sum) == sum else { return false }
    let harmless = harmlessMagnitude(type)
    return a.sign == b.sign || (a.magnitude < harmless && b.magnitude < harmless)
  }

  private static func leastNormal(_ type: DType) -> Double {
    switch type {
    case .f16: 0x1p-14
    case .f32, .bf16: 0x1p-126
    case .f64, .bool, .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: .leastNormalMagnitude
    }
  }

  /// A number below half a unit in the last place of the greatest one: adding it to that does not
  /// overflow.
  private static func harmlessMagnitude(_ type: DType) -> Double {
    switch type {
    case .f16: 0x1p4
    case .bf16: 0x1p118
    case .f32: 0x1p102
    case .f64, .bool, .i8, .i16, .i32, .i64, .u8, .u16, .u32, .u64: 0x1p969
    }
  }
}
