import Foundation
import Testing

/// What a user sees at the command line.
struct CommandLineTests {
  static let square = """
    graph square(x: f64) -> (gy) {
        gy = grad(x ** 2, wrt: x)
    }
    """
  static let dlogistic = """
    graph dlogistic(x: f64[m, n]) -> (gs) {
        s = sum(1 / (1 + exp(-x)))
        gs = grad(s, wrt: x)
    }
    """

  @Test func printsTheTutorialsFormulas() throws {
    let scratch = try Scratch()
    let file = try scratch.write(CommandLineTests.square, to: "square.graph")
    let plain = try Shell.gradc("pp", file)
    #expect(plain.output == "gy = ((fill((x ** 2), 1.0) * 2) * (x ** (2 - 1)))\n")
    let optimized = try Shell.gradc("pp", "--optimized", file)
    #expect(optimized.output == "gy = (2.0 * x)\n")
  }

  @Test func runsTheTutorialsGraphs() throws {
    let scratch = try Scratch()
    let square = try scratch.write(CommandLineTests.square, to: "square.graph")
    #expect(try Shell.gradc("run", square, "x=4").output == "gy = 8.0\n")
    #expect(try Shell.gradc("run", square, "x=94.2").output == "gy = 188.4\n")
    let logistic = try scratch.write(CommandLineTests.dlogistic, to: "dlogistic.graph")
    let outcome = try Shell.gradc("run", "--json", logistic, "x=[[0, 1], [-1, -2]]")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let rows = (object as? [String: [[Double]]])?["gs"] ?? []
    let wanted = [[0.25, 0.19661193324148185], [0.19661193324148185, 0.10499358540350662]]
    #expect(rows.count == 2)
    for (row, expected) in zip(rows, wanted) {
      for (value, number) in zip(row, expected) { #expect(abs(value - number) < 1e-15) }
    }
  }

  @Test func runsWithNpyFiles() throws {
    let scratch = try Scratch()
    let file = try scratch.write(CommandLineTests.dlogistic, to: "dlogistic.graph")
    let first = try Shell.gradc(
      "run", file, "x=[[0, 1], [-1, -2]]", "--output", "gs=@" + scratch.path("gs.npy"))
    #expect(first.status == 0, "\(first.errors)")
    let second = try Shell.gradc("run", "--json", file, "x=@" + scratch.path("gs.npy"))
    #expect(second.status == 0, "\(second.errors)")
    #expect(second.output.hasPrefix("{\"gs\": [[0.2461340"))
  }

  @Test func writesObjectAndHeader() throws {
    let scratch = try Scratch()
    let file = try scratch.write(CommandLineTests.square, to: "square.graph")
    let outcome = try Shell.gradc(file, "-o", scratch.path("out.o"))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(scratch.names == ["out.h", "out.o", "square.graph"])
  }

  @Test func writesEveryKind() throws {
    let scratch = try Scratch()
    let file = try scratch.write(CommandLineTests.square, to: "square.graph")
    for kind in ["asm", "llvm-ir", "header", "modulemap", "manifest", "loops"] {
      let outcome = try Shell.gradc(file, "--emit=\(kind)", "-o", "-")
      #expect(outcome.status == 0, "\(kind): \(outcome.errors)")
      #expect(outcome.output.contains("square"), "\(kind)")
    }
    let several = try Shell.gradc(
      file, "--emit=obj,header,manifest,llvm-bc", "-o", scratch.path("s.o"))
    #expect(several.status == 0, "\(several.errors)")
    #expect(scratch.names == ["s.bc", "s.h", "s.json", "s.o", "square.graph"])
  }

  @Test func writesDependencies() throws {
    let scratch = try Scratch()
    try scratch.write("func twice(x) = 2 * x\n", to: "part.graph")
    let file = try scratch.write(
      "import \"part.graph\"\ngraph g(x: f64) -> (y) {\n    y = twice(x)\n}\n", to: "g.graph")
    let outcome = try Shell.gradc(file, "-MD", "-o", scratch.path("g.o"))
    #expect(outcome.status == 0, "\(outcome.errors)")
    let rule = try String(contentsOfFile: scratch.path("g.d"), encoding: .utf8)
    #expect(rule.contains("g.o") && rule.contains("g.graph") && rule.contains("part.graph"))
  }

  @Test func exitCodesTellApartInputAndUsage() throws {
    let scratch = try Scratch()
    let bad = try scratch.write("graph g(x: f64) -> (y) {\n    y = z\n}\n", to: "bad.graph")
    let diagnosed = try Shell.gradc(bad, "-o", scratch.path("bad.o"))
    #expect(diagnosed.status == 1)
    #expect(diagnosed.errors.contains("bad.graph:2:9: error:"))
    #expect(scratch.names == ["bad.graph"])
    #expect(try Shell.gradc(bad, "--no-such-option").status == 2)
    #expect(try Shell.gradc().status == 2)
    #expect(try Shell.gradc(scratch.path("missing.graph")).status == 1)
    #expect(try Shell.gradc("--help").status == 0)
    let version = try Shell.gradc("--version")
    #expect(version.status == 0)
    #expect(version.output.contains("LLVM"))
  }

  @Test func refusesUnknownTargetsAndUnwritableOutputs() throws {
    let scratch = try Scratch()
    let file = try scratch.write(CommandLineTests.square, to: "square.graph")
    #expect(try Shell.gradc(file, "--target=nonsense", "-o", scratch.path("a.o")).status == 1)
    #expect(try Shell.gradc(file, "-mcpu=nonsense", "-o", scratch.path("a.o")).status == 1)
    #expect(try Shell.gradc(file, "-o", scratch.path("no/such/folder.o")).status == 1)
    #expect(try Shell.gradc(file, "-o", scratch.url.path).status == 1)
    #expect(scratch.names == ["square.graph"])
  }

  /// LLVM's other back ends lack much, which is no bug of the compiler's.
  @Test(arguments: [
    "amdgcn", "bpf", "hexagon", "nvptx64", "r600", "s390x", "spirv64", "ve", "xcore", "xtensa",
  ])
  func targetsOfWhichMuchIsMissingAreRefused(_ target: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(CommandLineTests.dlogistic, to: "dlogistic.graph")
    let object = scratch.path("dlogistic.o")
    let outcome = try Shell.gradc(file, "--target=\(target)", "-o", object)
    let isMade = FileManager.default.fileExists(atPath: object)
    if isMade {
      #expect(outcome.status == 0, "\(outcome.errors)")
    } else {
      #expect(outcome.status == 1, "\(outcome.errors)")
      #expect(outcome.errors.contains("error: LLVM refuses this program as object for target"))
      #expect(!outcome.errors.contains("bug"), "\(outcome.errors)")
    }
  }

  @Test func fixesSizes() throws {
    let scratch = try Scratch()
    let file = try scratch.write(CommandLineTests.dlogistic, to: "dlogistic.graph")
    let outcome = try Shell.gradc(
      file, "--dim", "m=2", "--dim", "n=3", "--emit=header", "-o", "-")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(!outcome.output.contains("int64_t m"))
  }

  @Test func showsPassesTimesAndCounts() throws {
    let scratch = try Scratch()
    let file = try scratch.write(CommandLineTests.square, to: "square.graph")
    let outcome = try Shell.gradc(
      file, "--print-after=differentiate", "--stats", "--time-passes", "-o", scratch.path("s.o"))
    #expect(outcome.errors.contains("# after differentiate"))
    #expect(outcome.errors.contains("ms  lower"))
  }

  @Test func runTimeErrorsNameTheLine() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "graph g(x: f64) -> (y) {\n    assert x > 0, \"x must be positive\"\n    y = log(x)\n}\n",
      to: "g.graph")
    let outcome = try Shell.gradc("run", file, "x=-1")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("g.graph:2:12: x must be positive"))
  }
}
