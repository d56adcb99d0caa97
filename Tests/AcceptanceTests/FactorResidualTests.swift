import Support
import Testing

/// Matrices that are hard to factor, each in its way.
enum FactorKind: String, CaseIterable, Sendable {
  case random, zero, ones, identity, hilbert, graded, gradedRows, gradedColumns, clustered
  case deficient, large, small, mixed, subnormal, triangular

  /// The matrix of a size, as the type can hold it.
  func matrix(_ rows: Int, _ columns: Int, _ dtype: DType) -> Matrix {
    let (large, tiny) = dtype == .f64 ? (1e200, 0x1p-1030) : (1e30, 0x1p-135)
    var state: UInt64 = 17
    func next() -> Double {
      // Knuth's linear congruential generator; its upper bits serve.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(Int64(bitPattern: state) >> 11) * 0x1p-52
    }
    func grade(_ place: Int) -> Double { (0..<min(place, 9)).reduce(1) { grade, _ in grade / 1000 } }
    return Matrix(rows, columns) { i, j in
      switch self {
      case .random: next()
      case .zero: 0
      case .ones: 1
      case .identity: i == j ? 1 : 0
      case .hilbert: 1 / Double(i + j + 1)
      case .graded: next() * grade(i) * grade(j)
      case .gradedRows: next() * grade(i)
      case .gradedColumns: next() * grade(j)
      case .clustered: (i == j ? 1 : 0) + 1e-15 * next()
      case .deficient: Double((i % 3 + 1) * (j % 2 + 1)) + (i % 2 == 0 ? 0 : Double(j % 3))
      case .large: large * next()
      case .small: next() / large
      case .mixed: next() < 0 ? next() * large : next() / large
      case .subnormal: tiny * next()
      case .triangular: j < i ? 0 : next()
      }
    }.rounded(to: dtype)
  }
}

/// Compiled factorisations of hard matrices, held to LAPACK's measure: residuals and losses of
/// orthogonality in units of `n ε ‖a‖`.
struct FactorResidualTests {
  /// What is allowed; LAPACK's own tests allow 30.
  static let threshold = 10.0

  /// Numbers of columns with numbers of further rows.
  static let sizes = [
    (0, 0), (0, 3), (1, 0), (1, 2), (2, 0), (2, 3), (3, 0), (3, 1), (8, 0), (8, 5), (33, 0),
    (33, 20),
  ]

  private static func compiled(_ body: String, _ dtype: DType, _ shape: String) throws
    -> CompiledText
  {
    let results = body.prefix { $0 != "=" }
    let symbols = shape.contains("+") ? "[m, n]" : ""
    return try CompiledText(
      "graph t\(symbols)(a: \(dtype.rawValue)[\(shape)]) -> (\(results)) {\n\(body)\n}\n")
  }

  /// Expects an error to be small, in units of `n ε ‖a‖`; where that underflows, the least number
  /// stands for `ε ‖a‖`.
  private func expect(
    _ error: Double, of a: Matrix, norm: Double, _ dtype: DType, _ place: String,
    _ location: SourceLocation = #_sourceLocation
  ) {
    let (epsilon, least) = dtype == .f64 ? (0x1p-52, 0x1p-1074) : (0x1p-23, 0x1p-149)
    let unit = Double(max(a.rows, a.columns, 1)) * max(epsilon * norm, least)
    let units = error / unit
    #expect(
      units <= Self.threshold, "\(place) of [\(a.rows), \(a.columns)]: \(units)",
      sourceLocation: location)
  }

  /// How far columns are from being orthonormal.
  private func loss(_ q: Matrix) -> Double { (q.transposed * q - .identity(q.columns)).norm }

  private func matrix(_ values: [Double]?, _ rows: Int, _ columns: Int) throws -> Matrix {
    let values = try #require(values)
    return Matrix(rows, columns) { values[$0 * columns + $1] }
  }

  @Test(arguments: [DType.f64, .f32], [false, true])
  func orthogonalFactors(_ dtype: DType, _ isWide: Bool) throws {
    let any = try Self.compiled("q, r = qr(a)", dtype, isWide ? "n, m + n" : "m + n, n")
    let fixed = try Self.compiled("q, r = qr(a)", dtype, isWide ? "3, 4" : "4, 3")
    for kind in FactorKind.allCases {
      for (rank, more) in Self.sizes {
        let a = kind.matrix(isWide ? rank : rank + more, isWide ? rank + more : rank, dtype)
        for compiled in rank == 3 && more == 1 ? [any, fixed] : [any] {
          let results = try compiled.run(["a": a])
          let q = try matrix(results["q"], a.rows, rank)
          let r = try matrix(results["r"], rank, a.columns)
          expect((a - q * r).norm, of: a, norm: a.norm, dtype, "q r of \(kind)")
          expect(loss(q), of: a, norm: 1, dtype, "q of \(kind)")
          let isTriangular = (0..<rank).allSatisfy { i in (0..<i).allSatisfy { r[i, $0] == 0 } }
          #expect(isTriangular, "\(kind) of [\(a.rows), \(a.columns)]")
        }
      }
    }
  }

  @Test(arguments: [DType.f64, .f32])
  func eigenvalues(_ dtype: DType) throws {
    let compiled = try Self.compiled("w, v = eigh(a)", dtype, "n, n")
    for kind in FactorKind.allCases {
      for size in [0, 1, 2, 3, 8, 33] {
        let given = kind.matrix(size, size, dtype)
        let a = Matrix(size, size) { given[max($0, $1), min($0, $1)] }
        let results = try compiled.run(["a": given])
        let w = try #require(results["w"])
        let v = try matrix(results["v"], size, size)
        let scaled = Matrix(size, size) { v[$0, $1] * w[$1] }
        expect((a * v - scaled).norm, of: a, norm: a.norm, dtype, "a v of \(kind)")
        expect(loss(v), of: a, norm: 1, dtype, "v of \(kind)")
        #expect(zip(w, w.dropFirst()).allSatisfy { $0 <= $1 }, "\(kind) of \(size)")
      }
    }
  }

  @Test(arguments: [DType.f64, .f32], ["m + n, n", "n, m + n", "n, n"])
  func singularValues(_ dtype: DType, _ shape: String) throws {
    let compiled = try Self.compiled("u, s, t = svd(a)", dtype, shape)
    for kind in FactorKind.allCases {
      for (rank, more) in Self.sizes where more == 0 || shape != "n, n" {
        let isWide = shape == "n, m + n"
        let a = kind.matrix(isWide ? rank : rank + more, isWide ? rank + more : rank, dtype)
        let results = try compiled.run(["a": a])
        let s = try #require(results["s"])
        let u = try matrix(results["u"], a.rows, rank)
        let t = try matrix(results["t"], rank, a.columns)
        let scaled = Matrix(a.rows, rank) { u[$0, $1] * s[$1] }
        expect((a - scaled * t).norm, of: a, norm: a.norm, dtype, "u s vᵀ of \(kind)")
        expect(loss(u), of: a, norm: 1, dtype, "u of \(kind)")
        expect(loss(t.transposed), of: a, norm: 1, dtype, "v of \(kind)")
        let isDescending = zip(s, s.dropFirst()).allSatisfy { $0 >= $1 } && (s.last ?? 0) >= 0
        #expect(isDescending, "\(kind) of [\(a.rows), \(a.columns)]")
      }
    }
  }

  /// A 0 on the diagonal moves by one place in a turn of the QR method, and here all are 0.
  @Test func singularValuesOfAShift() throws {
    let compiled = try Self.compiled("u, s, t = svd(a)", .f64, "n, n")
    let results = try compiled.run(["a": Matrix(80, 80) { $1 == $0 + 1 ? 1 : 0 }])
    #expect(results["s"] == Array(repeating: 1, count: 79) + [0])
  }
}
