package import GraphIR

extension Graph {
  /// What a turn adds to a carried value, in the body of a loop of that form: nil where it does
  /// anything else with it, or looks at it or at the sum.
  ///
  /// - Parameter uses: how many live nodes and roots use each value.
  package func addend(ofCarried slot: Int, _ form: LoopForm, _ uses: [Int32]) -> Value? {
    let entering = parameters[1 + form.sequences + slot].value
    let next = outputs[slot].value
    let sum = node(of: next)
    guard sum.operation == .add, uses[Int(next.index)] == 1, uses[Int(entering.index)] == 1 else {
      return nil
    }
    if sum.operands[0] == entering { return sum.operands[1] }
    return sum.operands[1] == entering ? sum.operands[0] : nil
  }
}
