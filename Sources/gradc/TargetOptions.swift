import ArgumentParser
import Driver

/// Options about the machine that code is made for.
struct TargetOptions: ParsableArguments {
  @Option(
    name: .customShort("O", allowingJoined: true),
    help: ArgumentHelp("How much the code is optimised, 0 to 3.", valueName: "level"))
  var optimization = 3

  @Option(help: ArgumentHelp("The target triple; this machine's if not given.", valueName: "triple"))
  var target: String?

  @Option(
    name: .customLong("mcpu", withSingleDash: true),
    help: ArgumentHelp(
      "The CPU; for this machine's triple, this machine's if not given.", valueName: "cpu"))
  var cpu: String?

  /// The target as it was asked for.
  func choice() throws -> TargetChoice {
    guard (0...3).contains(optimization) else {
      throw ValidationError("'-O' takes a level from 0 to 3, not \(optimization)")
    }
    return TargetChoice(triple: target, cpu: cpu, optimization: optimization)
  }
}
