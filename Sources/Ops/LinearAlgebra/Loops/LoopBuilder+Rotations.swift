import LoopIR
import Support

/// What eigenvalues and singular values are computed with.
extension LoopBuilder {
  /// The power of two that is `value` or next below it; 1 for 0. Where `value` is not finite, the
  /// call fails, as nothing would converge.
  mutating func powerOfTwo(below value: ScalarID) -> ScalarID {
    let most = constant(type(value).element.greatestFinite, like: value)
    check(compare(.lessEqual, value, most), .noConvergence)
    return powerOfTwo(nextBelow: value)
  }

  /// Sorts numbers by selection, and puts their former places beside them.
  mutating func sort(
    _ values: BufferID, _ order: BufferID, count: Dim, _ comparison: Comparison
  ) {
    each("place", count) { b, i in b.store(b.position(i), to: order, [i]) }
    each("place", count) { b, i in
      let here = b.load(values, [i])
      let found = b.fold(
        "candidate", from: i + Dim(1), to: Index(count), within: count, [here, b.position(i)]
      ) { b, j, best in
        let value = b.load(values, [j])
        let isBetter = b.compare(comparison, value, best[0])
        return [b.select(isBetter, value, best[0]), b.select(isBetter, b.position(j), best[1])]
      }
      let place = Index(found[1])
      let (mine, other) = (b.load(order, [i]), b.load(order, [place]))
      b.store(here, to: values, [place])
      b.store(found[0], to: values, [i])
      b.store(mine, to: order, [place])
      b.store(other, to: order, [i])
    }
  }

  /// The sign, as 1 or -1, of the first element of a vector that comes near the greatest one.
  ///
  /// "Near" is above 0.7 times: two elements that are equal but for rounding do not compete, nor do
  /// those in small whole proportions.
  mutating func sign(
    of count: Dim, _ dtype: DType, _ element: (inout LoopBuilder, Index) -> ScalarID
  ) -> ScalarID {
    let zero = constant(dtype, .float(0))
    let one = constant(dtype, .float(1))
    let largest = greatest(to: Index(count), within: count, startingAt: zero, element)
    let bound = multiply(constant(0.7, like: largest), largest)
    let found = fold("element", to: Index(count), within: count, [zero]) { b, i, entering in
      let value = element(&b, i)
      let isNear = b.compare(.greaterEqual, b.unary(.abs, value), bound)
      let isFirst = b.compare(.equal, entering[0], zero)
      let sign = b.binary(.copysign, one, value)
      return [b.select(b.binary(.and, isNear, isFirst), sign, entering[0])]
    }[0]
    return select(compare(.equal, found, zero), one, found)
  }
}

extension DType {
  /// The distance from 1 to the next number.
  var epsilon: Double { self == .f32 ? 0x1p-23 : 0x1p-52 }

  /// The least number with all its digits.
  var leastNormal: Double { self == .f32 ? 0x1p-126 : 0x1p-1022 }

  /// The greatest number.
  var greatestFinite: Double {
    self == .f32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
  }
}
