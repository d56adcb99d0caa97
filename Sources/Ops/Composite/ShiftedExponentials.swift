import GraphIR
import Glibc
import Support

/// The exponentials of a row over the greatest of them, from which `logsumexp` and the softmax
/// functions are made without overflow and without loss of digits.
///
/// The greatest elements are equal to the maximum by definition, also where it is infinite: a row
/// with one `inf` is what it tends to, and equal infinities count as equal numbers.
struct ShiftedExponentials {
  /// The axes that make up a row.
  let axes: [Int]
  /// The maximum, with an axis of 1 for each reduced one.
  let greatest: Value
  /// Where the maximum stands.
  let isGreatest: Value
  /// What is below the maximum, as a number ≤ 0.
  let exponents: Value
  /// Its exponentials: 1 for the maximum.
  let exponentials: Value

  /// Appends what all uses share.
  init(_ b: inout Builder, of x: Value, axes: [Int]) {
    self.axes = axes
    greatest = b.reduceMax(x, axes: axes, keepDims: true)
    isGreatest = b.equal(x, greatest)
    let zero = b.literal(0.0, like: x)
    exponents = b.select(isGreatest, zero, b.subtract(x, greatest))
    exponentials = b.exp(exponents)
  }

  /// The sum of the exponentials without one greatest, which is 1: all digits of what `log1p` and
  /// the complement of softmax need.
  func rest(_ b: inout Builder) -> Value {
    let zero = b.literal(0.0, like: exponents)
    let one = b.literal(1.0, like: exponents)
    let smaller = b.select(isGreatest, zero, exponentials)
    let ties = b.reduceSum(b.select(isGreatest, one, zero), axes: axes, keepDims: true)
    return b.add(
      b.reduceSum(smaller, axes: axes, keepDims: true), b.subtract(ties, one))
  }
}

/// The same for the numbers of one row, the plain way.
struct ShiftedRow {
  /// The maximum; NaN where an element is.
  let greatest: Double
  /// What is below the maximum, as a number ≤ 0.
  let exponents: [Double]
  /// Its exponentials: 1 for the maximum.
  let exponentials: [Double]
  /// The sum of the exponentials without one greatest.
  let rest: Double

  /// Computes them all.
  init(_ row: [Double]) {
    let greatest = row.reduce(-Double.infinity) {
      $0.isNaN || $1.isNaN ? .nan : Double.maximum($0, $1)
    }
    self.greatest = greatest
    exponents = row.map { $0 == greatest ? 0 : $0 - greatest }
    exponentials = exponents.map { Glibc.exp($0) }
    let smaller = zip(row, exponentials).filter { $0.0 != greatest }.reduce(0) { $0 + $1.1 }
    rest = smaller + Double(row.count { $0 == greatest } - 1)
  }
}
