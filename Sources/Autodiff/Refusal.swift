import GraphIR
import Support

/// Diagnostics about derivatives that do not exist.
enum Refusal {
  /// The primal does not depend on a `wrt`.
  static func disconnected(
    _ request: Request, wrt: Value, at index: Int, in graph: Graph
  ) -> Diagnostic {
    let primal = graph[request.primal].name.map { "'\($0)'" } ?? "what is differentiated"
    let name =
      graph[wrt].name.map { "'\($0)'" }
      ?? (request.wrt.count == 1 ? "its 'wrt'" : "value \(index + 1) of its 'wrt'")
    var message = "\(primal) does not depend on \(name)"
    if request.constants.contains(wrt) {
      message += ", which 'constant' names"
    } else if !request.constants.isEmpty {
      message += " but through what 'constant' names, if at all"
    }
    message += "; 'disconnected: zero' makes the derivative 0"
    let origin = graph.node(of: wrt).site
    var notes = origin == .none ? [] : [Diagnostic.note("\(name) comes from here", at: origin)]
    if request.constants.isEmpty,
      let end = PathEnd(from: wrt, to: request.primal, in: graph)?.note
    {
      notes.append(end)
    }
    return .error(message, at: request.site, notes: notes)
  }

  /// A node on the way has no derivative.
  static func noDerivative(_ node: Node, _ reason: String, _ request: Request) -> Diagnostic {
    refused(node, "'\(node.title)' has no derivative: \(reason)", request)
  }

  /// A node on the way has no derivative in forward mode.
  static func noForwardMode(_ node: Node, _ reason: String, _ request: Request) -> Diagnostic {
    refused(
      node, "'\(request.form.rawValue)' cannot go through '\(node.title)': \(reason)",
      request)
  }

  /// The only rule of a func is not linear, so that it has no transpose.
  static func notLinear(
    _ node: Node, _ form: CallForm, _ rule: Site, _ request: Request
  ) -> Diagnostic {
    let (given, missing) = form.hasJvp ? ("jvp", "vjp") : ("vjp", "jvp")
    return .error(
      "'\(request.form.rawValue)' needs a '\(missing)' of '\(form.name)': its '\(given)' is not "
        + "known to be linear in what stands behind 'along', and cannot be turned round", at: rule,
      notes: [.note("on the way of this '\(request.form.rawValue)'", at: request.site)])
  }

  /// An error at the node, with a note where the derivative is asked for.
  private static func refused(_ node: Node, _ message: String, _ request: Request) -> Diagnostic {
    if node.site == .none { return .error(message, at: request.site) }
    let note = Diagnostic.note(
      "on the way of this '\(request.form.rawValue)'", at: request.site)
    return .error(message, at: node.site, notes: [note])
  }
}
