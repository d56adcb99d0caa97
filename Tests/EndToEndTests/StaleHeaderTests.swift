import Foundation
import Testing

/// A program that was compiled with the header of another signature does not link.
@Suite struct StaleHeaderTests {
  static let model = """
    extern func hat(x: f64[k], s: f64) -> (y: f64[k])

    graph step(x: f64[n, d], y: f64[n], w: f64[d], rate: f64, inout v: f64[4]) -> (loss: f64, r: f64[n]) {
        r = hat(x @ w - y, rate)
        loss = mean(r ** 2)
        v <- 2 * v
    }

    """

  /// The definition that goes with the header of each program.
  private static let program = """
    #include "model.h"
    int hat(int64_t k, const double *x, double s, double *y)
    {
        for (int64_t i = 0; i < k; i++) y[i] = s * x[i];
        return 0;
    }
    int (*volatile functions[])() = {(int (*)())step, (int (*)())step_workspace_size};
    int main(void) { return !functions[0] | !functions[1] | !model_message(0); }

    """

  /// A change of the text, by what is replaced.
  struct Change: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let old: String
    let new: String

    init(_ name: String, _ old: String, _ new: String) {
      testDescription = name
      self.old = old
      self.new = new
    }

    /// The changed text.
    var text: String { StaleHeaderTests.model.replacingOccurrences(of: old, with: new) }
  }

  static let changes = [
    Change("graph renamed", "graph step(", "graph stride("),
    Change("parameter added", "rate: f64,", "rate: f64, more: f64,"),
    Change("parameter removed", "inout v: f64[4]", "u: f64"),
    Change("unused parameter removed", ", inout v: f64[4]", ""),
    Change("parameters of one type swapped", "y: f64[n], w: f64[d]", "w: f64[d], y: f64[n]"),
    Change("scalar moved", "w: f64[d], rate: f64", "rate: f64, w: f64[d]"),
    Change("parameter renamed", "inout v: f64[4]", "inout u: f64[4]"),
    Change("type of elements", "inout v: f64[4]", "inout v: f32[4]"),
    Change("type of the same size", "inout v: f64[4]", "inout v: i64[4]"),
    Change("type of half the size", "y: f64[n]", "y: f32[n]"),
    Change("rank", "inout v: f64[4]", "inout v: f64[4, 1]"),
    Change("scalar to tensor", "inout v: f64[4]", "inout v: f64"),
    Change("fixed size", "inout v: f64[4]", "inout v: f64[5]"),
    Change("size by a new symbol", "inout v: f64[4]", "inout v: f64[m]"),
    Change("size by a shared symbol", "inout v: f64[4]", "inout v: f64[d]"),
    Change("size by a formula", "inout v: f64[4]", "inout v: f64[2 * d]"),
    Change("axes transposed", "x: f64[n, d], y: f64[n], w: f64[d]", "x: f64[d, n], y: f64[d], w: f64[n]"),
    Change("symbols declared", "graph step(", "graph step[d, n]("),
    Change("inout to in", "inout v: f64[4]", "v: f64[4]"),
    Change("in to inout", " y: f64[n],", " inout y: f64[n],"),
    Change("result added", "r: f64[n])", "r: f64[n], more: f64)"),
    Change("result removed", "(loss: f64, r: f64[n])", "(loss: f64)"),
    Change("results swapped", "(loss: f64, r: f64[n])", "(r: f64[n], loss: f64)"),
    Change("result renamed", "loss: f64,", "cost: f64,"),
    Change("type of a result", "loss: f64,", "loss: f32,"),
    Change("shape of a result", "loss: f64,", "loss: f64[1],"),
    Change("extern with another parameter", "s: f64) -> (y", "s: f64, u: f64) -> (y"),
    Change("extern with parameters swapped", "hat(x: f64[k], s: f64)", "hat(s: f64, x: f64[k])"),
    Change("extern with another type", "s: f64) -> (y", "s: f32) -> (y"),
    Change("extern with a result by another name", "-> (y: f64[k])", "-> (z: f64[k])"),
  ]

  /// The text of a change, such that it compiles: what stands in the body follows the signature.
  private static func repaired(_ change: Change) -> String {
    var text = change.text
    func swap(_ old: String, _ new: String) {
      text = text.replacingOccurrences(of: old, with: new)
    }
    let name = change.testDescription
    if !text.contains("inout v") { swap("    v <- 2 * v\n", "") }
    switch name {
    case "parameter renamed": swap("    v <- 2 * v\n", "    u <- 2 * u\n")
    case "in to inout": swap("    v <- 2 * v\n", "    v <- 2 * v\n    y <- y + 1\n")
    case "axes transposed": swap("hat(x @ w - y", "hat(w @ x - y")
      swap("y: f64[d]", "y: f64[n]")
      swap("w: f64[n]", "w: f64[d]")
    case "result added": swap("    loss =", "    more = rate\n    loss =")
    case "result renamed": swap("    loss =", "    cost =")
    case "type of a result": swap("mean(r ** 2)", "f32(mean(r ** 2))")
    case "shape of a result": swap("mean(r ** 2)", "reshape(mean(r ** 2), [1])")
    case "type of half the size": swap("@ w - y", "@ w - f64(y)")
    case "type of elements": swap("inout v: f64[4]", "inout v: f32[4]")
    case "extern with another parameter": swap("- y, rate)", "- y, rate, rate)")
    case "extern with parameters swapped": swap("hat(x @ w - y, rate)", "hat(rate, x @ w - y)")
    case "extern with another type": swap("- y, rate)", "- y, f32(rate))")
    default: break
    }
    return text
  }

  /// A folder with the program, compiled with the header of the model as it is.
  private static func compiledProgram() throws -> Scratch {
    let scratch = try Scratch()
    let file = try scratch.write(model, to: "model.graph")
    let outcome = try Shell.gradc(file, "-o", scratch.path("model.o"))
    try #require(outcome.status == 0, "\(outcome.errors)")
    try scratch.write(program, to: "main.c")
    let compiled = try Shell.run(["gcc", "-c", "main.c"], in: scratch.url)
    try #require(compiled.status == 0, "\(compiled.errors)")
    return scratch
  }

  /// Links the program with the object of another text.
  private static func link(_ text: String, _ options: [String], _ name: String) throws -> Outcome {
    let scratch = try compiledProgram()
    let file = try scratch.write(text, to: name)
    let outcome = try Shell.run(
      [Shell.gradc, file, "--emit=obj", "-o", scratch.path("model.o")] + options)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try Shell.run(["gcc", "-o", "main", "main.o", "model.o", "-lm"], in: scratch.url)
  }

  @Test(arguments: changes)
  func doesNotLink(_ change: Change) throws {
    #expect(change.text != Self.model)
    let outcome = try Self.link(Self.repaired(change), [], "model.graph")
    #expect(outcome.status != 0)
    #expect(outcome.errors.contains("undefined reference to `step__header_and_object_differ_"))
    #expect(outcome.errors.contains("step_workspace_size__header_and_object_differ_"))
  }

  @Test(arguments: ["n", "d"])
  func doesNotLinkWithAFixedSize(_ symbol: String) throws {
    let outcome = try Self.link(Self.model, ["--dim", "\(symbol)=3"], "model.graph")
    #expect(outcome.errors.contains("undefined reference to `step__header_and_object_differ_"))
  }

  @Test func doesNotLinkWithAnotherReal() throws {
    let text = Self.model.replacingOccurrences(of: "inout v: f64", with: "inout v: real")
    #expect(try Self.link(text, [], "model.graph").status == 0)
    #expect(try Self.link(text, ["--real=f32"], "model.graph").status != 0)
  }

  /// What is no part of the signature does not matter.
  @Test(arguments: [
    [], ["-O0"], ["-O1"], ["-O2"], ["-mcpu=x86-64"], ["-mcpu=x86-64-v3"], ["--math=strict"], ["-g"],
    ["--lapack"], ["--blas=cblas"], ["--disable-rule=mul-one"], ["--rewrite-limit=0"],
  ])
  func linksWithOtherOptions(_ options: [String]) throws {
    let outcome = try Self.link(Self.model, options, "model.graph")
    #expect(outcome.status == 0, "\(outcome.errors)")
  }

  @Test(arguments: [
    Change("body", "mean(r ** 2)", "sum(r * r)"),
    Change("more workspace", "mean(r ** 2)", "mean(r ** 2) + sum(inv(transpose(x) @ x))"),
    Change("assertion", "    loss =", "    assert rate > 0, \"positive\"\n    loss ="),
    Change("comments", "graph step(", "# A comment.\n## Words about it.\ngraph step("),
    Change("another graph", "graph step(", "graph other(x: f64) -> (y) { y = x }\ngraph step("),
    Change("blanks", ", rate: f64,", ",\n    rate : f64 ,"),
  ])
  func linksWithAnotherText(_ change: Change) throws {
    #expect(change.text != Self.model)
    for name in ["model.graph", "other.graph"] {
      let outcome = try Self.link(change.text, [], name)
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
  }
}
