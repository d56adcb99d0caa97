import Foundation
import Testing

/// Objects as linkers see them: position independent, without relocations of code, with a stack that
/// nobody executes, for each CPU of x86-64 and for aarch64.
@Suite struct LinkingTests {
  /// A target, and what links for it.
  struct Case: CustomTestStringConvertible, Sendable {
    let options: [String]
    let compiler: String
    var testDescription: String { options.joined(separator: " ") }
  }

  static let cases = [
    Case(options: ["--target=x86_64-linux-gnu", "-mcpu=x86-64"], compiler: "gcc"),
    Case(options: ["--target=x86_64-linux-gnu", "-mcpu=x86-64-v2"], compiler: "gcc"),
    Case(options: ["--target=x86_64-linux-gnu", "-mcpu=x86-64-v3"], compiler: "gcc"),
    Case(options: ["--target=x86_64-linux-gnu", "-mcpu=x86-64-v4"], compiler: "gcc"),
    Case(options: ["--target=x86_64-linux-gnu", "-mcpu=x86-64-v4", "-O0"], compiler: "gcc"),
    Case(options: ["--target=aarch64-linux-gnu"], compiler: "aarch64-linux-gnu-gcc"),
    Case(
      options: ["--target=aarch64-linux-gnu", "-mcpu=neoverse-n1"],
      compiler: "aarch64-linux-gnu-gcc"),
  ]

  /// Constants, tables, functions of several lanes, matrices, loops, messages.
  static let model = ObjectTests.model + """

    const table: f64[40] = [\((0..<40).map { "\($0).5" }.joined(separator: ", "))]
    graph many(x: f64[n], a: f64[m, m], i: i64[n]) -> (y, z, s) {
        y = sin(x) * table[i] + exp(x) + lgamma(x) + erf(x)
        for t in x with c = 0.0 { c <- tanh(c + t) }
        z = c + sum(inv(a))
        _, s, _ = svd(a)
    }
    """

  /// Whether a program is installed.
  static func has(_ program: String) -> Bool {
    (try? Shell.run(["which", program]).status) == 0
  }

  @Test(arguments: cases.filter { has($0.compiler) })
  func linksEverywhere(_ target: Case) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.model, to: "model.graph")
    let compiled = try Shell.run(
      [Shell.gradc, file, "-o", scratch.path("model.o")] + target.options)
    try #require(compiled.status == 0, "\(compiled.errors)")
    func run(_ command: String...) throws -> String {
      let outcome = try Shell.run(command, in: scratch.url)
      #expect(outcome.status == 0, "\(command): \(outcome.errors)")
      #expect(!outcome.errors.contains("warning"), "\(outcome.errors)")
      return outcome.output
    }
    let sections = try run("readelf", "-SW", "model.o").split(separator: "\n")
    let note = try #require(sections.first { $0.contains(".note.GNU-stack") })
    #expect(!note.split(separator: " ").contains("X"))
    let executable = sections.filter { $0.split(separator: " ").contains("AX") }
    #expect(!executable.isEmpty && executable.allSatisfy { $0.contains(" .text") })
    #expect(!sections.contains { $0.contains(" WAX ") || $0.contains(" WX ") })
    // Nothing that the program could not share: no data of the object's own that is written.
    #expect(sections.filter(Self.isWritten) == [])
    // No absolute addresses in code.
    let relocations = try run("readelf", "-rW", "model.o")
    for kind in ["R_X86_64_64 ", "R_X86_64_32", "R_AARCH64_ABS", "R_AARCH64_MOVW_UABS"] {
      #expect(!relocations.contains(kind), "\(kind)")
    }
    _ = try run(
      target.compiler, "-shared", "-Wl,-z,text,-z,defs,-z,noexecstack,--fatal-warnings", "-o",
      "libmodel.so", "model.o", "-lm")
    #expect(!(try run("readelf", "-dW", "libmodel.so").contains("TEXTREL")))
    let segments = try run("readelf", "-lW", "libmodel.so").split(separator: "\n")
    #expect(try #require(segments.first { $0.contains("GNU_STACK") }).contains(" RW "))
  }

  /// Whether a line of `readelf -SW` tells of a section with bytes that a program can write to.
  private static func isWritten(_ section: Substring) -> Bool {
    // After the number: name, type, address, offset, size, size of entries, flags.
    let words = section.drop { $0 != "]" }.dropFirst().split(separator: " ")
    return words.count > 6 && words[6].contains("W") && Int(words[4], radix: 16) != 0
  }

  /// The program of `ObjectTests` in a position-independent executable, in one at a fixed address,
  /// statically, and with a shared library; on aarch64 through an emulator.
  @Test(arguments: [
    ["gcc", "-pie", "-fPIE"], ["gcc", "-no-pie", "-fno-pie"], ["gcc", "-static"],
    ["gcc", "-static-pie", "-fPIE"], ["gcc", "-shared"], ["aarch64-linux-gnu-gcc", "-static"],
  ].filter { has($0[0]) && ($0[0] == "gcc" || has("qemu-aarch64")) }, [[], ["--multiversion"]])
  func runsHoweverItIsLinked(_ command: [String], _ options: [String]) throws {
    let scratch = try Scratch()
    let file = try scratch.write(ObjectTests.model, to: "model.graph")
    let isForeign = command[0] != "gcc"
    #if !arch(x86_64)
      let hasLevels = false
    #else
      let hasLevels = !isForeign
    #endif
    guard options.isEmpty || hasLevels else { return }
    let compiled = try Shell.run(
      [Shell.gradc, file, "-o", scratch.path("model.o")]
        + (isForeign ? ["--target=aarch64-linux-gnu"] : []) + options)
    try #require(compiled.status == 0, "\(compiled.errors)")
    let main = Shell.root.appendingPathComponent("Tests/EndToEndTests/Programs/main.c").path
    var object = ["model.o"]
    var flags = Array(command.dropFirst())
    if flags == ["-shared"] {
      let library = try Shell.run(
        ["gcc", "-shared", "-Wl,-z,text", "-o", "libmodel.so", "model.o", "-lm"], in: scratch.url)
      try #require(library.status == 0, "\(library.errors)")
      object = ["-L.", "-lmodel", "-Wl,-rpath,\(scratch.url.path)"]
      flags = []
    }
    let built = try Shell.run(
      [command[0]] + flags + ["-I", scratch.url.path, "-o", "main", main] + object
        + ["-lm", "-pthread"], in: scratch.url)
    try #require(built.status == 0, "\(built.errors)")
    let outcome = try Shell.run((isForeign ? ["qemu-aarch64"] : []) + ["./main"], in: scratch.url)
    #expect(outcome.output == "passed\n", "\(outcome.errors)")
  }
}
