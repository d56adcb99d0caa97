import Foundation
import Testing

/// Programs of thousands of operations, as their callers see them.
@Suite struct LongProgramTests {
  /// Each step takes the one before, and makes more scalars than a body of two pieces may have.
  private static let steps = 3_000

  /// s = sin(s) + c x, and the sum of the last one with its gradient.
  private static let graph: String = {
    let lines = (0..<steps).map { "    s\($0 + 1) = sin(s\($0)) + \(factor($0)) * x\n" }
    return """
      graph chain(x: f64[n]) -> (y: f64, g: f64[n]) {
          s0 = x
      \(lines.joined())    y = sum(s\(steps))
          g = grad(y, wrt: x)
      }

      """
  }()

  private static func factor(_ step: Int) -> String { "\(1 + Double(step) / 8192)" }

  /// The same by hand, in forward mode.
  private static let caller = """
    #include <math.h>
    #include <stdio.h>
    #include "chain.h"
    #define N 11
    static int near(double a, double b) { return fabs(a - b) <= 1e-9 * (1 + fabs(b)); }
    int main(void)
    {
        double x[N], y = 0, y2 = -7, g[N], g2[N], sum = 0, slope[N];
        for (int i = 0; i < N; ++i) {
            double s = x[i] = 0.3 * i - 1, d = 1;
            for (int step = 0; step < \(steps); ++step) {
                double c = 1 + step / 8192.0;
                d = cos(s) * d + c;
                s = sin(s) + c * x[i];
            }
            sum += s;
            slope[i] = d;
        }
        if (chain(N, x, &y, g, NULL, 0) != 0 || !near(y, sum)) return 1;
        for (int i = 0; i < N; ++i) if (!near(g[i], slope[i])) return 2;
        if (chain(N, x, &y2, NULL, NULL, 0) != 0 || y2 != y) return 3;
        if (chain(N, x, NULL, g2, NULL, 0) != 0) return 4;
        for (int i = 0; i < N; ++i) if (g2[i] != g[i]) return 5;
        if (chain(N, x, NULL, NULL, NULL, 0) != 0) return 6;
        if (chain(0, NULL, &y, NULL, NULL, 0) != 0 || y != 0) return 7;
        return 0;
    }

    """

  /// The code stands once; it serves callers with and without the value, and the gradient.
  @Test func everyChoiceOfResultsIsRight() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, to: "chain.graph")
    let outcome = try Shell.gradc(file, "--emit=obj,header,loops", "-o", scratch.path("chain.o"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    let loops = try String(contentsOfFile: scratch.path("chain.loops"), encoding: .utf8)
    #expect(loops.components(separatedBy: "call cos").count == Self.steps + 1)
    #expect(!loops.contains("body for y"))
    try scratch.write(Self.caller, to: "caller.c")
    let command = ["gcc", "-O1", "-o", "caller", "caller.c", "chain.o", "-lm"]
    let linked = try Shell.run(command, in: scratch.url)
    try #require(linked.status == 0, "\(linked.errors)")
    #expect(try Shell.run([scratch.path("caller")]).status == 0)
  }
}
