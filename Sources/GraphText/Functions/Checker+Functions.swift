/// How a function of the language is called.
package struct FunctionSignature: Sendable {
  package let name: String
  /// The arguments that are always given, without labels; `…` at the end for any number of further
  /// ones.
  package let parameters: [String]
  /// The arguments behind them that may be left out.
  package let optional: [String]
  /// The labels that may be given, and those that must be.
  package let options: [String]
  package let required: [String]
}

extension Checker {
  /// The names of the functions that the language has.
  package static var functions: [String] { Builtin.all.keys.sorted() }

  /// How they are called, by name.
  package static var signatures: [FunctionSignature] {
    Builtin.all.values.sorted { $0.name < $1.name }.map { function in
      FunctionSignature(
        name: function.name, parameters: function.parameters + (function.takesMore ? ["…"] : []),
        optional: function.optional, options: function.options, required: function.required)
    }
  }
}
