import LoopIR
import Support

extension ObjectInterface {
  /// The declarations of the functions that the program defines; nothing where there are none.
  var externalDeclarations: String {
    guard !externals.isEmpty else { return "" }
    let comment = """
      The object calls these functions, which the program defines. Each gives 0, or another number
         where it fails; then the call around fails too. They may be called any number of times, by
         several threads at once.
      """
    return "\n/* \(comment) */\n" + externals.map(prototype).joined()
  }

  /// The declaration of a function, as an argument list that the definition can be compared with.
  private func prototype(_ function: ExternalFunction) -> String {
    let words = function.cArguments.enumerated().map { index, argument in
      let head = index == 0 ? "int \(function.name)(" : ""
      return head + argument + (index == function.cArguments.count - 1 ? ");" : ",")
    }
    return Comment.wrapped(words, indent: "", hanging: "    ") + "\n"
  }
}

extension ExternalFunction {
  /// The arguments in C: sizes, parameters, results.
  fileprivate var cArguments: [String] {
    symbols.map { "int64_t \($0)" }
      + parameters.map { formal in
        formal.shape.isEmpty
          ? "\(formal.element.cName) \(formal.name)"
          : "const \(formal.element.cName) *GRADC_NONNULL \(formal.name)"
      }
      + results.map { "\($0.element.cName) *GRADC_NONNULL \($0.name)" }
  }

  /// `hat(x: f64[n]) -> (y: f64[n])`.
  var signature: String {
    func list(_ formals: [Formal]) -> String { formals.map { "\($0)" }.joined(separator: ", ") }
    return "\(name)(\(list(parameters))) -> (\(list(results)))"
  }
}
