import Foundation
import Testing

/// `--sanitize=thread` and `--sanitize=undefined`; `BoundsTests` runs the corpus under them.
@Suite struct SanitizerTests {
  /// Builds a program of `Programs` with an object, and runs it.
  private func run(
    _ program: String, _ options: [String], _ flags: [String], model: String = ObjectTests.model
  ) throws -> Outcome {
    let scratch = try Scratch()
    let file = try scratch.write(model, to: "model.graph")
    let compiled = try Shell.run([Shell.gradc, file, "-o", scratch.path("model.o")] + options)
    try #require(compiled.status == 0, "\(compiled.errors)")
    try scratch.write(program, to: "main.c")
    let built = try Shell.run(
      ["gcc", "-g"] + flags + ["-o", "main", "main.c", "model.o", "-lm", "-pthread"],
      in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let outcome = try Shell.run(["./main"], in: scratch.url)
    // Older ThreadSanitizers do not run where the system scatters addresses widely.
    guard outcome.errors.contains("unexpected memory mapping") else { return outcome }
    return try Shell.run(["setarch", "-R", "./main"], in: scratch.url)
  }

  private static func threads() throws -> String {
    let folder = Shell.root.appendingPathComponent("Tests/EndToEndTests/Programs")
    return try String(contentsOf: folder.appendingPathComponent("threads.c"), encoding: .utf8)
  }

  @Test(arguments: [["-O0"], ["-O3"], ["-O3", "-g"]])
  func threadsWithTheirOwnData(_ options: [String]) throws {
    let outcome = try run(
      Self.threads(), ["--sanitize=thread"] + options, ["-fsanitize=thread"])
    #expect(outcome.status == 0, "\(outcome.errors.prefix(2000))")
    #expect(outcome.output == "0 failures\n" && outcome.errors == "")
  }

  /// The same without a sanitizer, where the threads are fast.
  @Test func threadsGiveTheSameNumbers() throws {
    #expect(try run(Self.threads(), [], []).output == "0 failures\n")
  }

  @Test func threadsThatShareAResult() throws {
    let outcome = try run(
      Self.threads(), ["--sanitize=thread", "-g"], ["-fsanitize=thread", "-DRACE"])
    #expect(outcome.errors.contains("WARNING: ThreadSanitizer: data race"))
    #expect(outcome.errors.contains("model.graph:"))
  }

  /// A pointer to doubles that is no multiple of 8, and one to floats that is none of 4.
  @Test(arguments: ["-O0", "-O3"])
  func misalignedPointers(_ level: String) throws {
    let model = "graph f(x: f64[n], inout v: f32[n]) -> (y: f64[n]) {\n    y = 2 * x\n    v <- v + 1\n}\n"
    func program(_ offsets: String) -> String {
      """
      #include "model.h"
      static _Alignas(16) char memory[3][64];
      int main(void)
      {
          const int at[3] = {\(offsets)};
          return f(3, (double *)(memory[0] + at[0]), (float *)(memory[1] + at[1]),
                   (double *)(memory[2] + at[2]), 0, 0);
      }
      """
    }
    let flags = ["-fsanitize=undefined"]
    let options = ["--sanitize=undefined", level]
    for aligned in ["0, 0, 0", "8, 4, 8"] {
      let outcome = try run(program(aligned), options, flags, model: model)
      #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    }
    for (offsets, report) in [
      ("4, 0, 0", "model.graph:1:9: runtime error: load of misaligned address"),
      ("0, 2, 0", "model.graph:1:26: runtime error: store to misaligned address"),
      ("0, 0, 1", "model.graph:1:41: runtime error: store to misaligned address"),
    ] {
      let outcome = try run(program(offsets), options, flags, model: model)
      #expect(outcome.errors.contains(report), "\(outcome.errors)")
      #expect(outcome.errors.contains("byte alignment"))
    }
  }

  /// Functions of several lanes get their bodies behind LLVM's optimisations, and their checks too.
  @Test(arguments: ["thread", "undefined", "address,undefined"], ["-O0", "-O3"])
  func compilesEverything(_ kinds: String, _ level: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(LinkingTests.model, to: "model.graph")
    let compiled = try Shell.gradc(
      file, "--sanitize=\(kinds)", level, "-o", scratch.path("model.o"))
    #expect(compiled.status == 0, "\(compiled.errors)")
    let linked = try Shell.run(
      ["gcc", "-shared", "-fsanitize=\(kinds)", "-Wl,-z,text", "-o", "libmodel.so", "model.o", "-lm"],
      in: scratch.url)
    #expect(linked.status == 0, "\(linked.errors)")
  }

  @Test(arguments: [
    ("address,thread", "takes address or thread, not both"), ("memory", "does not know 'memory'"),
    ("undefined,x", "does not know 'x'"),
  ])
  func refusesOthers(_ kinds: String, _ message: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(ObjectTests.model, to: "model.graph")
    let outcome = try Shell.gradc(file, "--sanitize=\(kinds)", "-o", scratch.path("model.o"))
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains(message))
  }
}
