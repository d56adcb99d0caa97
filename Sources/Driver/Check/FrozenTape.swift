package import GraphIR
import Ops
import Synchronization

/// What `stop_gradient` and its like have given at the point itself, so that differences take it as
/// the constant that derivatives see: recorded in the order of evaluation, then played back.
final class FrozenTape: Sendable {
  /// The tape and the place on it.
  private struct State {
    var isRecording = true
    var tensors: [Tensor] = []
    var next = 0
  }

  private let state = Mutex(State())

  /// Ends the recording, or begins another playback.
  func rewind() {
    state.withLock { state in
      state.isRecording = false
      state.next = 0
    }
  }

  /// The tensor that stood here at the point; fails where the evaluation takes another way.
  fileprivate func pass(_ tensor: Tensor) throws(EvaluationError) -> Tensor {
    let recorded = state.withLock { state -> Tensor? in
      if state.isRecording {
        state.tensors.append(tensor)
        return tensor
      }
      defer { state.next += 1 }
      return state.tensors.indices.contains(state.next) ? state.tensors[state.next] : nil
    }
    guard let recorded, recorded.shape == tensor.shape else {
      throw EvaluationError("another branch or number of turns is taken")
    }
    return recorded
  }
}

extension Operation {
  /// The operation as a function whose true derivative is what the compiler takes for it: a constant
  /// for `stop_gradient(x)`, and `x₀ + k·(x − x₀)` for `grad_scale(x, k)`. Nil for others, which
  /// are such functions.
  func frozen(on tape: FrozenTape) -> Operation? {
    if self == .stopGradient {
      return replacing { context throws(EvaluationError) in [try tape.pass(context.operands[0])] }
    }
    guard self == .gradScale else { return nil }
    return replacing { context throws(EvaluationError) in
      let (x, scale) = (context.operands[0], context.operands[1])
      let start = try tape.pass(x)
      let factors = scale.gathering(
        Broadcasting.indices(of: scale.shape, in: x.shape), shape: x.shape)
      let values = x.floats.indices.map { index in
        start.floats[index] + factors.floats[index] * (x.floats[index] - start.floats[index])
      }
      return [Tensor(x.dtype, x.shape, floats: values)]
    }
  }

  /// The operation with another value.
  package func replacing(
    _ evaluate: @escaping @Sendable (EvaluationContext) throws(EvaluationError) -> [Tensor]
  ) -> Operation {
    Operation(
      name, arity: arity, infer: infer, derivative: derivative, evaluate: evaluate,
      lowering: lowering, samples: samples, notation: notation)
  }
}

extension Graph {
  /// The graph with frozen operations, in its regions too.
  func frozen(on tape: FrozenTape) -> Graph {
    guard hasFrozenOperations else { return self }
    return mappingOperations { $0.operation.frozen(on: tape) }
  }

  /// The graph with other operations of the same kind in place of some, in its regions too.
  package func mappingOperations(_ map: (Node) -> Operation?) -> Graph {
    var result = self
    result.truncate(nodeCount: 0)
    for node in nodes {
      result.append(
        map(node) ?? node.operation, node.operands, node.attributes,
        types: node.results.map { type($0) },
        regions: node.regions.map { $0.mappingOperations(map) }, site: node.site)
      for value in node.results {
        if let name = self[value].name { result.name(value, name) }
      }
    }
    return result
  }

  /// Whether something in it is evaluated otherwise once frozen.
  private var hasFrozenOperations: Bool {
    nodes.contains { node in
      node.operation == .stopGradient || node.operation == .gradScale
        || node.regions.contains(where: \.hasFrozenOperations)
    }
  }
}
