import ArgumentParser
import Driver
import Support

/// Options of every command that compiles.
struct SharedOptions: ParsableArguments {
  @Argument(help: "The graph file.", completion: .file(extensions: ["graph"]))
  var input: String

  @Option(
    name: .customLong("dim"),
    help: ArgumentHelp("Fixes the size of a symbol.", valueName: "symbol=size"))
  var dims: [String] = []

  @Option(help: ArgumentHelp("What 'real' stands for: f32 or f64.", valueName: "type"))
  var real = "f64"

  @Option(
    help: ArgumentHelp(
      "'strict' does what the text says, operation by operation.", valueName: "default|strict"))
  var math = "default"

  @Option(
    name: .customLong("disable-rule"),
    help: ArgumentHelp("Leaves out a rewrite rule.", valueName: "name"))
  var disabledRules: [String] = []

  @Option(
    name: .customLong("rewrite-limit"),
    help: ArgumentHelp("Stops rewriting after so many applications.", valueName: "count"))
  var rewriteLimit: Int?

  @Option(
    name: .customLong("print-after"),
    help: ArgumentHelp("Shows the program after a pass, or after all.", valueName: "pass|all"))
  var printAfter: [String] = []

  @Flag(
    name: .customLong("print-changed"),
    help: "Shows what each pass and each rule changes, as a difference of texts.")
  var printChanged = false

  @Flag(help: "Shows how often each rule was applied.")
  var stats = false

  @Flag(name: .customLong("time-passes"), help: "Shows the CPU time of each pass.")
  var timePasses = false

  @Option(help: ArgumentHelp("Whether diagnostics have colour.", valueName: "auto|always|never"))
  var color = "auto"

  /// The options as the driver takes them.
  func options() throws -> CompileOptions {
    var options = CompileOptions(input: input)
    for text in dims {
      let (name, size) = try SharedOptions.dim(text)
      options.dims[name] = size
    }
    guard let real = DType(rawValue: real), real == .f32 || real == .f64 else {
      throw ValidationError("'--real' is f32 or f64, not '\(self.real)'")
    }
    options.real = real
    guard ["default", "strict"].contains(math) else {
      throw ValidationError("'--math' is default or strict, not '\(math)'")
    }
    options.isStrict = math == "strict"
    options.disabledRules = Set(disabledRules)
    options.rewriteLimit = rewriteLimit
    options.printAfter = Set(printAfter)
    options.printsChanges = printChanged
    options.showsStatistics = stats
    options.showsTimes = timePasses
    switch color {
    case "auto": break
    case "always": options.hasColour = true
    case "never": options.hasColour = false
    default: throw ValidationError("'--color' is auto, always or never, not '\(color)'")
    }
    return options
  }

  /// `n=128` as a symbol and its size.
  private static func dim(_ text: String) throws -> (String, Int) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let size = Int(parts[1]), size >= 0, !parts[0].isEmpty else {
      throw ValidationError("'--dim' takes a symbol and a size, such as n=128, not '\(text)'")
    }
    return (String(parts[0]), size)
  }
}
