package import GraphIR
import LoopIR
import Support

extension Operation {
  /// Whether an element along the axes is true; of none `false`.
  package static let any: Operation = .reduction(
    "any", of: .booleans, reduction: Reduction(combine: .or) { _ in .bool(false) },
    reference: .integers { $1[0] | $1[1] }, domain: .booleans, derivative: .zero)

  /// Whether all elements along the axes are true; of none `true`.
  package static let every: Operation = .reduction(
    "all", of: .booleans, reduction: Reduction(combine: .and) { _ in .bool(true) },
    reference: .integers { $1[0] & $1[1] }, domain: .booleans, derivative: .zero)
}
