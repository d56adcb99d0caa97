import Driver
import Testing

/// Constants of emitted code.
@Suite struct ConstantTests {
  /// Constants that differ in the sign of a zero are not one.
  @Test func signsOfZeros() throws {
    var program = try TurnLaneTests.Program(
      """
      const a: f64[2] = [0.0, 1.0]
      const b: f64[2] = [-0.0, 1.0]
      graph g(x: f64[2]) -> (p: f64[2], q: f64[2]) {
          p = x / a
          q = x / b
      }
      """)
    let found = try program.run(["x": ([2], [1, 1])])
    #expect(found == [[.infinity, 1], [-.infinity, 1]])
  }
}
