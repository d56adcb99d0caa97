import Driver
import GraphIR
import Testing

/// Stacks of small matrices, whose factors are found in vector lanes: residuals, orthogonality and
/// order.
@Suite struct SmallFactorTests {
  static let sizes = [
    [1, 1], [2, 2], [3, 2], [2, 3], [3, 3], [5, 4], [4, 6], [5, 5], [6, 6], [7, 7], [8, 8], [8, 3],
    [3, 8], [1, 6], [7, 1],
  ]

  /// Matrices of a size: any, badly scaled ones, of rank 1, with equal singular values, diagonal
  /// ones, and 0.
  private func stack(_ m: Int, _ n: Int) -> [[Double]] {
    var random = RandomSource(seed: UInt64(10 * m + n))
    func matrix(_ element: (Int, Int) -> Double) -> [Double] {
      (0..<m * n).map { element($0 / n, $0 % n) }
    }
    var matrices: [[Double]] = []
    for scale in [1, 1e-300, 1e300, 1e-8] {
      for _ in 0..<4 {
        matrices.append(matrix { _, _ in Double(random.integer(-1000, 1000)) / 1000 * scale })
      }
    }
    for base in [1e-3, 1e-20, 1e-100] {
      var power = 1.0
      let powers = (0..<max(m, n)).map { _ in
        defer { power *= base }
        return max(power, 1e-300)
      }
      matrices.append(matrix { i, j in Double(random.integer(-9, 9)) * powers[j] })
      matrices.append(matrix { i, j in Double(random.integer(-9, 9)) * powers[i] })
    }
    matrices.append(matrix { _, _ in 1 })
    matrices.append(matrix { i, j in Double((i + 1) * (2 * j - 3)) })
    matrices.append(matrix { i, j in i == j ? 3 : 0 })
    matrices.append(matrix { i, j in i == n - 1 - j ? Double(i + 1) : 0 })
    matrices.append(matrix { _, _ in 0 })
    matrices.append(matrix { i, j in (i == j ? 1 : 0) + 1e-9 * Double(random.integer(-9, 9)) })
    // All singular values but one are the same: 1 - 2 u uᵀ, one column scaled.
    let norm = (0..<m).reduce(0.0) { $0 + Double(($1 + 1) * ($1 + 1)) }
    matrices.append(matrix { i, j in (i == j ? 1 : 0) - 2 * Double((i + 1) * (j + 1)) / norm })
    return matrices
  }

  /// `∑ₖ a_ik b_kj`, where `a` has that many columns and `b` as many rows.
  private func product(_ a: [Double], _ b: [Double], inner: Int) -> [Double] {
    let (rows, columns) = (a.count / inner, b.count / inner)
    return (0..<rows * columns).map { place in
      let (i, j) = (place / columns, place % columns)
      return (0..<inner).reduce(0) { $0 + a[i * inner + $1] * b[$1 * columns + j] }
    }
  }

  private func transpose(_ a: [Double], columns: Int) -> [Double] {
    let rows = a.count / columns
    return (0..<a.count).map { a[$0 % rows * columns + $0 / rows] }
  }

  private func distance(_ a: [Double], _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  private func identity(_ n: Int) -> [Double] { (0..<n * n).map { $0 / n == $0 % n ? 1 : 0 } }

  /// The parts of a result for one matrix of the stack.
  private func part(_ values: [Double], _ number: Int, _ count: Int) -> [Double] {
    Array(values[(number * count)..<((number + 1) * count)])
  }

  @Test(arguments: sizes) func qr(_ size: [Int]) throws {
    let (m, n, k) = (size[0], size[1], size.min() ?? 0)
    var program = try TurnLaneTests.Program(
      "graph g(a: f64[b, \(m), \(n)]) -> (q, r) { q, r = qr(a) }")
    #expect(program.lanes.contains(8))
    let stack = stack(m, n)
    let found = try program.run(["a": ([stack.count, m, n], stack.flatMap { $0 })])
    let bound = 4 * Double(max(m, n)) * Double.ulpOfOne
    for (number, a) in stack.enumerated() {
      let (q, r) = (part(found[0], number, m * k), part(found[1], number, k * n))
      let size = a.map(\.magnitude).max() ?? 0
      let scale = size == 0 ? 1 : size
      let back = product(q, r.map { $0 / scale }, inner: k)
      #expect(distance(back, a.map { $0 / scale }) <= bound, "\(number)")
      #expect(distance(product(transpose(q, columns: k), q, inner: m), identity(k)) <= bound)
      for i in 0..<k { for j in 0..<min(i, n) { #expect(r[i * n + j] == 0) } }
    }
  }

  @Test(arguments: sizes) func svd(_ size: [Int]) throws {
    let (m, n, k) = (size[0], size[1], size.min() ?? 0)
    var program = try TurnLaneTests.Program(
      "graph g(a: f64[b, \(m), \(n)]) -> (u, s, v) { u, s, v = svd(a) }")
    #expect(program.lanes.contains(8))
    let stack = stack(m, n)
    let found = try program.run(["a": ([stack.count, m, n], stack.flatMap { $0 })])
    let bound = 8 * Double(max(m, n)) * Double.ulpOfOne
    for (number, a) in stack.enumerated() {
      let (u, s) = (part(found[0], number, m * k), part(found[1], number, k))
      let v = part(found[2], number, k * n)
      let size = a.map(\.magnitude).max() ?? 0
      let scale = size == 0 ? 1 : size
      let scaled = u.enumerated().map { $1 * (s[$0 % k] / scale) }
      #expect(distance(product(scaled, v, inner: k), a.map { $0 / scale }) <= bound, "\(number)")
      #expect(distance(product(transpose(u, columns: k), u, inner: m), identity(k)) <= bound)
      #expect(distance(product(v, transpose(v, columns: n), inner: n), identity(k)) <= bound)
      #expect(s == s.sorted(by: >) && s.allSatisfy { $0 >= 0 })
      for j in 0..<k {
        let column = (0..<m).map { u[$0 * k + j] }
        let greatest = column.map(\.magnitude).max() ?? 0
        #expect(try #require(column.first { $0.magnitude >= 0.7 * greatest }) > 0)
      }
    }
  }

  /// Singular values alone, and one matrix alone, are the same as those of a stack with vectors.
  @Test(arguments: sizes) func valuesAlone(_ size: [Int]) throws {
    let (m, n, k) = (size[0], size[1], size.min() ?? 0)
    var alone = try TurnLaneTests.Program(
      "graph g(a: f64[b, \(m), \(n)]) -> (s) { _, s, _ = svd(a) }")
    var single = try TurnLaneTests.Program(
      "graph g(a: f64[\(m), \(n)]) -> (u, s, v) { u, s, v = svd(a) }")
    let stack = stack(m, n)
    let found = try alone.run(["a": ([stack.count, m, n], stack.flatMap { $0 })])[0]
    for (number, a) in stack.enumerated() {
      let values = try single.run(["a": ([m, n], a)])[1]
      let bound = 8 * Double(max(m, n)) * Double.ulpOfOne * (values.first ?? 0)
      #expect(distance(part(found, number, k), values) <= bound, "\(number)")
    }
  }

  @Test(arguments: [Double.nan, .infinity]) func notFinite(_ value: Double) throws {
    var program = try TurnLaneTests.Program("graph g(a: f64[b, 3, 2]) -> (s) { _, s, _ = svd(a) }")
    var a = [Double](repeating: 1, count: 60)
    a[50] = value
    #expect(throws: CompiledCall.Failure.self) { _ = try program.run(["a": ([10, 3, 2], a)]) }
    var factors = try TurnLaneTests.Program("graph g(a: f64[b, 3, 2]) -> (r) { _, r = qr(a) }")
    let r = try factors.run(["a": ([10, 3, 2], a)])[0]
    #expect(r[32...35].contains { !$0.isFinite } && r[..<32].allSatisfy(\.isFinite))
  }
}
