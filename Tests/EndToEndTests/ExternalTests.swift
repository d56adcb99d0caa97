import Foundation
import Testing

/// Objects that call C functions of the program around them.
@Suite struct ExternalTests {
  static let graph = """
    extern func hat(x: f64[n], s: f64, k: i32) -> (y: f64[n], total: f64)
    extern func hat_slope(x: f64[n], s: f64, u: f64[n]) -> (dx: f64[n])

    vjp hat(x, s, k) -> (y, total) along (u, v) {
        return hat_slope(x, s, u + v), sum(u * y) / s + v * total / s, 0
    }

    graph g(x: f64[m], s: f64) -> (y, t, gx, gs) {
        y, t = hat(x[1:m] * 2, s, i32(1))
        c = sum(y * y) + t
        gx, gs = grad(c, wrt: [x, s])
    }

    """

  static let functions = """
    #include <math.h>
    #include "hat.h"
    int hat(int64_t n, const double *x, double s, int32_t k, double *y, double *total)
    {
        if (k != 1) return 7;
        *total = 0;
        for (int64_t i = 0; i < n; ++i) {
            if (isnan(x[i])) return 1;
            y[i] = s * exp(-x[i] * x[i]);
            *total += y[i];
        }
        return 0;
    }
    int hat_slope(int64_t n, const double *x, double s, const double *u, double *dx)
    {
        for (int64_t i = 0; i < n; ++i) dx[i] = -2 * x[i] * s * exp(-x[i] * x[i]) * u[i];
        return 0;
    }

    """

  /// A folder with `hat.graph`, `hat.o`, `hat.h` and `functions.c`.
  private func compiled(
    _ graph: String = graph, _ functions: String = functions
  ) throws -> Scratch {
    let scratch = try Scratch()
    let file = try scratch.write(graph, to: "hat.graph")
    let outcome = try Shell.gradc(
      file, "--emit=obj,header,manifest", "-o", scratch.path("hat.o"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    try scratch.write(functions, to: "functions.c")
    return scratch
  }

  private func expectSuccess(_ command: [String], _ scratch: Scratch) throws {
    let outcome = try Shell.run(command, in: scratch.url)
    try #require(outcome.status == 0, "\(command): \(outcome.output)\(outcome.errors)")
  }

  /// Values, derivatives, the failure of the C function, and NULL results.
  @Test(arguments: ["gcc", "clang"])
  func linksWithAProgram(_ compiler: String) throws {
    let scratch = try compiled()
    try scratch.write(
      """
      #include <math.h>
      #include <stdio.h>
      #include <string.h>
      #include "hat.h"
      static int near(double a, double b) { return fabs(a - b) < 1e-14; }
      int main(void)
      {
          double x[3] = {9, 0.5, 0.25}, y[2], t, gx[3], gs;
          if (g(3, x, 2, y, &t, gx, &gs, NULL, 0) != 0) return 1;
          double a = 2 * exp(-1), b = 2 * exp(-0.25);
          if (!near(y[0], a) || !near(y[1], b) || !near(t, a + b)) return 2;
          double da = 2 * a + 1, db = 2 * b + 1;
          if (gx[0] != 0 || !near(gx[1], -4 * a * da) || !near(gx[2], -2 * b * db)) return 3;
          if (!near(gs, (a * da + b * db) / 2)) return 4;
          if (g(3, x, 2, NULL, &t, NULL, NULL, NULL, 0) != 0 || !near(t, a + b)) return 5;
          x[2] = NAN;
          int status = g(3, x, 2, y, &t, gx, &gs, NULL, 0);
          if ((status & 255) != HAT_EXTERNAL) return 6;
          if (strcmp(hat_message(status), "hat.graph:9:12: called function failed: hat")) return 7;
          if (g(3, x, 2, NULL, NULL, NULL, NULL, NULL, 0) != 0) return 8;
          return 0;
      }

      """, to: "main.c")
    try expectSuccess(
      [compiler, "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o", "main", "main.c",
        "functions.c", "hat.o", "-lm"], scratch)
    try expectSuccess(["./main"], scratch)
    let missing = try Shell.run([compiler, "-o", "main", "main.c", "hat.o", "-lm"], in: scratch.url)
    #expect(missing.status != 0)
    #expect(missing.errors.contains("hat_slope"))
  }

  /// Header and manifest say what the object needs; a definition that differs does not compile.
  @Test func declaresWhatItNeeds() throws {
    let scratch = try compiled()
    let header = try String(contentsOfFile: scratch.path("hat.h"), encoding: .utf8)
    #expect(header.contains("int hat_slope(int64_t n, const double *GRADC_NONNULL x, double s,"))
    let data = try Data(contentsOf: URL(fileURLWithPath: scratch.path("hat.json")))
    let manifest = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let externals = try #require(manifest["externals"] as? [[String: Any]])
    #expect(externals.map { $0["name"] as? String } == ["hat", "hat_slope"])
    #expect(
      externals[0]["signature"] as? String
        == "hat(x: f64[n], s: f64, k: i32) -> (y: f64[n], total: f64)")
    try scratch.write(
      "#include \"hat.h\"\nint hat(int64_t n, float *x) { return n && x; }\n", to: "other.c")
    #expect(try Shell.run(["gcc", "-c", "other.c"], in: scratch.url).status != 0)
    for command in [["g++", "-std=c++98"], ["clang++", "-std=c++20"]] {
      try scratch.write("#include \"hat.h\"\n", to: "only.cpp")
      try expectSuccess(command + ["-Wall", "-Wextra", "-Werror", "-c", "only.cpp"], scratch)
    }
  }

  /// Scalars of every size by value, negative ones among them, and behind the sixth argument.
  @Test func passesScalarsAsCDoes() throws {
    let graph = """
      extern func all(
          a: i8, b: u8, c: i16, d: u16, e: i32, f: bool, x: f32, h: f16[n], i: i8, j: u8, k: i64
      ) -> (y: f64, z: i16)
      graph g(a: i8, c: i16, f: bool, x: f32, h: f16[m]) -> (y, z) {
          y, z = all(a, u8(200), c, u16(60000), i32(a), f, x, h, a, u8(a), i64(a))
      }

      """
    let scratch = try compiled(
      graph,
      """
      #include "hat.h"
      int all(int64_t n, int8_t a, uint8_t b, int16_t c, uint16_t d, int32_t e, uint8_t f, float x,
              const uint16_t *h, int8_t i, uint8_t j, int64_t k, double *y, int16_t *z)
      {
          int good = n == 2 && a == -3 && b == 200 && c == -300 && d == 60000 && e == -3 && f == 1
              && x == 0.5f && h[1] == 0x4000 && i == -3 && j == 253 && k == -3;
          *y = good;
          *z = (int16_t)(c - 1);
          return 0;
      }
      int main(void)
      {
          uint16_t h[2] = {0, 0x4000};
          double y = 0;
          int16_t z = 0;
          int status = g(2, -3, -300, 7, 0.5f, h, &y, &z, 0, 0);
          return status != 0 || y != 1 || z != -301;
      }
      """)
    for level in ["-O0", "-O2"] {
      try expectSuccess(
        ["clang", level, "-Wall", "-Werror", "-o", "main", "functions.c", "hat.o", "-lm"], scratch)
      try expectSuccess(["./main"], scratch)
    }
  }

  /// In loops, branches and maps, in front of and behind code that fuses.
  @Test func callsInRegions() throws {
    let graph = """
      extern func twice(x: f64[n]) -> (y: f64[n])
      jvp twice(x) along (t) = 2 * t
      graph g(x: f64[m, n], p: bool) -> (s, gx) {
          for row in x with h = 0.0 {
              q = if p { twice(exp(row)) } else { row }
              h <- h + sum(q * row)
              emit r = sum(twice(row + 1))
          }
          s = h + sum(r * r)
          gx = grad(s, wrt: x)
      }

      """
    let scratch = try compiled(
      graph,
      """
      #include <math.h>
      #include "hat.h"
      int twice(int64_t n, const double *x, double *y)
      {
          for (int64_t i = 0; i < n; ++i) y[i] = 2 * x[i];
          return 0;
      }
      int main(void)
      {
          double x[6] = {1, -1, 0.5, 0.25, 2, -0.5}, gx[6], s, want = 0;
          if (g(3, 2, x, 1, &s, gx, 0, 0) != 0) return 1;
          for (int i = 0; i < 3; ++i) {
              double r = 2 * (x[2 * i] + x[2 * i + 1] + 2);
              want += r * r;
              for (int j = 0; j < 2; ++j) {
                  double v = x[2 * i + j];
                  want += 2 * exp(v) * v;
                  if (fabs(gx[2 * i + j] - (2 * exp(v) * (v + 1) + 4 * r)) > 1e-12) return 2;
              }
          }
          return fabs(s - want) > 1e-12;
      }
      """)
    try expectSuccess(["gcc", "-o", "main", "functions.c", "hat.o", "-lm"], scratch)
    try expectSuccess(["./main"], scratch)
  }

  @Test func aDerivativeHasToBeGiven() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      extern func f(x: f64) -> (y: f64)
      graph g(x: f64) -> (d) {
          d = grad(sin(f(x)), wrt: x)
      }
      """, to: "g.graph")
    let outcome = try Shell.gradc(file, "-o", scratch.path("g.o"))
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.contains(
        "g.graph:3:18: error: 'f' has no derivative: it is a C function; give it a 'jvp' or a "
          + "'vjp' beside its declaration"), "\(outcome.errors)")
    #expect(outcome.errors.contains("g.graph:3:9: note: on the way of this 'grad'"))
  }

  @Test func runsAndChecksWithALibrary() throws {
    let scratch = try compiled()
    let file = scratch.path("hat.graph")
    let arguments = ["x=[9,0.5,0.25]", "s=2"]
    let without = try Shell.run([Shell.gradc, "run", file] + arguments)
    #expect(without.status == 1)
    #expect(
      without.errors.contains(
        "'g' calls the C function 'hat'; give the library that has it with --load"))
    try expectSuccess(
      ["gcc", "-shared", "-fPIC", "-o", "libhat.so", "functions.c", "-lm"], scratch)
    let library = scratch.path("libhat.so")
    let outcome = try Shell.run(
      [Shell.gradc, "run", "--json", file, "--load", library] + arguments)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("{\"y\": [0.7357588823428"))
    let failed = try Shell.gradc("run", file, "x=[1,nan]", "s=2", "--load", library)
    #expect(failed.status == 1)
    #expect(failed.errors.contains("hat.graph:9:12: called function failed: hat"))
    let missing = try Shell.gradc("run", file, "x=[1]", "s=2", "--load", "nothing.so")
    #expect(missing.status == 1)
    #expect(missing.errors.contains("cannot load 'nothing.so'"))
    try scratch.write("int other(void) { return 0; }\n", to: "other.c")
    try expectSuccess(["gcc", "-shared", "-fPIC", "-o", "other.so", "other.c"], scratch)
    let other = try Shell.gradc(
      "run", file, "x=[1]", "s=2", "--load", "other.so", in: scratch.url)
    #expect(other.status == 1)
    #expect(other.errors.contains("'g' calls the C function 'hat', which 'other.so' does not have"))

    let unchecked = try Shell.gradc("check", file)
    #expect(unchecked.status == 1)
    #expect(unchecked.errors.contains("give the library that has it with --load"))
    let checked = try Shell.gradc("check", file, "--load", library)
    #expect(checked.status == 0, "\(checked.errors)")
    #expect(checked.output.contains("2 checked, 0 wrong"))
    let wrong = Self.graph.replacingOccurrences(of: "hat_slope(x, s, u + v)", with: "u + v")
    try scratch.write(wrong, to: "hat.graph")
    let found = try Shell.gradc("check", file, "--load", library)
    #expect(found.status == 1)
    #expect(
      found.errors.contains("hat.graph:4:5: note: the derivative of 'hat' is at fault"),
      "\(found.errors)")
  }
}
