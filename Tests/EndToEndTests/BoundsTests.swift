import Foundation
import Testing

/// Objects of the corpus between pages that nobody may touch, and under AddressSanitizer: what they
/// read and write, with and without a workspace, with results left out, at sizes from 0 on.
@Suite struct BoundsTests {
  /// Some programs, or all that the repository has.
  static let programs: [String] = {
    let folder = Shell.root.appendingPathComponent("Tests/AcceptanceTests/Cases")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    let paths = (files?.allObjects as? [URL] ?? []).filter(isToBeTaken)
      .map { $0.path.replacingOccurrences(of: Shell.root.path + "/", with: "") }.sorted()
    if ProcessInfo.processInfo.environment["GRADC_ALL_PROGRAMS"] != nil { return paths }
    return paths.enumerated().filter { $0.offset % 60 == 7 }.map(\.element)
  }()

  /// Whether a file is a program that is to be compiled, not refused.
  private static func isToBeTaken(_ file: URL) -> Bool {
    let expected = file.deletingPathExtension().appendingPathExtension("json")
    let text = try? String(contentsOf: expected, encoding: .utf8)
    return file.pathExtension == "graph" && text?.contains("\"expect_error\"") != true
  }

  @Test(arguments: programs, [false, true])
  func staysInBounds(_ program: String, isSanitized: Bool) throws {
    let scratch = try Scratch()
    let source = Shell.root.appendingPathComponent(program).path
    let options = isSanitized ? ["--sanitize=address"] : []
    let compiled = try Shell.run(
      [Shell.gradc, source, "-o", scratch.path("model.o"), "--emit=obj,header,manifest"] + options)
    #expect(compiled.status == 0, "\(compiled.errors)")
    let json = try Data(contentsOf: URL(fileURLWithPath: scratch.path("model.json")))
    let manifest = try JSONDecoder().decode(Caller.Manifest.self, from: json)
    guard manifest.externals.isEmpty else { return }
    try scratch.write(Caller.text(manifest), to: "main.c")
    let headers = Shell.root.appendingPathComponent("Tests/EndToEndTests/Programs").path
    let flags = isSanitized ? ["-fsanitize=address", "-DADDRESSES"] : []
    let linked = try Shell.run(
      ["gcc", "-std=gnu11", "-I", headers] + flags + ["-o", "main", "main.c", "model.o", "-lm"],
      in: scratch.url)
    #expect(linked.status == 0, "\(linked.errors)")
    let outcome = try Shell.run(["./main"], in: scratch.url)
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors.prefix(2000))")
    #expect(outcome.output.hasSuffix("calls\n"))
  }

  /// The harness sees accesses to the elements around a buffer.
  @Test(arguments: ["x[-1]", "x[n]", "y[-1]", "y[n]", "*(double *)x"])
  func seesAccesses(_ element: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write("graph f(x: f64[n]) -> (y) { y = 2 * x }", to: "model.graph")
    let compiled = try Shell.gradc(
      file, "--emit=obj,header,manifest", "-o", scratch.path("model.o"))
    #expect(compiled.status == 0, "\(compiled.errors)")
    let json = try Data(contentsOf: URL(fileURLWithPath: scratch.path("model.json")))
    let manifest = try JSONDecoder().decode(Caller.Manifest.self, from: json)
    let symbols = manifest.functions[0]
    try scratch.write(
      """
      #include <stddef.h>
      #include <stdint.h>
      size_t size(int64_t n) __asm__("\(symbols.workspace.symbol)");
      size_t size(int64_t n) { return 0; }
      const char *message(int status) __asm__("\(manifest.message.symbol)");
      const char *message(int status) { return ""; }
      int f(int64_t n, const double *x, double *y, void *w, size_t s) __asm__("\(symbols.symbol)");
      int f(int64_t n, const double *x, double *y, void *w, size_t s) {
          if (n > 0 && y) { volatile double v = \(element); \(element) = v + 1; }
          return 0;
      }
      """.replacingOccurrences(of: "x[", with: "((double *)x)["), to: "f.c")
    try scratch.write(Caller.text(manifest), to: "main.c")
    let headers = Shell.root.appendingPathComponent("Tests/EndToEndTests/Programs").path
    let linked = try Shell.run(
      ["gcc", "-std=gnu11", "-I", headers, "-o", "main", "main.c", "f.c", "-lm"], in: scratch.url)
    #expect(linked.status == 0, "\(linked.errors)")
    #expect(try Shell.run(["./main"], in: scratch.url).status == 1)
  }
}

/// The text of a C program that calls all functions of an object in many ways.
enum Caller {
  /// What of a manifest says how to call.
  struct Manifest: Decodable {
    struct Symbol: Decodable { var symbol: String }
    struct External: Decodable {}
    /// A number, or a formula of symbols.
    struct Size: Decodable {
      var text: String

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        text = try (try? container.decode(Int.self)).map(String.init)
          ?? container.decode(String.self)
      }
    }
    struct Formal: Decodable {
      var name: String
      var dtype: String
      var shape: [Size]
      var `inout`: Bool?
      var passedByValue: Bool?
    }
    struct Function: Decodable {
      var name: String
      var symbol: String
      var symbols: [String]
      var parameters: [Formal]
      var results: [Formal]
      var workspace: Symbol
    }
    var functions: [Function]
    var externals: [External]
    var message: Symbol
  }

  /// The sizes of all symbols: few that are different, the least ones, and behind some lanes.
  private static let sizes = ["3 + at % 3", "1", "0", "17", "8"]

  static func text(_ manifest: Manifest) -> String {
    let calls = manifest.functions.map { "    count += call_\($0.name)();\n" }.joined()
    return """
      #include "model.h"
      #include "bounds.h"

      \(manifest.functions.map(function).joined(separator: "\n"))
      int main(void)
      {
          int count = 0;
          signal(SIGSEGV, on_signal); signal(SIGBUS, on_signal); signal(SIGFPE, on_signal);
          signal(SIGILL, on_signal);
      \(calls)    printf("%d calls\\n", count);
          return faults != 0;
      }

      """
  }

  /// A function that calls one of the object's in all ways.
  private static func function(_ function: Manifest.Function) -> String {
    let symbols = function.symbols.enumerated().map { number, name in
      "    int64_t \(name) = sizes_\(function.name)(variant, \(number));\n"
    }
    let inputs = function.parameters.map(input).joined()
    let outputs = function.results.enumerated().map { number, formal in
      let size = "\(count(formal.shape)) * sizeof(\(cType(formal.dtype)))"
      return "    Block b_\(formal.name) = place(\(size), at_end, 1);\n"
        + "    \(cType(formal.dtype)) *r_\(formal.name) = "
        + "omit & (1 << \(number % 30)) ? NULL : (void *)b_\(formal.name).data;\n"
    }.joined()
    let arguments = (function.symbols
      + function.parameters.map { "p_\($0.name)" } + function.results.map { "r_\($0.name)" })
      .joined(separator: ", ")
    let sizeArguments = function.symbols.joined(separator: ", ")
    let comma = arguments.isEmpty ? "" : ", "
    let states = function.parameters.filter { $0.`inout` == true }.map { formal in
      "    if (status && !is_unchanged(&b_\(formal.name))) complain(\"inout changed on error\");\n"
    }.joined()
    let ends = (function.parameters.filter { $0.passedByValue != true } + function.results).map {
      "    discard(&b_\($0.name));\n"
    }.joined()
    return """
      static int64_t sizes_\(function.name)(int variant, int at)
      {
          (void)at;
          switch (variant) {
      \(sizes.enumerated().map { "    case \($0): return \($1);" }.joined(separator: "\n"))
          }
          return 2;
      }

      static void once_\(function.name)(int variant, int at_end, int omit, int own)
      {
      \(symbols.joined())    snprintf(current, sizeof current,
                   "\(function.name), sizes %d, at end %d, omit %d, own %d",
                   variant, at_end, omit, own);
      \(inputs)\(outputs)\
          size_t needed = own ? \(function.name)_workspace_size(\(sizeArguments)) : 0;
          if (needed > (size_t)1 << 30) needed = 0;
          Block workspace = place(needed, at_end, ALIGNMENT);
          int status = \(function.name)(\(arguments)\(comma)needed ? workspace.data : NULL, needed);
          (void)status;
      \(states)    discard(&workspace);
      \(ends)}

      static int call_\(function.name)(void)
      {
          int count = 0;
          for (int variant = 0; variant < \(function.symbols.isEmpty ? 1 : sizes.count); variant++)
              for (int at_end = 0; at_end < 2; at_end++)
                  for (int omit = 0; omit < 3; omit++)
                      for (int own = 0; own < 2; own++, count++)
                          once_\(function.name)(variant, at_end,
                              omit == 2 ? 0x2AAAAAAA : omit ? -1 : 0, own);
          return count;
      }

      """
  }

  /// The statements that make a parameter.
  private static func input(_ formal: Manifest.Formal) -> String {
    let type = cType(formal.dtype)
    if formal.passedByValue == true {
      let name = "p_\(formal.name)"
      return "    \(type) \(name); FILL_\(fill(formal.dtype))(\(type), &\(name), 1);\n"
    }
    let block = "b_\(formal.name)"
    return """
          Block \(block) = place(\(count(formal.shape)) * sizeof(\(type)), at_end, 1);
          FILL_\(fill(formal.dtype))(\(type), \(block).data, \(count(formal.shape)));
          save(&\(block)); \(formal.`inout` == true ? "" : "protect(&\(block));")
          \(type) *p_\(formal.name) = (void *)\(block).data;

      """
  }

  /// The number of elements of a shape as a C expression, 0 where a size is negative.
  private static func count(_ shape: [Manifest.Size]) -> String {
    let sizes = shape.map { dim -> String in
      let size = dim.text.replacingOccurrences(of: "//", with: "/")
      return "((\(size)) < 0 ? 0 : (\(size)))"
    }
    return "(size_t)(\(sizes.isEmpty ? "1" : sizes.joined(separator: " * ")))"
  }

  private static func cType(_ dtype: String) -> String {
    switch dtype {
    case "f64": "double"
    case "f32": "float"
    case "f16", "bf16": "uint16_t"
    case "bool": "uint8_t"
    case _ where dtype.hasPrefix("u"): "uint\(dtype.dropFirst())_t"
    default: "int\(dtype.dropFirst())_t"
    }
  }

  private static func fill(_ dtype: String) -> String {
    switch dtype {
    case "f64", "f32": "FLOATS"
    case "f16", "bf16": "HALVES"
    case "bool": "TRUTHS"
    default: "INTEGERS"
    }
  }
}
