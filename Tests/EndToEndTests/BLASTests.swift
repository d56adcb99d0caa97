import Foundation
import Testing

/// `--blas=cblas`: objects that call BLAS for products of large matrices, beside those that do not.
@Suite struct BLASTests {
  /// A product of `a` and `b`: its name, their shapes, what it is, the elements of its arrays, and
  /// the calls that it makes where `m`, `n` and `k` are large.
  private typealias Product = (
    name: String, shapes: (String, String), text: String, counts: String, calls: Int
  )

  private static let products: [Product] = [
    ("plain", ("m, k", "k, n"), "a @ b", "m * k, k * n, m * n", 1),
    ("left", ("k, m", "k, n"), "transpose(a) @ b", "m * k, k * n, m * n", 1),
    ("right", ("m, k", "n, k"), "a @ transpose(b)", "m * k, k * n, m * n", 1),
    ("both", ("k, m", "n, k"), "transpose(a) @ transpose(b)", "m * k, k * n, m * n", 1),
    ("turned", ("m, k", "k, n"), "transpose(a @ b)", "m * k, k * n, m * n", 1),
    ("slices", ("m + 3, k + 5", "k + 1, n + 7"), "a[1:-2, 2:-3] @ b[1:, 3:-4]",
      "(m + 3) * (k + 5), (k + 1) * (n + 7), m * n", 1),
    ("turned_slices", ("k + 3, m + 5", "n + 1, k + 7"),
      "transpose(a[1:-2, 2:-3]) @ transpose(b[1:, 3:-4])",
      "(m + 5) * (k + 3), (k + 7) * (n + 1), m * n", 1),
    ("stack", ("3, m, k", "3, k, n"), "a @ b", "3 * m * k, 3 * k * n, 3 * m * n", 3),
    ("shared", ("3, m, k", "k, n"), "a @ b", "3 * m * k, k * n, 3 * m * n", 3),
    ("between", ("m, 3, k", "k, n"), "einsum(\"ixk,kj->xij\", a, b)",
      "3 * m * k, k * n, 3 * m * n", 3),
    ("inner", ("m, k, 3", "k, n"), "einsum(\"ikx,kj->ijx\", a, b)",
      "3 * m * k, k * n, 3 * m * n", 0),
    ("epilogue", ("m, k", "k, n"), "tanh(a @ b - sum(b, axis: 0))", "m * k, k * n, m * n", 1),
    ("first_gradient", ("m, k", "k, n"), "grad(sum(tanh(a @ b)), wrt: a)",
      "m * k, k * n, m * k", 2),
    ("second_gradient", ("m, k", "k, n"), "grad(sum(tanh(a @ b)), wrt: b)",
      "m * k, k * n, k * n", 2),
    ("squared", ("m, k", "k, n"), "grad(sum(sin(transpose(a) @ (a @ b))), wrt: b)",
      "m * k, k * n, k * n", 4),
  ]

  /// The graphs of all products, whose names begin with a word, and one of three results.
  private static func graphs(_ word: String, _ dtype: String) -> String {
    let all = products.map { product in
      """
      graph \(word)_\(product.name)[m, n, k](
          a: \(dtype)[\(product.shapes.0)], b: \(dtype)[\(product.shapes.1)]
      ) -> (c) {
          c = \(product.text)
      }

      """
    }
    return all.joined() + """
      graph \(word)_three[m, n, k](a: \(dtype)[m, k], b: \(dtype)[k, n]) -> (c, d, e) {
          c = a @ b
          d = sin(a) @ b
          e = a @ sin(b)
      }

      """
  }

  /// The program that calls them, or a library with its BLAS alone.
  private static let program = Shell.root
    .appendingPathComponent("Tests/EndToEndTests/Programs/blas.c").path

  /// A folder with the objects of all products, made both ways.
  private func compiled(_ dtype: String, _ options: [String]) throws -> Scratch {
    let scratch = try Scratch()
    let cases = Self.products.map { "CASE(\($0.name), \($0.counts), \($0.calls))\n" }
    try scratch.write(cases.joined(), to: "cases.h")
    for (word, more) in [("own", []), ("blas", ["--blas=cblas"])] {
      let folder = scratch.path(word)
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let file = try scratch.write(Self.graphs(word, dtype), to: "\(word)/g.graph")
      let outcome = try Shell.run(
        [Shell.gradc, file, "-o", "\(folder)/\(word).o"] + more + options)
      try #require(outcome.status == 0, "\(outcome.errors)")
    }
    return scratch
  }

  /// Products are the same, and BLAS is called for large ones alone, in memory that is theirs.
  ///
  /// Elements are at most 1/2 and sums of 130 terms or fewer; an error of `130 ε Σ|a b|` in one
  /// product becomes at most `130/2` times that in the gradient of a function of it.
  @Test(arguments: [
    ("f64", "double", "1e-10", ["-O0"], []), ("f32", "float", "2e-2", ["-O3"], []),
    ("f64", "double", "1e-10", ["-O1", "--sanitize=address"], ["-fsanitize=address", "-g"]),
    ("f32", "float", "2e-2", ["-O1", "--threads=openmp"], ["-fopenmp"]),
  ])
  func agreesWithOurOwn(
    _ dtype: String, _ real: String, _ tolerance: String, _ options: [String], _ flags: [String]
  ) throws {
    let scratch = try compiled(dtype, options)
    let built = try Shell.run(
      ["gcc", "-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-I.", "-DREAL=\(real)",
        "-DTOLERANCE=\(tolerance)"] + flags
        + [Self.program, "own/own.o", "blas/blas.o", "-o", "main", "-lm"], in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let outcome = try Shell.run(["./main"], in: scratch.url)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors.prefix(2000))")
  }

  #if arch(x86_64)
    @Test func agreesOnEveryLevel() throws {
      try agreesWithOurOwn("f32", "float", "2e-2", ["-O1", "--multiversion"], [])
    }
  #endif

  /// Compiled code that calls BLAS gives what a plain evaluation gives, and derivatives are right.
  @Test(arguments: [("f64", "m=70,k=64,n=67", true), ("f32", "m=63,k=66,n=64", false)])
  func agreesWithEvaluation(_ dtype: String, _ sizes: String, _ isLarge: Bool) throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      graph model(a: \(dtype)[m, k], b: \(dtype)[k, n]) -> (s, g, h) {
          s = sum(sin(a @ b / 8))
          g, h = grad(s, wrt: [a, b])
      }

      """, to: "model.graph")
    let built = try Shell.run(
      ["gcc", "-shared", "-fPIC", "-O2", "-DLIBRARY", Self.program, "-o", "blas.so"],
      in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let outcome = try Shell.run(
      [Shell.gradc, "check", file, "--blas=cblas", "--load", scratch.path("blas.so")]
        + sizes.split(separator: ",").map(String.init))
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let calls = try #require(outcome.errors.split(separator: " ").first.flatMap { Int($0) })
    #expect((calls > 0) == isLarge)
  }

  // MARK: What is called

  /// The symbols of BLAS that a graph asks for.
  private func symbols(_ text: String, _ options: [String] = ["--blas=cblas"]) throws -> [String] {
    let scratch = try Scratch()
    let file = try scratch.write(text, to: "model.graph")
    let outcome = try Shell.run([Shell.gradc, file, "-O1", "-o", scratch.path("model.o")] + options)
    try #require(outcome.status == 0, "\(outcome.errors)")
    let listed = try Shell.run(["nm", "-u", "model.o"], in: scratch.url)
    return listed.output.split(whereSeparator: \.isWhitespace).map(String.init)
      .filter { $0.contains("blas") }
  }

  private static let large = "graph f(a: f64[m, k], b: f64[k, n]) -> (c) { c = a @ b }\n"

  @Test func callsOnlyWhatItShould() throws {
    #expect(try symbols(Self.large) == ["cblas_dgemm"])
    #expect(try symbols(Self.large, []).isEmpty)
    #expect(try symbols(Self.large, ["--blas=none"]).isEmpty)
    #expect(try symbols(Self.large, ["--blas=cblas", "--math=strict"]).isEmpty)
    #expect(try symbols(Self.large, ["--blas=cblas", "--dim", "k=63"]).isEmpty)
    let other = ["--blas=cblas", "--target=aarch64-linux-gnu"]
    #expect(try symbols(Self.large, other) == ["cblas_dgemm"])
  }

  @Test(arguments: [
    ("f(a: f16[m, k], b: f16[k, n]) -> (c) { c = a @ b }", true),
    ("f(a: i32[m, k], b: i32[k, n]) -> (c) { c = a @ b }", false),
    ("f(a: f32[m, k], b: f32[k]) -> (c) { c = a @ b }", false),
    ("f(a: f32[64, 64], b: f32[64, 64]) -> (c) { c = a @ b }", true),
    ("f(a: f32[63, 64], b: f32[64, 64]) -> (c) { c = a @ b }", false),
    ("f(a: f32[140, 64], b: f32[64, 64]) -> (c) { c = a[::2] @ b }", true),
    ("f(a: f32[70, 128], b: f32[64, 64]) -> (c) { c = a[:, ::2] @ b }", false),
    ("f(a: f32[70, 64], b: f32[64, 64]) -> (c) { c = a[::-1] @ b }", false),
  ])
  func callsForTheseOperands(_ text: String, _ isCall: Bool) throws {
    #expect(try symbols("graph \(text)\n") == (isCall ? ["cblas_sgemm"] : []))
  }

  /// Loops call BLAS in their turns, but blocks of rows that stay in the cache are ours.
  @Test func loopsAndBlocksOfRows() throws {
    let loop = """
      graph f(h0: f64[64, 80], w: f64[80, 80], x: f64[t, 64, 80]) -> (h) {
          for e in x with h = h0 {
              h <- tanh(h @ w + e)
          }
      }

      """
    #expect(try symbols(loop) == ["cblas_dgemm"])
    let rows = """
      graph f(x: f64[n, 64], w: f64[64, 64]) -> (s, g) {
          s = sum(sigmoid(x @ w))
          g = grad(s, wrt: w)
      }

      """
    #expect(try symbols(rows, ["--blas=cblas", "--dim", "n=1024"]).isEmpty)
  }

  @Test func headerAndManifestSayWhatToLinkWith() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.large, to: "model.graph")
    let outcome = try Shell.run(
      [Shell.gradc, file, "--blas=cblas", "--emit=obj,header,manifest", "-o",
        scratch.path("model.o")])
    try #require(outcome.status == 0, "\(outcome.errors)")
    let header = try String(contentsOfFile: scratch.path("model.h"), encoding: .utf8)
    #expect(["-lblas", "-lopenblas", "-lcblas"].allSatisfy { header.contains($0) })
    let manifest = try String(contentsOfFile: scratch.path("model.json"), encoding: .utf8)
    #expect(manifest.contains("\"blas\""))
  }

  @Test(arguments: [[], ["run"], ["check"]])
  func unknownChoice(_ command: [String]) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.large, to: "model.graph")
    let outcome = try Shell.run([Shell.gradc] + command + [file, "--blas=mkl"], in: scratch.url)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("'--blas' is none or cblas, not 'mkl'"), "\(outcome.errors)")
    #expect(scratch.names == ["model.graph"])
  }
}
