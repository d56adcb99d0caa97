import GraphIR
import GraphText
import Support
import Testing

/// Convolutions, pools and norms: their types, their mistakes, and what is checked when they run.
@Suite struct CheckerNetsTests {
  /// The parameters of the graphs around the expressions.
  private static let parameters =
    "x: f64[2, 4, 5, 6], k: f64[3, 4, 2, 2], s: f32[n, c, h, w], r: f32[o, c, p, q], "
    + "v: f64[2, 4, 7], u: f64[3, 4, 2], t: f16[n, 2 * c, h, w], i: i32[1, 1, 4, 4], "
    + "g: f64[4], b: bool[1, 1, 4, 4], z: f64, a: f64[o, c // 2, 1, 1], y: f64[n, c, 3, 3]"

  private static func checked(_ expression: String) -> Checked {
    Checked("graph t(\(parameters)) -> (result) {\nresult = \(expression)\n}\n")
  }

  /// Expressions with their types.
  static let typed: [(String, String)] = [
    ("conv2d(x, k)", "f64[2, 3, 4, 5]"),
    ("conv2d(x, k, stride: 2)", "f64[2, 3, 2, 3]"),
    ("conv2d(x, k, stride: [2, 1], padding: [1, 0])", "f64[2, 3, 3, 5]"),
    ("conv2d(x, k, padding: [[1, 2], [0, 1]], dilation: [1, 3])", "f64[2, 3, 7, 4]"),
    ("conv2d(x, k, padding: [1, [0, 1]], flip: true)", "f64[2, 3, 6, 6]"),
    ("conv2d(x, zeros([6, 2, 1, 1]), groups: 2)", "f64[2, 6, 5, 6]"),
    ("conv2d(x, zeros([0, 4, 2, 2]))", "f64[2, 0, 4, 5]"),
    ("conv2d(s, r)", "f32[n, o, h - p + 1, -q + w + 1]"),
    ("conv2d(s, r, padding: [p // 2, 0])", "f32[n, o, h - p + 2 * (p // 2) + 1, -q + w + 1]"),
    ("conv2d(s, r, stride: 2)", "f32[n, o, -p + ((h + p) // 2) + 1, -q + ((q + w) // 2) + 1]"),
    ("conv2d(y, a, groups: 2)", "f64[n, o, 3, 3]"),
    ("conv2d(t, r, groups: 2)", "f32[n, o, h - p + 1, -q + w + 1]"),
    ("conv2d(i, i)", "i32[1, 1, 1, 1]"),
    ("conv1d(v, u)", "f64[2, 3, 6]"),
    ("conv1d(v, u, padding: 1, stride: [2])", "f64[2, 3, 4]"),
    ("conv1d(v, u, padding: [2, 0], dilation: 2)", "f64[2, 3, 7]"),
    ("conv1d(v, u, padding: [[2, 0]])", "f64[2, 3, 8]"),
    ("max_pool2d(x, [2, 3])", "f64[2, 4, 2, 2]"),
    ("max_pool2d(x, 2, stride: 1, padding: 1)", "f64[2, 4, 6, 7]"),
    ("max_pool2d(i, 2)", "i32[1, 1, 2, 2]"),
    ("avg_pool2d(i, 2)", "f64[1, 1, 2, 2]"),
    ("avg_pool2d(s, [h, w])", "f32[n, c, 1, 1]"),
    ("avg_pool2d(t, [2, 2])", "f16[n, 2 * c, (h // 2), (w // 2)]"),
    ("max_pool2d(s, [p, q], stride: [1, 1])", "f32[n, c, h - p + 1, -q + w + 1]"),
    ("batch_norm(x, g, g, g, g)", "f64[2, 4, 5, 6]"),
    ("batch_norm(s, 1, 0, 0, 1, epsilon: 0)", "f32[n, c, h, w]"),
    ("layer_norm(s, 1, 0)", "f32[n, c, h, w]"),
    ("layer_norm(x, g, g, axis: 1)", "f64[2, 4, 5, 6]"),
    ("layer_norm(v, 1, 0, axis: [1, -1], epsilon: z)", "f64[2, 4, 7]"),
    ("layer_norm(i, 1, 0)", "f64[1, 1, 4, 4]"),
  ]

  @Test(arguments: typed)
  func types(_ expression: String, _ type: String) {
    #expect(Self.checked(expression).type(of: "result") == type)
  }

  /// Expressions with the column and the words of their error.
  static let wrong: [(String, String)] = [
    ("conv2d(x[0], k)", "17: 'conv2d' takes images [n, channels, height, width], not f64[4, 5, 6]"),
    ("conv1d(v, k)", "20: 'conv1d' takes kernels [outputs, channels, length], not f64[3, 4, 2, 2]"),
    ("conv2d(x, k, groups: 3)", "31: 4 channels do not divide into 3 groups"),
    ("conv2d(x, k, groups: 2)", "31: 3 output channels do not divide into 2 groups"),
    (
      "conv2d(x, zeros([2, 4, 1, 1]), groups: 2)",
      "20: 'conv2d' takes a kernel of 2 channels for an image of 4 in 2 groups, not of 4"
    ),
    (
      "conv2d(s, zeros([3, 4, 2, 2]))",
      "20: 'conv2d' takes a kernel of c channels for an image of c, not of 4"
    ),
    ("conv2d(x, k, groups: 0)", "31: the number of groups is positive, not 0"),
    ("conv2d(x, k, groups: c)", "31: the number of groups is an integer literal"),
    (
      "conv2d(x, zeros([3, 4, 6, 2]))",
      "10: 'conv2d': a window over 6 elements does not fit an axis of 5"
    ),
    (
      "conv2d(x, k, dilation: [5, 1])",
      "10: 'conv2d': a window over 6 elements does not fit an axis of 5"
    ),
    (
      "conv2d(s, zeros([1, c, h + 1, 1]))",
      "10: 'conv2d': a window over h + 1 elements does not fit an axis of h"
    ),
    ("conv2d(x, k, padding: -1)", "32: 'padding' is not negative"),
    ("conv2d(x, k, padding: [[0, 1], [1, -2]])", "45: 'padding' is not negative"),
    (
      "conv2d(x, k, padding: [[1], 2])",
      "33: the padding of an axis is a width, or a pair: '[before, behind]'"
    ),
    (
      "conv2d(x, k, padding: [1, 1, 1])",
      "32: 'padding' is one number, or a list of 2: one for each axis of the windows"
    ),
    (
      "conv2d(x, k, padding: 0.5)",
      "32: a size is made of integers and of names of sizes by '+', '-', '*' and '//' with a "
        + "positive integer"
    ),
    ("conv2d(x, k, stride: 0)", "31: 'stride' is positive, not 0"),
    ("conv2d(x, k, stride: [1, -1])", "35: 'stride' is positive, not -1"),
    ("conv2d(x, k, stride: n)", "31: the stride along an axis is an integer literal"),
    ("conv2d(x, k, dilation: 0)", "33: 'dilation' is positive, not 0"),
    ("conv2d(x, k, flip: 1)", "29: 'flip' is 'true' or 'false'"),
    ("conv2d(b, b)", "10: 'conv2d' takes numbers, not 'bool'"),
    ("conv2d(x, k, stride: zz)", "31: unknown name 'zz'; did you mean 'z'? => 'z'"),
    (
      "max_pool2d(v, 2)",
      "21: 'max_pool2d' takes images [n, channels, height, width], not f64[2, 4, 7]"
    ),
    (
      "max_pool2d(x, [6, 2])",
      "10: 'max_pool2d': a window over 6 elements does not fit an axis of 5"
    ),
    ("max_pool2d(x, [0, 2])", "25: a window has at least one element along each axis"),
    ("max_pool2d(x, 2, padding: 2)", "36: a padding of 2 is not narrower than a window of 2"),
    (
      "avg_pool2d(x, [3, 2], padding: [1, [0, 2]])",
      "41: a padding of 2 is not narrower than a window of 2"
    ),
    ("avg_pool2d(x, 2, stride: 0)", "35: 'stride' is positive, not 0"),
    (
      "avg_pool2d(s, [c, 2])",
      "24: the size of this window is not known here: give the distance of windows as 'stride:'"
    ),
    (
      "avg_pool2d(x, [2, 2, 2])",
      "24: 'window' is one number, or a list of 2: one for each axis of the windows"
    ),
    (
      "batch_norm(g, g, g, g, g)",
      "21: 'batch_norm' takes a tensor with its channels along axis 1, not f64[4]"
    ),
    ("batch_norm(x, g, g, g, v)", "33: 'batch_norm' takes [4] here, not f64[2, 4, 7]"),
    ("batch_norm(s, g, 0, 0, 1)", "24: 'batch_norm' takes [c] here, not f64[4]"),
    ("layer_norm(x, g, 0)", "24: 'layer_norm' takes [6] here, not f64[4]"),
    ("layer_norm(x, 1, 0, axis: 4)", "36: axis 4 is out of range for 4 axes"),
    ("layer_norm(x, 1, 0, epsilon: g)", "39: 'epsilon' is a number, not f64[4]"),
    ("layer_norm(z, 1, 0)", "10: 'layer_norm' takes no scalar"),
  ]

  @Test(arguments: wrong)
  func mistakes(_ expression: String, _ error: String) {
    #expect(Self.checked(expression).errors == ["2:" + error])
  }

  /// Calls with sizes that fit, and with sizes that do not.
  static let sized: [(String, [String: Int], Bool)] = [
    ("conv2d(s, r)", ["h": 3, "p": 3], true),
    ("conv2d(s, r)", ["h": 2, "p": 3], false),
    ("conv2d(s, r, stride: 2)", ["h": 2, "p": 3], false),
    ("conv2d(s, r, padding: [1, 0])", ["h": 2, "p": 4], true),
    ("conv2d(s, r, padding: [[1, 0], [0, 0]])", ["h": 2, "p": 4], false),
    ("conv2d(s, r, dilation: 2)", ["h": 2, "p": 2], false),
    ("conv2d(s, r, padding: [p - 2, 0])", ["h": 3, "p": 1], false),
    ("conv2d(y, a, groups: 2)", ["c": 4, "o": 2], true),
    ("conv2d(y, a, groups: 2)", ["c": 3, "o": 2], false),
    ("conv2d(y, a, groups: 2)", ["c": 4, "o": 3], false),
    ("max_pool2d(s, [p, q], stride: 1)", ["h": 3, "p": 2], true),
    ("max_pool2d(s, [p, q], stride: 1)", ["h": 3, "p": 0], false),
    ("max_pool2d(s, [p, q], stride: 1, padding: [1, 0])", ["h": 3, "p": 1], false),
    ("avg_pool2d(s, [h, w])", ["h": 0], false),
  ]

  @Test(arguments: sized)
  func sizesAreCheckedWhenTheyAreKnown(
    _ expression: String, _ sizes: [String: Int], _ fits: Bool
  ) throws {
    let graph = try #require(Self.checked(expression).graph)
    let all = Dictionary(uniqueKeysWithValues: graph.symbols.map { ($0, sizes[$0] ?? 1) })
    #expect(graph.sizeChecks.allSatisfy { $0.specialized(all).outcome == true } == fits)
  }
}

extension SizeCheck {
  /// The check at given sizes.
  fileprivate func specialized(_ sizes: [String: Int]) -> SizeCheck {
    mapDims { $0.substituting(sizes.mapValues { Dim($0) }) }
  }
}
