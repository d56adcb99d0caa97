import Driver
import Support
import Testing

/// Random draws as a whole: their moments are those of their distributions.
@Suite struct MomentTests {
  /// Draws of each kind.
  static let program = """
    graph draws[n](key: u64) -> (u, v, z, w, b) {
        u = random_uniform(key, [n])
        v = random_uniform(key + 1, [n], dtype: f32)
        z = random_normal(key + 2, [n])
        w = random_normal(key + 3, [n], dtype: f32)
        b = random_bernoulli(key + 4, 0.3, [n])
    }
    """

  static let count = 100_000

  /// The moments of the uniform and of the normal distribution, and the variances of their powers.
  static let uniform: [(Double, Double)] = (1...4).map { order in
    let k = Double(order)
    let mean = 1 / (k + 1)
    return (mean, 1 / (2 * k + 1) - mean * mean)
  }
  static let normal: [(Double, Double)] = [(0, 1), (1, 2), (0, 15), (3, 96)]

  @Test(arguments: [UInt64(0), 42, 0xFFFF_FFFF_0000_0001])
  func momentsOfDraws(_ key: UInt64) throws {
    let results = try Program(Self.program).run([
      ("key", "\(Int64(truncatingIfNeeded: key >> 1))"), ("n", "\(Self.count)"),
    ])
    for (name, moments) in [
      ("u", Self.uniform), ("v", Self.uniform), ("z", Self.normal), ("w", Self.normal),
    ] {
      let tensor = try #require(results[name])
      let draws = (0..<tensor.count).map { tensor[$0].double }
      var powers = draws
      for (order, (mean, variance)) in moments.enumerated() {
        let found = powers.reduce(0, +) / Double(Self.count)
        // Five standard deviations of a mean of so many draws.
        let bound = 5 * (variance / Double(Self.count)).squareRoot()
        #expect((found - mean).magnitude < bound, "\(name), moment \(order + 1): \(found)")
        powers = zip(powers, draws).map(*)
      }
      let centred = draws.map { $0 - moments[0].0 }
      let products: [Double] = zip(centred, centred.dropFirst()).map { $0 * $1 }
      let correlation = products.reduce(0, +) / (Double(Self.count) * moments[0].1)
      #expect(correlation.magnitude < 5 / Double(Self.count).squareRoot(), "\(name): neighbours")
    }
    let truths = try #require(results["b"])
    let found = (0..<truths.count).filter { truths.bits($0) != 0 }.count
    let share = Double(found) / Double(Self.count)
    #expect((share - 0.3).magnitude < 5 * (0.21 / Double(Self.count)).squareRoot())
  }

  /// The same key and place give the same draw in every use and every shape.
  @Test func drawsAreFunctionsOfKeyAndPlace() throws {
    let results = try Program(
      """
      graph draws[m, n](key: u64) -> (a, b, c) {
          a = random_uniform(key, [m, n])
          b = reshape(random_uniform(key, [m * n]), [m, n])
          for i in 0..<m {
              emit c = random_uniform(key, [m, n])[i]
          }
      }
      """
    ).run([("key", "7"), ("m", "3"), ("n", "5")])
    #expect(results["a"]?.bytes == results["b"]?.bytes)
    #expect(results["a"]?.bytes == results["c"]?.bytes)
  }
}
