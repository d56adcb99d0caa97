import Foundation
import Testing

/// A few cases of `AcceptanceTests` on another processor, and shared among threads; all of them by
/// `Tests/AcceptanceTests/elsewhere.py`.
@Suite struct ElsewhereTests {
  private static let hasAArch64 =
    LinkingTests.has("qemu-aarch64") && LinkingTests.has("aarch64-linux-gnu-gcc")

  /// Tiles, rows, lanes and masks for NEON.
  @Test(.enabled(if: hasAArch64)) func giveTheSameOnAArch64() throws {
    try expectRight(
      "workloads/(gmm|lse|mlp|logreg)|nets/(grouped|layer_norm_f16)$|language/.*f16",
      "--target=aarch64-linux-gnu")
  }

  @Test func giveTheSameAmongThreads() throws {
    try expectRight("workloads/(gmm|kmeans|mlp)|nets/grouped$", "--threads=openmp")
  }

  /// Expects the values of some cases from objects that are made with an option.
  private func expectRight(_ cases: String, _ option: String) throws {
    let scratch = try Scratch()
    let script = Shell.root.appendingPathComponent("Tests/AcceptanceTests/elsewhere.py").path
    let outcome = try Shell.run(
      ["python3", script, "--cases=" + cases, option], in: scratch.url,
      environment: ["GRADC": Shell.gradc])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}
