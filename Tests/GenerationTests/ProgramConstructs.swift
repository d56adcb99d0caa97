import Support

/// What of the language a program has.
enum ProgramConstructs {
  /// The constructs, each with what tells it in a line of the text.
  private static let marks: [(name: String, isIn: @Sendable (Substring) -> Bool)] = [
    ("const", { $0.hasPrefix("const ") && !$0.contains("load(") }),
    ("load", { $0.hasPrefix("const ") && $0.contains("load(") }),
    ("import", { $0.hasPrefix("import ") }),
    ("extern", { $0.hasPrefix("extern func ") }),
    ("own jvp", { $0.hasPrefix("jvp fn") }),
    ("own vjp", { $0.hasPrefix("vjp fn") }),
    ("func", { $0.hasPrefix("func ") }),
    ("if", { $0.contains(" = if ") }),
    ("if with several results", { $0.contains(" = if ") && isList($0) }),
    ("for", { $0.hasPrefix("for ") }),
    ("while", { $0.hasPrefix("while ") }),
    ("checkpoint", { $0.hasPrefix("for ") && $0.contains(" checkpoint ") }),
    ("emit", { $0.hasPrefix("emit ") }),
    ("inout", { $0.contains(" inout ") }),
    ("assert", { $0.hasPrefix("assert ") }),
    ("derivative", { has($0, ["grad", "value_and_grad", "vjp", "jvp", "jacobian"]) }),
    ("second derivative", { has($0, ["hessian", "hvp"]) }),
    ("derivative with constants", { $0.contains(", constant: [") }),
    ("size 0", { $0.hasPrefix("## sizes ") && $0.contains("=0") }),
    ("size 1", { $0.hasPrefix("## sizes ") && ($0 + " ").contains("=1 ") }),
  ]

  static let names = marks.map(\.name)

  /// The constructs of a program.
  static func of(_ text: String) -> Set<String> {
    var found: Set<String> = []
    for line in text.split(separator: "\n") {
      for mark in marks where mark.isIn(line) { found.insert(mark.name) }
    }
    return found
  }

  /// Whether several names are given.
  private static func isList(_ line: Substring) -> Bool {
    line.prefix { $0 != "=" }.contains(",")
  }

  /// Whether one of some functions is called in a statement.
  private static func has(_ line: Substring, _ functions: [String]) -> Bool {
    functions.contains { line.contains("= \($0)(") || line.contains("(\($0)(") }
  }
}
