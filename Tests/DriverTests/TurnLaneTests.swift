import CodeGen
import Driver
import Foundation
import GraphIR
import LoopIR
import Support
import Testing

/// Loops around other loops, whose turns go in lanes, at numbers of turns around those of lanes.
@Suite struct TurnLaneTests {
  static let counts = [0, 1, 7, 8, 9, 20]

  /// A compiled file of one graph.
  struct Program {
    let function: LoopFunction
    var call: CompiledCall

    init(_ text: String) throws {
      let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("lanes-\(UUID().uuidString).graph").path
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: path) }
      let compiled = Session.functions(CompileOptions(input: path))
      function = try #require(compiled.functions.first, "\(compiled.diagnostics)")
      call = try CompiledCall(
        function, files: compiled.files, options: CompileOptions(input: path).codeGen)
    }

    /// The results for tensors of type `f64`.
    mutating func run(_ given: [String: ([Int], [Double])]) throws -> [[Double]] {
      let tensors = given.mapValues { RawTensor(Tensor(.f64, $0.0, floats: $0.1)) }
      let arguments = try RunArguments(function, tensors: tensors, sizes: [:])
      return try call.run(arguments).map(\.value.tensor.floats)
    }

    /// The lanes of each loop of the body for all results.
    var lanes: [Int] { function.bodies[0].loops.map(\.lanes) }
  }

  /// Columns of a Jacobian through a loop in which each turn needs the one before:
  /// `yᵢ = sin yᵢ₋₁ + xᵢ`, so `∂yᵢ/∂xⱼ = ∏ cos yₖ` for `j ≤ k < i`.
  @Test func jacobianThroughLoop() throws {
    var program = try Program(
      """
      graph g(x: f64[n]) -> (j: f64[n, n]) {
          for v in x with s = 0.0 {
              next = sin(s) + v
              s <- next
              emit y = next
          }
          j = jacobian(y, wrt: x)
      }
      """)
    #expect(program.lanes.contains { $0 > 1 }, "the directions go in lanes")
    for n in TurnLaneTests.counts {
      let x = (0..<n).map { 0.3 * Double($0) - 1 }
      var states: [Double] = []
      var s = 0.0
      for v in x {
        s = sin(s) + v
        states.append(s)
      }
      let found = try program.run(["x": ([n], x)])[0]
      for i in 0..<n {
        for j in 0..<n {
          let wanted = j <= i ? states[j..<i].reduce(1) { $0 * cos($1) } : 0
          #expect(abs(found[i * n + j] - wanted) <= 1e-14, "n \(n) at \(i), \(j)")
        }
      }
    }
  }

  /// What every turn adds to the same elements is added once for each, also where it does not
  /// depend on the turn: the mean over `[n, 2, 4]` has the slope `vᵢ / 2` where the condition holds.
  @Test func sumsIntoSharedElements() throws {
    var program = try Program(
      """
      graph g(v: f64[4], b: f64[n, 2, 3], w: f64[3, 1]) -> (c: f64, gv: f64[4], gw: f64[3, 1]) {
          c = mean(where(v > 0.5, v ** 2, b @ w))
          gv, gw = grad(c, wrt: [v, w])
      }
      """)
    let v = [0.25, 0.75, -1, 3]
    for n in TurnLaneTests.counts where n > 0 {
      let b = (0..<n * 6).map { Double($0 % 7) - 2.5 }
      let w = [0.5, -1, 2]
      let found = try program.run(["v": ([4], v), "b": ([n, 2, 3], b), "w": ([3, 1], w)])
      for (slope, x) in zip(found[1], v) {
        #expect(abs(slope - (x > 0.5 ? x / 2 : 0)) <= 1e-15 * Double(n))
      }
      for (place, slope) in found[2].enumerated() {
        let column = stride(from: place, to: n * 6, by: 3).reduce(0.0) { $0 + b[$1] }
        #expect(abs(slope - column * 2 / Double(n * 8)) <= 1e-14)
      }
    }
  }

  /// A map over rows whose turns have inner loops over memory of their own.
  static let rowsWithSteps = """
    graph g(a: f64[n, 3], m: f64[3, 3]) -> (y: f64[n, 3], total: f64) {
        for row in a {
            r = m @ row
            for step in 0..<4 with s = r { s <- sin(s) * 0.5 + r }
            emit y = s
        }
        total = sum(y ** 2)
    }
    """

  /// Turns with inner loops over memory of their own, read at positions that differ.
  @Test func mapWithInnerLoops() throws {
    var program = try Program(TurnLaneTests.rowsWithSteps)
    let m = [0.5, -0.25, 1, 0, 0.75, -1, 0.3, 0.2, 0.1]
    for n in TurnLaneTests.counts {
      let a = (0..<n * 3).map { 0.1 * Double($0 % 11) - 0.4 }
      let found = try program.run(["a": ([n, 3], a), "m": ([3, 3], m)])
      var total = 0.0
      for i in 0..<n {
        for j in 0..<3 {
          let r = (0..<3).reduce(0.0) { $0 + m[j * 3 + $1] * a[i * 3 + $1] }
          let s = (0..<4).reduce(r) { s, _ in sin(s) * 0.5 + r }
          #expect(abs(found[0][i * 3 + j] - s) <= 4e-16)
          total += s * s
        }
      }
      #expect(abs(found[1][0] - total) <= 1e-14)
    }
  }
}
