import Foundation
import Testing

/// The examples, built and run as their READMEs say.
struct ExampleTests {
  /// A copy of an example's folder, made with its Makefile.
  private static func make(_ name: String, _ target: String) throws -> (Scratch, Outcome) {
    let scratch = try Scratch()
    let folder = scratch.url.appendingPathComponent(name)
    try FileManager.default.copyItem(
      at: Shell.root.appendingPathComponent("Examples").appendingPathComponent(name), to: folder)
    let outcome = try Shell.run(["make", "GRADC=\(Shell.gradc)", target], in: folder)
    return (scratch, outcome)
  }

  @Test func dlogisticDrawsTheSlope() throws {
    let (scratch, outcome) = try ExampleTests.make("dlogistic", "dlogistic.svg")
    try #require(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("[[0.25000000, 0.19661193],\n [0.19661193, 0.10499359]]"))
    let drawing = try String(contentsOfFile: scratch.path("dlogistic/dlogistic.svg"), encoding: .utf8)
    #expect(drawing.contains("<svg") && drawing.contains("Slope of the logistic curve"))
  }

  @Test func rosenbrockIsMinimised() throws {
    let (_, outcome) = try ExampleTests.make("rosenbrock", "run")
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output.contains("from ones"))
  }

  @Test func logisticRegressionLearns() throws {
    let (_, outcome) = try ExampleTests.make("logistic-regression", "run")
    try #require(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    let losses = lines.filter { $0.hasPrefix("step") }
      .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
    #expect(losses.count == 6)
    #expect(losses == losses.sorted(by: >), "the loss falls: \(losses)")
    let accuracy = lines.last?.split(separator: " ").last.flatMap { Double($0) } ?? 0
    #expect(accuracy > 0.95)
  }
}
