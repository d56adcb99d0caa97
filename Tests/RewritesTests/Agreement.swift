import GraphIR
import Rewrites
import Support
import TestSupport

/// Compares what both sides of a rule compute.
struct Agreement {
  let exactness: Exactness
  /// What the left side gives in more digits, where there are more.
  var truth: Tensor?
  /// For each element the sum of the magnitudes that went into it.
  var scale: [Double]?

  /// Where and how the sides differ by more than the rule says; nil where they do not.
  func violation(_ left: Tensor, _ right: Tensor) -> String? {
    guard left.dtype == right.dtype, left.shape == right.shape else {
      return "types \(left.type) and \(right.type)"
    }
    switch (left.elements, right.elements) {
    case (.integers(let a), .integers(let b)):
      return zip(a, b).enumerated().first { $1.0 != $1.1 }
        .map { "integers \($1.0) and \($1.1) at \($0)" }
    case (.floats(let a), .floats(let b)):
      for index in a.indices where !agree(a[index], b[index], left.dtype, index) {
        return "\(a[index]) and \(b[index]) at \(index)"
      }
      return nil
    case (.floats, .integers), (.integers, .floats): return "kinds of elements"
    }
  }

  /// Where a NaN, an infinity or a number became another of these; nil where none did.
  static func changedKind(_ left: Tensor, _ right: Tensor) -> String? {
    guard case .floats(let a) = left.elements, case .floats(let b) = right.elements else {
      return left == right ? nil : "other integers"
    }
    return zip(a, b).first { $0.isNaN != $1.isNaN || $0.isInfinite != $1.isInfinite }
      .map { "\($0) became \($1)" }
  }

  private func agree(_ left: Double, _ right: Double, _ dtype: DType, _ index: Int) -> Bool {
    if left.isNaN || right.isNaN { return left.isNaN && right.isNaN }
    if left.bitPattern == right.bitPattern { return true }
    switch exactness {
    case .exact: return false
    case .zeroSign: return left == 0 && right == 0
    case .within(let ulps): return isWithin(ulps, left, right, dtype, index)
    case .reordered:
      guard left.isFinite, right.isFinite else { return false }
      let unit = dtype.ulp(max(scale?[index] ?? 0, left.magnitude))
      return (left - right).magnitude <= 4 * unit
    case .reassociated:
      // Numbers below 1 go in, so that the sum of the products is below that of the factors.
      guard left.isFinite, right.isFinite else { return false }
      return (left - right).magnitude <= 4 * dtype.ulp(scale?[index] ?? left.magnitude)
    case .stable:
      // What the left side loses at moderate arguments; the right side has a table of its own.
      return (left - right).magnitude <= 64 * dtype.ulp(max(left.magnitude, 1))
    }
  }

  private func isWithin(
    _ ulps: Int, _ left: Double, _ right: Double, _ dtype: DType, _ index: Int
  ) -> Bool {
    if left == right { return true }
    guard left.isFinite, right.isFinite else { return false }
    if let truth, case .floats(let exact) = truth.elements, exact[index].isFinite {
      let bound = (left - exact[index]).magnitude + Double(ulps) * dtype.ulp(exact[index])
      return (right - exact[index]).magnitude <= bound
    }
    // Each side is off the exact result by its own roundings.
    return (left - right).magnitude <= Double(ulps + 2) * dtype.ulp(left)
  }
}
