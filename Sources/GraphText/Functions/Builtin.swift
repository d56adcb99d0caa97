import GraphIR
import Ops
import Support

/// A function of the language: how it is called, and what a call means.
struct Builtin: Sendable {
  let name: String
  /// The arguments that are always given, without labels.
  let parameters: [String]
  /// The arguments behind them that may be left out.
  let optional: [String]
  /// Whether any number of further ones may follow.
  let takesMore: Bool
  /// The labels that an option may have.
  let options: [String]
  /// The labels that are always given.
  let required: [String]
  /// The values of a call whose arguments have been counted.
  let check: @Sendable (inout GraphChecker, BuiltinCall) -> [Meaning]

  init(
    _ name: String, _ parameters: [String], optional: [String] = [], takesMore: Bool = false,
    options: [String] = [], required: [String] = [],
    check: @escaping @Sendable (inout GraphChecker, BuiltinCall) -> [Meaning]
  ) {
    self.name = name
    self.parameters = parameters
    self.optional = optional
    self.takesMore = takesMore
    self.options = required + options
    self.required = required
    self.check = check
  }

  /// How it is called: `sum(x, axis: …)`.
  var usage: String {
    let labelled = options.map { "\($0): …" }
    let given = parameters + optional + (takesMore ? ["…"] : [])
    return "\(name)(\((given + labelled).joined(separator: ", ")))"
  }

  /// Every function by its name.
  static let all: [String: Builtin] = {
    let families = [
      elementwise, comparisons, reductions, scans, shapes, parts, diagonals, picking, creation,
      products, contractions, linearAlgebra, nets, convolutions, norms, order, random,
      derivatives, intrinsics,
    ]
    return Dictionary(uniqueKeysWithValues: families.joined().map { ($0.name, $0) })
  }()

  /// Names that functions have in other languages.
  static let elsewhere: [String: String] = [
    "arccos": "acos", "arccosh": "acosh", "arcsin": "asin", "arcsinh": "asinh", "arctan": "atan",
    "arctan2": "atan2", "arctanh": "atanh", "ln": "log", "power": "pow", "absolute": "abs",
    "fabs": "abs", "fmax": "maximum", "fmin": "minimum", "matmul": "dot", "sqr": "square",
    "gammaln": "lgamma", "logistic": "sigmoid", "concat": "concatenate", "hstack": "concatenate",
    "swish": "silu", "select": "where", "full_like": "full", "average": "mean", "amax": "max",
    "amin": "min", "product": "prod", "tensor_dot": "tensordot", "gradient": "grad",
    "float32": "f32", "float64": "f64", "int32": "i32", "int64": "i64",
  ]
}

/// A call of a built-in function, its arguments sorted.
struct BuiltinCall {
  var name: Name
  var site: Site
  /// What is given without labels.
  var operands: [Expr] = []
  /// What is given with labels.
  var options: [String: Expr] = [:]

  init(name: Name, site: Site) {
    self.name = name
    self.site = site
  }
}
