import GraphText
import Support
import Testing

/// What the language has and is refused for now: at its place, with its names checked.
@Suite struct CheckerDeferredTests {
  /// Statements with their errors.
  static let deferred: [(String, [String])] = [
    ("v, w = eigh(a)", ["3:8: 'eigh' is not supported yet"]),
    ("v = expm(zz)", ["3:10: unknown name 'zz'", "3:5: 'expm' is not supported yet"]),
    (
      "v = hessian(sum(x), wrt: x, sparse: true)", ["3:37: 'sparse' is not supported yet"]
    ),
    (
      "v = expm(expm(a)) + 1",
      ["3:10: 'expm' is not supported yet", "3:5: 'expm' is not supported yet"]
    ),
  ]

  @Test(arguments: deferred)
  func deferral(_ body: String, _ errors: [String]) {
    #expect(Checked(body: body).errors == errors)
  }
}
