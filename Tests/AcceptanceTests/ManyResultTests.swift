import Testing

/// More results than have bits and bodies of their own.
struct ManyResultTests {
  @Test(arguments: [62, 63, 64, 65, 130]) func allAreRight(_ count: Int) throws {
    let names = (0..<count).map { "y\($0)" }
    let program = try CompiledText(
      """
      graph many(x: f64[3]) -> (\(names.map { "\($0): f64[3]" }.joined(separator: ", "))) {
        \(names.enumerated().map { "\($1) = \($0) * x" }.joined(separator: "\n  "))
      }
      """)
    let results = try program.run(["x": Matrix(1, 3) { _, j in Double(j + 1) }])
    for (number, name) in names.enumerated() {
      #expect(results[name] == [1, 2, 3].map { Double(number) * $0 })
    }
  }
}
