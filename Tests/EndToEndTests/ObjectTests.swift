import Foundation
import Testing

/// Objects and headers as C, C++ and Swift programs use them.
struct ObjectTests {
  static let model = """
    ## One step of descent, and a mean.
    graph step(x: f64[n, d], y: f64[n], rate: f64, inout w: f64[d]) -> (loss: f64, mean_w: f64) {
        z = x @ w - y
        loss = mean(z ** 2)
        mean_w = mean(w)
        assert rate > 0, "the rate must be positive"
        w <- w - rate * grad(loss, wrt: w)
    }
    graph root(x: f64) -> (y: f64, slope: f64) {
        y = sqrt(x)
        slope = grad(y, wrt: x)
    }
    """

  /// A folder with `model.o` and `model.h`.
  static func compiled(_ flags: String...) throws -> Scratch {
    let scratch = try Scratch()
    let file = try scratch.write(model, to: "model.graph")
    let outcome = try Shell.run([Shell.gradc, file, "-o", scratch.path("model.o")] + flags)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return scratch
  }

  private static func program(_ name: String) throws -> String {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Programs").appendingPathComponent(name)
    return try String(contentsOf: url, encoding: .utf8)
  }

  @Test(arguments: [
    ["gcc", "-std=c99", "main.c"], ["clang", "-std=c99", "main.c"], ["gcc", "-std=c17", "main.c"],
    ["g++", "-std=c++98", "main.cpp"], ["g++", "-std=c++20", "main.cpp"],
    ["clang++", "-std=c++17", "main.cpp"],
  ])
  func programsOfEveryLanguageRun(_ command: [String]) throws {
    let scratch = try ObjectTests.compiled()
    try scratch.write(try ObjectTests.program("main.c"), to: command[2])
    let built = try Shell.run(
      [command[0], command[1], "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-o", "main",
        command[2], "model.o", "-lm", "-pthread"], in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let outcome = try Shell.run(["./main"], in: scratch.url)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    #expect(outcome.output == "passed\n")
  }

  @Test func objectsRunUnderAddressSanitizer() throws {
    let scratch = try ObjectTests.compiled("--sanitize=address")
    try scratch.write(try ObjectTests.program("main.c"), to: "main.c")
    let built = try Shell.run(
      ["gcc", "-fsanitize=address", "-g", "-o", "main", "main.c", "model.o", "-lm", "-pthread"],
      in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let outcome = try Shell.run(["./main"], in: scratch.url)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test func addressSanitizerSeesAShortBuffer() throws {
    let scratch = try ObjectTests.compiled("--sanitize=address")
    try scratch.write(try ObjectTests.program("overflow.c"), to: "main.c")
    let built = try Shell.run(
      ["gcc", "-fsanitize=address", "-o", "main", "main.c", "model.o", "-lm"], in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let outcome = try Shell.run(["./main"], in: scratch.url)
    #expect(outcome.errors.contains("heap-buffer-overflow"))
  }

  @Test func onlyThePromisedSymbolsAreExported() throws {
    let scratch = try ObjectTests.compiled()
    let outcome = try Shell.run(["nm", "-g", "--defined-only", "model.o"], in: scratch.url)
    let names = outcome.output.split(separator: "\n").compactMap { $0.split(separator: " ").last }
    let plain = Set(names.map(String.init).filter { !$0.contains("$") && !$0.contains(".") })
    let promised: Set = ["step", "step_workspace_size", "root", "root_workspace_size", "model_message"]
    #expect(plain.intersection(promised) == promised)
    // Every other symbol is a promised one with a hash.
    for name in names where !promised.contains(String(name)) {
      #expect(promised.contains { name.hasPrefix($0) }, "\(name)")
    }
    let needed = try Shell.run(["nm", "-u", "model.o"], in: scratch.url).output
    let allowed: Set = ["malloc", "free", "memcpy", "memset", "memmove", "_GLOBAL_OFFSET_TABLE_"]
    for line in needed.split(separator: "\n") {
      let name = line.split(separator: " ").last.map(String.init) ?? ""
      #expect(allowed.contains(name), "\(name)")
    }
  }

  @Test func twoRunsGiveTheSameBytes() throws {
    let first = try ObjectTests.compiled()
    let second = try ObjectTests.compiled()
    for name in ["model.o", "model.h"] {
      #expect(
        FileManager.default.contentsEqual(atPath: first.path(name), andPath: second.path(name)),
        "\(name)")
    }
  }

  @Test func swiftImportsTheModule() throws {
    let scratch = try Scratch()
    let file = try scratch.write(ObjectTests.model, to: "model.graph")
    let outcome = try Shell.gradc(
      file, "--emit=obj,header,modulemap", "-o", scratch.path("model.o"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    try scratch.write(try ObjectTests.program("main.swift.txt"), to: "main.swift")
    let built = try Shell.run(
      ["swiftc", "-Xcc", "-fmodule-map-file=model.modulemap", "-o", "main", "main.swift",
        "model.o", "-lm"], in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let run = try Shell.run(["./main"], in: scratch.url)
    #expect(run.output == "1.5 0.3333333333333333\n", "\(run.errors)")
  }
}
