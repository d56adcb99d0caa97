import GraphIR
import Ops
import Support

/// Products of matrices, equations and convolutions.
extension BlockWriter {
  /// `a @ b` where axes are paired so, else `einsum("ij,kj->ik", a, b)`.
  func product(_ node: Node, _ pairs: Contraction) -> Expr {
    let types = node.operands.map { graph.type($0) }
    let (left, right) = (strong(node.operands[0]), strong(node.operands[1]))
    if types[0].dtype == .bool { return intrinsic(node) }
    let ranks = types.map(\.rank)
    if pairs.leftBatch.isEmpty, pairs.leftSummed.isEmpty { return outer(node.operands, ranks) }
    if isMatrixProduct(pairs, ranks) { return .infix(left, .matrixMultiply, right) }
    if pairs.leftBatch.isEmpty, pairs.leftSummed.count == 1, ranks.allSatisfy({ $0 <= 2 }) {
      func turned(_ expr: Expr, _ isTurned: Bool) -> Expr {
        guard isTurned else { return expr }
        // A matrix that is turned twice is itself.
        if case .call(let name, let given) = expr.kind, name.text == "transpose", given.count == 1 {
          return given[0].value
        }
        return .call("transpose", [expr])
      }
      return .infix(
        turned(left, ranks[0] == 2 && pairs.leftSummed == [0]), .matrixMultiply,
        turned(right, ranks[1] == 2 && pairs.rightSummed == [1]))
    }
    guard ranks.reduce(0, +) <= 52 else { return intrinsic(node) }
    return .call("einsum", [.make(.text(labels(pairs, ranks))), left, right])
  }

  /// All products of an element of the one with one of the other: `expand_dims(a, axis: 1) * b`.
  private func outer(_ operands: [Value], _ ranks: [Int]) -> Expr {
    var parts = mixed(operands)
    if ranks[0] > 0, ranks[1] > 0 {
      let axes = Array(ranks[0]..<(ranks[0] + ranks[1]))
      parts[0] = .call("expand_dims", [parts[0]], [axis(axes)])
    }
    return .infix(parts[0], .multiply, parts[1])
  }

  /// Whether `@` pairs these axes.
  private func isMatrixProduct(_ pairs: Contraction, _ ranks: [Int]) -> Bool {
    let batch = Array(pairs.leftBatch.indices)
    guard pairs.leftBatch == batch, pairs.rightBatch == batch,
      pairs.leftSummed == [ranks[0] - 1], pairs.rightSummed == [max(ranks[1] - 2, 0)]
    else { return false }
    if !batch.isEmpty { return ranks == [batch.count + 2, batch.count + 2] }
    return ranks[0] <= 2 && ranks[1] <= 2 || ranks[1] <= 2 && ranks[0] > 2
      || ranks[0] == 1 && ranks[1] > 2
  }

  /// The axes of a contraction by letters: `bij,bjk->bik`.
  private func labels(_ pairs: Contraction, _ ranks: [Int]) -> String {
    var letters = Array("ijklmnopqrstuvwxyzabcdefghIJKLMNOPQRSTUVWXYZABCDEFGH")[...]
    var left = [Character?](repeating: nil, count: ranks[0])
    var right = [Character?](repeating: nil, count: ranks[1])
    for (a, b) in zip(pairs.leftBatch + pairs.leftSummed, pairs.rightBatch + pairs.rightSummed) {
      let letter = letters.removeFirst()
      (left[a], right[b]) = (letter, letter)
    }
    for axis in pairs.leftFree(rank: ranks[0]) { left[axis] = letters.removeFirst() }
    for axis in pairs.rightFree(rank: ranks[1]) { right[axis] = letters.removeFirst() }
    let result =
      pairs.leftBatch.map { left[$0] } + pairs.leftFree(rank: ranks[0]).map { left[$0] }
      + pairs.rightFree(rank: ranks[1]).map { right[$0] }
    func text(_ axes: [Character?]) -> String { String(axes.compactMap { $0 }) }
    return "\(text(left)),\(text(right))->\(text(result))"
  }

  /// `solve(a, b)`, `triangular_solve(l, b, lower: false)`.
  func equations(_ node: Node, _ form: MatrixForm) -> Expr {
    let operands = node.operands.map { strong($0) }
    if node.operation == .solve, form == MatrixForm() { return .call("solve", operands) }
    guard node.operation == .triangularSolve, !form.hasUnitDiagonal, !form.isTransposed else {
      return intrinsic(node)
    }
    let options = form.isLower ? [] : [("lower", Expr.make(.boolean(false)))]
    return .call("triangular_solve", operands, options)
  }

  /// `conv2d(x, k, stride: [2, 2])`.
  func convolution(_ node: Node, _ convolution: Convolution) -> Expr {
    let axes = convolution.axes
    guard node.operation == .convolve, (1...2).contains(axes.count) else { return intrinsic(node) }
    var options: [(String, Expr)] = []
    if axes.contains(where: { $0.stride != 1 }) {
      options.append(("stride", .list(axes.map(\.stride))))
    }
    if axes.contains(where: { $0.dilation != 1 }) {
      options.append(("dilation", .list(axes.map(\.dilation))))
    }
    if convolution.groups != 1 { options.append(("groups", .integer(convolution.groups))) }
    return .call("conv\(axes.count)d", node.operands.map { strong($0) }, options)
  }
}
