import Foundation
import Testing

/// What `--math=strict` promises: functions of the C library where it has them, bit by bit.
@Suite struct StrictTests {
  /// Names in the language, and in C.
  static let functions = [
    ("exp", "exp"), ("exp2", "exp2"), ("expm1", "expm1"), ("log", "log"), ("log2", "log2"),
    ("log10", "log10"), ("log1p", "log1p"), ("cbrt", "cbrt"), ("sin", "sin"), ("cos", "cos"),
    ("tan", "tan"), ("asin", "asin"), ("acos", "acos"), ("atan", "atan"), ("sinh", "sinh"),
    ("cosh", "cosh"), ("tanh", "tanh"), ("asinh", "asinh"), ("acosh", "acosh"), ("atanh", "atanh"),
    ("erf", "erf"), ("erfc", "erfc"), ("gamma", "tgamma"), ("lgamma", "lgamma"),
  ]
  static let functionsOfTwo = [("pow", "pow"), ("atan2", "atan2"), ("hypot", "hypot")]

  /// Every function of all elements.
  private static func graph(_ dtype: String) -> String {
    let unary = functions.map { "    r_\($0.1) = \($0.0)(x)\n" }
    let binary = functionsOfTwo.map { name, c in
      "    r_\(c) = \(name == "pow" ? "x ** y" : "\(name)(x, y)")\n"
    }
    let results = (functions + functionsOfTwo).map { "r_\($0.1)" }.joined(separator: ", ")
    return """
      graph all(x: \(dtype)[n], y: \(dtype)[n]) -> (\(results)) {
      \((unary + binary).joined())}

      """
  }

  /// Compares each function with that of the C library at ordinary and extreme arguments.
  private static func caller(_ number: String, _ suffix: String) -> String {
    let all = functions.map { ($0.1, "x[i]") } + functionsOfTwo.map { ($0.1, "x[i], y[i]") }
    let arrays = all.map { "    static \(number) r_\($0.0)[N];\n" }.joined()
    let checks = all.map { name, arguments in
      "        if (!same(r_\(name)[i], \(name)\(suffix)(\(arguments)))) "
        + "{ printf(\"\(name) %g %g\\n\", (double)x[i], (double)y[i]); wrong = 1; }\n"
    }.joined()
    return """
      #include <math.h>
      #include <stdio.h>
      #include <string.h>
      #include "all.h"
      #define N 1019
      static int same(\(number) a, \(number) b)
      {
          return (isnan(a) && isnan(b)) || memcmp(&a, &b, sizeof a) == 0;
      }
      int main(void)
      {
          static \(number) x[N], y[N];
      \(arrays)    const \(number) hard[] = {0, -0.0\(suffix), 1, -1, 0.5\(suffix), -0.5\(suffix),
              INFINITY, -INFINITY, NAN, 40, -40, 800, -800, 1e10\(suffix), -1e10\(suffix),
              1e-40\(suffix), 1e30\(suffix), 2, -3, 0.999\(suffix)};
          int count = sizeof hard / sizeof *hard, wrong = 0;
          unsigned seed = 1;
          for (int i = 0; i < N; ++i) {
              seed = seed * 1664525u + 1013904223u;
              x[i] = i < count * count ? hard[i / count] : (\(number))(seed / 4294967296.0 * 12 - 4);
              seed = seed * 1664525u + 1013904223u;
              y[i] = i < count * count ? hard[i % count] : (\(number))(seed / 4294967296.0 * 8 - 4);
          }
          if (all(N, x, y, \(all.map { "r_\($0.0)" }.joined(separator: ", ")), NULL, 0)) return 2;
          for (int i = 0; i < N; ++i) {
      \(checks)    }
          return wrong;
      }

      """
  }

  @Test(arguments: [("f64", "double", ""), ("f32", "float", "f")], ["-O0", "-O3"])
  func takesTheFunctionsOfTheLibrary(
    _ type: (dtype: String, number: String, suffix: String), _ level: String
  ) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph(type.dtype), to: "all.graph")
    let outcome = try Shell.gradc(file, "--math=strict", level, "-o", scratch.path("all.o"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    try scratch.write(Self.caller(type.number, type.suffix), to: "caller.c")
    // Without what the C compiler knows of the functions.
    let command = ["gcc", "-fno-builtin", "-o", "caller", "caller.c", "all.o", "-lm"]
    let linked = try Shell.run(command, in: scratch.url)
    try #require(linked.status == 0, "\(linked.errors)")
    let run = try Shell.run([scratch.path("caller")])
    #expect(run.status == 0, "\(run.output.prefix(2_000))")
  }
}
