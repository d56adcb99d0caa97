import Foundation
import Testing

/// Products that do the same with other matrices are the same code, wherever they stand.
@Suite struct SharedCodeTests {
  /// Several products in a loop, and on both sides of a branch; the products of a matrix with itself
  /// there need code of their own.
  static let programs: [(text: String, kinds: Int)] = [
    (
      """
      graph p(a: f64[n, n], b: f64[n, n]) -> (e: f64[n, n]) {
          for i in 0..<10 with s = a {
              c = s @ b
              d = c @ a
              f = d @ a
              s <- f @ b
          }
          e = s
      }

      """, 1
    ),
    (
      """
      graph p(a: f64[n, n], b: f64[n, n]) -> (e: f64[n, n]) {
          e = if a[0, 0] > 0 {
              c = a @ b
              (c @ c) @ (c @ b)
          } else {
              c = b @ a
              (c @ c) @ (c @ b)
          }
      }

      """, 2
    ),
  ]

  @Test(arguments: programs.indices) func productsStandOnce(_ number: Int) throws {
    let one = try Self.multiplyAdds(
      "graph p(a: f64[n, n], b: f64[n, n]) -> (e: f64[n, n]) {\n    e = a @ b\n}\n")
    #expect(one > 0)
    let (text, kinds) = Self.programs[number]
    #expect(try Self.multiplyAdds(text) == kinds * one)
  }

  /// How often the code of a program multiplies and adds vectors.
  private static func multiplyAdds(_ text: String) throws -> Int {
    let scratch = try Scratch()
    let file = try scratch.write(text, to: "p.graph")
    let outcome = try Shell.gradc(
      file, "-O0", "-mcpu=x86-64-v3", "--target=x86_64-linux-gnu", "--emit=llvm-ir", "-o", "-")
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output.components(separatedBy: "call contract <4 x double> @llvm.fmuladd").count
      - 1
  }
}
