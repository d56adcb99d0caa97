import Testing

/// What matrices that do not allow it make of a call, and what they do not.
struct MatrixFailureTests {
  static let singular = Matrix(2, 2) { Double(($0 + 1) * ($1 + 1)) }
  static let zero = Matrix(2, 2) { _, _ in 0 }

  /// Statements, a matrix, and the message, or nil where the call succeeds.
  static let cases: [(String, Matrix, String?)] = [
    ("y = sum(solve(a, a[0]))", singular, "t.graph:2:9: singular matrix"),
    ("y = sum(inv(a))", singular, "t.graph:2:9: singular matrix"),
    ("y = sum(inv(a))", zero, "t.graph:2:9: singular matrix"),
    (
      "y = sum(cholesky(a))", Matrix(2, 2) { $0 == $1 ? 1 : 2 },
      "t.graph:2:9: singular matrix: not positive definite"
    ),
    (
      "y = sum(cholesky(a))", singular, "t.graph:2:9: singular matrix: not positive definite"
    ),
    (
      "y = sum(cholesky(a))", Matrix(2, 2) { _, _ in .nan },
      "t.graph:2:9: singular matrix: not positive definite"
    ),
    // Above the diagonal nothing is read.
    ("y = sum(cholesky(a))", Matrix(2, 2) { $0 < $1 ? .nan : $0 == $1 ? 2 : 1 }, nil),
    (
      "y = sum(triangular_solve(a, a[0]))", Matrix(2, 2) { $0 == 1 && $1 == 1 ? 0 : 1 },
      "t.graph:2:9: singular matrix"
    ),
    ("y = sum(triangular_solve(a, a[0]))", singular, nil),
    ("y = det(a)", singular, nil),
    ("y = det(a)", zero, nil),
    ("s, y = slogdet(a)", singular, nil),
    ("d = det(a)\ny = sum(grad(d, wrt: a))", singular, nil),
    ("s, l = slogdet(a)\ny = sum(grad(l, wrt: a))", singular, "t.graph:2:8: singular matrix"),
    (
      "d = det(a)\ny = sum(hessian(d, wrt: a))", singular, "t.graph:2:5: singular matrix"
    ),
    // A diagonal that is nothing but rounding has no derivative, a small one has.
    (
      "q, r = qr(a)\ny = sum(grad(sum(r), wrt: a))", Matrix(3, 3) { i, j in Double(j + 1) / 3 },
      "t.graph:2:8: singular matrix"
    ),
    (
      "q, r = qr(a)\ny = sum(grad(sum(r), wrt: a))",
      Matrix(3, 3) { i, j in i == j ? 1e-20 : i < j ? 1e-9 : 0 }, nil
    ),
    // NaN is no zero.
    ("y = sum(inv(a))", Matrix(2, 2) { _, _ in .nan }, nil),
    ("y = sum(expm(a))", Matrix(2, 2) { _, _ in .nan }, nil),
    ("y = sum(expm(a))", Matrix(2, 2) { $0 == $1 ? .infinity : 0 }, nil),
  ]

  @Test(arguments: cases)
  func message(_ body: String, _ matrix: Matrix, _ message: String?) throws {
    let compiled = try CompiledText("graph t(a: f64[n, n]) -> (y) {\n\(body)\n}\n")
    let failure = try compiled.failure(["a": matrix])
    if let message {
      #expect(failure?.hasSuffix(message) ?? false, "\(failure ?? "no failure")")
    } else {
      #expect(failure == nil)
    }
  }

  /// Determinants where there is no inverse.
  @Test func singularDeterminants() throws {
    let compiled = try CompiledText(
      """
      graph t(a: f64[n, n]) -> (d, s, l, g) {
          d = det(a)
          s, l = slogdet(a)
          g = grad(d, wrt: a)
      }
      """)
    let results = try compiled.run(["a": Self.singular])
    #expect(results["d"] == [0])
    #expect(results["s"] == [0])
    #expect(results["l"] == [-.infinity])
    for (a, b) in zip(results["g"] ?? [], [4.0, -2, -2, 1]) { #expect((a - b).magnitude < 1e-14) }
    // Of rank 0, and of a matrix whose square is 0.
    #expect(try compiled.run(["a": Self.zero])["g"]?.allSatisfy { $0 == 0 } ?? false)
    let shift = Matrix(2, 2) { $0 == 0 && $1 == 1 ? 1 : 0 }
    let slope = try compiled.run(["a": shift])["g"] ?? []
    for (a, b) in zip(slope, [0.0, 0, -1, 0]) { #expect((a - b).magnitude < 1e-14) }
    #expect(try compiled.run(["a": Matrix(1, 1) { _, _ in 0 }])["g"] == [1])
  }

  /// What nobody asks for raises nothing.
  @Test func deadWork() throws {
    let compiled = try CompiledText(
      "graph t(a: f64[n, n]) -> (y) {\nunused = inv(a)\ny = sum(a)\n}\n")
    #expect(try compiled.failure(["a": Self.singular]) == nil)
  }

  /// What is no number spreads, and only in its own matrix of a stack.
  @Test func nanInAStack() throws {
    let compiled = try CompiledText(
      """
      graph t(a: f64[n, n]) -> (y, e) {
          stack = stack([a, eye(n)])
          y = inv(stack)
          e = expm(stack)
      }
      """)
    let results = try compiled.run(["a": Matrix(2, 2) { _, _ in .nan }])
    #expect(results["y"]?.prefix(4).allSatisfy(\.isNaN) ?? false)
    #expect(results["y"]?.suffix(4) == [1, 0, 0, 1])
    #expect(results["e"]?.prefix(4).allSatisfy(\.isNaN) ?? false)
    for (a, b) in zip(results["e"]?.suffix(4) ?? [], [2.718281828459045, 0, 0, 2.718281828459045]) {
      #expect((a - b).magnitude < 1e-15)
    }
  }
}
