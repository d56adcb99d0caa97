import Foundation
import Testing

/// What loops become: what they keep, where they write, and how they run in lanes. That their
/// derivatives stay right is checked by differences.
struct LoopShapeTests {
  /// The body of a program that computes all its results, once its derivatives have been checked.
  private func body(_ source: String, _ options: String...) throws -> String {
    let scratch = try Scratch()
    let file = try scratch.write(source, to: "program.graph")
    let check = try Shell.gradc("check", file)
    #expect(check.status == 0, "\(check.output)\(check.errors)")
    let arguments = [file, "--emit=loops", "-mcpu=x86-64-v4", "-o", "-"]
    let outcome = try Shell.run([Shell.gradc] + arguments + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try #require(outcome.output.components(separatedBy: "\n  body for ").dropFirst().first)
  }

  /// The turns of the loops over `t` in a body: forwards and backwards.
  private func turns(_ body: String) throws -> (forward: String, reverse: String) {
    let parts = body.components(separatedBy: "\n    for t").dropFirst()
      .map { $0.components(separatedBy: "\n    for ")[0] }
    try #require(parts.count == 2 && parts[1].contains(" in 0..<t reversed\n"), "\(body)")
    return (parts[0], parts[1])
  }

  private static let recurrence = """
    graph recurrence(w: f64[n], x: f64[t, n]) -> (gw: f64[n], gx: f64[t, n]) {
        for u in x with h = zeros([n]) {
            h <- sigmoid(w * h + u) * sin(u + 0.5 * h)
        }
        gw, gx = grad(sum(h ** 2), wrt: [w, x])
    }

    """

  /// s(−x) and the cosine are computed beside s(x) and the sine, and read backwards.
  @Test func theReverseReadsSlopes() throws {
    let reverse = try turns(body(Self.recurrence)).reverse
    for step in ["call", "divide", "multiply_add"] {
      #expect(!reverse.contains(" = \(step)"), "\(reverse)")
    }
  }

  /// The next values overwrite those that they came from, in one loop over rows of unknown length,
  /// which runs in lanes.
  @Test func turnsCopyNothing() throws {
    let (forward, reverse) = try turns(body(Self.recurrence))
    for turn in [forward, reverse] {
      let loops = turn.split(separator: "\n").filter { $0.contains("for i") }
      #expect(loops.count == 1 && loops.allSatisfy { $0.hasSuffix("lanes 8") }, "\(turn)")
    }
  }

  /// In the turns of a map, arrays of a few elements are values: nothing is stored but the results,
  /// and the zeros of slices' derivatives and what masks them are gone.
  @Test(arguments: ["default", "strict"])
  func smallArraysAreValues(_ math: String) throws {
    let body = try body(
      """
      graph residuals(p: f64[m, 6], q: f64[m, 3]) -> (r: f64[m, 2], j: f64[m, 2, 6]) {
          for a in p, b in q {
              d = b - a[3:6]
              c = stack([a[1] * d[2] - a[2] * d[1], a[2] * d[0] - a[0] * d[2],
                         a[0] * d[1] - a[1] * d[0]], axis: 0)
              u = d * cos(a[0]) + c * sum(a[:3] ** 2)
              e = u[:2] / (2 + u[2] ** 2)
              emit r = e
              emit j = jacobian(e, wrt: a)
          }
      }

      """, "--math=\(math)")
    let turn = try #require(body.components(separatedBy: "for t").dropFirst().first)
    #expect(turn.contains("lanes 8") && !turn.contains("for i"), "\(turn)")
    if math == "default" { #expect(!turn.contains(" = select"), "\(turn)") }
  }
}
