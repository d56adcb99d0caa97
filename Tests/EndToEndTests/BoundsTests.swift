import Foundation
import Testing

/// Objects of the corpus between pages that nobody may touch, and under AddressSanitizer: what they
/// read and write, with and without a workspace, with results left out, at sizes from 0 on.
@Suite struct BoundsTests {
  /// Some programs, or all that the repository has; all in folders of a name that is given.
  static let programs: [String] = {
    let folder = Shell.root.appendingPathComponent("Tests/AcceptanceTests/Cases")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let paths = (files?.allObjects as? [URL] ?? []).filter(isToBeTaken)
      .map { $0.path.replacingOccurrences(of: Shell.root.path + "/", with: "") }.sorted()
    if let folder = ProcessInfo.processInfo.environment["GRADC_ALL_PROGRAMS"] {
      return folder == "1" ? paths : paths.filter { $0.contains("/\(folder)/") }
    }
    return paths.enumerated().filter { $0.offset % 60 == 7 }.map(\.element)
  }()

  /// Whether a file is a program that is to be compiled, not refused.
  private static func isToBeTaken(_ file: URL) -> Bool {
    let expected = file.deletingPathExtension().appendingPathExtension("json")
    let text = try? String(contentsOf: expected, encoding: .utf8)
    return file.pathExtension == "graph" && text?.contains("\"expect_error\"") != true
  }

  /// Who watches the calls.
  enum Watch: CaseIterable {
    /// Pages that nobody may touch, and paint on the stack.
    case pages
    case addressSanitizer
    /// What the code takes for granted, without and with LLVM's optimisations.
    case undefined, undefinedOptimized
    /// Pages and paint again, on a processor of another kind through an emulator.
    case emulator

    /// Those that this machine has, for programs that have no other reason to be run by one.
    static let here: [Watch] = allCases.filter { $0 != .emulator }

    /// What runs a program.
    var runner: [String] { self == .emulator ? ["qemu-aarch64"] : [] }

    /// What compiles the program around.
    var compiler: String { self == .emulator ? "aarch64-linux-gnu-gcc" : "gcc" }

    /// What gradc is told.
    var options: [String] {
      switch self {
      case .pages: []
      case .addressSanitizer: ["--sanitize=address"]
      case .undefined: ["--sanitize=undefined", "-O0"]
      case .undefinedOptimized: ["--sanitize=undefined"]
      case .emulator: ["--target=aarch64-linux-gnu"]
      }
    }

    /// What the C compiler is told. Where the stack is painted, no linker may run on it.
    var flags: [String] {
      switch self {
      case .pages, .emulator: ["-static"]
      case .addressSanitizer: ["-fsanitize=address", "-DADDRESSES"]
      case .undefined, .undefinedOptimized:
        ["-fsanitize=undefined", "-fno-sanitize-recover=undefined"]
      }
    }
  }

  @Test(arguments: programs, Watch.here)
  func staysInBounds(_ program: String, _ watch: Watch) throws {
    let source = Shell.root.appendingPathComponent(program).path
    guard let outcome = try BoundsTests.run(source, watch) else { return }
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors.prefix(2000))")
    #expect(outcome.output.hasSuffix("calls\n"))
    // The object's own reports do not end the program.
    #expect(!outcome.errors.contains("runtime error"), "\(outcome.errors.prefix(2000))")
  }

  /// Compiles a program, and calls all its functions in all ways; nil for one that needs functions
  /// of its own.
  static func run(
    _ source: String, _ watch: Watch, _ options: [String] = []
  ) throws -> Outcome? {
    let scratch = try Scratch()
    let compiled = try Shell.run(
      [Shell.gradc, source, "-o", scratch.path("model.o"), "--emit=obj,header,manifest"]
        + watch.options + options)
    try #require(compiled.status == 0, "\(compiled.errors)")
    let json = try Data(contentsOf: URL(fileURLWithPath: scratch.path("model.json")))
    let manifest = try JSONDecoder().decode(Caller.Manifest.self, from: json)
    guard manifest.externals.isEmpty else { return nil }
    let needed = try Shell.run(["nm", "-u", "model.o"], in: scratch.url).output
    let isStackKnown = needed.split(separator: "\n").allSatisfy { line in
      ["malloc", "free", "memcpy", "memset", "memmove", "_GLOBAL_OFFSET_TABLE_"]
        .contains(line.split(separator: " ").last.map(String.init))
    }
    try scratch.write(Caller.text(manifest, isStackKnown: isStackKnown), to: "main.c")
    let headers = Shell.root.appendingPathComponent("Tests/EndToEndTests/Programs").path
    let linked = try Shell.run(
      [watch.compiler, "-std=gnu11", "-I", headers] + watch.flags
        + ["-o", "main", "main.c", "model.o", "-lm"], in: scratch.url)
    try #require(linked.status == 0, "\(linked.errors)")
    return try Shell.run(watch.runner + ["./main"], in: scratch.url)
  }

  /// The harness sees accesses to the elements around a buffer.
  @Test(arguments: ["x[-1]", "x[n]", "y[-1]", "y[n]", "*(double *)x"])
  func seesAccesses(_ element: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write("graph f(x: f64[n]) -> (y) { y = 2 * x }", to: "model.graph")
    let compiled = try Shell.gradc(
      file, "--emit=obj,header,manifest", "-o", scratch.path("model.o"))
    #expect(compiled.status == 0, "\(compiled.errors)")
    let json = try Data(contentsOf: URL(fileURLWithPath: scratch.path("model.json")))
    let manifest = try JSONDecoder().decode(Caller.Manifest.self, from: json)
    let symbols = manifest.functions[0]
    try scratch.write(
      """
      #include <stddef.h>
      #include <stdint.h>
      size_t size(int64_t n) __asm__("\(symbols.workspace.symbol)");
      size_t size(int64_t n) { return 0; }
      const char *message(int status) __asm__("\(manifest.message.symbol)");
      const char *message(int status) { return ""; }
      int f(int64_t n, const double *x, double *y, void *w, size_t s) __asm__("\(symbols.symbol)");
      int f(int64_t n, const double *x, double *y, void *w, size_t s) {
          if (n > 0 && y) { volatile double v = \(element); \(element) = v + 1; }
          return 0;
      }
      """.replacingOccurrences(of: "x[", with: "((double *)x)["), to: "f.c")
    try scratch.write(Caller.text(manifest), to: "main.c")
    let headers = Shell.root.appendingPathComponent("Tests/EndToEndTests/Programs").path
    let linked = try Shell.run(
      ["gcc", "-std=gnu11", "-I", headers, "-o", "main", "main.c", "f.c", "-lm"], in: scratch.url)
    #expect(linked.status == 0, "\(linked.errors)")
    #expect(try Shell.run(["./main"], in: scratch.url).status == 1)
  }
}
