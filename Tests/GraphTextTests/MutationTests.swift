import Support
import Testing

/// What becomes of a good program that loses or doubles a piece.
@Suite struct MutationTests {
  static let sample = """
    import "layers.graph"
    const c: f32[2] = [0.1, -3]
    func dense(x, w: f64[n, m]) {
        z = x @ w ** 2 + c[0]
        return maximum(z, 0), -z
    }
    func short(x) = if x > 0 { x } else if x == 0 { 1 } else { t = x; t * 2 }
    ## Doc.
    graph step[k](
        ## Of x.
        x: f64[n, 2 * d], inout w: f64[d]
    ) -> (loss: f64, hs) {
        a, b = dense(x[1:n:2, ..., new], w)
        loss = sum(a, axis: 0, keepdims: true) / n -
            (1 - b)
        for r in x, t in 0..<k with h = w, s = 0.0 {
            h <- tanh(r + h)
            s <- if s < 1 && !(t >= 2) { s + 1 } else { s }
            emit hs = h
        }
        while s > 1e-3 with s = 1.0 limit 50 { s <- s / 2 }
        assert loss >= 0, "message"
        w <- w - 0.1 * grad(loss, wrt: w)
    }

    """

  @Test func theSampleIsGood() {
    #expect(Parsed(MutationTests.sample).complaints == [])
  }

  @Test func truncation() {
    let bytes = Array(MutationTests.sample.utf8)
    for count in 0..<bytes.count {
      let parsed = Parsed(Array(bytes[..<count]))
      checkInvariants(parsed)
      #expect(parsed.diagnostics.errorCount <= 4, "at \(count): \(parsed.complaints)")
    }
  }

  @Test func deletion() {
    let pieces = pieces(of: MutationTests.sample)
    for index in pieces.indices where !pieces[index].allSatisfy(\.isWhitespace) {
      var rest = pieces
      rest.remove(at: index)
      let parsed = Parsed(rest.joined())
      checkInvariants(parsed)
      #expect(
        parsed.diagnostics.errorCount <= 3,
        "without \(index) \(pieces[index]): \(parsed.complaints)")
    }
  }

  @Test func doubling() {
    let pieces = pieces(of: MutationTests.sample)
    for index in pieces.indices where !pieces[index].allSatisfy(\.isWhitespace) {
      for blank in ["", " "] {
        var more = pieces
        more.insert(pieces[index] + blank, at: index)
        let parsed = Parsed(more.joined())
        checkInvariants(parsed)
        #expect(
          parsed.diagnostics.errorCount <= 3,
          "twice \(index) \(pieces[index]): \(parsed.complaints)")
      }
    }
  }

  @Test func deletionOfLines() {
    let lines = MutationTests.sample.split(separator: "\n", omittingEmptySubsequences: false)
    for index in lines.indices {
      var rest = lines
      rest.remove(at: index)
      let parsed = Parsed(rest.joined(separator: "\n"))
      checkInvariants(parsed)
      #expect(parsed.diagnostics.errorCount <= 4, "without \(lines[index]): \(parsed.complaints)")
    }
  }
}
