import Driver
import GraphIR
import Ops
import Support
import Testing

/// What gradc says when it finds a mistake of its own, or crashes.
@Suite struct BugReportTests {
  /// A form that the verifier refuses.
  struct Refused: Stage {
    let isHuge = false
    func show() -> String { "" }
    func sketch() -> String { "" }
    func flaw() -> (message: String, site: Site)? { ("node 3 (add): is wrong", Source.site) }
    func isUntouched(since input: Any) -> Bool { false }
  }

  /// The text that all tests here are about.
  enum Source {
    static let site = Site(file: FileID(index: 0), start: 29, end: 34)

    /// Tells the compiler of the text, as reading it does.
    static func read() {
      var files = SourceFiles()
      let text = "graph g(x: f64) -> (y) {\n    y = 2 * x\n}\n"
      _ = files.add(path: "model.graph", bytes: Array(text.utf8))
      Progress.know(files)
    }
  }

  /// The lines that every report ends with.
  private func expectReport(_ result: ExitTest.Result?, _ head: String, _ place: String) throws {
    let lines = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
      .split(separator: "\n")
    let start = try #require(lines.firstIndex { $0.hasPrefix("gradc: bug: ") })
    let report = lines[start...].map(String.init)
    #expect(report[0] == "gradc: bug: \(head)")
    #expect(report[1] == "model.graph:2:5: note: the compiler was at work here, in pass '\(place)")
    #expect(report[2] == "    y = 2 * x")
    #expect(report.last?.hasPrefix("gradc: please report this with the file and the command: ") == true)
  }

  @Test func whatTheVerifierRefuses() async throws {
    let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      Session.prepare()
      Source.read()
      var runner = PassRunner()
      _ = runner.run(Pass<Int, Refused, Never>(name: "break") { _, _ in Refused() }, on: 1)
    }
    try expectReport(result, "after pass 'break': node 3 (add): is wrong", "break'")
  }

  /// A graph of which one node has another type than its rule gives.
  @Test func aNodeOfAWrongType() async throws {
    let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      Session.prepare()
      Source.read()
      var runner = PassRunner()
      let pass = Pass<Graph, Graph, Never>(name: "mistype") { graph, _ in
        var graph = graph
        let type = TensorType(.f64)
        let x = graph.append(.literal, [], .literal(.float(1), .f64), type: type, site: .none)
        _ = graph.append(.negate, [x], .none, type: TensorType(.f32), site: Source.site)
        return graph
      }
      _ = runner.run(pass, on: Graph(name: "g"))
    }
    let text = "node 1 (neg): has type [f32], its rule gives [f64]"
    try expectReport(result, "after pass 'mistype': \(text)", "mistype'")
  }

  /// Traps, accesses to nowhere and a stack that is used up.
  @Test(arguments: [
    ("trap", "the compiler has stopped itself"),
    ("null", "access to memory that is not there, or no stack left"),
    ("deep", "access to memory that is not there, or no stack left"),
  ])
  func crashesOfPasses(_ kind: String, _ words: String) async throws {
    let result = await #expect(processExitsWith: .exitCode(70), observing: [\.standardErrorContent]) {
      [kind] in
      Session.prepare()
      Source.read()
      var runner = PassRunner()
      let pass = Pass<Graph, Refused, Never>(name: "crash") { graph, _ in
        var graph = graph
        _ = graph.append(
          .literal, [], .literal(.float(1), .f64), type: TensorType(.f64), site: Source.site)
        BugReportTests.crash(kind)
        return Refused()
      }
      _ = runner.run(pass, on: Graph(name: "g"))
    }
    try expectReport(result, words, "crash', at node 0")
  }

  private static func crash(_ kind: String) {
    switch kind {
    case "null":
      UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = depth(0)
    case "deep": _ = depth(1)
    default: preconditionFailure("a bug")
    }
  }

  /// For all but 0 a recursion without an end.
  private static func depth(_ number: Int) -> Int {
    if number == 0 { return 0 }
    return withUnsafeTemporaryAllocation(of: Int.self, capacity: 512) { memory in
      memory.initialize(repeating: number)
      return depth(number + 1) + memory[number % 512]
    }
  }
}
