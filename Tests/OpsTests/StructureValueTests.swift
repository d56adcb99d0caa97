import GraphIR
import Ops
import Support
import Testing

/// Values of the operations against NumPy's and mpmath's.
@Suite struct StructureValueTests {
  /// Rounding that a value may have suffered, in units of the last place: sums and products in
  /// another order than NumPy's, and two functions of the C library in a row.
  static let tolerance = 4.0

  @Test(arguments: Reference.all)
  func evaluates(_ reference: Reference) throws {
    var bench = Bench()
    let operands = reference.operands.map { bench.input($0) }
    let value = bench.builder.emit(
      .named(reference.name), operands, reference.attributes)
    let result = try bench.run([value])[0]
    #expect(result.ulps(from: reference.expected) <= Self.tolerance, "\(result)")
  }

  /// What is made of other operations computes the same by them.
  @Test(arguments: Reference.all)
  func expands(_ reference: Reference) throws {
    var bench = Bench()
    let operands = reference.operands.map { bench.input($0) }
    let value = bench.builder.emit(.named(reference.name), operands, reference.attributes)
    let expanded = bench.expanded([value])
    let result = try bench.run(expanded)[0]
    #expect(result.ulps(from: reference.expected) <= Self.tolerance, "\(result)")
  }

  /// Half types are computed wide and rounded once.
  @Test func widensHalfTypes() throws {
    var bench = Bench()
    let x = bench.input(Tensor(.f16, [3], floats: [300, 301, 302]))
    let variance = bench.builder.variance(x, axes: [0])
    let norm = bench.builder.norm(x, axes: [0])
    let expanded = bench.expanded([variance, norm])
    let values = try bench.run(expanded)
    #expect(values[0] == Tensor(.f16, [], floats: [DType.f16.rounded(2.0 / 3)]))
    #expect(values[1] == Tensor(.f16, [], floats: [521.5]))
  }
}
