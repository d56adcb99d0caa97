import ArgumentParser
import Driver

/// `gradc explain FILE:LINE`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tells what has become of a line: rules, derivatives, loops, memory.",
    discussion: """
      Example: gradc explain model.graph:12
      """)

  @OptionGroup var shared: SharedOptions

  func run() throws {
    var options = try shared.options()
    guard let colon = options.input.lastIndex(of: ":"),
      let line = Int(options.input[options.input.index(after: colon)...])
    else {
      throw ValidationError(
        "'explain' takes a file and a line, such as model.graph:12, not '\(options.input)'")
    }
    options.input = String(options.input[..<colon])
    try Session.explain(options, line: line).leave()
  }
}
