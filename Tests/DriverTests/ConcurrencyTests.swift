import CodeGen
import Driver
import Foundation
import Support
import Testing

/// Several graphs compiled at once in one process: nothing is shared but what does not change.
///
/// `swift test --sanitize=thread --filter ConcurrencyTests` has ThreadSanitizer watch.
@Suite struct ConcurrencyTests {
  /// Programs with derivatives, loops, matrices, random numbers and convolutions.
  private static let programs = [
    "graph g(x: f64[n]) -> (y) { y = hessian(sum(sin(x) ** 3), wrt: x) }",
    "graph g(a: f64[4, 4], b: f64[4]) -> (y) { y = grad(sum(solve(a, b)), wrt: a) }",
    "graph g(x: f32[n]) -> (y) {\nfor e in x with h = 0.0 checkpoint 4 { h <- tanh(h + e) }\n"
      + "y = grad(h, wrt: x)\n}",
    "graph g(key: u64) -> (y) { y = softmax(random_normal(key, [5, 3])) }",
    "graph g(x: f32[1, 2, 6, 6], k: f32[3, 2, 3, 3]) -> (y) {\n"
      + "y = grad(sum(square(conv2d(x, k, padding: 1))), wrt: k)\n}",
    "graph g(x: f64[n]) -> (y) { y = undefined(x) }",
    "graph g(x: f16[n]) -> (y) { y = sort(gamma(x)) }",
    "graph g(x: f64[n], i: i64[m]) -> (y) { y = jacobian(x[i] ** 2, wrt: x) }",
  ]

  /// The object of a program, or what is wrong with it.
  private static func outcome(of program: String) -> [UInt8] {
    let path = NSTemporaryDirectory() + "gradc-\(UUID().uuidString).graph"
    defer { try? FileManager.default.removeItem(atPath: path) }
    guard FileManager.default.createFile(atPath: path, contents: Data(program.utf8)) else {
      return []
    }
    let (functions, _, diagnostics) = Session.functions(CompileOptions(input: path))
    if functions.isEmpty { return diagnostics.flatMap { Array($0.message.utf8) } }
    do {
      // Without the files, whose names differ.
      let generator = try CodeGenerator(
        functions, outputName: "g", files: SourceFiles(), options: CodeGenOptions())
      return try generator.make(.object)
    } catch {
      return Array("\(error)".utf8)
    }
  }

  @Test func graphsCompileAtOnce() async {
    let alone = Self.programs.map(Self.outcome)
    let together = await withTaskGroup(of: (Int, [UInt8]).self) { group in
      for turn in 0..<3 * Self.programs.count {
        let place = turn % Self.programs.count
        group.addTask { (place, Self.outcome(of: Self.programs[place])) }
      }
      var results: [(Int, [UInt8])] = []
      for await result in group { results.append(result) }
      return results
    }
    #expect(together.count == 3 * Self.programs.count)
    for (place, outcome) in together {
      #expect(!outcome.isEmpty && outcome == alone[place], "\(Self.programs[place])")
    }
  }
}
