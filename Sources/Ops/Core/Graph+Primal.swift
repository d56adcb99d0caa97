package import GraphIR

extension Graph {
  /// The numbers of the results that depend on no derivative, of a graph that still asks for them.
  package var primalResults: Set<Int> {
    let derived = derivedResults(parameters.map { _ in false })
    return Set(outputs.indices.filter { !derived[$0] })
  }

  /// For each result, whether it depends on a derivative, given which parameters do.
  private func derivedResults(_ parameters: [Bool]) -> [Bool] {
    var isDerived = [Bool](repeating: false, count: values.count)
    for (parameter, derived) in zip(self.parameters, parameters) {
      isDerived[Int(parameter.value.index)] = derived
    }
    for node in nodes where node.operation != .parameter {
      let operands = node.operands.map { isDerived[Int($0.index)] }
      let results: [Bool]
      if case .loop(let form) = node.attributes, !form.isWhile {
        results = Graph.derivedResults(of: form, node.regions[0], operands)
      } else {
        let derived =
          node.operation == .derivative || operands.contains(true)
          || node.regions.contains { $0.derivedResults([]).contains(true) }
        results = node.results.map { _ in derived }
      }
      for (value, derived) in zip(node.results, results) { isDerived[Int(value.index)] = derived }
    }
    return outputs.map { isDerived[Int($0.value.index)] }
  }

  /// Of a loop: what it carries is derived, if it is so at first or after any turn.
  private static func derivedResults(
    of form: LoopForm, _ body: Graph, _ operands: [Bool]
  ) -> [Bool] {
    let sequences = operands[..<form.sequences]
    var carried = Array(operands[form.carriedOperands])
    let captures = operands[form.captures(of: operands.count)]
    while true {
      let results = body.derivedResults([false] + sequences + carried + captures)
      let next = zip(carried, results).map { $0 || $1 }
      if next == carried { return carried + results[form.carried...] }
      carried = next
    }
  }
}
