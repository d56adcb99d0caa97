import GraphIR
import GraphText
import Ops
import Support
import TestSupport
import Testing

/// What graphs are written as reads back as the same computation.
struct GraphWriterTests {
  /// A case with all results of its operation, whatever their types.
  private static func complete(_ found: OperationCase) -> OperationCase {
    var found = found
    guard let node = found.graph.nodes.last else { return found }
    found.graph.name = "t"
    found.graph.outputs = node.results.map {
      Output(name: "y\($0.index)", value: $0, site: .none)
    }
    return found
  }

  /// The windows of an operation that works on them.
  private static func windows(of sample: Sample) -> [WindowAxis] {
    switch sample.attributes {
    case .windows(let axes): axes
    case .convolution(let convolution): convolution.axes
    default: []
    }
  }

  @Test(arguments: [DType.f64, .f32], [false, true])
  func everyOperationIsSpelled(_ floats: DType, isSymbolic: Bool) throws {
    // What is made behind the writer alone.
    let late: Set<Operation> = [.randomBits, .sumPads]
    for operation in Operation.all where !late.contains(operation) {
      for (index, sample) in operation.samples.enumerated() {
        // The language refuses windows of which none fits.
        if Self.windows(of: sample).contains(where: { $0.count == Dim(0) }) { continue }
        var random = RandomSource(seed: 5)
        guard
          let found = OperationCase(
            operation, sample, floats: floats, isSymbolic: isSymbolic, random: &random
          ).map(Self.complete)
        else { continue }
        for isStrict in [false, true] {
          let text = GraphWriter.text(of: [found.graph], isStrict: isStrict)
          let place: Comment = "\(operation.name), sample \(index):\n\(text)"
          let checked = Checked(text)
          #expect(checked.complaints == [], place)
          let graph = try #require(checked.graph, place)
          #expect(
            graph.outputs.map { graph.type($0.value) }
              == found.graph.outputs.map { found.graph.type($0.value) }, place)
          var before = Evaluator(graph: found.graph, sizes: found.sizes)
          let wanted = try before.run(found.inputs)
          // Another formula for the same function differs by its rounding, at most of f32 where
          // intermediate results are.
          let bound = floats == .f64 ? 1e-13 : 1e-5
          let values = try? checked.run(found.inputs, sizes: found.sizes)
          for (value, tensor) in zip(try #require(values, place), wanted) {
            #expect(value.difference(from: tensor) <= bound, place)
          }
        }
      }
    }
  }

  /// The text of what a text says.
  private static func rewritten(_ text: String) -> String {
    let checked = Checked(text)
    guard checked.errors.isEmpty else { return checked.errors.joined(separator: "\n") }
    return GraphWriter.text(of: checked.file.graphs)
  }

  @Test(arguments: [
    // Names, precedence and weak literals.
    """
    ## A doc comment.
    graph f(
        ## of x
        x: f64[n]) -> (y: f64[n], s: f32) {
        a = -x ** 2 + (x - (1 - x)) * 3
        y = (a + 1) / (a * a) % 2
        s = f32(0.1) * f32(n)
    }
    """,
    // Loops, with what they carry, emit and capture.
    """
    graph f[steps](xs: f64[steps, n], w: f64[n, n]) -> (h: f64[n], hs: f64[steps, n], k: i64) {
        scale = 1 / f64(steps)
        for x in xs, i in 0..<steps with h = full([n], f64(0)), k = i64(0) {
            z = x + w @ h
            assert all(isfinite(z)), "finite"
            h <- scale * tanh(z)
            k <- k + i
            emit hs = h
        }
    }
    """,
    // Checkpoints.
    """
    graph f(x: f64[n]) -> (s: f64) {
        for v in x with s = f64(0) checkpoint 100, 10 { s <- sin(s) * v }
    }
    """,
    // Branches in while loops.
    """
    graph f(x: f64) -> (r: f64) {
        while abs(r ** 2 - x) > 1e-10 with r = x limit 50 {
            r <- if r > 1 {
                0.5 * (r + x / r)
            } else if r > 0.5 {
                r
            } else {
                t1 = x * r
                t1 + t1
            }
        }
    }
    """,
    // Data, indices and several results.
    """
    const table: f64[2, 3] = [[1, -2.5, nan], [inf, -inf, 0]]
    const mask: bool[2] = [true, false]

    graph f(x: f64[5, 4], i: i64[7]) -> (a: f64[7], b: f64[3, 2], c: f64[2, 3], v: f64[5, 2]) {
        a = x[i, 1]
        b = x[1:4, ::-2]
        c = where(expand_dims(mask, axis: 1), table, set_at(table[0], table[1]))
        v, _ = top_k(x, 2)
    }
    """,
    // What is updated, and C functions.
    """
    extern func force(x: f64[n], k: i32) -> (f: f64[n])

    graph f(inout x: f64[m], k: i32) -> (y: f64[m]) {
        y = force(x, k)
        x <- x + y
    }
    """,
  ])
  func isWrittenAsItStands(_ text: String) {
    let first = Self.rewritten(text)
    #expect(Checked(first).complaints == [], "\(first)")
    #expect(Self.rewritten(first) == first)
  }

  @Test func keepsTheOrderOfSizes() {
    let text = """
      graph f[n, m](x: f64[m, n]) -> (y: f64[m, n]) {
          y = 2 * x
      }

      """
    #expect(Self.rewritten(text) == text)
  }

  @Test func takesApartWhatIsTooWide() {
    let sum = Array(repeating: "exp(x + 1) * sin(x)", count: 12).joined(separator: " + ")
    let text = Self.rewritten("graph f(x: f64) -> (y) {\ny = \(sum)\n}\n")
    #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count <= 100 }, "\(text)")
    #expect(Self.rewritten(text) == text)
  }
}
