import Driver
import GraphIR
import Testing

/// Stacks of small symmetric matrices, which are factored in vector lanes.
@Suite struct SmallEighTests {
  /// Symmetric matrices of that size: any, with ties, diagonal, 0, and badly scaled ones.
  private func stack(_ n: Int) -> [Double] {
    var random = RandomSource(seed: UInt64(n))
    var matrices: [[Double]] = []
    for scale in [1, 1e-300, 1e300, 1e-8] {
      for _ in 0..<4 {
        var a = [Double](repeating: 0, count: n * n)
        for i in 0..<n {
          for j in 0...i {
            let x = Double(random.integer(-1000, 1000)) / 1000 * scale
            (a[i * n + j], a[j * n + i]) = (x, x)
          }
        }
        matrices.append(a)
      }
    }
    // All eigenvalues but one are the same: 1 - 2 u uᵀ, and a matrix of ones.
    let u = (0..<n).map { Double($0 + 1) }
    let norm = u.reduce(0) { $0 + $1 * $1 }
    matrices.append((0..<n * n).map { ($0 / n == $0 % n ? 1 : 0) - 2 * u[$0 / n] * u[$0 % n] / norm })
    matrices.append([Double](repeating: 1, count: n * n))
    matrices.append([Double](repeating: 0, count: n * n))
    matrices.append((0..<n * n).map { $0 / n == $0 % n ? Double(n - $0 / n) : 0 })
    return matrices.flatMap { $0 }
  }

  @Test(arguments: 1...8) func residuals(_ n: Int) throws {
    var program = try TurnLaneTests.Program(
      "graph g(a: f64[b, \(n), \(n)]) -> (w, v) { w, v = eigh(a) }")
    #expect(program.lanes.contains(8))
    let a = stack(n)
    let count = a.count / (n * n)
    let found = try program.run(["a": ([count, n, n], a)])
    let bound = 4 * Double(n) * Double.ulpOfOne
    for m in 0..<count {
      let a = Array(a[(m * n * n)..<((m + 1) * n * n)])
      let w = Array(found[0][(m * n)..<((m + 1) * n)])
      let v = Array(found[1][(m * n * n)..<((m + 1) * n * n)])
      let size = max(a.map(\.magnitude).max() ?? 0, Double.leastNormalMagnitude)
      #expect(w == w.sorted())
      for i in 0..<n {
        for j in 0..<n {
          let product = (0..<n).reduce(0) { $0 + a[i * n + $1] / size * v[$1 * n + j] }
          #expect(abs(product - v[i * n + j] * (w[j] / size)) <= bound)
          let inner = (0..<n).reduce(0) { $0 + v[$1 * n + i] * v[$1 * n + j] }
          #expect(abs(inner - (i == j ? 1 : 0)) <= bound)
        }
      }
    }
  }

  @Test(arguments: [Double.nan, .infinity]) func notFinite(_ value: Double) throws {
    var program = try TurnLaneTests.Program(
      "graph g(a: f64[b, 3, 3]) -> (w) { w, _ = eigh(a) }")
    var a = [Double](repeating: 1, count: 90)
    a[84] = value
    #expect(throws: CompiledCall.Failure.self) { _ = try program.run(["a": ([10, 3, 3], a)]) }
  }
}
