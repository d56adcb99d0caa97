import Autodiff
import GraphIR
import Ops
import Rewrites
import Support
import TestSupport
import Testing

/// A formula as users write it, and the function that it is.
struct Spelling: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let function: String
  let build: @Sendable (inout Builder, Value) -> Value

  init(
    _ function: String, _ text: String, _ build: @escaping @Sendable (inout Builder, Value) -> Value
  ) {
    self.function = function
    testDescription = text
    self.build = build
  }
}

/// Formulas at arguments where they overflow or cancel, with their slopes, against mpmath.
@Suite struct StableValueTests {
  static let spellings: [Spelling] = [
    Spelling("sigmoid", "1 / (1 + exp(-x))") { b, x in
      b.divide(b.k(1, x), b.add(b.k(1, x), b.exp(b.negate(x))))
    },
    Spelling("sigmoid", "1 / (exp(0 - x) + 1)") { b, x in
      b.divide(b.k(1, x), b.add(b.exp(b.subtract(b.k(0, x), x)), b.k(1, x)))
    },
    Spelling("sigmoid", "exp(x) / (1 + exp(x))") { b, x in
      b.divide(b.exp(x), b.add(b.k(1, x), b.exp(x)))
    },
    Spelling("sigmoid", "1 - sigmoid(-x)") { b, x in
      b.subtract(b.k(1, x), b.sigmoid(b.negate(x)))
    },
    Spelling("sigmoid", "1 / (1 + 1 / exp(x))") { b, x in
      b.divide(b.k(1, x), b.add(b.k(1, x), b.divide(b.k(1, x), b.exp(x))))
    },
    Spelling("softplus", "log(exp(x) + 1)") { b, x in b.log(b.add(b.exp(x), b.k(1, x))) },
    Spelling("softplus", "log1p(exp(x))") { b, x in b.log1p(b.exp(x)) },
    Spelling("softplus", "-log(sigmoid(-x))") { b, x in
      b.negate(b.log(b.sigmoid(b.negate(x))))
    },
    Spelling("softplus", "-log(1 - sigmoid(x))") { b, x in
      b.negate(b.log(b.subtract(b.k(1, x), b.sigmoid(x))))
    },
    Spelling("softplus", "-log(1 / (1 + exp(x)))") { b, x in
      b.negate(b.log(b.divide(b.k(1, x), b.add(b.k(1, x), b.exp(x)))))
    },
    Spelling("erfc", "1 - erf(x)") { b, x in b.subtract(b.k(1, x), b.erf(x)) },
    Spelling("erfc", "-(erf(x) - 1)") { b, x in
      b.negate(b.subtract(b.erf(x), b.k(1, x)))
    },
    Spelling("log_erfc", "log(erfc(x))") { b, x in b.log(b.erfc(x)) },
    Spelling("log_erfc", "log(1 - erf(x))") { b, x in
      b.log(b.subtract(b.k(1, x), b.erf(x)))
    },
    Spelling("expm1", "exp(x) - 1") { b, x in b.subtract(b.exp(x), b.k(1, x)) },
    Spelling("expm1", "-(1 - exp(x))") { b, x in
      b.negate(b.subtract(b.k(1, x), b.exp(x)))
    },
    Spelling("log1p", "log(x + 1)") { b, x in b.log(b.add(x, b.k(1, x))) },
    Spelling("log1p", "log(1 - (-x))") { b, x in
      b.log(b.subtract(b.k(1, x), b.negate(x)))
    },
    Spelling("log1mexp", "log(1 - exp(x))") { b, x in
      b.log(b.subtract(b.k(1, x), b.exp(x)))
    },
  ]

  @Test(arguments: spellings)
  func valuesAndSlopes(_ spelling: Spelling) throws {
    let value = Graph.of([.f64()]) { b, v in spelling.build(&b, v[0]) }
    let slope = Graph.of([.f64()]) { b, v in
      let y = spelling.build(&b, v[0])
      return b.gradient(of: y, wrt: v[0])
    }
    let (stableValue, stableSlope) = try (stable(value), stable(slope))
    var count = 0
    for row in table(StableTable.elementwise) where row.name == spelling.function {
      let x = [Tensor(.f64, [], floats: [row.numbers[0]])]
      expectClose(try stableValue.result(x).floats, [row.numbers[1]], "value at \(row.numbers[0])")
      expectClose(try stableSlope.result(x).floats, [row.numbers[2]], "slope at \(row.numbers[0])")
      count += 1
    }
    #expect(count > 10)
  }

  @Test func logarithmOfExponentialIsItsArgument() throws {
    let graph = Graph.of([.f64()]) { b, v in b.log(b.exp(v[0])) }
    #expect(try stable(graph).operations.isEmpty)
  }

  @Test func rowsOfExponentials() throws {
    let sum: @Sendable (inout Builder, Value) -> Value = { b, x in
      b.log(b.reduceSum(b.exp(x), axes: [0]))
    }
    let share: @Sendable (inout Builder, Value) -> Value = { b, x in
      b.divide(b.exp(x), b.reduceSum(b.exp(x), axes: [0]))
    }
    let logSum = try stable(Graph.of([.f64(3)]) { b, v in sum(&b, v[0]) })
    let slopes = try stable(
      Graph.of([.f64(3)]) { b, v in
        let y = sum(&b, v[0])
        return b.gradient(of: y, wrt: v[0])
      })
    let shares = try stable(Graph.of([.f64(3)]) { b, v in share(&b, v[0]) })
    let logShares = try stable(
      Graph.of([.f64(3)]) { b, v in
        let y = share(&b, v[0])
        return b.log(y)
      })
    for row in table(StableTable.rows.split(separator: "\n").map { "row \($0)" }) {
      let x = row.numbers[0]
      let tensor = [Tensor(.f64, [3], floats: [x, 0, -x / 2])]
      expectClose(try logSum.result(tensor).floats, [row.numbers[1]], "logsumexp at \(x)")
      for graph in [slopes, shares] {
        expectClose(try graph.result(tensor).floats, Array(row.numbers[2...4]), "at \(x)")
      }
      expectClose(try logShares.result(tensor).floats, Array(row.numbers[5...7]), "at \(x)")
    }
  }

  // MARK: Helpers

  /// The graph as it is compiled, up to its rewriting.
  private func stable(_ graph: Graph) throws -> Graph {
    var counters = Counters()
    let stable = Stabilise.run(graph, counters: &counters)
    try stable.verify()
    return try Differentiate.run(stable).simplified().0
  }

  private func table(_ text: String) -> [(name: String, numbers: [Double])] {
    table(text.split(separator: "\n").map(String.init))
  }

  private func table(_ lines: [String]) -> [(name: String, numbers: [Double])] {
    lines.map { line in
      let words = line.split(separator: " ")
      return (String(words[0]), words.dropFirst().map { Double($0) ?? .nan })
    }
  }

  private func expectClose(_ values: [Double], _ exact: [Double], _ place: String) {
    #expect(values.count == exact.count)
    for (value, exact) in zip(values, exact) {
      let isSame = value == exact || (value.isNaN && exact.isNaN)
      let isNear =
        value.isFinite && exact.isFinite && (value - exact).magnitude <= 4 * DType.f64.ulp(exact)
      #expect(isSame || isNear, "\(place): \(value), not \(exact)")
    }
  }
}
