import Foundation
import Testing

/// The floating-point environment, which calls leave alone, and subnormal numbers.
@Suite struct EnvironmentTests {
  static let model = """
    graph model(x: f64[n], f: f32[n]) -> (halves: f64[n], thirds: f64[n], roots: f64[n],
                logs: f64[n], exps: f64[n], total: f64, g: f32[n], narrow: f32[n], h: f16[n],
                wide: f64[n], most: f64[n]) {
        halves = x * 0.5
        thirds = x / 3
        roots = sqrt(abs(x))
        logs = log(abs(x))
        exps = exp(-740 - arange(n) / 10.0)
        total = sum(x)
        g = f * 0.5
        narrow = f32(x * 9.076030935533344e+279)
        h = f16((arange(n) - 4) * 5.9604644775390625e-08)
        wide = f64(f)
        most = maximum(x, 0)
    }

    """

  /// Targets that tests can run, with the commands that compile and run for them.
  static let targets: [[String]] = [["-O0"], ["-O3"], ["-O3", "--math=strict"], ["-O3", "-mcpu=x86-64"]]

  @Test(arguments: targets)
  func isLeftAlone(_ options: [String]) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.model, to: "model.graph")
    let compiled = try Shell.run([Shell.gradc, file, "-o", scratch.path("model.o")] + options)
    try #require(compiled.status == 0, "\(compiled.errors)")
    let program = Shell.root
      .appendingPathComponent("Tests/EndToEndTests/Programs/environment.c").path
    // Functions of the C library set `errno` where a result is out of range.
    let library = options.contains("--math=strict") ? "-DLIBRARY=1" : "-DLIBRARY=0"
    let built = try Shell.run(
      ["gcc", "-std=gnu11", "-O1", "-frounding-math", library, "-I", scratch.url.path, "-o", "main",
        program, "model.o", "-lm"], in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let outcome = try Shell.run(["./main"], in: scratch.url)
    #expect(outcome.status == 0, "\(outcome.output.prefix(2000))\(outcome.errors)")
  }
}
