import Foundation
import Testing

/// The stack that a header states, beside what calls take. For the whole corpus `BoundsTests` holds
/// calls to it.
@Suite struct StackTests {
  /// Programs with little, with deep calls of functions, with loops, with matrices, with frames that
  /// are aligned behind all registers that are kept, with more arguments than registers.
  static let programs: [(name: String, text: String)] = [
    ("little", "graph g(x: f64[n]) -> (y) { y = 2 * x }"),
    (
      "deep",
      "func f0(x) = sin(x) * x\n"
        + (1..<200).map { "func f\($0)(x) = f\($0 - 1)(x + \($0)) * exp(-x)\n" }.joined()
        + "graph g(x: f64, v: f64[n]) -> (y, gx, gv) {\n"
        + "    y = f199(x) + sum(f150(v))\n    gx = grad(y, wrt: x)\n    gv = grad(y, wrt: v)\n}"
    ),
    (
      "loop",
      """
      graph g(x: f64[4, 4], h: f64[n, 4]) -> (y, gx) {
          for t in h with s = x { s <- tanh(s @ s) + outer(t, t) }
          y = sum(s)
          gx = grad(y, wrt: x)
      }
      """
    ),
    (
      "matrices",
      """
      graph g(a: f64[6, 6], b: f64[6], q: f64[n, 5, 5]) -> (x, ga, s) {
          x = solve(a + 9 * eye(6), b)
          ga = grad(sum(x), wrt: a)
          _, s, _ = svd(q)
      }
      """
    ),
    (
      "factors",
      """
      graph g(a: f64[4, 4], c: f64[4, 4]) -> (root, inverse, polar) {
          w, v = eigh(a)
          root = grad(sum(c * (v * sqrt(w) @ transpose(v))), wrt: a)
          u, s, vt = svd(a)
          inverse = grad(sum(c * (transpose(vt) / s @ transpose(u))), wrt: a)
          polar = grad(sum(c * (u @ vt)), wrt: a)
      }
      """
    ),
    (
      "arguments",
      """
      graph g(x: f64[n, c, h, w], scale: f64[c], bias: f64[c], m: f64[c], v: f64[c],
              tx: f64[n, c, h, w], ts: f64[c], tb: f64[c], tm: f64[c], tv: f64[c],
              ct: f64[n, c, h, w])
          -> (value, gx, gs, gb, gm, gv, along, hx, hs, hb, hm, hv) {
          value = batch_norm(x, scale, bias, m, v)
          gx, gs, gb, gm, gv = vjp(value, wrt: [x, scale, bias, m, v], along: ct)
          along = jvp(value, wrt: [x, scale, bias, m, v], along: [tx, ts, tb, tm, tv])
          hx, hs, hb, hm, hv = hvp(
              sum(value ** 3 * ct), wrt: [x, scale, bias, m, v], along: [tx, ts, tb, tm, tv])
      }
      """
    ),
  ]

  @Test(arguments: programs.map(\.name), ["-O0", "-O3"])
  func holds(_ name: String, _ level: String) throws { try expectBound(name, level, .pages) }

  @Test(.enabled(if: LinkingTests.has("qemu-aarch64") && LinkingTests.has("aarch64-linux-gnu-gcc")),
    arguments: ["little", "loop", "matrices"])
  func holdsElsewhere(_ name: String) throws {
    try expectBound(name, "-O3", .emulator)
  }

  private func expectBound(_ name: String, _ level: String, _ watch: BoundsTests.Watch) throws {
    let text = try #require(Self.programs.first { $0.name == name }).text
    let scratch = try Scratch()
    let file = try scratch.write(text, to: "model.graph")
    let outcome = try #require(try BoundsTests.run(file, watch, [level]))
    #expect(outcome.status == 0, "\(outcome.output)")
    let words = outcome.output.split { " \n".contains($0) }.map(String.init)
    let place = try #require(words.firstIndex(of: "stack"))
    let (used, stated) = (try #require(Int(words[place + 1])), try #require(Int(words[place + 3])))
    // Not only a bound: a good part of it is needed, if not all stands in registers.
    #expect(4 * used >= stated && (used > 0 || name == "little"), "\(used) of \(stated) bytes")
  }

  /// The harness sees a call that takes more than is stated.
  @Test func seesDeepCalls() throws {
    let scratch = try Scratch()
    let headers = Shell.root.appendingPathComponent("Tests/EndToEndTests/Programs").path
    try scratch.write(
      """
      #include "bounds.h"
      static int take(int bytes)
      {
          volatile char memory[bytes];
          memory[0] = 1;
          return memory[0];
      }
      int main(void)
      {
          int status;
          MEASURING(1000, 64, status = take(900));
          if (faults) return 2;
          MEASURING(1000, 64, status = take(1200));
          return status - faults;
      }
      """, to: "main.c")
    let built = try Shell.run(
      ["gcc", "-std=gnu11", "-I", headers, "-o", "main", "main.c"], in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let outcome = try Shell.run(["./main"], in: scratch.url)
    #expect(outcome.status == 0, "\(outcome.output)")
    #expect(outcome.output.contains("takes more stack than is stated"))
  }

  /// Header and manifest say the same, also where they are written alone.
  @Test func isStatedEverywhere() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.programs[3].text, to: "model.graph")
    let all = try Shell.gradc(
      file, "--emit=obj,header,manifest", "-o", scratch.path("model.o"))
    #expect(all.status == 0, "\(all.errors)")
    let header = try String(contentsOfFile: scratch.path("model.h"), encoding: .utf8)
    let match = try #require(header.firstMatch(of: /at most ([0-9]+) bytes of stack/))
    let manifest = try String(contentsOfFile: scratch.path("model.json"), encoding: .utf8)
    #expect(manifest.contains("\"stack\": \(match.1)"))
    #expect(try Shell.gradc(file, "--emit=header", "-o", "-").output.hasSuffix(header.suffix(2000)))
    #expect(try Shell.gradc(file, "--max-stack=\(match.1)", "-o", scratch.path("a.o")).status == 0)
    let less = try #require(Int(match.1)) - 1
    #expect(try Shell.gradc(file, "--max-stack=\(less)", "-o", scratch.path("a.o")).status == 1)
  }

  /// Sanitizers take of the stack while the program runs, and not every processor is known.
  @Test(arguments: [
    (["--sanitize=address"], "with sanitizers"), (["--sanitize=thread"], "with sanitizers"),
    (["--sanitize=undefined"], "with sanitizers"), (["--target=mips64-linux-gnu"], "on mips64"),
  ])
  func isNotKnownEverywhere(_ options: [String], _ obstacle: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.programs[0].text, to: "model.graph")
    let outcome = try Shell.run(
      [Shell.gradc, file, "--emit=obj,header,manifest", "-o", scratch.path("model.o")] + options)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let header = try String(contentsOfFile: scratch.path("model.h"), encoding: .utf8)
    #expect(header.contains("How much stack a call takes is not known \(obstacle)."))
    #expect(!header.contains("bytes of stack"))
    let manifest = try String(contentsOfFile: scratch.path("model.json"), encoding: .utf8)
    #expect(manifest.contains("\"stack\": null"))
    let refused = try Shell.run(
      [Shell.gradc, file, "--max-stack=1M", "-o", scratch.path("a.o")] + options)
    #expect(refused.status == 1 && !scratch.names.contains("a.o"))
    #expect(refused.errors.contains("model.graph:1:7: error: how much stack a call of 'g' takes is"))
    #expect(refused.errors.contains("not known \(obstacle), so that no budget holds"))
  }

  /// In WebAssembly the stack stands in linear memory, where a program can see what a call takes.
  @Test(.enabled(if: LinkingTests.has("wasm-ld") && LinkingTests.has("node")),
    arguments: [
      ("little", "-O0"), ("little", "-O3"), ("loop", "-O3"), ("matrices", "-O0"),
      ("matrices", "-O3"),
    ])
  func holdsInLinearMemory(_ name: String, _ level: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      try #require(Self.programs.first { $0.name == name }).text, to: "model.graph")
    func run(_ command: String...) throws -> String {
      let outcome = try Shell.run(command, in: scratch.url)
      try #require(outcome.status == 0, "\(command): \(outcome.output)\(outcome.errors)")
      return outcome.output
    }
    _ = try run(
      Shell.gradc, file, level, "--target=wasm32-unknown-unknown", "--emit=obj,header,manifest",
      "-o", "model.o")
    _ = try run(
      "wasm-ld", "--no-entry", "--export-all", "--export=__stack_pointer", "--allow-undefined",
      "--initial-memory=1048576", "-o", "model.wasm", "model.o")
    let program = Shell.root.appendingPathComponent("Tests/EndToEndTests/Programs/stack.mjs").path
    let words = try run("node", program).split { " \n".contains($0) }
    let (used, stated) = (try #require(Int(words[0])), try #require(Int(words[2])))
    #expect(used <= stated)
    #expect(4 * used >= stated && (used > 0 || name == "little"), "\(used) of \(stated) bytes")
    let header = try String(contentsOfFile: scratch.path("model.h"), encoding: .utf8)
    #expect(header.contains("at most \(stated) bytes of stack in linear memory,\n"))
  }
}
