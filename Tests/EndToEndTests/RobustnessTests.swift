import Foundation
import Testing

/// What must not bring gradc down, and what it must not leave behind.
@Suite struct RobustnessTests {
  static let simple = "graph g(x: f64[n]) -> (y) { y = 2 * x }\n"

  /// A text that is extreme, and what gradc ends with.
  struct Extreme: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let text: String
    let status: Int32

    init(_ name: String, _ text: String, _ status: Int32) {
      testDescription = name
      self.text = text
      self.status = status
    }
  }

  static let extremes: [Extreme] = [
    Extreme(
      "huge size",
      "graph g(x: f64[1000000000000]) -> (y) { y = grad(sum(exp(x)), wrt: x) }", 0
    ),
    Extreme("huge product", "graph g(x: f64[9223372036854775807, 2]) -> (y) { y = x }", 1),
    Extreme(
      "huge Hessian",
      "graph g(x: f64[1000000]) -> (y) { y = hessian(sum(x ** 3), wrt: x) }", 0
    ),
    Extreme(
      "power of dims",
      "graph g[a, b](x: f64["
        + [String](repeating: "(a + b + 1)", count: 60).joined(separator: " * ")
        + "]) -> (y) { y = sum(x) }", 1
    ),
    Extreme(
      "long name",
      "graph \(String(repeating: "a", count: 1 << 20))(x: f64) -> (y) { y = x }", 0
    ),
    Extreme(
      "unknown long name",
      "graph g(x: f64) -> (y) { y = \(String(repeating: "a", count: 1 << 20)) }", 1
    ),
    Extreme(
      "long number",
      "graph g(x: f64) -> (y) { y = \(String(repeating: "1", count: 1 << 20)) }", 1
    ),
    Extreme(
      "cyclic funcs",
      "func f(x) = h(x)\nfunc h(x) = f(x)\ngraph g(x: f64) -> (y) { y = f(x) }", 1
    ),
    Extreme("own import", "import \"m.graph\"\ngraph g(x: f64) -> (y) { y = x }", 1),
    Extreme(
      "nested calls",
      "func f(x) = x + 1\ngraph g(x: f64) -> (y) { y = " + String(repeating: "f(", count: 10_000)
        + "x" + String(repeating: ")", count: 10_000) + " }", 1
    ),
    Extreme(
      "chain of funcs",
      "func f0(x) = x\n" + (1..<10_000).map { "func f\($0)(x) = f\($0 - 1)(x)\n" }.joined()
        + "graph g(x: f64) -> (y) { y = f9999(x) }", 1
    ),
    Extreme(
      "doubling funcs",
      "func f0(x) = x\n" + (1..<50).map {
        "func f\($0)(x) = f\($0 - 1)(x) + f\($0 - 1)(x + 1)\n"
      }.joined() + "graph g(x: f64) -> (y) { y = f49(x) }", 1
    ),
    Extreme(
      "tower of derivatives",
      "graph g(x: f64) -> (g40) {\ng0 = sin(x * x) * exp(x)\n" + (1...40).map {
        "g\($0) = grad(g\($0 - 1), wrt: x)\n"
      }.joined() + "}", 1
    ),
    Extreme(
      "huge loop",
      """
      graph g(x: f64) -> (y) {
          for i in 0..<1000000000000 with s = x { s <- sin(s) }
          y = s
      }
      """, 0
    ),
    Extreme("huge step", "graph g(x: f64[8]) -> (y) { y = x[::9223372036854775807] }", 1),
  ]

  @Test(arguments: extremes)
  func takesExtremes(_ extreme: Extreme) throws {
    let scratch = try Scratch()
    let file = try scratch.write(extreme.text, to: "m.graph")
    let outcome = try Shell.gradc(file, "-O0", "-o", scratch.path("m.o"))
    #expect(outcome.status == extreme.status, "\(outcome.errors.prefix(300))")
    #expect(scratch.names == (extreme.status == 0 ? ["m.graph", "m.h", "m.o"] : ["m.graph"]))
  }

  /// Results that no memory can hold are refused, not written past what there is.
  @Test(arguments: ["1000000000000", "100000000000", "4000000000000000000"])
  func refusesResultsWithoutMemory(_ size: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "graph g[n](x: f64) -> (y) { y = x * ones([n]) }", to: "m.graph")
    let outcome = try Shell.gradc("run", file, "x=1", "n=\(size)")
    #expect(outcome.status == 1)
    let isTold = outcome.errors.contains("bytes, which are not to be had")
      || outcome.errors.contains("size overflow")
    #expect(isTold, "\(outcome.errors)")
  }

  /// Nothing is left where the disk is full, the output is a folder, or nobody reads.
  @Test func leavesNothingHalfWritten() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.simple, to: "m.graph")
    #expect(try Shell.gradc(file, "-o", "/dev/full").status == 1)
    try FileManager.default.createDirectory(
      atPath: scratch.path("folder"), withIntermediateDirectories: false)
    let folder = try Shell.gradc(file, "-o", scratch.path("folder"))
    #expect(folder.status == 1)
    #expect(folder.errors.contains("it is a directory"))
    try "old".write(toFile: scratch.path("m.h"), atomically: true, encoding: .utf8)
    let small = try Shell.run(
      ["bash", "-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" \"$@\"", Shell.gradc, file, "-o",
        scratch.path("m.o")])
    #expect(small.status == 1, "\(small.errors)")
    #expect(small.errors.contains("cannot write"))
    #expect(try String(contentsOfFile: scratch.path("m.h"), encoding: .utf8) == "old")
    let piped = try Shell.run(
      ["bash", "-c", "set -o pipefail; \"$0\" \"$1\" -S -o - -MD | true", Shell.gradc, file],
      in: scratch.url)
    #expect([0, 1].contains(piped.status), "\(piped.errors)")
    #expect(!scratch.names.contains { $0.hasSuffix(".tmp") || $0 == "m.o" })
  }

  /// A process that is killed leaves files whole or not at all, and the next one is not in its way.
  @Test func survivesKills() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.simple, to: "m.graph")
    #expect(try Shell.gradc(file, "-o", scratch.path("m.o")).status == 0)
    let whole = try Data(contentsOf: URL(fileURLWithPath: scratch.path("m.o")))
    for delay in stride(from: 0.02, to: 0.6, by: 0.04) {
      try FileManager.default.removeItem(atPath: scratch.path("m.o"))
      _ = try Shell.run(
        ["timeout", "-s", "KILL", "\(delay)", Shell.gradc, file, "-o", scratch.path("m.o")])
      if let left = FileManager.default.contents(atPath: scratch.path("m.o")) {
        #expect(left == whole)
      }
      #expect(try Shell.gradc(file, "-o", scratch.path("m.o")).status == 0)
    }
  }

  /// Names that killed processes have left do not stop others of the same number.
  @Test func stepsAsideOfLeftovers() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.simple, to: "m.graph")
    let outcome = try Shell.run(
      ["bash", "-c", "touch m.o.$$.tmp m.h.$$.tmp; exec \"$0\" \"$1\" -o m.o", Shell.gradc, file],
      in: scratch.url)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(scratch.names.filter { $0.hasSuffix(".o") || $0.hasSuffix(".h") } == ["m.h", "m.o"])
  }

  /// A signal that only a bug can send is told of: here one that comes while gradc waits for its
  /// input, a pipe.
  @Test(arguments: [SIGSEGV, SIGILL, SIGBUS, SIGFPE])
  func reportsCrashes(_ signal: Int32) throws {
    let scratch = try Scratch()
    let path = scratch.path("pipe.graph")
    try #require(mkfifo(path, 0o600) == 0)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Shell.gradc)
    process.arguments = [path, "-o", scratch.path("m.o")]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    // Opens when gradc has opened the other end.
    let writer = open(path, O_WRONLY)
    #expect(kill(process.processIdentifier, signal) == 0)
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    close(writer)
    #expect(process.terminationReason == .exit && process.terminationStatus == 70)
    #expect(text.hasPrefix("gradc: bug: "))
    #expect(text.contains("in pass 'check'"))
    #expect(text.contains("gradc: please report this with the file and the command: "))
    #expect(text.hasSuffix("\(path) -o \(scratch.path("m.o"))\n"))
    #expect(scratch.names == ["pipe.graph"])
  }

  /// A few damaged inputs; any number by Tests/Fuzzing/fuzz.py.
  @Test func takesDamagedInputs() throws {
    let scratch = try Scratch()
    let script = Shell.root.appendingPathComponent("Tests/Fuzzing/fuzz.py").path
    let outcome = try Shell.run(
      ["python3", script, "--seed", "1", "--count", "40", "--seconds", "600", "--keep",
        scratch.path("failures")], in: scratch.url, environment: ["GRADC": Shell.gradc])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}
