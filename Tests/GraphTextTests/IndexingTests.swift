import GraphIR
import GraphText
import Support
import Testing

/// Indices that are known when the graph runs, and what is put where they say; NumPy is the judge.
@Suite struct IndexingTests {
  /// Elements that are picked.
  static let picked: [(String, String)] = [
    (
      "x[i]",
      "i64[3, 3, 4]: 12 13 14 15 16 17 18 19 20 21 22 23 0 1 2 3 4 5 6 7 8 9 10 11 12 "
        + "13 14 15 16 17 18 19 20 21 22 23"
    ),
    ("x[:, j]", "i64[2, 3, 4]: 8 9 10 11 0 1 2 3 8 9 10 11 20 21 22 23 12 13 14 15 20 21 22 23"),
    ("x[i, j]", "i64[3, 4]: 20 21 22 23 0 1 2 3 20 21 22 23"),
    ("x[i, :, j]", "i64[3, 3]: 14 18 22 0 4 8 15 19 23"),
    ("x[:, j, 0]", "i64[2, 3]: 8 0 8 20 12 20"),
    ("x[0, :, k]", "i64[2, 2, 3]: 0 4 8 1 5 9 2 6 10 3 7 11"),
    ("x[0, j]", "i64[3, 4]: 8 9 10 11 0 1 2 3 8 9 10 11"),
    ("x[..., k]", "i64[2, 3, 2, 2]: 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23"),
    ("x[:, j, ..., j]", "i64[3, 2]: 10 22 0 12 11 23"),
    ("x[:, j, new, j]", "i64[3, 2, 1]: 10 22 0 12 11 23"),
    (
      "x[new, i, :, new]",
      "i64[1, 3, 3, 1, 4]: 12 13 14 15 16 17 18 19 20 21 22 23 0 1 2 3 4 5 6 7 8 9 10 "
        + "11 12 13 14 15 16 17 18 19 20 21 22 23"
    ),
    ("x[:, new, j, j]", "i64[2, 1, 3]: 10 0 11 22 12 23"),
    ("x[i, 1:, ::2]", "i64[3, 2, 2]: 16 18 20 22 4 6 8 10 16 18 20 22"),
    ("x[::-1, j, -1]", "i64[2, 3]: 23 15 23 11 3 11"),
    ("x[s]", "i64[3, 4]: 12 13 14 15 16 17 18 19 20 21 22 23"),
    ("x[t, s]", "i64[4]: 16 17 18 19"),
    ("x[s, :, t]", "i64[3]: 15 19 23"),
    ("x[s, new, j]", "i64[3, 1, 4]: 20 21 22 23 12 13 14 15 20 21 22 23"),
    ("x[[1, 0]]", "i64[2, 3, 4]: 12 13 14 15 16 17 18 19 20 21 22 23 0 1 2 3 4 5 6 7 8 9 10 11"),
    ("x[:, [[0, -1], [1, 1]], 2]", "i64[2, 2, 2]: 2 10 6 6 14 22 18 18"),
    (
      "x[i][:, j]",
      "i64[3, 3, 4]: 20 21 22 23 12 13 14 15 20 21 22 23 8 9 10 11 0 1 2 3 8 9 10 11 "
        + "20 21 22 23 12 13 14 15 20 21 22 23"
    ),
    ("v[v[1:4]]", "i64[3]: 1 2 3"),
    (
      "x[i[:, new], j]",
      "i64[3, 3, 4]: 20 21 22 23 12 13 14 15 20 21 22 23 8 9 10 11 0 1 2 3 8 9 10 11 "
        + "20 21 22 23 12 13 14 15 20 21 22 23"
    ),
    ("[5, 6, 7][j]", "i64[3]: 7 5 7"),
    ("y[arange(3), j]", "i64[3]: 2 4 11"),
    ("y[i32(i), u8(i)]", "i64[3]: 5 0 5"),
    ("x[:, 1:3, 1:][i, 0, s]", "i64[3]: 18 6 18"),
    ("take(y, i)", "i64[3]: 1 0 1"),
    ("take(y, k, axis: 1)", "i64[3, 2, 2]: 0 1 2 3 4 5 6 7 8 9 10 11"),
    ("take(y, 2, axis: -1)", "i64[3]: 2 6 10"),
    ("take(x, [0, -1], axis: 1)", "i64[2, 2, 4]: 0 1 2 3 8 9 10 11 12 13 14 15 20 21 22 23"),
    ("take_along_axis(y, [[1], [0], [-1]], axis: 1)", "i64[3, 1]: 1 4 11"),
    ("take_along_axis(y, [[1, 0, 2, 1]], axis: 0)", "i64[1, 4]: 4 1 10 7"),
    ("slice(y, [s, 1], size: [2, 3])", "i64[2, 3]: 5 6 7 9 10 11"),
    ("slice(y, [t, -3], size: [1, 2])", "i64[1, 2]: 9 10"),
    ("slice(y, i[1:], size: [2, 2])", "i64[2, 2]: 1 2 5 6"),
    ("slice(v, [i32(s)], size: [0])", "i64[0]: "),
  ]

  /// Values of which a part is replaced or added to.
  static let updated: [(String, String)] = [
    ("set_at(y[1], 7)", "i64[3, 4]: 0 1 2 3 7 7 7 7 8 9 10 11"),
    ("set_at(y[1:, ::2], 7)", "i64[3, 4]: 0 1 2 3 7 5 7 7 7 9 7 11"),
    ("set_at(y[1:3, 2:], k)", "i64[3, 4]: 0 1 2 3 4 5 0 1 8 9 2 3"),
    ("set_at(y[::-1, 1], j)", "i64[3, 4]: 0 -1 2 3 4 0 6 7 8 2 10 11"),
    ("set_at(y[:, ::-2], [7, 8])", "i64[3, 4]: 0 8 2 7 4 8 6 7 8 8 10 7"),
    ("set_at(y[2:0:-1], v[:4])", "i64[3, 4]: 0 1 2 3 0 1 2 3 0 1 2 3"),
    ("set_at(y[j], v[:4])", "i64[3, 4]: 0 1 2 3 4 5 6 7 0 1 2 3"),
    ("set_at(v[i], j)", "i64[6]: 0 -1 2 3 4 5"),
    ("set_at(y[i, j], -1)", "i64[3, 4]: -1 1 2 3 4 5 -1 -1 8 9 10 11"),
    ("set_at(y[1:, j], [[1, 2, 3], [4, 5, 6]])", "i64[3, 4]: 0 1 2 3 2 5 1 3 5 9 4 6"),
    (
      "set_at(x[i, 1:, s], 0)",
      "i64[2, 3, 4]: 0 1 2 3 4 0 6 7 8 0 10 11 12 13 14 15 16 0 18 19 20 0 22 23"
    ),
    (
      "set_at(x[0, :, j], 5)",
      "i64[2, 3, 4]: 5 1 5 5 5 5 5 5 5 9 5 5 12 13 14 15 16 17 18 19 20 21 22 23"
    ),
    (
      "set_at(x[:, s, new, 1:3], k[:, new])",
      "i64[2, 3, 4]: 0 1 2 3 4 0 1 7 8 9 10 11 12 13 14 15 16 2 3 19 20 21 22 23"
    ),
    ("set_at(y[s][1:3], 9)", "i64[3, 4]: 0 1 2 3 4 9 9 7 8 9 10 11"),
    ("set_at(y[...], 3)", "i64[3, 4]: 3 3 3 3 3 3 3 3 3 3 3 3"),
    ("set_at(v[2:2], 3)", "i64[6]: 0 1 2 3 4 5"),
    ("set_at(arange(3)[s], f[2, 1])", "f64[3]: 0.0 4.5 2.0"),
    ("set_at(f[0], y[1])", "f64[3, 4]: 4.0 5.0 6.0 7.0 2.0 2.5 3.0 3.5 4.0 4.5 5.0 5.5"),
    ("add_at(v[i], 1)", "i64[6]: 1 3 2 3 4 5"),
    ("add_at(y[:, j], 1)", "i64[3, 4]: 1 1 3 4 5 5 7 8 9 9 11 12"),
    ("add_at(y[1:, j], i)", "i64[3, 4]: 0 1 2 3 4 5 7 8 8 9 11 12"),
    ("add_at(y[1:], 1)", "i64[3, 4]: 0 1 2 3 5 6 7 8 9 10 11 12"),
    ("add_at(y[::2, 3], [1, 2])", "i64[3, 4]: 0 1 2 4 4 5 6 7 8 9 10 13"),
    ("add_at(v[i][:2], 1)", "i64[6]: 1 2 2 3 4 5"),
    ("add_at(f[i, i], f[1, 0])", "f64[3, 4]: 2.0 0.5 1.0 1.5 2.0 6.5 3.0 3.5 4.0 4.5 5.0 5.5"),
    ("set_at((v > 2)[i], true)", "bool[6]: true true false true true true"),
    ("add_at((v > 2)[1:3], true)", "bool[6]: false true true true true true"),
  ]

  @Test(arguments: picked + updated)
  func value(_ expression: String, _ value: String) {
    #expect(Numbers.value(expression) == value)
  }

  /// Expressions with mistakes, which begin at 2:5.
  static let mistakes: [(String, [String])] = [
    ("y[[0, 3]]", ["2:7: index 3 is out of range for axis 0 of size 3"]),
    ("y[:, [0, -5]]", ["2:10: index -5 is out of range for axis 1 of size 4"]),
    ("y[1.5]", ["2:7: an index is an integer"]),
    ("y[f]", ["2:7: an index is an integer, not 'f64'"]),
    ("y[b]", ["2:7: an index is an integer; what a mask picks has no size: write 'where(…)'"]),
    ("y[i, k]", ["2:6: shapes [3] and [2, 2] do not fit together: 3 against 2 along axis 1"]),
    ("y[i, j, s]", ["2:6: 3 indices for the 2 axes of i64[3, 4]"]),
    ("take(y, [4], axis: 1)", ["2:13: index 4 is out of range for axis 1 of size 4"]),
    ("take(y, f)", ["2:13: an index is an integer, not 'f64'"]),
    ("take(y, i, axis: 2)", ["2:22: axis 2 is out of range for 2 axes"]),
    (
      "take_along_axis(y, i)",
      ["2:24: 'take_along_axis' takes as many axes of places as of elements: 1 are not 2"]
    ),
    (
      "slice(y, [s], size: [2])",
      ["2:5: 'slice' takes a start and a size for each of the 2 axes of i64[3, 4], not 1 and 1"]
    ),
    ("slice(y, [s, 0], size: [4, 1])", ["2:28: 4 elements do not fit in axis 0 of size 3"]),
    (
      "slice(y, [s, 3], size: [2, 2])",
      ["2:18: elements from 3 on, 2 of them, do not fit in axis 1 of size 4"]
    ),
    ("slice(y, [f, 0], size: [2, 2])", ["2:15: a slice starts at an integer, not at f64[3, 4]"]),
    ("set_at(y, 1)", ["2:12: 'set_at' takes what it changes with an index: 'set_at(x[1:3], v)'"]),
    (
      "set_at(y[0], 1.5)",
      ["2:18: what 'set_at' gives has the type of what it changes: f64 does not go into i64[3, 4]"]
    ),
    (
      "add_at(y[i], f)",
      [
        "2:18: what 'add_at' gives has the type of what it changes: f64[3, 4] does not "
          + "go into i64[3, 4]"
      ]
    ),
    (
      "set_at(y[i], k)",
      ["2:18: a value of shape [2, 2] does not fit the shape [3, 4] of what it goes into"]
    ),
    ("set_at(y[5], q)", ["2:18: unknown name 'q'; did you mean 'b'? => 'b'"]),
  ]

  @Test(arguments: mistakes)
  func mistake(_ expression: String, _ errors: [String]) {
    #expect(Numbers.errors(expression) == errors)
  }

  /// Places that only the values show to lie outside.
  @Test(arguments: [
    "x[s + 1]", "x[-s - 2]", "y[:, j + 2]", "take(y, i + 11)", "take(y, -i - 3, axis: 0)",
    "slice(y, [t, 0], size: [2, 1])", "slice(y, [s + 1, 0], size: [2, 1])",
    "slice(y, [t - 3, 0], size: [2, 1])", "set_at(y[j + 1], 0)", "add_at(v[k + 3], 1)",
  ])
  func outside(_ expression: String) {
    #expect(Numbers.value(expression) == "index out of range")
  }

  /// What is weak stays weak; what is changed keeps its type.
  @Test(arguments: [
    ("f32(f)[i]", "f32[3, 4]"), ("ones([3])[i] * f32(s)", "f32[3]"),
    ("set_at(zeros([3])[0], f32(s))", "f32[3]"), ("add_at(f[0], f32(s))", "f64[3, 4]"),
    ("set_at(i32(v)[0], 3)", "i32[6]"), ("w[i]", "f64[3]"), ("set_at(w[1:], 0)", "f64[n]"),
    ("slice(w, [s], size: [2])", "f64[2]"), ("take(w, k)", "f64[2, 2]"),
  ])
  func type(_ expression: String, _ type: String) {
    let text = "graph t[n](\(Numbers.parameters), w: f64[n]) -> (r) {\nr = \(expression)\n}\n"
    #expect(Checked(text).type(of: "r") == type)
  }
}
