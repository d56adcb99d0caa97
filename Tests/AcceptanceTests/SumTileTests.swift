import Support
import Testing

/// Sums of products and of other terms at sizes around those of vectors, tiles, panels and strips,
/// compiled for any sizes and for fixed ones, against sums by the definition. The numbers are small
/// integers, so that sums are exact.
struct SumTileTests {
  /// Rows, steps of the sum, and columns.
  struct Sizes: Sendable {
    var m: Int
    var p: Int
    var q: Int
  }

  /// Each of the sizes goes around what a tile, a panel, a block of panels or rows or a strip holds.
  static let sizes: [Sizes] = {
    let rows = [0, 1, 3, 4, 7, 8, 9, 12, 13, 256, 257].map { Sizes(m: $0, p: 5, q: 50) }
    let steps = [0, 1, 3, 15, 16, 17, 639, 640, 641, 1281].map { Sizes(m: 10, p: $0, q: 9) }
    let columns = [1, 3, 4, 7, 8, 9, 16, 17, 23, 24, 25, 31, 33, 48, 49, 97].map {
      Sizes(m: 9, p: 6, q: $0)
    }
    let blocks = [120, 121, 240, 241].map { Sizes(m: 5, p: 7, q: $0) }
    return rows + steps + columns + blocks + [Sizes(m: 259, p: 643, q: 125)]
  }()

  /// Products with each operand turned either way, with vectors from both sides, distances, and sums
  /// under masks.
  private static func text(_ dtype: DType, _ sizes: Sizes?) -> String {
    let (m, p, q) = sizes.map { ("\($0.m)", "\($0.p)", "\($0.q)") } ?? ("m", "p", "q")
    func type(_ shape: String) -> String { "\(dtype)[\(shape)]" }
    return """
      graph sums(
        a: \(type("\(m), \(p)")), t: \(type("\(p), \(m)")),
        b: \(type("\(p), \(q)")), u: \(type("\(q), \(p)"))
      ) -> (
        ab: \(type("\(m), \(q)")), tb: \(type("\(m), \(q)")), au: \(type("\(m), \(q)")),
        tu: \(type("\(m), \(q)")), turned: \(type("\(q), \(m)")), square: \(type("\(m), \(m)")),
        left: \(type("\(q)")), right: \(type("\(m)")),
        apart: \(type("\(m), \(q)")), less: \(type("\(p), \(q)"))
      ) {
        ab = a @ b
        tb = transpose(t) @ b
        au = a @ transpose(u)
        tu = transpose(t) @ transpose(u)
        turned = transpose(a @ b)
        square = a @ transpose(a)
        left = t[:, 0] @ b
        right = a @ u[0]
        apart = sum((a[:, new] - u) ** 2, axis: 2)
        less = sum(where(a[:, :, new] < u[0][:, new], a[:, :, new] - transpose(u), 0), axis: 0)
      }
      """
  }

  /// Registers of 512, 256 and 128 bits have tiles of their own.
  @Test(arguments: [DType.f64, .f32], [nil, "x86-64-v3", "x86-64-v2"])
  func anySizes(_ dtype: DType, _ cpu: String?) throws {
    let program = try CompiledText(SumTileTests.text(dtype, nil), cpu: SumTileTests.x86(cpu))
    // Every graph needs a column and a row to pick vectors from.
    for sizes in SumTileTests.sizes where sizes.m > 0 && sizes.q > 0 { try check(program, sizes) }
  }

  /// The CPU, where this machine can be one.
  private static func x86(_ cpu: String?) -> String? {
    #if arch(x86_64)
      return cpu
    #else
      return nil
    #endif
  }

  @Test(arguments: sizes.indices) func fixedSizes(_ number: Int) throws {
    // Every fourth is as good as all.
    let sizes = SumTileTests.sizes[number]
    guard number % 4 == 0, sizes.m > 0 else { return }
    try check(try CompiledText(SumTileTests.text(number % 8 == 0 ? .f64 : .f32, sizes)), sizes)
  }

  private func check(_ program: CompiledText, _ sizes: Sizes) throws {
    let a = Matrix(sizes.m, sizes.p) { Double(($0 * 7 + $1 * 3) % 11 - 5) }
    let b = Matrix(sizes.p, sizes.q) { Double(($0 * 5 + $1 * 2) % 13 - 6) }
    let (t, u) = (a.transposed, b.transposed)
    let found = try program.run(["a": a, "t": t, "b": b, "u": u])
    let product = a * b
    let apart = Matrix(sizes.m, sizes.q) { i, j in
      (0..<sizes.p).reduce(0) { $0 + (a[i, $1] - u[j, $1]) * (a[i, $1] - u[j, $1]) }
    }
    let less = Matrix(sizes.p, sizes.q) { k, j in
      (0..<sizes.m).reduce(0) { $0 + (a[$1, k] < u[0, k] ? a[$1, k] - b[k, j] : 0) }
    }
    let expected = [
      "ab": product, "tb": product, "au": product, "tu": product, "turned": product.transposed,
      "square": a * t, "left": Matrix(1, sizes.p) { t[$1, $0] } * b,
      "right": a * Matrix(sizes.p, 1) { u[$1, $0] }, "apart": apart, "less": less,
    ]
    for (name, matrix) in expected {
      #expect(found[name] == matrix.elements, "\(name) at \(sizes)")
    }
  }

  /// The sums of blocks of rows are added to what is carried, whatever form they have.
  @Test(arguments: [1, 63, 64, 65, 200]) func sumsOfBlocks(_ rows: Int) throws {
    let program = try CompiledText(
      """
      graph sums(x: f64[n, d], w: f64[k, d]) -> (loss: f64, g: f64[k, d], s: f64[d]) {
        apart = sum((x[:, new] - w) ** 2, axis: 2)
        near = min(apart, axis: 1)
        loss = sum(near)
        s = near @ x
        g = transpose(apart) @ x
      }
      """)
    let x = Matrix(rows, 11) { Double(($0 * 7 + $1 * 3) % 5 - 2) }
    let w = Matrix(9, 11) { Double(($0 * 5 + $1 * 2) % 7 - 3) }
    let apart = Matrix(rows, 9) { i, j in
      (0..<11).reduce(0) { $0 + (x[i, $1] - w[j, $1]) * (x[i, $1] - w[j, $1]) }
    }
    let near = Matrix(1, rows) { _, i in (0..<9).map { apart[i, $0] }.min() ?? 0 }
    let found = try program.run(["x": x, "w": w])
    #expect(found["loss"] == [near.elements.reduce(0, +)])
    #expect(found["s"] == (near * x).elements)
    #expect(found["g"] == (apart.transposed * x).elements)
  }
}
