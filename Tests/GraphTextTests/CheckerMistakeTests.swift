import GraphText
import Support
import Testing

/// What is said about bodies that can be read and make no sense.
@Suite struct CheckerMistakeTests {
  /// One statement on line 3 with the errors that it gets; columns count in it.
  static let mistakes: [(String, [String])] = [
    // Names.
    ("v = x + zz", ["3:9: unknown name 'zz'"]),
    ("v = x + cc", ["3:9: unknown name 'cc'; did you mean 'c'? => 'c'"]),
    ("v = w + 1; w = 2", ["3:5: 'w' is not given yet here"]),
    ("x = 3", ["3:1: 'x' is given already; a name is given once"]),
    ("n = 3", ["3:1: 'n' is a size already; a name is given once"]),
    ("r = 3", ["3:1: 'r' is given already; a name is given once"]),
    ("v = sine(x)", ["3:5: unknown function 'sine'; did you mean 'sin'? => 'sin'"]),
    ("v = arctan(x)", ["3:5: unknown function 'arctan'; it is written 'atan' here => 'atan'"]),
    ("v = exp", ["3:5: 'exp' is a function: exp(x)"]),
    ("v = t + 1", ["3:5: 't' is a graph, which stands for no value; a 'func' can be called"]),
    ("v = t(x)", ["3:5: 't' is a graph; only a 'func' can be called"]),
    ("v = c(x)", ["3:5: 'c' is a value and cannot be called; a product needs its '*'"]),
    ("v, w = c", ["3:1: 2 names for 1 value"]),
    // Calls.
    ("v = sum()", ["3:5: 'sum' takes 1 argument, not 0: 'sum(x, axis: …, keepdims: …)'"]),
    ("v = atan2(x)", ["3:5: 'atan2' takes 2 arguments, not 1: 'atan2(x, y)'"]),
    (
      "v = transpose(y, [0], 1)",
      ["3:5: 'transpose' takes 1 to 2 arguments, not 3: 'transpose(x, axes)'"]
    ),
    ("v = sum(y, axes: 0)", ["3:12: 'sum' has no option 'axes'; did you mean 'axis'? => 'axis'"]),
    ("v = exp(y, axis: 0)", ["3:12: 'exp' has no option 'axis'; it is written 'exp(x)'"]),
    ("v = sum(y, axis: 0, axis: 1)", ["3:21: 'axis' is given twice"]),
    ("v = sum(y, axis: 2)", ["3:18: axis 2 is out of range for 2 axes"]),
    ("v = sum(y, axis: [0, -2])", ["3:22: axis 0 is given twice"]),
    ("v = sum(y, axis: c)", ["3:18: an axis is an integer literal"]),
    ("v = sum(y, keepdims: 1)", ["3:22: 'keepdims' is 'true' or 'false'"]),
    ("v = expand_dims(y)", ["3:5: 'expand_dims' needs 'axis:': 'expand_dims(x, axis: …)'"]),
    ("v = f32(x, y)", ["3:5: 'f32' converts one value: 'f32(x)'"]),
    ("v = concatenate(x)", ["3:17: the values of 'concatenate' stand in a list: '[a, b]'"]),
    ("v = stack([])", ["3:11: 'stack' takes at least one value"]),
    // Types.
    ("v = i + 3000000000", ["3:9: 3000000000 does not fit in i32"]),
    ("v = u + -1", ["3:9: -1 does not fit in u8"]),
    ("v = y + 1e300", ["3:9: 1e+300 does not fit in f32"]),
    ("v = b - b", ["3:5: '-' takes no 'bool'; write '!=' for what differs"]),
    ("v = -b", ["3:5: '-' takes no 'bool'; write '!' for what is not true"]),
    ("v = !x", ["3:6: '!' takes 'bool', not 'f64'; compare with 0: '!= 0'"]),
    ("v = b && x", ["3:10: '&&' takes 'bool', not 'f64'; compare with 0: '!= 0'"]),
    ("v = where(x, x, x)", ["3:11: the condition of 'where' is 'bool', not 'f64'"]),
    ("v = bit_and(x, 1)", ["3:5: 'bit_and' takes integers or 'bool', not 'f64'"]),
    ("v = i ** -1", ["3:5: an integer to a negative power is an error; write the base as a float"]),
    ("v = 2 ** -1", ["3:5: an integer to a negative power is an error; write the base as a float"]),
    ("v = \"text\"", ["3:5: a text is no value"]),
    ("assert x > 0, \"m\"", ["3:8: a condition is a scalar, it has shape [n]; write 'all(…)'"]),
    ("assert c, \"m\"", ["3:8: a condition is 'bool', not 'f64'"]),
    // Shapes.
    ("v = x + y", ["3:5: shapes [n] and [m, 4] do not fit together: n against 4 along axis 1"]),
    (
      "v = a @ a",
      [
        "3:5: shapes [2, 3] and [2, 3] cannot be multiplied: 3 along axis 1 against 2 along axis 0"
      ]
    ),
    ("v = c @ x", ["3:5: shapes [] and [n] cannot be multiplied: '@' takes no scalars"]),
    (
      "v = [x, 1]",
      ["3:9: the elements of an array have one shape: this one is f64, the first f64[n]"]
    ),
    (
      "v = [[1, 2], [3]]",
      ["3:14: the rows of an array have one shape: this one is 1 element, the first 2 elements"]
    ),
    ("v = reshape(a, [4])", ["3:5: shape [2, 3] of 6 elements cannot become [4] of 4"]),
    ("v = reshape(a, [4, -1])", ["3:20: f64[2, 3] does not divide into parts of 4 elements"]),
    ("v = reshape(a, [-1, -1])", ["3:21: only one size may be -1"]),
    ("v = reshape(a, [-2])", ["3:17: size -2 is negative"]),
    ("v = reshape(x, [m, -1])", ["3:20: n over m is no size: write out what -1 stands for"]),
    (
      "v = zeros([c])",
      [
        "3:12: a size is made of integers and of names of sizes by '+', '-', '*' and '//' with "
          + "a positive integer",
      ]
    ),
    ("v = zeros([-1])", ["3:12: size -1 is negative"]),
    (
      "for e in x with v = c checkpoint 0 { v <- e }",
      ["3:34: 'checkpoint' takes positive integers, the numbers of turns between"]
    ),
    (
      "for e in x with v = c checkpoint n { v <- e }",
      ["3:34: 'checkpoint' takes positive integers, the numbers of turns between"]
    ),
    (
      "for e in x with v = c checkpoint 8, 8 { v <- e }",
      ["3:37: each number of 'checkpoint' is smaller than the one before"]
    ),
    (
      "v = arange(n // m)",
      [
        "3:12: a size is made of integers and of names of sizes by '+', '-', '*' and '//' with "
          + "a positive integer",
      ]
    ),
    (
      "v = zeros([9223372036854775807, 2])",
      ["3:11: this shape has more elements than 64 bits can count"]
    ),
    ("v = transpose(y, [0, 0])", ["3:18: 'transpose' takes each of the 2 axes of f32[m, 4] once"]),
    (
      "v = squeeze(y, axis: 1)",
      ["3:5: axis 1 of [m, 4] has size 4, only an axis of 1 can be squeezed"]
    ),
    (
      "v = pad(x, [1, 1])",
      ["3:12: 'pad' takes a pair of widths for each of the 1 axes of f64[n], not 2"]
    ),
    ("v = pad(x, [1])", ["3:13: the widths of an axis are a pair: '[before, behind]'"]),
    ("v = pad(x, [[-1, 0]])", ["3:14: a width is not negative"]),
    (
      "v = stack([x, a])",
      ["3:15: 'stack' takes values of one shape: this one is f64[2, 3], the first f64[n]"]
    ),
    (
      "v = cross_entropy(a, x)",
      [
        "3:5: 'cross_entropy' takes rows of logits and as many distributions: f64[2, 3] and "
          + "f64[n] do not fit",
      ]
    ),
    ("v = softmax(c)", ["3:5: 'softmax' takes no scalar"]),
    ("v = linspace(x, 1, 3)", ["3:14: the ends of 'linspace' are scalars"]),
    // Indices.
    ("v = a[2]", ["3:7: index 2 is out of range for axis 0 of size 2"]),
    ("v = a[-3]", ["3:7: index -3 is out of range for axis 0 of size 2"]),
    ("v = x[n]", ["3:7: index n is out of range for axis 0 of size n"]),
    ("v = a[0:3]", ["3:9: 3 is outside axis 0 of size 2"]),
    ("v = x[n + 1:]", ["3:7: n + 1 is outside axis 0 of size n"]),
    ("v = a[0, 0, 0]", ["3:6: 3 indices for the 2 axes of f64[2, 3]"]),
    ("v = c[0]", ["3:6: 1 index for the 0 axes of f64"]),
    ("v = a[..., ...]", ["3:6: an index has at most one '...'"]),
    ("v = x[::0]", ["3:9: the step of a slice is an integer literal, not 0"]),
    ("v = x[::n]", ["3:9: the step of a slice is an integer literal, not 0"]),
    ("v = x[1.5]", ["3:7: an index is an integer"]),
    ("v = x[x]", ["3:7: an index is an integer, not 'f64'"]),
    ("v = x[b]", ["3:7: an index is an integer; what a mask picks has no size: write 'where(…)'"]),
    (
      "v = x[c:]",
      [
        "3:7: a size is made of integers and of names of sizes by '+', '-', '*' and '//' with "
          + "a positive integer",
      ]
    ),
    // Updates.
    ("x <- x", ["3:1: 'x' is a parameter; write 'inout x' there to update it"]),
    ("r <- x", ["3:1: 'r' is a value; only 'inout' parameters are updated"]),
    ("n <- 3", ["3:1: 'n' is a size"]),
    ("z <- x", ["3:1: unknown name 'z'; did you mean 's'? => 's'"]),
    ("s <- x", ["3:6: 's' is f64, its new value f64[n]"]),
    ("s <- 1; s <- 2", ["3:9: 's' is updated already"]),
    // Derivatives.
    ("v = grad(x, wrt: x)", ["3:10: the cost must be a scalar, it has shape [n]"]),
    ("v = grad(sum(i), wrt: x)", ["3:10: the cost must be real, it is an integer: i64"]),
    ("v = grad(all(b), wrt: x)", ["3:10: the cost must be real, it is a truth value: bool"]),
    (
      "v = vjp(i, wrt: x, along: i)",
      ["3:9: what is differentiated must be real, it is an integer: i32[3]"]
    ),
    (
      "v = grad(c, wrt: i)",
      ["3:18: derivatives are with respect to floating-point values; 'i' is an integer: i32[3]"]
    ),
    (
      "v = grad(c, wrt: n)",
      ["3:18: derivatives are with respect to floating-point values; 'n' is an integer: i64"]
    ),
    (
      "v = grad(c, wrt: 2 * c)",
      ["3:18: 'wrt' names values of the graph; give this one a name: 'v = …'"]
    ),
    ("v = grad(c, wrt: [])", ["3:18: 'wrt' names at least one value"]),
    (
      "v = grad(c)",
      ["3:5: 'grad' needs 'wrt:': 'grad(cost, wrt: …, constant: …, disconnected: …)'"]
    ),
    ("v = grad(c, wrt: c, disconnected: one)", ["3:35: the only choice is 'disconnected: zero'"]),
    (
      "v = vjp(x, wrt: x, along: c)",
      ["3:27: 'along' has the type of what it matches, f64[n], not f64"]
    ),
    ("v = jvp(x, wrt: [x, c], along: x)", ["3:32: 'along' matches 'wrt': 2 values, not 1"]),
    (
      "v = hvp(c, wrt: c, along: f32(c))",
      ["3:27: 'along' has the type of what it matches, f64, not f32"]
    ),
    (
      "v = grad(c, wrt: [c, x], disconnected: zero)",
      ["3:5: 'grad' gives 2 values here; take them apart: 'a, b = grad(…)'"]
    ),
    ("v = grad(c, wrt: zz)", ["3:18: unknown name 'zz'"]),
  ]

  @Test(arguments: mistakes)
  func mistake(_ body: String, _ errors: [String]) {
    #expect(Checked(body: body).errors == errors)
  }

  @Test func severalMistakesAreToldInOneRun() {
    let checked = Checked(body: "v = zz + 1\nw = v + x + y[0]\nq = sum(x, axes: 1)\ns <- v * w")
    #expect(
      checked.errors == [
        "3:5: unknown name 'zz'",
        "5:12: 'sum' has no option 'axes'; did you mean 'axis'? => 'axis'",
      ])
  }

  @Test func anUnknownNameIsToldOnce() {
    #expect(Checked(body: "v = zz + zz\nw = zz").errors == ["3:5: unknown name 'zz'"])
  }

  @Test func sizesThatDoNotFitSayWhereTheyComeFrom() {
    let checked = Checked(
      "graph t(x: f64[n], y: f64[m, 4]) -> (v) {\nz = 2 * x\nv = y @ z\n}\n")
    #expect(
      checked.complaints == [
        "3:5: shapes [m, 4] and [n] cannot be multiplied: 4 along axis 1 against n along axis 0",
        "  note 1:20: 'y' is f64[m, 4]", "  note 2:1: 'z' is f64[n]",
        "  note 1:16: 'n' is a size of 'x'",
      ])
  }

  @Test func whatIsUnusedOrHidesABuiltInIsAWarning() {
    let checked = Checked(
      "graph t(x: f64, inout k: f64) -> (all) {\nw = x\n_ = x\nmax = 2 * x\nall = max\n}\n")
    #expect(
      checked.complaints == [
        "4:1: warning: 'max' hides the built-in 'max'",
        "5:1: warning: 'all' hides the built-in 'all'",
        "1:23: warning: 'k' is 'inout', but is never updated",
        "2:1: warning: 'w' is never used",
      ])
    #expect(checked.graph != nil)
  }
}
