import LoopIR
import Support
import Testing

/// Functions for several levels of CPUs as one.
struct LevelTests {
  /// A function that has bodies for some choices of its result, and a constant.
  private func function(_ choices: [Set<Int>?], constant: Double) -> LoopFunction {
    let bodies = choices.map { choice in
      var body = Body(serves: choice)
      body.buffers = [
        Buffer(name: "table", element: .f64, shape: [Dim(1)], storage: .constant(0), site: .none)
      ]
      return body
    }
    return LoopFunction(
      name: "f", doc: "", site: .none, symbols: [], parameters: [],
      results: [Formal(name: "y", element: .f64, shape: [], site: .none)], requirements: [],
      constants: [ConstantData(element: .f64, elements: .floats([constant]))], bodies: bodies)
  }

  @Test func eachChoiceHasEveryLevel() throws {
    let joined = LoopFunction.join([
      (.v2, function([[0], nil], constant: 1)), (.v4, function([[0], nil], constant: 2)),
      (.v3, function([[0], nil], constant: 1)),
    ])
    try joined.verify()
    #expect(joined.bodies.map(\.level) == [.v4, .v3, .v2, .v4, .v3, .v2])
    #expect(joined.bodies.map(\.serves) == [[0], [0], [0], nil, nil, nil])
    #expect(joined.choices == [0..<3, 3..<6])
    #expect(joined.levels == [.v2, .v3, .v4])
    // Constants that differ stay apart, equal ones are one.
    let used = joined.bodies.map { body in joined.constants[number(of: body)].elements }
    #expect(
      used == [2, 1, 1, 2, 1, 1].map { ConstantData.Elements.floats([$0]) })
    #expect(joined.constants.count == 2)
    #expect(joined.dump().contains("body on x86-64-v4 for y\n"))
  }

  /// The number of the constant of a body.
  private func number(of body: Body) -> Int {
    guard case .constant(let number) = body.buffers[0].storage else { return -1 }
    return number
  }

  /// What one level leaves to its last body is served by a copy of that.
  @Test func choicesThatALevelLacksAreServedByItsLastBody() throws {
    let joined = LoopFunction.join([
      (.v2, function([[0], nil], constant: 1)), (.v3, function([nil], constant: 2)),
    ])
    try joined.verify()
    #expect(joined.bodies.map(\.level) == [.v3, .v2, .v3, .v2])
    #expect(joined.bodies.map(\.serves) == [[0], [0], nil, nil])
    #expect(joined.bodies.map { number(of: $0) } == [0, 1, 0, 1])
  }

  @Test func bodiesForOneCPUAreEachAChoice() throws {
    let plain = function([[0], nil], constant: 1)
    #expect(plain.choices == [0..<1, 1..<2])
    #expect(plain.levels == [])
  }

  @Test func aMissingLevelIsFound() {
    var joined = LoopFunction.join([
      (.v2, function([[0], nil], constant: 1)), (.v3, function([[0], nil], constant: 1)),
    ])
    joined.bodies.remove(at: 1)
    #expect(throws: LoopVerificationError.self) { try joined.verify() }
  }
}
