import CodeGen
import LoopIR
import Support
import Testing

/// Object, header, module map and manifest, as C, C++ and Swift programs use them.
struct OutputTests {
  private func make(
    _ functions: [LoopFunction], _ kinds: Set<OutputKind>, name: String = "curve",
    verified: Bool = true, _ configure: (inout CodeGenOptions) -> Void = { _ in }
  ) throws -> [OutputKind: [UInt8]] {
    var options = CodeGenOptions()
    options.verifies = true
    configure(&options)
    if verified { for function in functions { try function.verify() } }
    let generator = try CodeGenerator(
      functions, outputName: name, files: Samples.source.files, options: options)
    var times = PassTimes()
    return try generator.make(kinds, times: &times)
  }

  /// A directory with `curve.o` and `curve.h`.
  private func workplace(
    _ functions: [LoopFunction], _ configure: (inout CodeGenOptions) -> Void = { _ in }
  ) throws -> Workplace {
    let place = try Workplace()
    let outputs = try make(functions, [.object, .header, .moduleMap, .manifest], configure)
    try place.write("curve.o", outputs[.object] ?? [])
    try place.write("curve.h", outputs[.header] ?? [])
    try place.write("module.modulemap", outputs[.moduleMap] ?? [])
    try place.write("curve.json", outputs[.manifest] ?? [])
    return place
  }

  private static let program = """
    #include "curve.h"
    #include <stdio.h>
    #include <string.h>
    #include <stdlib.h>
    static int failures = 0;
    #define CHECK(c) do { if (!(c)) { printf("%d: %s\\n", __LINE__, #c); failures++; } } while (0)
    int main(void) {
      double x[6] = {1, 2, 3, 4, 5, 6}, gs[6], total = 0;
      float w[4] = {1, 2, 3, 4}, loss = 0;
      void *memory = aligned_alloc(64, 128);
      int status;
      CHECK(slope(2, 3, x, gs, &total, NULL, 0) == 0);
      CHECK(gs[5] == 12 && total == 21);
      CHECK(slope(2, 3, x, NULL, NULL, NULL, 0) == 0);
      CHECK(slope_workspace_size(2, 3) == 64);
      CHECK(slope(2, 3, x, gs, NULL, memory, 64) == 0);
      status = slope(2, 3, x, gs, NULL, memory, 63);
      CHECK((status & 0xff) == CURVE_WORKSPACE);
      CHECK(!strcmp(curve_message(status), "curve.graph:2:7: workspace too small or not aligned"));
      status = slope(2, 3, NULL, gs, NULL, memory, 64);
      CHECK((status & 0xff) == CURVE_NULL_POINTER);
      CHECK((slope(-2, 3, x, gs, NULL, NULL, 0) & 0xff) == CURVE_NEGATIVE_SIZE);
      CHECK((slope(INT64_MAX, 3, x, gs, NULL, NULL, 0) & 0xff) == CURVE_OVERFLOW);
      CHECK(slope_workspace_size(INT64_MAX, 3) == SIZE_MAX);
      CHECK(step(0.5f, 1, w, &loss, NULL, 0) == 0);
      CHECK(w[3] == 2 && loss > 1.6487f && loss < 1.6488f);
      CHECK(step(0.5f, 0, w, NULL, NULL, 0) == 0 && w[3] == 2);
      status = step(-1, 1, w, NULL, NULL, 0);
      CHECK((status & 0xff) == CURVE_ASSERTION && w[3] == 2);
      CHECK(!strcmp(curve_message(status), "curve.graph:3:12: rate \\"must\\" be %s"));
      CHECK(step_workspace_size() == STEP_WORKSPACE_SIZE && STEP_WORKSPACE_SIZE == 0);
      free(memory);
      return failures;
    }
    """

  @Test(arguments: [0, 1, 2, 3])
  func programInC(level: Int) throws {
    let place = try workplace([Samples.slope(), Samples.step()]) {
      $0.optimization = .init(rawValue: level) ?? .none
    }
    try place.write("main.c", Self.program)
    let built = try place.run(
      "cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "main.c", "curve.o", "-lm", "-o", "main")
    #expect(built.text == "")
    let run = try place.run("./main")
    #expect(run.text == "" && run.status == 0)
  }

  @Test func positionIndependentAndSanitized() throws {
    let place = try workplace([Samples.slope(), Samples.step()]) {
      $0.sanitizers = [.address]
      $0.debugInfo = true
    }
    try place.write("main.c", Self.program)
    let built = try place.run(
      "gcc", "-fsanitize=address", "-static-libasan", "main.c", "curve.o", "-lm", "-o", "main")
    #expect(built.text == "")
    let run = try place.run("./main")
    #expect(run.text == "" && run.status == 0)
    // Too small an array is found.
    try place.write(
      "small.c",
      """
      #include "curve.h"
      #include <stdlib.h>
      int main(void) {
        double *x = malloc(5 * sizeof *x), total;
        for (int i = 0; i < 5; i++) x[i] = i;
        return slope(2, 3, x, NULL, &total, NULL, 0);
      }
      """)
    _ = try place.run(
      "gcc", "-fsanitize=address", "-static-libasan", "small.c", "curve.o", "-lm", "-o", "small")
    let small = try place.run("./small")
    #expect(small.text.contains("heap-buffer-overflow"))
    #expect(small.text.contains("curve.graph:2"))
  }

  @Test(arguments: ["gcc", "clang"])
  func headerIsCleanCAndCPlusPlus(compiler: String) throws {
    let place = try workplace([Samples.slope(), Samples.step()])
    let other = try make([Samples.slope(name: "other")], [.header], name: "2nd-curve")
    try place.write("2nd-curve.h", other[.header] ?? [])
    try place.write(
      "use.c", "#include \"curve.h\"\n#include \"curve.h\"\n#include \"2nd-curve.h\"\n")
    let languages = [("c", ["c99", "c11", "c17", "c2x"]), ("c++", ["c++98", "c++17", "c++2b"])]
    for (language, standards) in languages {
      for standard in standards {
        let outcome = try place.run(
          compiler, "-x", language, "-std=\(standard)", "-Wall", "-Wextra", "-Wpedantic",
          "-Werror", "-fsyntax-only", "use.c")
        #expect(outcome.text == "", "\(compiler) \(standard)")
      }
    }
  }

  @Test func headerText() throws {
    let outputs = try make([Samples.slope(), Samples.step()], [.header]) { $0.cpu = "x86-64-v3" }
    let header = String(decoding: outputs[.header] ?? [], as: UTF8.self)
    let first = "slope(x: f64[m, n]) -> (gs: f64[m, n], total: f64)"
    #expect(header.contains("/* \(first)"))
    #expect(header.contains("curve.graph:2\n"))
    #expect(header.contains("   Slope of a curve. * / / * ? ?/ \n   Second line.\n   x: where\n"))
    #expect(header.contains("CPU x86-64-v3. Link with -lm."))
    #expect(header.contains("#define STEP_WORKSPACE_SIZE 0\n"))
    #expect(!header.contains("SLOPE_WORKSPACE_SIZE"))
    #expect(!header.contains("some/where"))
    for line in header.split(separator: "\n") { #expect(line.count <= 110) }
  }

  @Test func exportedSymbols() throws {
    let place = try workplace([Samples.slope(), Samples.step()])
    let symbols = try place.run("nm", "-g", "curve.o").text.split(separator: "\n")
    var defined: [String] = []
    var needed: [String] = []
    for line in symbols {
      let parts = line.split(separator: " ")
      let name = String(parts[parts.count - 1])
      if parts.count == 2 { needed.append(name) } else { defined.append(name) }
    }
    let plain = defined.filter { !$0.contains("__") }
    #expect(
      plain.sorted() == [
        "curve_message", "slope", "slope_workspace_size", "step", "step_workspace_size",
      ])
    let hashed = defined.filter { $0.contains("__header_and_object_differ_") }
    #expect(hashed.count == 5 && defined.count == 10)
    #expect(Set(needed).isSubset(of: ["malloc", "free", "memset", "memcpy", "memmove", "expf"]))
    let sections = try place.run("readelf", "-SW", "curve.o").text
    #expect(sections.contains(".note.GNU-stack"))
    let stack = sections.split(separator: "\n").first { $0.contains(".note.GNU-stack") } ?? ""
    #expect(!stack.contains(" AX "))
    // As a shared library: no text relocations.
    let shared = try place.run(
      "gcc", "-shared", "-Wl,-z,text", "-Wl,-z,defs", "curve.o", "-lm", "-o", "curve.so")
    #expect(shared.text == "")
  }

  @Test func aStaleHeaderDoesNotLink() throws {
    let place = try workplace([Samples.slope()])
    try place.write(
      "main.c",
      """
      #include "curve.h"
      int main(void) { return slope(1, 1, 0, 0, 0, 0, 0); }
      """)
    func link() throws -> Workplace.Outcome {
      try place.run("gcc", "main.c", "curve.o", "-lm", "-o", "main")
    }
    #expect(try link().status == 0)
    var named = Samples.slope()
    named.parameters[0].name = "z"
    var reshaped = Samples.slope()
    reshaped.parameters[0].shape = [n, m]
    var resized = Samples.slope()
    resized.symbols = ["n", "m"]
    var written = Samples.slope()
    written.parameters[0].isInout = true
    var results = Samples.slope()
    results.results.reverse()
    for changed in [named, reshaped, resized, written, results, Samples.slope(element: .f32)] {
      let header = try make([changed], [.header], verified: false)[.header] ?? []
      try place.write("curve.h", header)
      let outcome = try link()
      #expect(outcome.status != 0)
      #expect(outcome.text.contains("slope__header_and_object_differ_"))
    }
    // Optimisation, CPU and documentation change nothing.
    var documented = Samples.slope()
    documented.doc = "Other words."
    let header = try make([documented], [.header]) {
      $0.optimization = .none
      $0.cpu = "x86-64-v2"
      $0.debugInfo = true
    }
    try place.write("curve.h", header[.header] ?? [])
    #expect(try link().status == 0)
  }

  @Test func sameBytesTwice() throws {
    let kinds = Set(OutputKind.allCases)
    for debug in [false, true] {
      let first = try make([Samples.slope(), Samples.step()], kinds) { $0.debugInfo = debug }
      let second = try make([Samples.slope(), Samples.step()], kinds) { $0.debugInfo = debug }
      #expect(first.count == kinds.count)
      for kind in kinds { #expect(first[kind] == second[kind], "\(kind)") }
    }
  }

  @Test(arguments: [
    ("aarch64-linux-gnu", "cortex-a72"), ("riscv64-linux-gnu", nil),
    ("wasm32-unknown-unknown", nil), ("x86_64-apple-macosx13", "x86-64"),
    ("thumbv7em-none-eabihf", "cortex-m4"),
    ("x86_64-pc-windows-msvc", "x86-64"), ("armv7-linux-gnueabihf", nil),
  ])
  func otherTargets(triple: String, cpu: String?) throws {
    let outputs = try make(
      [Samples.slope(), Samples.step()], [.object, .assembly, .header, .llvmIR]
    ) {
      $0.triple = triple
      $0.cpu = cpu
    }
    #expect((outputs[.object] ?? []).count > 500)
    let header = String(decoding: outputs[.header] ?? [], as: UTF8.self)
    let prefix = triple.contains("apple") ? "_" : ""
    #expect(header.contains("\"\(prefix)slope__header_and_object_differ_"))
    let assembly = String(decoding: outputs[.assembly] ?? [], as: UTF8.self)
    #expect(assembly.contains("\(prefix)slope__header_and_object_differ_"))
    let ir = String(decoding: outputs[.llvmIR] ?? [], as: UTF8.self)
    #expect(ir.contains("uwtable") == !(triple.contains("wasm") || triple.contains("none")))
  }

  /// The lesser and greater of two numbers, in lanes and across them, for which LLVM has no
  /// instructions everywhere.
  @Test(arguments: ["armv7-linux-gnueabihf", "thumbv7em-none-eabihf"], [DType.f32, .f64])
  func orderOnArm(triple: String, element: DType) throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n], element)
    let y = kernel.output("y", [n], element)
    let function = kernel.function { builder in
      _ = builder.loop("i", n, lanes: 4, carrying: []) { builder, i, _ in
        let value = builder.load(x, [Index(i)])
        let sum = builder.add(value, builder.multiply(value, value))
        let least = builder.binary(.minimum, sum, value)
        let greatest = builder.scalar(ScalarType(element), .acrossLanes(.maximum, least))
        builder.store(builder.binary(.maximum, sum, greatest), to: y, [Index(i)])
        return []
      }
    }
    let outputs = try make([function], [.object]) {
      $0.triple = triple
      $0.cpu = triple.hasPrefix("armv7") ? "cortex-a15" : "cortex-m7"
    }
    #expect((outputs[.object] ?? []).count > 500)
  }

  @Test func webAssemblyNeedsNoRuntimeLibrary() throws {
    let outputs = try make([Samples.slope(), Samples.step()], [.assembly]) {
      $0.triple = "wasm32-unknown-unknown"
    }
    let assembly = String(decoding: outputs[.assembly] ?? [], as: UTF8.self)
    #expect(assembly.contains("\tcall\tmalloc"))
    #expect(!assembly.contains("__multi3"))
  }

  @Test func unknownTargets() throws {
    for configure in [
      { (options: inout CodeGenOptions) in options.triple = "pdp11-unknown-unix" },
      { (options: inout CodeGenOptions) in options.cpu = "sapphirerapid" },
    ] {
      #expect(throws: CodeGenError.self) { try make([Samples.slope()], [.header], configure) }
    }
  }

  @Test func swiftImportsTheModule() throws {
    let place = try workplace([Samples.slope(), Samples.step()])
    try place.write(
      "main.swift",
      """
      import curve
      let x: [Double] = [1, 2, 3, 4, 5, 6]
      var gs = [Double](repeating: 0, count: 6)
      var total = 0.0
      precondition(slope(2, 3, x, &gs, &total, nil, 0) == 0)
      precondition(gs == [2, 4, 6, 8, 10, 12] && total == 21)
      precondition(Int(slope(-1, 3, x, nil, nil, nil, 0)) & 0xFF == Int(CURVE_NEGATIVE_SIZE))
      print(String(cString: curve_message(slope(-1, 3, x, nil, nil, nil, 0))))
      """)
    let built = try place.run("swiftc", "-I", ".", "main.swift", "curve.o", "-o", "main")
    #expect(built.status == 0, "\(built.text)")
    #expect(try place.run("./main").text == "curve.graph:2:7: negative size: m\n")
  }

  @Test func manifestIsJSON() throws {
    let place = try workplace([Samples.slope(), Samples.step()])
    let script = """
      import json
      m = json.load(open("curve.json"))
      f = m["functions"][0]
      assert f["name"] == "slope" and f["symbols"] == ["m", "n"], f
      assert f["parameters"][0]["shape"] == ["m", "n"] and f["parameters"][0]["dtype"] == "f64"
      assert f["arguments"] == ["m", "n", "x", "gs", "total", "workspace", "workspace_size"]
      assert f["workspace"]["size"] is None and m["functions"][1]["workspace"]["size"] == 0
      assert f["hash"] in f["symbol"]
      assert m["libraries"] == ["m"] and m["message"]["name"] == "curve_message"
      assert m["failures"][0] == {
          "code": 1, "constant": "CURVE_NEGATIVE_SIZE", "words": "negative size"}
      s = [s for s in m["statuses"] if s["code"] == 10]
      assert s[0]["message"] == 'curve.graph:3:12: rate "must" be %s' and s[0]["status"] & 255 == 10
      """
    let outcome = try place.run("python3", "-c", script)
    #expect(outcome.text == "" && outcome.status == 0)
  }

  @Test func debuggerFindsLines() throws {
    let place = try workplace([Samples.step()]) {
      $0.debugInfo = true
      $0.optimization = .none
    }
    let lines = try place.run("objdump", "--dwarf=decodedline", "curve.o").text
    #expect(lines.contains("curve.graph"))
    let third = lines.split(separator: "\n").filter {
      $0.contains("curve.graph") && $0.split(separator: " ").dropFirst().first == "3"
    }
    #expect(!third.isEmpty)
  }
}
