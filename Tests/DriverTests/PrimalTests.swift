import Foundation
import LoopIR
import Support
import Testing

/// Bodies for callers that ask for less than everything.
@Suite struct PrimalTests {
  /// A map gives values and slopes; who wants the values alone waits for no slopes.
  @Test func mapsHaveABodyForTheirValues() throws {
    var program = try TurnLaneTests.Program(
      """
      graph g(x: f64[n, 2]) -> (y: f64[n], slopes: f64[n, 2]) {
          for e in x {
              v = exp(e[0]) * e[1] ** 3
              s = grad(v, wrt: e)
              emit y = v
              emit slopes = s
          }
      }
      """)
    let all = try #require(program.function.bodies.first { $0.serves == [0, 1] })
    let primal = try #require(program.function.bodies.first { $0.serves == [0] })
    #expect(stores(primal) == 1 && stores(all) > 1)
    #expect(!primal.buffers.contains { $0.storage == .result(1) || $0.storage == .workspace })
    let found = try program.run(["x": ([2, 2], [0, 2, 1, -1])])
    #expect(found[0] == [8, -M_E])
    #expect(found[1] == [8, 12, -M_E, 3 * M_E])
  }

  /// The number of stores in the loops of a body.
  private func stores(_ body: Body) -> Int {
    body.loops.reduce(0) { sum, loop in
      sum + loop.body.items.count { if case .store = $0 { true } else { false } }
    }
  }

  /// The first loop carries what a derivative gives into its last turn, so its sum is no primal.
  @Test func derivedValuesAreFollowedThroughTurns() throws {
    let program = try TurnLaneTests.Program(
      """
      graph g(x: f64[n]) -> (a: f64, b: f64) {
          for e in x with s = 0.0, d = 0.0 {
              s <- s + d
              d <- grad(e ** 2, wrt: e)
          }
          for e in x with t = 0.0 { t <- t + e }
          a = s
          b = t
      }
      """)
    let last = try #require(program.function.bodies.first { $0.serves == [1] })
    #expect(last.loops.count == 1)
  }
}
