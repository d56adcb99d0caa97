import GraphIR
import Support
import Testing

/// Factorisations of matrices of all sizes around those of blocks and lanes, held to the bounds
/// that LAPACK's own tests set: residuals in units of the norms, the size and the rounding.
struct MatrixResidualTests {
  /// LAPACK's threshold.
  static let threshold = 30.0

  /// Matrices by their kind: some need pivoting, some are nearly singular, some badly scaled.
  static let kinds = [
    "random", "graded", "reversed", "nearly singular", "wilkinson", "hilbert", "tiny", "large",
  ]

  static let sizes = [1, 2, 3, 5, 8, 9, 31, 32, 33, 64, 71]

  /// A matrix of a kind; Hilbert's are of at most eight rows.
  static func matrix(_ kind: String, _ size: Int, _ dtype: DType) -> Matrix {
    var random = RandomSource(seed: UInt64(size), kind)
    var noise = Matrix(size, size) { _, _ in 0 }
    noise.elements = noise.elements.map { _ in random.uniform(-1, 1) }
    let whole: Matrix
    switch kind {
    case "graded":
      whole = Matrix(size, size) { i, j in
        noise[i, j] * Double(sign: .plus, exponent: -i / 2, significand: 1)
      }
    case "reversed":
      whole = Matrix(size, size) { $0 + $1 == size - 1 ? 3 + noise[$0, $1] : 0.1 * noise[$0, $1] }
    case "nearly singular":
      // The last row is that before it, but for a little.
      whole = Matrix(size, size) { i, j in
        i == size - 1 && size > 1 ? noise[i - 1, j] + 0x1p-20 * noise[i, j] : noise[i, j]
      }
    case "wilkinson":
      // Each step of the elimination makes the last column greater.
      whole = Matrix(size, size) { i, j in
        i == j || j == size - 1 ? 1 : i > j ? -0.4 : 0
      }
    case "hilbert":
      whole = Matrix(size, size) { 1 / Double($0 + $1 + 1) }
    case "tiny": whole = Matrix(size, size) { noise[$0, $1] * 0x1p-50 }
    case "large": whole = Matrix(size, size) { noise[$0, $1] * 0x1p50 }
    default: whole = noise
    }
    return whole.rounded(to: dtype)
  }

  /// Symmetric positive definite: a product with its transpose, and a part of the identity.
  static func positive(_ kind: String, _ size: Int, _ dtype: DType) -> Matrix {
    let factor = matrix(kind, size, .f64)
    let product = factor * factor.transposed
    let shift = product.norm * Double(size * size) * (dtype == .f32 ? 0x1p-21 : 0x1p-50)
    return Matrix(size, size) { i, j in
      (i < j ? product[j, i] : product[i, j]) + (i == j ? shift : 0)
    }.rounded(to: dtype)
  }

  /// By how much elimination with partial pivoting makes the elements of a matrix of a kind
  /// greater: its residuals may be so much greater too.
  private static func growth(_ kind: String, _ size: Int) -> Double {
    kind == "wilkinson" ? (1..<size).reduce(1) { growth, _ in growth * 1.4 } : 1
  }

  private static func rounding(_ dtype: DType) -> Double { dtype == .f32 ? 0x1p-23 : 0x1p-52 }

  private static func text(_ body: String, _ results: String, _ dtype: DType) -> String {
    let parameters = "a: \(dtype.rawValue)[n, n], b: \(dtype.rawValue)[n, k]"
    return "graph t(\(parameters)) -> (\(results)) {\n\(body)\n}\n"
  }

  /// The matrix of a flat result.
  private func matrix(_ values: [Double]?, _ rows: Int, _ columns: Int) throws -> Matrix {
    let values = try #require(values)
    return Matrix(rows, columns) { values[$0 * columns + $1] }
  }

  @Test(arguments: [DType.f64, .f32], [1, 3, 20])
  func equations(_ dtype: DType, _ columns: Int) throws {
    let unit = Self.rounding(dtype)
    let compiled = try CompiledText(
      Self.text("x = solve(a, b)\ny = solve(transpose(a), b)", "x, y", dtype))
    for (kind, size) in Self.cases {
      let a = Self.matrix(kind, size, dtype)
      let b = (a * Matrix(size, columns) { Double(($0 * 3 + $1) % 7) - 2.5 }).rounded(to: dtype)
      let results = try compiled.run(["a": a, "b": b])
      for (matrix, name) in [(a, "x"), (a.transposed, "y")] {
        let x = try self.matrix(results[name], size, columns)
        let residual = (b - matrix * x).norm
        let scale = matrix.norm * x.norm * Double(size) * unit * Self.growth(kind, size)
        #expect(residual <= Self.threshold * scale, "\(kind), \(size): \(residual / scale)")
      }
    }
  }

  @Test(arguments: [DType.f64, .f32])
  func inverses(_ dtype: DType) throws {
    let compiled = try CompiledText(Self.text("x = inv(a) + 0 * sum(b)", "x", dtype))
    for (kind, size) in Self.cases {
      let a = Self.matrix(kind, size, dtype)
      let x = try matrix(compiled.run(["a": a, "b": a])["x"], size, size)
      let residual = (Matrix.identity(size) - a * x).norm
      let scale =
        a.norm * x.norm * Double(size) * Self.rounding(dtype) * Self.growth(kind, size)
      #expect(residual <= Self.threshold * scale, "\(kind), \(size): \(residual / scale)")
    }
  }

  @Test(arguments: [DType.f64, .f32])
  func choleskyFactors(_ dtype: DType) throws {
    let compiled = try CompiledText(Self.text("l = cholesky(a) + 0 * sum(b)", "l", dtype))
    for (kind, size) in Self.cases {
      let a = Self.positive(kind, size, dtype)
      let l = try matrix(compiled.run(["a": a, "b": .identity(size)])["l"], size, size)
      let residual = (a - l * l.transposed).norm
      let scale = a.norm * Double(size) * Self.rounding(dtype)
      #expect(residual <= Self.threshold * scale, "\(kind), \(size): \(residual / scale)")
      for i in 0..<size {
        for j in (i + 1)..<max(size, i + 1) { #expect(l[i, j] == 0, "\(kind), \(size)") }
      }
    }
  }

  /// Row by row the residual is a rounding of what goes into it: `|b - l x| ≤ n ε |l| |x|`.
  @Test(arguments: [DType.f64, .f32], [true, false])
  func triangularSystems(_ dtype: DType, _ isLower: Bool) throws {
    let compiled = try CompiledText(
      Self.text("x = triangular_solve(a, b, lower: \(isLower))", "x", dtype))
    for (kind, size) in Self.cases {
      let whole = Self.matrix(kind, size, dtype)
      let a = Matrix(size, size) { i, j in
        (isLower ? i >= j : i <= j) ? whole[i, j] + (i == j ? 2 * whole.norm : 0) : 0
      }.rounded(to: dtype)
      let b = Matrix(size, 3) { Double(($0 * 5 + $1) % 11) - 5 }
      // What is outside of the triangle is not read.
      let given = Matrix(size, size) { (isLower ? $0 >= $1 : $0 <= $1) ? a[$0, $1] : .nan }
      let x = try matrix(compiled.run(["a": given, "b": b])["x"], size, 3)
      let residual = b - a * x
      for i in 0..<size {
        for j in 0..<3 {
          let scale = (0..<size).reduce(b[i, j].magnitude) {
            $0 + (a[i, $1] * x[$1, j]).magnitude
          }
          let bound = Double(size + 1) * Self.rounding(dtype) * scale
          #expect(residual[i, j].magnitude <= bound, "\(kind), \(size)")
        }
      }
    }
  }

  /// The determinant and its logarithm against products that are known.
  @Test(arguments: [DType.f64, .f32])
  func determinants(_ dtype: DType) throws {
    let compiled = try CompiledText(
      Self.text("d = det(a) + 0 * sum(b)\ns, l = slogdet(a)", "d, s, l", dtype))
    for size in Self.sizes where size <= 33 {
      // A permutation of a triangular matrix: column `j` of it stands at `size - 1 - j`.
      let noise = Self.matrix("random", size, .f64)
      let a = Matrix(size, size) { i, column in
        let j = size - 1 - column
        return i == j ? 1 + 0.5 * noise[i, i].magnitude : i > j ? noise[i, j] : 0
      }.rounded(to: dtype)
      let product = (0..<size).reduce(1) { $0 * a[$1, size - 1 - $1] }
      let exact = size * (size - 1) / 2 % 2 == 0 ? product : -product
      let results = try compiled.run(["a": a, "b": .identity(size)])
      let d = try #require(results["d"]?.first)
      let l = try #require(results["l"]?.first)
      let bound = 1000 * Double(size * size) * Self.rounding(dtype)
      #expect((d / exact - 1).magnitude <= bound, "\(size): \(d), not \(exact)")
      #expect(results["s"] == [exact < 0 ? -1 : 1])
      #expect((l - exact.magnitude.logarithm).magnitude <= bound, "\(size)")
    }
  }

  /// Sizes that are known to the compiler give what symbolic ones give.
  @Test(arguments: [1, 2, 3, 4, 7, 8, 32, 40])
  func fixedSizes(_ size: Int) throws {
    let text = Self.text(
      "x = solve(a, b)\nl = cholesky(a @ transpose(a) + eye(n))\ny = inv(a)\nd = det(a)",
      "x, l, y, d", .f64)
    let symbolic = try CompiledText(text)
    let fixed = try CompiledText(text, dims: ["n": size, "k": 2])
    for kind in ["random", "reversed", "graded"] {
      let a = Self.matrix(kind, size, .f64)
      let b = Matrix(size, 2) { Double($0 - $1) }
      let (left, right) = try (symbolic.run(["a": a, "b": b]), fixed.run(["a": a, "b": b]))
      #expect(left.keys == right.keys)
      for (name, values) in left {
        let scale = values.reduce(0) { max($0, $1.magnitude) }
        let error = zip(values, right[name] ?? []).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
        #expect(right[name]?.count == values.count)
        #expect(error <= 1e-9 * scale, "\(kind), \(name): \(error / scale)")
      }
    }
  }

  /// Stacks of small matrices, of which several go at once, give what each gives alone.
  @Test(arguments: [1, 2, 3, 5, 8], [DType.f64, .f32])
  func stacks(_ size: Int, _ dtype: DType) throws {
    let body = """
      x = solve(s, u)
      y = solve(transpose(s, [0, 2, 1]), u)
      l = cholesky(s @ transpose(s, [0, 2, 1]))
      d = det(s)
      """
    let results = "x, y, l, d"
    let type = "\(dtype.rawValue)[m, \(size * size)]"
    let stacked = try CompiledText(
      """
      graph t(a: \(type), b: \(type)) -> (\(results)) {
      s = reshape(a, [m, \(size), \(size)])
      u = reshape(b, [m, \(size), \(size)])
      \(body)
      }
      """)
    let single = try CompiledText(
      Self.text(
        "s = expand_dims(a, axis: 0)\nu = expand_dims(b, axis: 0)\n\(body)", results, dtype))
    for count in [0, 1, 2, 7, 8, 9, 16, 19, 33] {
      let matrices = (0..<count).map { number in
        var matrix = Self.matrix("reversed", size, dtype)
        for k in matrix.elements.indices {
          let factor = 1 + 0.01 * Double(k * number % 7)
          matrix.elements[k] = dtype.rounded(matrix.elements[k] * factor)
        }
        return matrix
      }
      let a = Matrix(count, size * size) { matrices[$0].elements[$1] }
      let b = Matrix(count, size * size) { Double(($0 + $1) % 5) - 1.5 }
      let all = try stacked.run(["a": a, "b": b])
      for (number, matrix) in matrices.enumerated() {
        let side = Matrix(size, size) { b[number, $0 * size + $1] }
        for (name, one) in try single.run(["a": matrix, "b": side]) {
          let part = all[name]?.dropFirst(number * one.count).prefix(one.count) ?? []
          let scale = one.reduce(0) { max($0, $1.magnitude) }
          let error = zip(part, one).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
          #expect(part.count == one.count)
          #expect(error <= 200 * Self.rounding(dtype) * scale, "\(name), \(number) of \(count)")
        }
      }
    }
  }

  /// All kinds at all sizes; those that need many rows at those alone.
  static let cases: [(String, Int)] = kinds.flatMap { kind in
    sizes.filter { kind != "hilbert" || $0 <= 8 }.map { (kind, $0) }
  }
}

extension Double {
  /// The natural logarithm, without a library: `e ln 2 + 2 artanh((m - 1) / (m + 1))`.
  fileprivate var logarithm: Double {
    let z = (significand - 1) / (significand + 1)
    let series = (0..<30).reduce(0.0) { sum, k in
      let n = 2 * k + 1
      return sum + (0..<n).reduce(1.0) { power, _ in power * z } / Double(n)
    }
    return Double(exponent) * 0.6931471805599453 + 2 * series
  }
}
