import GraphIR
import GraphText
import Support
import Testing

/// Functions of shape, running sums, and sums of products over named axes; NumPy is the judge.
@Suite struct CompositionTests {
  /// Elements that are moved, repeated or summed on the way.
  static let shaped: [(String, String)] = [
    ("tile(y, [2, 1])", "i64[6, 4]: 0 1 2 3 4 5 6 7 8 9 10 11 0 1 2 3 4 5 6 7 8 9 10 11"),
    ("tile(v, [2])", "i64[12]: 0 1 2 3 4 5 0 1 2 3 4 5"),
    ("tile(v, 2)", "i64[12]: 0 1 2 3 4 5 0 1 2 3 4 5"),
    ("tile(v, [2, 2])", "i64[2, 12]: 0 1 2 3 4 5 0 1 2 3 4 5 0 1 2 3 4 5 0 1 2 3 4 5"),
    ("tile(y, [2])", "i64[3, 8]: 0 1 2 3 0 1 2 3 4 5 6 7 4 5 6 7 8 9 10 11 8 9 10 11"),
    ("repeat(y, 2, axis: 0)", "i64[6, 4]: 0 1 2 3 0 1 2 3 4 5 6 7 4 5 6 7 8 9 10 11 8 9 10 11"),
    ("repeat(y, 2, axis: -1)", "i64[3, 8]: 0 0 1 1 2 2 3 3 4 4 5 5 6 6 7 7 8 8 9 9 10 10 11 11"),
    ("repeat(k, 3)", "i64[12]: 0 0 0 1 1 1 2 2 2 3 3 3"),
    ("roll(v, 2)", "i64[6]: 4 5 0 1 2 3"),
    ("roll(v, -7)", "i64[6]: 1 2 3 4 5 0"),
    ("roll(y, 1, axis: 1)", "i64[3, 4]: 3 0 1 2 7 4 5 6 11 8 9 10"),
    ("roll(y, 5)", "i64[3, 4]: 7 8 9 10 11 0 1 2 3 4 5 6"),
    ("roll(y, [1, -1], axis: [0, 1])", "i64[3, 4]: 9 10 11 8 1 2 3 0 5 6 7 4"),
    ("roll(v, s)", "i64[6]: 5 0 1 2 3 4"),
    ("roll(arange(n), 7)", "i64[5]: 3 4 0 1 2"),
    ("roll(arange(n), t)", "i64[5]: 1 2 3 4 0"),
    ("tril(m)", "i64[3, 3]: 0 0 0 3 4 0 6 7 8"),
    ("triu(y)", "i64[3, 4]: 0 1 2 3 0 5 6 7 0 0 10 11"),
    ("tril(x)", "i64[2, 3, 4]: 0 0 0 0 4 5 0 0 8 9 10 0 12 0 0 0 16 17 0 0 20 21 22 0"),
    ("diag(v[:3])", "i64[3, 3]: 0 0 0 0 1 0 0 0 2"),
    ("diag(y)", "i64[3]: 0 5 10"),
    ("diagonal(m)", "i64[3]: 0 4 8"),
    ("diagonal(y)", "i64[3]: 0 5 10"),
    ("diagonal(x)", "i64[4, 2]: 0 16 1 17 2 18 3 19"),
    ("trace(m)", "i64: 12"),
    ("trace(x)", "i64[4]: 16 18 20 22"),
    ("trace(u8(m) + 200)", "u64: 612"),
    ("one_hot(j, 4)", "f64[3, 4]: 0.0 0.0 1.0 0.0 1.0 0.0 0.0 0.0 0.0 0.0 0.0 0.0"),
    ("one_hot(k, 2)", "f64[2, 2, 2]: 1.0 0.0 0.0 1.0 0.0 0.0 0.0 0.0"),
    ("cumsum(v)", "i64[6]: 0 1 3 6 10 15"),
    ("cumsum(y)", "i64[12]: 0 1 3 6 10 15 21 28 36 45 55 66"),
    ("cumsum(y, axis: 0)", "i64[3, 4]: 0 1 2 3 4 6 8 10 12 15 18 21"),
    ("cumsum(y, axis: -1)", "i64[3, 4]: 0 1 3 6 4 9 15 22 8 17 27 38"),
    (
      "cumsum(x, axis: 1)",
      "i64[2, 3, 4]: 0 1 2 3 4 6 8 10 12 15 18 21 12 13 14 15 28 30 32 34 48 51 54 57"
    ),
    ("cumsum(v > 2)", "i64[6]: 0 0 0 1 2 3"),
    ("cumsum(f)", "f64[12]: 0.0 0.5 1.5 3.0 5.0 7.5 10.5 14.0 18.0 22.5 27.5 33.0"),
    ("cumsum(3)", "i64[1]: 3"),
    ("cumsum(u8(v) + 250)", "u64[6]: 250 501 753 1006 1260 1515"),
    ("cumprod(v - 7)", "i64[6]: -7 42 -210 840 -2520 5040"),
    (
      "cumprod(f + 1, axis: 1)",
      "f64[3, 4]: 1.0 1.5 3.0 7.5 3.0 10.5 42.0 189.0 5.0 27.5 165.0 1072.5"
    ),
    ("cumsum(v[:0])", "i64[0]: "),
  ]

  /// Sums of products.
  static let contracted: [(String, String)] = [
    ("tensordot(y, y, axes: [[1], [1]])", "i64[3, 3]: 14 38 62 38 126 214 62 214 366"),
    ("tensordot(x, y)", "i64[2]: 506 1298"),
    ("tensordot(x, y, axes: [[2, 1], [1, 0]])", "i64[2]: 506 1298"),
    ("tensordot(f, g, axes: 1)", "f64[3, 2]: 3.5 4.25 9.5 12.25 15.5 20.25"),
    ("tensordot(i, j, axes: 0)", "i64[3, 3]: 2 0 -1 0 0 0 2 0 -1"),
    ("tensordot(i, j, axes: [0, -1])", "i64: 1"),
    (#"einsum("ij,jk->ik", f,g)"#, "f64[3, 2]: 3.5 4.25 9.5 12.25 15.5 20.25"),
    (#"einsum("ij,jk", f,g)"#, "f64[3, 2]: 3.5 4.25 9.5 12.25 15.5 20.25"),
    (#"einsum("ij", f)"#, "f64[3, 4]: 0.0 0.5 1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5 5.0 5.5"),
    (#"einsum("ji", f)"#, "f64[4, 3]: 0.0 2.0 4.0 0.5 2.5 4.5 1.0 3.0 5.0 1.5 3.5 5.5"),
    (#"einsum("ij->ji", f)"#, "f64[4, 3]: 0.0 2.0 4.0 0.5 2.5 4.5 1.0 3.0 5.0 1.5 3.5 5.5"),
    (#"einsum("ij->", f)"#, "f64: 33.0"),
    (#"einsum("ij->j", f)"#, "f64[4]: 6.0 7.5 9.0 10.5"),
    (#"einsum("ii", m)"#, "i64: 12"),
    (#"einsum("ii->i", m)"#, "i64[3]: 0 4 8"),
    (#"einsum("ij,ij->i", f,f)"#, "f64[3]: 3.5 31.5 91.5"),
    (#"einsum("ij,i->ij", f,i)"#, "f64[3, 4]: 0.0 0.5 1.0 1.5 0.0 0.0 0.0 0.0 4.0 4.5 5.0 5.5"),
    (
      #"einsum("ij,k->ikj", f,i)"#,
      "f64[3, 3, 4]: 0.0 0.5 1.0 1.5 0.0 0.0 0.0 0.0 0.0 0.5 1.0 1.5 2.0 2.5 3.0 3.5 "
        + "0.0 0.0 0.0 0.0 2.0 2.5 3.0 3.5 4.0 4.5 5.0 5.5 0.0 0.0 0.0 0.0 4.0 4.5 5.0 "
        + "5.5"
    ),
    (#"einsum("ij,kj->ki", f,y)"#, "f64[3, 3]: 7.0 19.0 31.0 19.0 63.0 107.0 31.0 107.0 183.0"),
    (#"einsum("i,i", i,j)"#, "i64: 1"),
    (#"einsum("i,j", i,j)"#, "i64[3, 3]: 2 0 -1 0 0 0 2 0 -1"),
    (#"einsum("i,i,i->i", i,i,j)"#, "i64[3]: 2 0 -1"),
    (#"einsum("ij,jk,kl->il", f,g,k)"#, "f64[3, 2]: 8.5 16.25 24.5 46.25 40.5 76.25"),
    (
      #"einsum("bij,bjk->bik", x,transpose(x, [0, 2, 1]))"#,
      "i64[2, 3, 3]: 14 38 62 38 126 214 62 214 366 734 950 1166 950 1230 1510 1166 "
        + "1510 1854"
    ),
    (
      #"einsum("kij,nkj->nki", x,x[:, new][:, [0, 0], 0])"#,
      "i64[2, 2, 3]: 14 38 62 86 110 134 86 302 518 734 950 1166"
    ),
    (#"einsum("...j,j->...", x,v[:4])"#, "i64[2, 3]: 14 38 62 86 110 134"),
    (
      #"einsum("...ij->...ji", x)"#,
      "i64[2, 4, 3]: 0 4 8 1 5 9 2 6 10 3 7 11 12 16 20 13 17 21 14 18 22 15 19 23"
    ),
    (#"einsum("i...->...", x)"#, "i64[3, 4]: 12 14 16 18 20 22 24 26 28 30 32 34"),
    (
      #"einsum("...,...", x,y)"#,
      "i64[2, 3, 4]: 0 1 4 9 16 25 36 49 64 81 100 121 0 13 28 45 64 85 108 133 160 "
        + "189 220 253"
    ),
    (
      #"einsum("ij,ij->ij", f,v[:4][new])"#,
      "f64[3, 4]: 0.0 0.5 2.0 4.5 0.0 2.5 6.0 10.5 0.0 4.5 10.0 16.5"
    ),
    (#"einsum("ij,jk->ik", f[:, :1],g)"#, "f64[3, 2]: 0.0 0.0 6.0 8.0 12.0 16.0"),
    (#"einsum("ab,b,c->ac", y,[1, 2, 3, 4],i)"#, "i64[3, 3]: 20 0 20 60 0 60 100 0 100"),
    (#"einsum("B a, a", y,v[:4])"#, "i64[3]: 14 38 62"),
    (#"einsum(",ij->ji", 2,y)"#, "i64[4, 3]: 0 8 16 2 10 18 4 12 20 6 14 22"),
    (#"einsum("iij->j", m[:, :, new] + v[:2])"#, "i64[2]: 12 15"),
    (#"einsum("ij,jk,ik->", f,g,v[:2][new] + i[:, new])"#, "f64: 80.25"),
    (#"einsum("ii,i->i", m,i)"#, "i64[3]: 0 0 8"),
  ]

  @Test(arguments: shaped + contracted)
  func value(_ expression: String, _ value: String) {
    #expect(Numbers.value(expression) == value)
  }

  /// Sums of many factors end, whatever the order in which they are contracted.
  @Test func manyFactors() {
    let spec = Array(repeating: "i", count: 80).joined(separator: ",")
    let factors = Array(repeating: "i", count: 80).joined(separator: ", ")
    #expect(Numbers.value("einsum(\"\(spec)\", \(factors))") == "i64: 2")
  }

  /// Labels for which cross-entropy picks logarithms.
  @Test func crossEntropyOfLabels() {
    let picked = Numbers.value("-mean(log_softmax(f, axis: 1)[arange(3), j])")
    #expect(Numbers.value("cross_entropy(f, j)") == picked)
  }

  /// Values in parts.
  @Test(arguments: [
    ("split(v, 3)", 3, ["i64[2]: 0 1", "i64[2]: 2 3", "i64[2]: 4 5"]),
    ("split(y, 2, axis: 1)", 2, ["i64[3, 2]: 0 1 4 5 8 9", "i64[3, 2]: 2 3 6 7 10 11"]),
    ("split(v, [1, -2])", 3, ["i64[1]: 0", "i64[3]: 1 2 3", "i64[2]: 4 5"]),
    ("split(v, [0, 6])", 3, ["i64[0]: ", "i64[6]: 0 1 2 3 4 5", "i64[0]: "]),
    ("split(arange(n + 1), 2)", 2, ["i64[3]: 0 1 2", "i64[3]: 3 4 5"]),
  ])
  func split(_ expression: String, _ count: Int, _ values: [String]) throws {
    let names = ["a", "b", "c"].prefix(count).joined(separator: ", ")
    let checked = Checked(
      "graph t[n](\(Numbers.parameters)) -> (\(names)) {\n\(names) = \(expression)\n}\n")
    #expect(try checked.run(Numbers.values, sizes: ["n": 5]).map { spelled($0) } == values)
  }

  /// Expressions with mistakes, which begin at 2:5.
  static let mistakes: [(String, [String])] = [
    ("einsum(f, g)", ["2:12: 'einsum' begins with a text such as \"ij,jk->ik\""]),
    (#"einsum("ij,jk->ik", f)"#, [#"2:12: "ij,jk->ik" names the axes of 2 values, not of 1"#]),
    (#"einsum("ijk,jk->i", f, g)"#, [#"2:12: "ijk" names 3 axes of f64[3, 4], which has 2"#]),
    (#"einsum("ij,ik->jk", f, g)"#, ["2:12: 'i' has size 3 and size 4"]),
    (#"einsum("ij->ik", f)"#, ["2:12: 'k' of the result is no axis of a value"]),
    (#"einsum("ij->ii", f)"#, ["2:12: 'i' stands twice in the result"]),
    (#"einsum("i1->i", f)"#, ["2:12: '1' names no axis; axes are letters"]),
    (#"einsum("i..->i", f)"#, [#"2:12: "i.." has dots that are not one '...'"#]),
    (#"einsum("i...->i", f)"#, ["2:12: the result has no '...' for the axes of '...'"]),
    (#"einsum("ij>i", f)"#, [#"2:12: "ij>i" names 4 axes of f64[3, 4], which has 2"#]),
    (#"einsum("ij-i", f)"#, ["2:12: the axes of the result stand behind one '->'"]),
    (
      #"einsum("ij")"#,
      [#"2:5: 'einsum' takes 2 or more arguments, not 1: 'einsum("ij,jk->ik", a, …)'"#]
    ),
    (#"einsum("i->", b)"#, ["2:19: 'einsum' takes numbers, not 'bool'"]),
    (
      "tensordot(f, g)",
      ["2:5: shapes [3, 4] and [4, 2] do not fit together: 3 along axis 0 against 4 along axis 0"]
    ),
    ("tensordot(f, g, axes: [[1], [0, 1]])", ["2:27: 1 and 2 axes do not pair"]),
    (
      "tensordot(f, g, axes: 3)",
      ["2:27: 'tensordot' cannot sum over 3 axes of f64[3, 4] and f64[4, 2]"]
    ),
    ("split(v, 4)", ["2:14: 6 elements do not divide into 4 equal parts"]),
    ("diagonal(v)", ["2:14: 'diagonal' takes matrices, not i64[6]"]),
    ("tril(v)", ["2:10: 'tril' takes matrices, not i64[6]"]),
    ("one_hot(f, 3)", ["2:13: 'one_hot' takes integers, not 'f64'"]),
    ("roll(v, 1.5)", ["2:13: a shift is an integer, not f64"]),
    ("roll(y, [1, 2], axis: 0)", ["2:13: 'roll' takes a shift for each axis"]),
    (
      "cross_entropy(f, i[:2])",
      [
        "2:5: 'cross_entropy' takes a label for each row of logits: i64[2] does not fit "
          + "f64[3, 4]"
      ]
    ),
    ("cross_entropy(f, [0, 1, 4])", ["2:22: index 4 is out of range for axis 1 of size 4"]),
    ("repeat(v, -1)", ["2:15: the count is -1"]),
    ("cumsum(y, axis: 2)", ["2:21: axis 2 is out of range for 2 axes"]),
  ]

  @Test(arguments: mistakes)
  func mistake(_ expression: String, _ errors: [String]) {
    #expect(Numbers.errors(expression) == errors)
  }
}
