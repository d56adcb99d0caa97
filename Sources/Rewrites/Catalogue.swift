/// The rules, and the words that they are written in.
package enum Catalogue {
  /// Every rule, in the order in which those of one operation are tried.
  package static let all: [Rule] = early + sharing

  /// The rules that are tried while derivatives may still be formed.
  package static let early: [Rule] = simplification + stabilisation

  /// The rules for what expansions left: those that make stable functions of formulas would undo
  /// them.
  package static let afterExpansion: [Rule] = simplification + sharing

  private static let simplification: [Rule] =
    canonical + folding + identities + broadcasts + addition + subtraction + negation
    + multiplication + division + collections + powers + functions + selection + logic + comparisons
    + conversions + layout + slices + gathers + joins + reductions + products

  /// The list that `--print-rules` shows: a line for each rule.
  package static var text: String { all.map { "\($0)\n" }.joined() }
}
