import GraphIR
import Ops
import Support

/// A derivative that is asked for, with its operands by their roles.
struct Request {
  var form: DerivativeRequest.Form
  /// What is differentiated.
  var primal: Value
  /// By what: each gives a derivative of its own, as if it stood alone.
  var wrt: [Value]
  /// The directions of forward mode, or the cotangent of `vjp`.
  var along: [Value]
  /// Values that end every path.
  var constants: [Value]
  var zeroWhereDisconnected: Bool
  /// Where the user asks for it.
  var site: Site

  /// The request that a node is, nil for other nodes.
  init?(_ node: Node) {
    guard node.operation == .derivative, case .derivative(let request) = node.attributes else {
      return nil
    }
    form = request.form
    primal = node.operands[0]
    wrt = Array(node.operands[1...request.wrtCount])
    let rest = node.operands.dropFirst(1 + request.wrtCount)
    along = Array(rest.prefix(request.alongCount))
    constants = Array(rest.dropFirst(request.alongCount))
    zeroWhereDisconnected = request.zeroWhereDisconnected
    site = node.site
  }

  /// What a region is asked for: derivatives by some of its parameters.
  init(within form: DerivativeRequest.Form, wrt: [Value], along: [Value], site: Site) {
    self.form = form
    primal = wrt.first ?? Value(0)
    self.wrt = wrt
    self.along = along
    constants = []
    zeroWhereDisconnected = true
    self.site = site
  }

  /// The same request about other values.
  func mapped(_ transform: (Value) -> Value) -> Request {
    var result = self
    result.primal = transform(primal)
    result.wrt = wrt.map(transform)
    result.along = along.map(transform)
    result.constants = constants.map(transform)
    return result
  }
}
