import Foundation
import GraphIR
import GraphText
import Ops
import Support
import Testing

/// Random programs in the language: what they compute does not depend on how they are compiled.
///
/// `Tests/Fuzzing/generate` draws any number of them, and goes on after crashes.
@Suite(.serialized) struct GenerationTests {
  /// What the environment asks for.
  private static func setting(_ name: String) -> String? {
    ProcessInfo.processInfo.environment[name]
  }

  @Test func programsAgree() throws {
    let first = Self.setting("GRADC_FIRST_PROGRAM").flatMap { Int($0) } ?? 0
    let count = Self.setting("GRADC_PROGRAMS").flatMap { Int($0) } ?? 40
    let trail = Self.setting("GRADC_TRAIL")
    let oracle = TypeOracle()
    var (accepted, calls) = (0, 0)
    var constructs: [String: Int] = [:]
    for seed in first..<(first + count) {
      var generator = ProgramGenerator(seed: UInt64(seed), oracle: oracle)
      let text = generator.program()
      // What a crash leaves behind.
      if let trail { try text.write(toFile: trail, atomically: true, encoding: .utf8) }
      let settings = ProgramCheck.settings.map { $0.forCPU(seed / 2) }
      let chosen = seed % 2 == 0 ? [settings[0], settings[3]] : [settings[1], settings[2]]
      switch ProgramCheck.verdict(text, settings: chosen) {
      case .refused(let message):
        if trail != nil { print("program \(seed) refused: \(message)") }
      case .agrees(let made):
        accepted += 1
        calls += made
        for name in ProgramConstructs.of(text) { constructs[name, default: 0] += 1 }
      case .fails(let kind, let detail):
        accepted += 1
        // Should the compiler end while the program is reduced, this is known.
        print("program \(seed): \(kind): \(detail)")
        Issue.record("program \(seed): \(kind): \(detail)\n\(Self.reduced(text, kind, chosen))")
      }
    }
    print(
      "\(count) programs from \(first) on, \(accepted) accepted, \(calls) calls compared; "
        + "\(oracle.asked) questions asked, \(oracle.refused) refused")
    let shares = ProgramConstructs.names.map { "\($0): \(constructs[$0, default: 0])" }
    print("programs with \(shares.joined(separator: ", "))")
    #expect(10 * accepted >= 9 * count, "of \(count) programs only \(accepted) are accepted")
  }

  /// The little of a program that fails in the same way, and how that is seen again.
  private static func reduced(
    _ text: String, _ kind: String, _ settings: [ProgramCheck.Setting]
  ) -> String {
    let kept = twins(of: text)
    func fails(_ candidate: String) -> Bool {
      kept.allSatisfy { candidate.contains($0) }
        && ProgramCheck.verdict(candidate, settings: settings).failure == kind
    }
    // In one file, if it fails so too; the reducer does not see the others.
    let source = ProgramFiles(text)
    let isMerged = fails(source.merged)
    let (main, rest) = isMerged ? (source.merged, source.tables) : (source.main, source.appendix)
    let small = Reducer.reduced(main) { fails($0 + rest) } + rest
    return small + "\nas p.graph: GRADC_PROGRAM=p.graph swift test --filter GenerationTests\n"
  }

  /// The statements that give the same number in two ways, which mean nothing if they are changed.
  private static func twins(of text: String) -> [String] {
    guard let unit = Reducer.parsed(text), let graphs = TypeOracle.graphs(of: text).graphs else {
      return []
    }
    let names = Set(graphs.flatMap { ProgramInputs($0).twins.flatMap { [$0.0, $0.1] } })
    return SyntaxEditor.blocks(of: unit).flatMap(\.statements).compactMap { statement in
      guard case .assign(let targets, _) = statement.kind, names.contains(targets[0].text) else {
        return nil
      }
      return statement.sourceText
    }
  }

  /// One program, given as a file.
  @Test(.enabled(if: setting("GRADC_PROGRAM") != nil))
  func theProgramAgrees() throws {
    let path = try #require(Self.setting("GRADC_PROGRAM"))
    let verdict = ProgramCheck.verdict(try String(contentsOfFile: path, encoding: .utf8))
    if let kind = verdict.failure {
      let text = try String(contentsOfFile: path, encoding: .utf8)
      print(Self.reduced(text, kind, ProgramCheck.settings))
    }
    #expect(verdict.isAgreement, "\(verdict)")
  }

  /// One program, given as a file, at which the compiler that `GRADC` names ends by a signal or a
  /// report of a bug: reduces it.
  @Test(.enabled(if: setting("GRADC_CRASH") != nil))
  func theProgramIsTaken() throws {
    let path = try #require(Self.setting("GRADC_CRASH"))
    let gradc = try #require(Self.setting("GRADC"))
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let rest = ProgramFiles(text).appendix
    let small = Reducer.reduced(ProgramFiles(text).main) { Self.endsBadly(gradc, $0 + rest) } + rest
    #expect(!Self.endsBadly(gradc, small), "\(small)")
  }

  private static func endsBadly(_ gradc: String, _ text: String) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: gradc)
    guard let path = try? ProgramFiles(text).write() else { return false }
    defer { ProgramFiles.remove(path) }
    process.arguments = [path, "-O0", "-S", "-o", "/dev/null"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationReason == .uncaughtSignal || process.terminationStatus > 2
  }

  // MARK: Programs that were wrong once

  private static let found: [String] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Found")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasSuffix(".graph") }.sorted()
      .map { folder.appendingPathComponent($0).path }
  }()

  @Test(arguments: found)
  func programsThatWereWrong(_ path: String) throws {
    let verdict = ProgramCheck.verdict(try String(contentsOfFile: path, encoding: .utf8))
    #expect(verdict.isAgreement, "\(verdict)")
  }

  // MARK: What is covered

  /// Generation leaves out nothing of the language: a function or an operation that comes new is
  /// drawn from the tables, or this names it.
  @Test func everythingIsDrawn() {
    let oracle = TypeOracle()
    let wanted = Checker.functions + OperationCall.operations.map(\.name)
      + ProgramConstructs.names + ["limit"]
      + DType.allCases.map(\.rawValue)
    // Only a pass makes it; the language has no word for it.
    var missing = Set(wanted).subtracting(["sum_pads"])
    for seed in 0..<UInt64(600) where !missing.isEmpty {
      var generator = ProgramGenerator(seed: seed + 1_000_000, oracle: oracle)
      let text = generator.program()
      missing.subtract(TypeOracle.words(of: text))
      missing.subtract(generator.drawn)
      missing.subtract(ProgramConstructs.of(text))
    }
    #expect(missing.sorted() == [])
  }

  // MARK: The judge

  private static let counting =
    ExternalFunctions.all.first { $0.name == "counted" }!.declaration + "\n"

  @Test(arguments: [
    "## gives y 4\ngraph g(## interval 2 2\nx: f64) -> (y) { y = x + 1 }",
    "## same y=z\ngraph g(x: f64) -> (y, z) { y = x + 1; z = x + 2 }",
    "## gives y 1 2 3\ngraph g(x: f64) -> (y) { y = arange(3) }",
    "## gives z 1\ngraph g(x: f64) -> (y) { y = x }",
    "import \"c.graph\"\n## gives y 3\ngraph g() -> (y) { y = c }\n#= c.graph\nconst c: f64 = 2",
    counting + "## gives n 2\ngraph g() -> (n) { n, _ = counted(i32([1, 9]), false, u8(5)) }",
    "## gives y 0.7 0.7\ngraph g() -> (y) { _, _, v = svd(full([2, 2], 0.5)); y = v[0] }",
    "## gives y 1 1e-9\ngraph g() -> (y) { _, y, _ = svd(full([2, 2], 0.5)) }",
    "## gives y 0.5 0.5 0.5 0.4\n"
      + "graph g() -> (y) { u, s, v = svd(full([2, 2], 0.5)); y = (u * s) @ v }",
  ])
  func whatIsWrongIsSeen(_ text: String) {
    #expect(ProgramCheck.verdict(text).failure != nil)
  }

  @Test(arguments: [
    "## gives y 3\ngraph g(## interval 2 2\nx: f64) -> (y) { y = x + 1 }",
    "## same y=z\ngraph g(x: f64) -> (y, z) { y = x + 1; z = 1 + x }",
    "## sizes n=2\ngraph g(x: f64[n]) -> (y) { y = x[2 * n - 2] }",
    "graph g() -> (y) { y = det(fmod(0, eye(2))) }",
    "graph g(x: f64[3]) -> (y) { y = copysign(x, log(-1 - x ** 2)) }",
    "graph g(x: f64[3]) -> (y) { for e in x with h = 1.0 { h <- log(-h); emit y = copysign(e, h) } }",
    "graph g() -> (l) { l = cholesky(full([3, 3], 0.3)) }",
    "graph g(x: f32[k, n]) -> (y) { y = if sum([-x, x % x, x][arange(3)]) > 0 { 1.0 } else { 2.0 } }",
    "func one(a, b) = 2 * b\njvp one(a, b) along (da, db) = 3 * db\n"
      + "graph g(x: f64[2], i: i64) -> (y) { y = one(x[i + 7], x) }",
    "import \"c.graph\"\n## gives y 2\ngraph g() -> (y) { y = c }\n#= c.graph\nconst c: f64 = 2",
    counting + "## gives n 1\ngraph g() -> (n) { n, _ = counted(i32([1, 9]), false, u8(5)) }",
    "const c = load(\"c.npy\")\n#= c.npy f32 [2,3] columns 7\ngraph g() -> (y) { y = c }",
    "## gives y 1 0\ngraph g() -> (u, y, v) { u, y, v = svd(full([2, 2], 0.5)) }",
    "graph g() -> (u, s, v) { u, s, v = svd(full([5, 3], 0.5)) }",
    "graph g() -> (v) { _, s, _ = svd(full([2, 3], 1)); v = log(s) }",
    "graph g() -> (v) { for t in 1..<3 { _, s, _ = svd(full([2, 3], f64(t))); emit v = log(s) } }",
    "graph g() -> (w, v) { w, v = eigh(diag(full([3], 0.5)) + full([3, 3], 0.25)) }",
    "graph g() -> (q, r) { q, r = qr(full([3, 3], 0.1)) }",
    "graph g(x: f64[2], i: i64) -> (y) { y = where(x[i + 7] != 0, x, x) }",
    "graph g(## interval 0.15 0.15\nx: f64) -> (y) { y = x * 3 + x * 4 == x * 7 }",
    "graph g(x: f32[2]) -> (i, y, z) { i = argsort(x * 0); y, z = top_k(round(x), 2) }",
    """
    graph g() -> (vs) {
        for t in 0..<2 {
            u, s, v = svd(full([4, 4], 0.5) + t)
            emit vs = sum(u) + v
        }
    }
    """,
  ])
  func whatIsRightPasses(_ text: String) {
    #expect(ProgramCheck.verdict(text).isAgreement)
  }
}

extension Verdict {
  /// Whether the program was compiled and nothing is wrong with it.
  var isAgreement: Bool { if case .agrees = self { true } else { false } }
}
