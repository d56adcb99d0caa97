import Foundation
import Testing

/// Objects that call LAPACK, beside those that do it themselves.
@Suite struct LAPACKTests {
  /// Costs by what they are made of, for `a` of `[b, n, n]`, or with `k` more rows or columns.
  static let costs = [
    ("solve", "x = solve(a, a * a)\ny = sum(sin(x))"),
    ("solve_one", "x = solve(a, a[:, :, 0:1] + 1)\ny = sum(sin(x))"),
    ("inverse", "x = inv(a)\ny = sum(sin(x))"),
    ("determinant", "x = det(a / 8)\ny = sum(x)"),
    ("logarithm", "s, x = slogdet(a)\ny = sum(s * x)"),
    ("cholesky", "x = cholesky(a)\ny = sum(sin(x))"),
    ("lower", "x = triangular_solve(a, a * a, lower: true)\ny = sum(sin(x))"),
    ("upper", "x = triangular_solve(a, a * a, lower: false)\ny = sum(sin(x))"),
    ("qr", "q, r = qr(a)\ny = sum(sin(q)) + sum(sin(r))"),
    ("tall_qr", "q, r = qr(a)\ny = sum(sin(q)) + sum(sin(r))"),
    ("wide_qr", "q, r = qr(a)\ny = sum(sin(q)) + sum(sin(r))"),
    ("eigh", "w, v = eigh(a)\ny = sum(sin(w)) + sum(sin(v))"),
    ("eigenvalues", "w, v = eigh(a)\ny = sum(sin(w))"),
    ("svd", "u, s, v = svd(a)\ny = sum(sin(u)) + sum(sin(s)) + sum(sin(v))"),
    ("tall_svd", "u, s, v = svd(a)\ny = sum(sin(u)) + sum(sin(s)) + sum(sin(v))"),
    ("wide_svd", "u, s, v = svd(a)\ny = sum(sin(u)) + sum(sin(s)) + sum(sin(v))"),
    ("singular_values", "u, s, v = svd(a)\ny = sum(sin(s))"),
  ]

  /// A graph for each cost, with its gradient; their names begin with a word.
  static func graphs(
    _ word: String, _ dtype: String, _ costs: [(String, String)]
  ) -> String {
    costs.map { name, body in
      let rows = name.hasPrefix("tall") ? "n + k" : "n"
      let columns = name.hasPrefix("wide") ? "n + k" : "n"
      return """
        graph \(word)_\(name)[b, n, k](a: \(dtype)[b, \(rows), \(columns)]) -> (y, g) {
        \(body)
        g = grad(y, wrt: a)
        }

        """
    }.joined()
  }

  /// Compiles the graphs of some costs both ways; gives the folder.
  private func compiled(
    _ dtype: String, _ options: [String] = [], _ costs: [(String, String)] = costs
  ) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(costs.map { "CASE(\($0.0))\n" }.joined(), to: "cases.h")
    for (word, more) in [("own", []), ("lapack", ["--lapack"])] {
      let folder = scratch.path(word)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let file = try scratch.write(Self.graphs(word, dtype, costs), to: "\(word)/g.graph")
      let outcome = try Shell.run(
        [Shell.gradc, file, "--emit=obj,header,manifest", "-O0", "-o", "\(folder)/\(word).o"]
          + more + options)
      try #require(outcome.status == 0, "\(outcome.errors)")
    }
    return scratch
  }

  /// The libraries that a manifest names, which the header names too.
  private func libraries(_ scratch: Scratch, _ word: String) throws -> [String] {
    let path = scratch.path("\(word)/\(word)")
    let data = try Data(contentsOf: URL(fileURLWithPath: path + ".json"))
    let manifest = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let libraries = try #require(manifest["libraries"] as? [String])
    let header = try String(contentsOfFile: path + ".h", encoding: .utf8)
    let words = header.split(whereSeparator: \.isWhitespace)
    #expect(libraries.allSatisfy { name in words.contains { $0.hasPrefix("-l\(name)") } })
    #expect(try #require(manifest["externals"] as? [Any]).isEmpty)
    return libraries
  }

  /// Values, derivatives and failures of stacks are the same, and nothing is allocated.
  ///
  /// The tolerances are `n ε κ² / δ`: condition numbers are below 10, eigenvalues are 0.2 apart.
  @Test(arguments: [
    ("f64", "double", "0, 1, 2, 9, 40", "1e-11"), ("f32", "float", "1, 3, 12", "1e-3"),
  ])
  func agreesWithOurOwn(
    _ dtype: String, _ real: String, _ sizes: String, _ tolerance: String
  ) throws {
    let scratch = try compiled(dtype)
    try build(scratch, [real, sizes, tolerance, "n,"])
  }

  /// The same where the sizes are known: 12 is not small.
  @Test func agreesAtKnownSizes() throws {
    let names = ["solve", "cholesky", "lower", "wide_qr", "eigenvalues"]
    let scratch = try compiled(
      "f64", ["--dim", "n=12"], Self.costs.filter { names.contains($0.0) })
    try build(scratch, ["double", "12", "1e-11", ""])
  }

  /// Links the program with both objects, and runs it.
  private func build(_ scratch: Scratch, _ macros: [String]) throws {
    let flags = try libraries(scratch, "lapack").map { "-l" + $0 }
    #expect(flags.prefix(3) == ["-llapacke", "-llapack", "-lblas"])
    let program = Shell.root.appendingPathComponent("Tests/EndToEndTests/Programs/lapack.c").path
    let definitions = zip(["REAL", "SIZES", "TOLERANCE", "N(n)"], macros).map { "-D\($0)=\($1)" }
    let linked = try Shell.run(
      ["gcc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-I."] + definitions
        + [program, "own/own.o", "lapack/lapack.o", "-o", "main"] + flags + ["-lm", "-ldl"],
      in: scratch.url)
    try #require(linked.status == 0, "\(linked.errors)")
    let outcome = try Shell.run(
      ["./main"], in: scratch.url, environment: ["OPENBLAS_NUM_THREADS": "1"])
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  /// Small matrices of known sizes need no LAPACK.
  @Test func smallMatricesStayOurs() throws {
    let scratch = try compiled("f64", ["--dim", "n=3", "--dim", "k=2"], Array(Self.costs.prefix(9)))
    #expect(try libraries(scratch, "lapack") == libraries(scratch, "own"))
  }
}
