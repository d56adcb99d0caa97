import Driver
import Foundation
import LoopIR
import Support
import Testing

/// Derivatives of programs with loops and branches, compiled, against central differences.
///
/// Every program has a graph `f` with the cost, its gradient by `x`, and a Hessian-vector product
/// along `v`.
struct DerivativeTests {
  /// The statements that compute `cost` from `x`, and the sizes of `x` to try.
  static let programs: [(name: String, body: String, sizes: [Int])] = [
    ("recurrence", """
      for u in x with s = 0.3 {
          s <- tanh(s * 0.7 + u) + 0.1 * u * s
      }
      cost = s * s
      """, [0, 1, 2, 5]),
    ("stack", """
      for u in x with s = 1.0 {
          s <- sin(s + u)
          emit all = s * u
      }
      cost = sum(all ** 2) + s
      """, [0, 1, 4]),
    ("vectors", """
      w = [[0.5, -0.2, 0.1], [0.3, 0.4, -0.6], [-0.1, 0.2, 0.7]]
      for u in x with s = [0.1, 0.2, 0.3] {
          s <- tanh(w @ s + u * s)
      }
      cost = sum(s * s)
      """, [0, 1, 3]),
    ("captured", """
      k = sum(x ** 2) + 1
      for t in 0..<4 with s = 1.0 {
          s <- s * cos(k * 0.1) + x[0] * t
      }
      cost = s
      """, [1, 3]),
    ("nested", """
      for u in x with total = 0.0 {
          for w in x with p = 1.0 {
              p <- p * (1 + 0.1 * sin(u * w))
          }
          total <- total + p * u
      }
      cost = total ** 2
      """, [0, 1, 3]),
    ("map", """
      for u in x, w in x[::-1] {
          emit y = exp(-u * u) * w
      }
      cost = sum(y ** 2)
      """, [0, 1, 4]),
    ("inner gradient", """
      for t in 0..<3 with z = x {
          e = sum(z ** 4) + sum(sin(z))
          z <- z - 0.05 * grad(e, wrt: z)
      }
      cost = sum(z * z)
      """, [1, 3]),
    ("branch", """
      total = sum(x)
      cost = if total > 0.2 { exp(total) * x[0] } else if total > -1 {
          q = sin(total)
          q * q
      } else { total ** 3 }
      """, [1, 3]),
    ("branch in a loop", """
      for u in x with s = 0.5 {
          s <- if u > 0 { s * u + 1 } else { sin(s) - u }
      }
      cost = s ** 2
      """, [0, 1, 5]),
    ("while", """
      m = sum(x ** 2) + 2
      while abs(r * r - m) > 1e-13 with r = 1.0 limit 60 {
          r <- (r + m / r) / 2
      }
      cost = r * r * r
      """, [1, 3]),
    ("while to its limit", """
      while r < 1e6 with r = 1.1 + x[0], c = 1.0 limit 3 {
          r <- r * r + 0.1 * c
          c <- c * cos(r)
      }
      cost = r + c
      """, [1, 2]),
    ("swap", """
      for u in x with a = 1.0, b = 2.0 {
          a <- b * u
          b <- a + sin(u)
      }
      cost = a * b
      """, [0, 1, 4]),
    ("function", """
      cost = roll(x, 0.3) * 2
      """, [1, 4]),
  ]

  private static let prelude = """
    func roll(xs, start) {
        for u in xs with s = start {
            s <- s + 0.5 * sin(s * u)
        }
        return s ** 2
    }

    """

  /// A compiled program.
  private struct Program {
    let call: CompiledCall

    init(_ body: String) throws {
      let text =
        DerivativeTests.prelude
        + "graph f(x: f64[n], v: f64[n]) -> (cost: f64, g: f64[n], h: f64[n], t: f64) {\n" + body
        + """

          g = grad(cost, wrt: x, disconnected: zero)
          h = hvp(cost, wrt: x, along: v, disconnected: zero)
          t = jvp(cost, wrt: x, along: v, disconnected: zero)
      }
      """
      let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("gradc-\(UUID().uuidString).graph").path
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: path) }
      let options = CompileOptions(input: path)
      let (functions, files, diagnostics) = Session.functions(options)
      let message = diagnostics.first { $0.severity == .error }?.message ?? ""
      let function = try #require(functions.first, "\(message)")
      call = try CompiledCall(function, files: files, options: options.codeGen)
      loopFunction = function
    }

    private let loopFunction: LoopFunction

    /// The results for some parameters, as flat lists.
    func run(_ x: [Double], _ v: [Double]) throws -> [String: [Double]] {
      func tensor(_ values: [Double]) -> RawTensor {
        var tensor = RawTensor(zeros: .f64, [values.count])
        for (index, value) in values.enumerated() { tensor.set(index, .float(value)) }
        return tensor
      }
      let arguments = try RunArguments(
        loopFunction, tensors: ["x": tensor(x), "v": tensor(v)], sizes: [:])
      var results: [String: [Double]] = [:]
      for (name, value) in try call.run(arguments) {
        results[name] = (0..<value.count).map { value[$0].double }
      }
      return results
    }
  }

  @Test(arguments: programs.indices)
  func derivativesAgreeWithDifferences(_ index: Int) throws {
    let (name, body, sizes) = DerivativeTests.programs[index]
    let program = try Program(body)
    for size in sizes {
      let x = (0..<size).map { 0.4 * Double(($0 * 7 + 3) % 5) - 0.7 }
      let v = (0..<size).map { 0.3 * Double(($0 * 5 + 1) % 4) - 0.5 }
      let step = 1e-5
      let here = try program.run(x, v)
      let ahead = try program.run(zip(x, v).map { $0 + step * $1 }, v)
      let behind = try program.run(zip(x, v).map { $0 - step * $1 }, v)
      let gradient = here["g"] ?? []
      let slope = zip(gradient, v).map(*).reduce(0, +)
      let difference = ((ahead["cost"]?[0] ?? .nan) - (behind["cost"]?[0] ?? .nan)) / (2 * step)
      #expect(abs(slope - difference) <= 1e-7 * (1 + abs(difference)), "\(name), \(size): gradient")
      let tangent = here["t"]?[0] ?? .nan
      #expect(abs(slope - tangent) <= 1e-11 * (1 + abs(tangent)), "\(name), \(size): modes")
      for place in 0..<size {
        let change = ((ahead["g"]?[place] ?? .nan) - (behind["g"]?[place] ?? .nan)) / (2 * step)
        let product = here["h"]?[place] ?? .nan
        #expect(
          abs(product - change) <= 1e-6 * (1 + abs(change)), "\(name), \(size): second order")
      }
    }
  }
}
