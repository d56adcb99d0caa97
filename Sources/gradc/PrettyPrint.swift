import ArgumentParser
import Driver

/// `gradc pp FILE`.
struct PrettyPrint: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pp",
    abstract: "Prints the results of the graphs as formulas, derivatives included.",
    discussion: """
      Example: gradc pp square.graph
               gradc pp --optimized square.graph
      """)

  @OptionGroup var shared: SharedOptions

  @Flag(help: "Prints what is left after rewriting.")
  var optimized = false

  func run() throws {
    try Session.prettyPrint(try shared.options(), isOptimized: optimized).leave()
  }
}
