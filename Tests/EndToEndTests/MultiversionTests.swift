#if arch(x86_64)
  import Foundation
  import Testing

  /// `--multiversion`: one object with code for several levels of x86-64.
  @Suite struct MultiversionTests {
    /// Functions of which every level rounds otherwise: it has other lanes, or fused products.
    static let model = """
      graph dot(x: f64[n], y: f64[n]) -> (s) { s = sum(x * y) }
      graph waves(x: f32[n]) -> (y, gx) {
          y = sum(sin(x) * cos(x) / (1 + exp(x)))
          gx = grad(y, wrt: x)
      }
      graph product(a: f32[m, k], b: f32[k, l]) -> (c) { c = tanh(a @ b) }
      graph scaled(x: f16[n]) -> (y) { y = x * x + x }
      graph square(x: f64) -> (gx) { gx = grad(x ** 2, wrt: x) }

      """

    /// Those below `x86-64-v3` have the same lanes, and no fused products to tell them apart by.
    static let levels = ["x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"]

    /// A folder with the outputs of gradc for the model, and what gradc has said.
    static func compile(
      _ options: [String], _ text: String = model
    ) throws -> (folder: Scratch, outcome: Outcome) {
      let scratch = try Scratch()
      try scratch.write(text, to: "model.graph")
      let outcome = try Shell.run([Shell.gradc, "model.graph"] + options, in: scratch.url)
      return (scratch, outcome)
    }

    /// A folder with an object for all levels, and one for each level alone.
    static let objects = Result {
      let all = ("all", "--multiversion=\(levels.joined(separator: ","))")
      let each = levels.map { ($0, "-mcpu=\($0)") }
      return try Dictionary(uniqueKeysWithValues: (each + [all]).map { name, option in
        let (folder, outcome) = try compile([option, "-o", "model.o"])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return (name, folder)
      })
    }

    /// The folder with the object of that name.
    private func object(_ name: String) throws -> Scratch {
      try #require(try Self.objects.get()[name])
    }

    /// The lines that the program prints with an object; the header is that of another folder.
    private func results(
      _ source: Scratch, object: String = "model.o", header: Scratch? = nil,
      through runner: [String] = []
    ) throws -> [String] {
      let folder = try Scratch()
      let main = Shell.root.appendingPathComponent("Tests/EndToEndTests/Programs/levels.c").path
      let built = try Shell.run(
        ["gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I",
          (header ?? source).url.path, "-o", "main", main, source.path(object), "-lm"],
        in: folder.url)
      try #require(built.status == 0, "\(built.errors)")
      let outcome = try Shell.run(runner + ["./main"], in: folder.url)
      try #require(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
      return outcome.output.split(separator: "\n").map(String.init)
    }

    /// The level of this machine, from what the operating system says.
    static let own: String = {
      let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
      let line = text.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
      let flags = Set(line.split(separator: " ").map(String.init))
      let needed: [(String, Set<String>)] = [
        ("x86-64-v2", ["cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"]),
        ("x86-64-v3", ["avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"]),
        ("x86-64-v4", ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"]),
      ]
      return needed.prefix { flags.isSuperset(of: $0.1) }.last?.0 ?? "x86-64"
    }()

    /// A machine, by what runs a program on it, and its level.
    struct Machine: CustomTestStringConvertible, Sendable {
      let runner: [String]
      let level: String
      var testDescription: String { runner.last ?? "this machine" }

      /// A machine that an emulator shows.
      static func emulated(_ cpu: String, _ level: String) -> Machine {
        Machine(runner: ["qemu-x86_64", "-cpu", cpu], level: level)
      }
    }

    /// CPUs of each level, and some that lack a part of what makes a level.
    static let machines = [Machine(runner: [], level: own)]
      + (LinkingTests.has("qemu-x86_64")
        ? [
          .emulated("qemu64", "x86-64"), .emulated("Nehalem", "x86-64-v2"),
          .emulated("Haswell", "x86-64-v3"), .emulated("Haswell,-abm", "x86-64-v2"),
          .emulated("Haswell,-movbe", "x86-64-v2"), .emulated("Haswell,-avx2", "x86-64-v2"),
          .emulated("Haswell,-xsave", "x86-64-v2"), .emulated("Haswell,-lahf-lm", "x86-64"),
        ] : [])

    /// What runs is the code of the CPU's level: the results have the bits that an object for this
    /// level alone gives. The programs for single levels are compiled with the header of the other
    /// object, which does not link where a signature has another hash.
    @Test(arguments: machines)
    func theLevelOfTheCPURuns(_ machine: Machine) throws {
      let all = try object("all")
      let chosen = try results(all, through: machine.runner)
      let highest = try #require(Self.levels.firstIndex(of: machine.level))
      for level in Self.levels[...highest] {
        let expected = try results(object(level), header: all, through: machine.runner)
        if level == machine.level {
          #expect(chosen == expected)
        } else if machine.level > "x86-64-v2" {
          #expect(chosen != expected, "nothing tells \(level) from \(machine.level)")
        }
      }
    }

    /// What the CPU does not reach by its level is the lowest one of the list.
    @Test(.enabled(if: LinkingTests.has("qemu-x86_64")))
    func theFirstLevelIsForAllOthers() throws {
      let nehalem = ["qemu-x86_64", "-cpu", "Nehalem"]
      let (both, _) = try Self.compile(["--multiversion=x86-64,x86-64-v3", "-o", "model.o"])
      let low = try object("x86-64")
      #expect(try results(both, through: nehalem) == results(low, through: nehalem))
      let (usual, _) = try Self.compile(["--multiversion", "-o", "model.o"])
      let (named, _) = try Self.compile([
        "--multiversion=x86-64-v2,x86-64-v3,x86-64-v4", "-o", "model.o",
      ])
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: usual.path("model.o")))
          == Data(contentsOf: URL(fileURLWithPath: named.path("model.o"))))
    }

    /// The symbols of an object in the classes of `nm`, sorted.
    private func symbols(_ folder: Scratch, _ option: String) throws -> [String] {
      let outcome = try Shell.run(
        ["nm", option, "--format=just-symbols", "model.o"], in: folder.url)
      try #require(outcome.status == 0, "\(outcome.errors)")
      return outcome.output.split(separator: "\n").map(String.init).sorted()
    }

    @Test func linkersSeeWhatTheyWouldWithout() throws {
      let (all, _) = try Self.compile(["--multiversion", "-o", "model.o"])
      let one = try object("x86-64-v2")
      #expect(try symbols(all, "--defined-only").filter { !$0.contains(".") } != [])
      #expect(
        try symbols(all, "--extern-only").filter { $0.contains("header_and_object") }
          == symbols(one, "--extern-only").filter { $0.contains("header_and_object") })
      let allowed = ["malloc", "free", "memcpy", "memset", "memmove"]
      #expect(try symbols(all, "--undefined-only").filter { !allowed.contains($0) } == [])
      func declarations(_ folder: Scratch) throws -> [Substring] {
        try String(contentsOfFile: folder.path("model.h"), encoding: .utf8).split(separator: "\n")
          .filter { !$0.contains("Compiled for") && !$0.contains(" of stack") }
      }
      #expect(try declarations(all) == declarations(one))
      let header = try String(contentsOfFile: all.path("model.h"), encoding: .utf8)
      #expect(header.contains("CPU x86-64-v2, faster on x86-64-v3, x86-64-v4."))
      // All that it writes to is the word that keeps the level.
      let sizes = try Shell.run(["size", "model.o"], in: all.url).output.split(separator: "\n")
      #expect(try #require(sizes.last).split(separator: "\t").dropFirst().prefix(2).map {
        $0.trimmingCharacters(in: .whitespaces)
      } == ["0", "4"])
      let shared = try Shell.run(
        ["gcc", "-shared", "-Wl,-z,text,-z,defs,-z,noexecstack,--fatal-warnings", "-o",
          "libmodel.so", "model.o", "-lm"], in: all.url)
      #expect(shared.status == 0, "\(shared.errors)")
    }

    @Test func assemblyAndIRHoldAllLevels() throws {
      let (all, outcome) = try Self.compile([
        "--multiversion", "--emit=obj,asm,llvm-ir,header,manifest", "-o", "model.o",
      ])
      try #require(outcome.status == 0, "\(outcome.errors)")
      let assembled = try Shell.run(["gcc", "-c", "model.s", "-o", "assembled.o"], in: all.url)
      try #require(assembled.status == 0, "\(assembled.errors)")
      #expect(try results(all) == results(all, object: "assembled.o"))
      let text = try String(contentsOfFile: all.path("model.ll"), encoding: .utf8)
      for level in Self.levels.dropFirst() {
        #expect(text.contains("\"target-cpu\"=\"\(level)\""), "\(level)")
      }
      let manifest = try String(contentsOfFile: all.path("model.json"), encoding: .utf8)
      let flat = manifest.filter { !$0.isWhitespace }
      #expect(flat.contains(#""levels":["x86-64-v2","x86-64-v3","x86-64-v4"]"#))
    }

    /// A workspace moves between machines: it is large enough for every level.
    @Test func budgetsHoldOnEveryLevel() throws {
      let text = "graph model(a: f32[40, 300], b: f32[300, 170]) -> (c) { c = tanh(a @ b) }\n"
      /// Workspace and stack by the manifest.
      func needs(_ option: String) throws -> (workspace: Int, stack: Int) {
        let options = [option, "--emit=obj,manifest,header", "-o", "model.o"]
        let (folder, _) = try Self.compile(options, text)
        let manifest = try String(contentsOfFile: folder.path("model.json"), encoding: .utf8)
        let size = try #require(manifest.firstMatch(of: /"size": (\d+)/)).1
        let header = try String(contentsOfFile: folder.path("model.h"), encoding: .utf8)
        #expect(header.contains("#define MODEL_WORKSPACE_SIZE \(size)\n"))
        let stack = try #require(manifest.firstMatch(of: /"stack": (\d+)/)).1
        return try (#require(Int(size)), #require(Int(stack)))
      }
      let each = try Self.levels.map { try needs("-mcpu=\($0)") }
      #expect(Set(each.map(\.workspace)).count > 1)
      let all = try needs("--multiversion=\(Self.levels.joined(separator: ","))")
      #expect(all.workspace == each.map(\.workspace).max())
      let options = ["--multiversion", "-o", "model.o"]
      let fits = try Self.compile(options + ["--max-workspace=\(all.workspace)"], text).outcome
      #expect(fits.status == 0, "\(fits.errors)")
      let tight = try Self.compile(options + ["--max-workspace=\(all.workspace - 1)"], text).outcome
      #expect(tight.status == 1 && tight.errors.contains("'model' needs \(all.workspace) bytes"))
      let usual = try needs("--multiversion").stack
      let stack = try Self.compile(options + ["--max-stack=\(usual)"], text).outcome
      #expect(stack.status == 0, "\(stack.errors)")
      let deep = try Self.compile(options + ["--max-stack=\(usual - 1)"], text).outcome
      #expect(deep.status == 1 && deep.errors.contains("takes \(usual) bytes of stack"))
      let code = try Self.compile(options + ["--max-code=64"], text).outcome
      #expect(code.status == 1 && code.errors.contains("bytes of machine code, 64 are allowed"))
    }

    @Test(arguments: [
      (["--multiversion="], "'--multiversion"),
      (["--multiversion=x86-64-v2,"], "does not know ''"),
      (["--multiversion=x86-64-v2,haswell"], "does not know 'haswell'; it knows x86-64, x86-64-v2"),
      (["--multiversion=x86-64-v3,x86-64-v2"], "takes each level once, the lowest first"),
      (["--multiversion=x86-64-v3,x86-64-v3"], "takes each level once, the lowest first"),
      (["--multiversion=x86-64-v3"], "'-mcpu=x86-64-v3' is for one"),
      (["--multiversion", "-mcpu=x86-64-v3"], "'-mcpu' exclude each other"),
      (["--multiversion", "--target=aarch64-linux-gnu"], "not for 'aarch64-linux-gnu'"),
      (["--multiversion", "--target=i686-linux-gnu"], "is for x86-64, not for 'i686-linux-gnu'"),
    ])
    func mistakes(_ options: [String], _ message: String) throws {
      let (folder, outcome) = try Self.compile(options + ["-o", "model.o"])
      #expect(outcome.status == 2)
      #expect(outcome.errors.contains(message), "\(outcome.errors)")
      #expect(folder.names == ["model.graph"])
    }
  }
#endif
