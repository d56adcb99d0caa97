import Testing

/// The architecture: which target may import which.
@Suite struct ImportTests {
  /// For each source target, the targets that it may import. Data runs one way, from text to code;
  /// siblings do not know each other. This table is the truth, Package.swift follows it.
  static let allowed: [String: Set<String>] = [
    "Support": [],
    "GraphIR": ["Support"],
    "LoopIR": ["Support"],
    "Mathematics": ["LoopIR", "Support"],
    "Ops": ["GraphIR", "LoopIR", "Mathematics", "Support"],
    "GraphText": ["GraphIR", "Ops", "Support"],
    "Autodiff": ["GraphIR", "Ops", "Support"],
    "Rewrites": ["GraphIR", "Ops", "Support"],
    "Lowering": ["GraphIR", "LoopIR", "Ops", "Support"],
    "LLVMInterop": ["CLLVM", "Support"],
    "CodeGen": ["LLVMInterop", "LoopIR", "Mathematics", "Support"],
    "Driver": [
      "Autodiff", "CodeGen", "GraphIR", "GraphText", "LLVMInterop", "LoopIR", "Lowering", "Ops",
      "Rewrites", "Support",
    ],
    "gradc": ["ArgumentParser", "Driver", "Support"],
    "TestSupport": [
      "Autodiff", "CodeGen", "Driver", "Foundation", "GraphIR", "GraphText", "LoopIR", "Lowering",
      "Ops", "Rewrites", "Support", "Testing",
    ],
  ]

  /// What the system brings. Foundation is not among it: loading it takes longer than compiling a
  /// small graph.
  static let system: Set = ["Glibc", "Synchronization"]

  @Test func everyTargetHasItsRow() {
    #expect(SourceTree.folders(in: "Sources").filter { Self.allowed[$0] == nil } == [])
  }

  @Test(arguments: allowed.keys.sorted()) func importsOnlyWhatItMay(_ target: String) {
    let names = Self.allowed[target, default: []].union(Self.system)
    for file in SourceTree.files(below: "Sources/" + target, suffixes: [".swift"]) {
      for (index, line) in file.lines.enumerated() {
        guard let module = Self.module(importedBy: line) else { continue }
        #expect(names.contains(module), "\(file.place(index)): \(target) may not import \(module)")
      }
    }
  }

  @Test func importsAreRecognised() {
    #expect(Self.module(importedBy: "import Support") == "Support")
    #expect(Self.module(importedBy: "package import GraphIR") == "GraphIR")
    #expect(Self.module(importedBy: "@testable internal import Ops") == "Ops")
    #expect(Self.module(importedBy: "private import struct Foundation.URL") == "Foundation")
    #expect(Self.module(importedBy: "  import Glibc // for exp") == "Glibc")
    #expect(Self.module(importedBy: "/// import nothing") == nil)
    #expect(Self.module(importedBy: "let imports = 3") == nil)
  }

  /// The module that a line imports, if it does.
  static func module(importedBy line: Substring) -> String? {
    let words = line.split(separator: " ")
    let before = ["public", "package", "internal", "fileprivate", "private"]
    let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    let rest = words.drop { $0.hasPrefix("@") || before.contains(String($0)) }
    guard rest.first == "import" else { return nil }
    let path = rest.dropFirst().drop { kinds.contains(String($0)) }.first
    return path?.split(separator: ".").first.map(String.init)
  }
}
