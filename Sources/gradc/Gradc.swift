import ArgumentParser
import Driver
import Glibc

/// The command line.
@main
struct Gradc: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gradc",
    abstract: "Compiles graph files, with their derivatives, to native code with a C header.",
    discussion: """
      gradc model.graph -o model.o        writes model.o and model.h
      gradc run model.graph x=4           compiles in memory and prints the results
      gradc check model.graph             compares its derivatives with differences
      gradc pp model.graph                prints the results as formulas
      gradc explain model.graph:12        tells what has become of a line
      gradc help COMMAND                  tells more about a command
      """,
    version: Version.text,
    subcommands: [Compile.self, Run.self, Check.self, PrettyPrint.self, Explain.self],
    defaultSubcommand: Compile.self)

  @Flag(
    name: .customLong("print-rules"),
    help: "Lists the rewrite rules: name, both sides, exactness and condition.")
  var printRules = false

  func validate() throws {
    if printRules { throw CleanExit.message(Session.rules) }
  }

  /// Runs a command; ends with 0, 1 for a diagnosed input, 2 for a mistaken command line.
  static func main() {
    Session.prepare()
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      var command = try parseAsRoot(Multiversion.spelledOut(arguments))
      try command.run()
    } catch {
      let isClean = exitCode(for: error).isSuccess
      if let code = (error as? ArgumentParser.ExitCode)?.rawValue { Glibc.exit(code) }
      let text = fullMessage(for: error)
      if isClean { print(text) } else { Session.complain(text + "\n") }
      Glibc.exit(isClean ? 0 : Driver.ExitCode.usage.rawValue)
    }
  }
}

extension Driver.ExitCode {
  /// Ends a command with this code.
  func leave() throws {
    if self != .success { throw ArgumentParser.ExitCode(rawValue) }
  }
}
