import GraphText
import Support
import Testing

/// What the language has and is refused for now: at its place, with its names checked.
@Suite struct CheckerDeferredTests {
  /// Statements with their errors.
  static let deferred: [(String, [String])] = [
    (
      "v = hessian(sum(x), wrt: x, sparse: true)", ["3:37: 'sparse' is not supported yet"]
    ),
  ]

  @Test(arguments: deferred)
  func deferral(_ body: String, _ errors: [String]) {
    #expect(Checked(body: body).errors == errors)
  }
}
