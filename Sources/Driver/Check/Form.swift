import GraphIR
import Support

/// A derivative that a graph asks for, with its operands by their roles.
struct Form {
  let request: DerivativeRequest
  let primal: Value
  let wrt: [Value]
  let along: [Value]
  let constants: [Value]
  let results: [Value]
  let site: Site

  /// The form that a node is; nil for other nodes.
  init?(_ node: Node) {
    guard case .derivative(let request) = node.attributes else { return nil }
    self.request = request
    primal = node.operands[0]
    var rest = node.operands.dropFirst()
    wrt = Array(rest.prefix(request.wrtCount))
    rest = rest.dropFirst(request.wrtCount)
    along = Array(rest.prefix(request.alongCount))
    constants = Array(rest.dropFirst(request.alongCount))
    results = node.results
    site = node.site
  }

  /// The results that are derivatives, one for each `wrt`; for `jvp` the one for all.
  var derivatives: [Value] {
    request.form == .valueAndGrad ? Array(results.dropFirst()) : results
  }

  /// Whether what is derived is a gradient.
  var isSecondOrder: Bool {
    switch request.form {
    case .hessian, .hvp: true
    case .grad, .valueAndGrad, .vjp, .jvp, .jacobian: false
    }
  }
}
