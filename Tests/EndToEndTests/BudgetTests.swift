import Testing

/// `--max-workspace`, `--max-stack` and `--max-code`.
@Suite struct BudgetTests {
  static let model = """
    graph model(a: f64[40, 40], b: f64[40]) -> (y: f64) {
        c = inv(a + 41 * eye(40))
        y = sum(c @ c @ b)
    }

    """

  /// The status of gradc with some options, and what it says.
  private func compile(_ text: String, _ options: String...) throws -> (Outcome, [String]) {
    let scratch = try Scratch()
    let file = try scratch.write(text, to: "model.graph")
    let outcome = try Shell.run(
      [Shell.gradc, file, "-o", scratch.path("model.o")] + options, in: scratch.url)
    return (outcome, scratch.names)
  }

  @Test func workspace() throws {
    let (refused, files) = try compile(Self.model, "--max-workspace=4K")
    #expect(refused.status == 1)
    #expect(files == ["model.graph"])
    #expect(refused.errors.contains("model.graph:1:7: error: 'model' needs"))
    #expect(refused.errors.contains("bytes of workspace, 4096 are allowed"))
    #expect(refused.errors.contains("model.graph:2:9: note: "))
    #expect(refused.errors.contains("f64[40, 40], takes 12800 bytes"))
    #expect(try compile(Self.model, "--max-workspace=1M").0.status == 0)
  }

  @Test func workspaceOfUnknownSize() throws {
    let text = "graph g(a: f64[n, n]) -> (y) { y = sum(inv(a)) }\n"
    let (refused, _) = try compile(text, "--max-workspace=1G")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("how much workspace 'g' needs depends on 'n'"))
    #expect(refused.errors.contains("'--dim n=100'"))
    #expect(try compile(text, "--max-workspace=1G", "--dim", "n=100").0.status == 0)
    let none = "graph g(a: f64[n]) -> (y) { y = 2 * a }\n"
    #expect(try compile(none, "--max-workspace=0").0.status == 0)
  }

  @Test func stack() throws {
    let text = """
      graph model(a: f64[b, 8, 8]) -> (s) {
          _, s, _ = svd(a)
      }

      """
    let (refused, files) = try compile(text, "--max-stack=64")
    #expect(refused.status == 1)
    #expect(files == ["model.graph"])
    #expect(refused.errors.contains("model.graph:1:7: error: a call of 'model' takes "))
    #expect(refused.errors.contains("bytes of stack, 64 are allowed"))
    #expect(refused.errors.contains("model.graph:2:15: note: "))
    #expect(try compile(text, "--max-stack=1M").0.status == 0)
  }

  @Test func code() throws {
    let (refused, files) = try compile(Self.model, "--max-code=1K", "--emit=header")
    #expect(refused.status == 1)
    #expect(files == ["model.graph"])
    #expect(refused.errors.contains("bytes of machine code, 1024 are allowed"))
    #expect(refused.errors.contains("model.graph:2:9: note: this makes "))
    #expect(try compile(Self.model, "--max-code=1M").0.status == 0)
  }

  @Test(arguments: ["many", "-1", "12Q", "99999999999G"])
  func badNumbers(_ number: String) throws {
    let (refused, _) = try compile(Self.model, "--max-code=\(number)")
    #expect(refused.status == 2)
    #expect(refused.errors.contains("'--max-code' takes a number of bytes, such as 64K"))
  }
}
