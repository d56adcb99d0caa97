import Foundation
import GraphIR
import LoopIR
import Support
import Testing

/// Gradients of recurrences, with what they keep of each turn given by the user or not.
@Suite struct CheckpointTests {
  static let options = [
    "", "checkpoint 1", "checkpoint 2", "checkpoint 8", "checkpoint 9, 1", "checkpoint 8, 4, 2",
    "checkpoint 1000",
  ]
  /// Each turn rounds `sᵢ xᵢ`, up to 40, by 40 ε, and hands on at most 0.9 of what it got.
  static let rounding = 40 * 0x1p-52 / (1 - 0.9)
  static let counts = [0, 1, 2, 7, 8, 9, 16, 20, 41]

  /// `sᵢ₊₁ = sin(sᵢ xᵢ) + i`, whose slopes are `∂s/∂sᵢ = ∂s/∂sᵢ₊₁ cos(sᵢ xᵢ) xᵢ`; the second
  /// derivative is that of the same loop without checkpoints.
  @Test(arguments: options) func recurrence(_ option: String) throws {
    var program = try TurnLaneTests.Program(Self.recurrence(option))
    var plain = try TurnLaneTests.Program(Self.recurrence(""))
    for n in Self.counts {
      let x = (0..<n).map { 0.9 - 0.17 * Double($0 % 11) }
      let given = ["x": ([n], x), "v": ([n], x.map { 1 / (2 + $0) })]
      let found = try program.run(given)
      let (slopes, states) = Self.slopes(x)
      #expect(Tensor.difference(found[0], slopes) <= Self.rounding, "n \(n)")
      #expect(Tensor.difference(found[1], states) <= Self.rounding, "n \(n)")
      #expect(Tensor.difference(found[2], try plain.run(given)[2]) <= Self.rounding, "n \(n)")
    }
  }

  private static func recurrence(_ option: String) -> String {
    """
    graph g(x: f64[n], v: f64[n]) -> (gx: f64[n], states: f64[n], hv: f64[n]) {
        for e in x, i in 0..<n with s = 0.5 \(option) {
            next = sin(s * e) + i
            s <- next
            emit states = next
        }
        cost = s + sum(states ** 2)
        gx = grad(cost, wrt: x)
        hv = hvp(cost, wrt: x, along: v)
    }
    """
  }

  /// The gradient of `s + Σ sᵢ²`, and the states.
  private static func slopes(_ x: [Double]) -> (slopes: [Double], states: [Double]) {
    var entering: [Double] = []
    var s = 0.5
    for (i, e) in x.enumerated() {
      entering.append(s)
      s = sin(s * e) + Double(i)
    }
    let states = Array((entering + [s]).dropFirst())
    var slopes = [Double](repeating: 0, count: x.count)
    var flow = 1.0
    for i in x.indices.reversed() {
      flow += 2 * states[i]
      let slope = flow * cos(entering[i] * x[i])
      slopes[i] = slope * entering[i]
      flow = slope * x[i]
    }
    return (slopes, states)
  }

  /// The reverse keeps the 128 bytes of the state once a turn, and as many of the sines' slopes; with
  /// segments of `k` turns the state once for each of the `n // k`, and both for each turn of one.
  /// The gradient's segments, `8 n` bytes, are joined with the turns that are left over, which keep
  /// less than a segment does.
  @Test func workspaceFollowsTheFormula() throws {
    let (n, k) = (10_000, 100)
    let plain = try Self.peak("", n)
    #expect(plain >= 256 * n && plain <= 256 * n + 1024, "\(plain)")
    let cut = try Self.peak("checkpoint \(k)", n)
    let formula = 128 * (n / k) + 256 * k + 8 * n
    #expect(cut >= formula && cut <= formula + 4096, "\(cut)")
  }

  /// The slope of a sine asks for the cosine, which was kept for the slope of another product.
  @Test func keptValuesAreNotComputedAgain() throws {
    let text = """
      graph g(u: f64[n]) -> (gu: f64[n]) {
          for e in u with s = 0.2 { s <- s + e * sin(s) * cos(s) }
          gu = grad(s, wrt: u)
      }
      """
    let body = try TurnLaneTests.Program(text).function.bodies[0]
    let calls = body.scalars.filter { if case .call = $0.instruction { true } else { false } }
    #expect(calls.count == 2)
  }

  /// Bytes in steps of 64.
  private static func rounded(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }

  /// The most bytes of the workspace in use at a time, by the plan.
  private static func peak(_ option: String, _ n: Int) throws -> Int {
    let text = """
      graph g(x: f64[n], start: f64[16]) -> (gx: f64[n]) {
          for e in x with s = start \(option) { s <- sin(s * e) }
          gx = grad(sum(s), wrt: x)
      }
      """
    let body = try TurnLaneTests.Program(text).function.bodies[0]
    var ends: [Int] = []
    for place in body.plan {
      let buffer = body[place.buffer]
      let elements = Dim.product(buffer.shape).evaluate(["n": n]) ?? 0
      let start = place.below.map { ends[$0] }.max() ?? 0
      ends.append(start + rounded(elements * buffer.element.byteSize))
    }
    return ends.max() ?? 0
  }
}
