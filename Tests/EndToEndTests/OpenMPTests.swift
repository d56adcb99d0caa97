import Foundation
import Testing

/// `--threads=openmp`: objects whose loops threads share, linked with the runtime of GCC.
@Suite struct OpenMPTests {
  /// The gradient of a log-sum-exp, which is long enough to be shared, and a lookup that may fail.
  static let model = """
    graph lse(x: f64[n]) -> (y: f64, g: f64[n]) {
        top = max(x)
        y = log(sum(exp(x - top))) + top
        g = grad(y, wrt: x)
    }

    graph pick(x: f64[m], at: i64[n]) -> (y: f64[n]) {
        y = sin(x[at]) + cos(x[at]) * tanh(x[at])
    }

    """

  /// Prints what calls give as bits; `pick` fails where an index in the middle is out of range.
  static let program = """
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>
    #include "model.h"
    enum { n = 100001 };
    static double x[n], g[n], small[n];
    static int64_t at[n];
    static unsigned long long bits(double v) { unsigned long long b; memcpy(&b, &v, 8); return b; }
    static void show(const char *what, int status, double y, const double *v, int count)
    {
        unsigned long long hash = 0;
        for (int i = 0; i < count; i++) hash = hash * 31 + bits(v[i]);
        printf("%s %d %llx %llx\\n", what, status & 255, bits(y), hash);
    }
    int main(void)
    {
        const int counts[] = {0, 1, 2, 63, 1000, n};
        for (int i = 0; i < n; i++) { x[i] = (i * 7919LL % 1009) / 100.0; at[i] = i * 31LL % n; }
        for (unsigned c = 0; c < sizeof counts / sizeof *counts; c++) {
            const int count = counts[c];
            double y = 0;
            size_t size = lse_workspace_size(count);
            void *memory = aligned_alloc(64, (size + 63) / 64 * 64 + 64);
            int status = lse(count, x, &y, g, memory, size);
            show("given", status, y, g, count);
            status = lse(count, x, &y, g, NULL, 0);
            show("own", status, y, g, count);
            status = lse(count, x, NULL, g, NULL, 0);
            show("gradient", status, 0, g, count);
            status = lse(count, x, &y, NULL, NULL, 0);
            show("value", status, y, g, 0);
            free(memory);
        }
        show("pick", pick(n, n, x, at, small, NULL, 0), 0, small, n);
        at[n / 2] = n;
        printf("%d\\n", pick(n, n, x, at, small, NULL, 0) & 255);
        int wrong = 0;
    #ifdef NESTED
        at[n / 2] = 0;
    #pragma omp parallel for reduction(+ : wrong)
        for (int i = 0; i < 8; i++) {
            double *mine = malloc(n * sizeof *mine), y, z;
            wrong += lse(n, x, &y, mine, NULL, 0) != 0;
    #pragma omp critical
            wrong += lse(n, x, &z, g, NULL, 0) != 0 || y != z || memcmp(mine, g, sizeof g) != 0;
            free(mine);
        }
    #endif
        printf("%d wrong\\n", wrong);
        return 0;
    }

    """

  /// Compiles the model in a folder of its own.
  private func compiled(_ options: [String]) throws -> Scratch {
    let scratch = try Scratch()
    let file = try scratch.write(Self.model, to: "model.graph")
    try scratch.write(Self.program, to: "main.c")
    let outcome = try Shell.run(
      [Shell.gradc, file, "--emit=obj,header,manifest", "-o", scratch.path("model.o")] + options)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return scratch
  }

  /// What the program prints with so many threads.
  private func output(_ scratch: Scratch, threads: Int) throws -> String {
    let outcome = try Shell.run(
      ["./main"], in: scratch.url,
      environment: ["OMP_NUM_THREADS": "\(threads)", "OMP_WAIT_POLICY": "passive"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  @Test(arguments: [["-O3"], ["-O0"]])
  func sameBitsForAnyNumberOfThreads(_ options: [String]) throws {
    let scratch = try compiled(["--threads=openmp"] + options)
    let built = try Shell.run(
      ["gcc", "-fopenmp", "-DNESTED", "-o", "main", "main.c", "model.o", "-lm"], in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let alone = try output(scratch, threads: 1)
    #expect(alone.hasSuffix("\n7\n0 wrong\n"), "an index is out of range, and nothing is wrong")
    for threads in [2, 3, 7] {
      #expect(try output(scratch, threads: threads) == alone, "\(threads) threads")
    }
  }

  /// Header and manifest say what to link with; `-lgomp` does without any option of the compiler.
  @Test func linksWithTheLibraryAlone() throws {
    let scratch = try compiled(["--threads=openmp"])
    let header = try String(contentsOfFile: scratch.path("model.h"), encoding: .utf8)
    #expect(header.contains("-lgomp") && header.contains("-fopenmp"))
    #expect(header.contains("is not known with threads"))
    let manifest = try String(contentsOfFile: scratch.path("model.json"), encoding: .utf8)
    #expect(manifest.contains("\"gomp\""))
    let built = try Shell.run(
      ["gcc", "-o", "main", "main.c", "model.o", "-lgomp", "-lm"], in: scratch.url)
    #expect(built.status == 0, "\(built.errors)")
    let symbols = try Shell.run(["nm", "-u", "model.o"], in: scratch.url)
    #expect(symbols.output.contains("GOMP_parallel"))
  }

  /// Without the option nothing of threads is in the object.
  @Test func noThreadsWithoutTheOption() throws {
    let scratch = try compiled([])
    let symbols = try Shell.run(["nm", "model.o"], in: scratch.url)
    #expect(!symbols.output.contains("GOMP") && !symbols.output.contains("omp_"))
    let header = try String(contentsOfFile: scratch.path("model.h"), encoding: .utf8)
    #expect(!header.contains("gomp"))
  }

  @Test(arguments: [
    (["--threads=tbb"], "'--threads' is none or openmp, not 'tbb'"),
    (["--threads=openmp", "--sanitize=thread"], "do not go together"),
    (["--threads=openmp", "--target=wasm32-unknown-unknown"], "needs a runtime of OpenMP"),
    (["--threads=openmp", "--target=thumbv7em-none-eabihf"], "needs a runtime of OpenMP"),
    (["--threads=openmp", "--max-stack=64K"], "with threads"),
  ])
  func refused(_ options: [String], _ words: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.model, to: "model.graph")
    let outcome = try Shell.run([Shell.gradc, file, "-o", scratch.path("model.o")] + options)
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(!scratch.names.contains("model.o"))
  }
}
