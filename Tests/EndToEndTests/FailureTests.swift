import Foundation
import Testing

/// Every way in which a call can fail: its status, and that no `inout` parameter has changed.
@Suite struct FailureTests {
  static let model = """
    extern func hat(x: f64[k]) -> (y: f64[k])

    graph indices(x: f64[n], i: i64[k], inout v: f64[n], inout w: f32[3]) -> (y) {
        v <- v + 1
        w <- 2 * w + 1
        y = x[i]
    }
    graph matrix(a: f64[n, n], b: f64[n], inout v: f64[n]) -> (y) {
        y = solve(a, b)
        v <- v + y + 1
    }
    graph spectrum(a: f64[n, n], inout v: f64[n]) -> (y) {
        y, _ = eigh(a)
        v <- v + y
    }
    graph shapes[m](x: f64[n], inout v: f64[n]) -> (y) {
        y = sum(reshape(x, [m, 2]), axis: 0)
        v <- v + sum(y)
    }
    graph formula(x: f64[4 * n - 8], inout v: f64[n]) -> (y: f64[n]) {
        y = 2 * v + sum(x)
        v <- v + 1
    }
    graph fails(x: f64[n], inout v: f64[n]) -> (y) {
        y = hat(x)
        v <- v + y
    }
    graph asserts(x: f64[n], most: f64, inout v: f64[n]) -> (s) {
        for t in x with s = 0.0 {
            assert s <= most, "too much"
            s <- s + t
        }
        v <- v + x
    }

    """

  @Test(arguments: [["-O0"], ["-O3"], ["-O3", "--math=strict"], ["-mcpu=x86-64"]])
  func changeNothing(_ options: [String]) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.model, to: "model.graph")
    let compiled = try Shell.run([Shell.gradc, file, "-o", scratch.path("model.o")] + options)
    try #require(compiled.status == 0, "\(compiled.errors)")
    let program = Shell.root.appendingPathComponent("Tests/EndToEndTests/Programs/failures.c").path
    let built = try Shell.run(
      ["gcc", "-std=gnu11", "-I", scratch.url.path, "-o", "main", program, "model.o", "-lm"],
      in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let outcome = try Shell.run(["./main"], in: scratch.url)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.hasSuffix(" calls, 0 failures\n"))
  }
}
