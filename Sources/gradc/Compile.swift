import ArgumentParser
import Driver

/// `gradc FILE`, the command without a name.
struct Compile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile",
    abstract: "Compiles a graph file to an object and its header (the default command).",
    discussion: """
      Example: gradc model.graph -o model.o
               gradc model.graph --emit=llvm-ir -o -
               gradc model.graph --target=aarch64-linux-gnu -mcpu=cortex-a72 -o model.o
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var target: TargetOptions

  @Option(
    name: .customShort("o"),
    help: ArgumentHelp("The output; '-' is standard output.", valueName: "file"))
  var output: String?

  @Flag(name: .customShort("c"), help: "Writes an object, as is done anyway.")
  var object = false

  @Flag(name: .customShort("S"), help: "Writes assembly in place of an object.")
  var assembly = false

  @Flag(name: .customShort("g"), help: "Adds debug information.")
  var debug = false

  @Option(
    help: ArgumentHelp(
      "What to write, several between commas: \(EmitKind.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "kinds"))
  var emit: [String] = []

  @Flag(
    name: .customLong("MD", withSingleDash: true),
    help: "Writes the files that the output depends on, for make.")
  var dependencies = false

  @Flag(help: "Calls LAPACK for large matrices; the header says what to link with.")
  var lapack = false

  @Option(help: ArgumentHelp("Adds checks to the code: 'address'.", valueName: "kind"))
  var sanitize: String?

  func run() throws {
    var options = try shared.options()
    options.target = try target.choice()
    options.output = output
    options.emit = try kinds()
    options.hasDebugInfo = debug
    options.writesDependencies = dependencies
    options.usesLAPACK = lapack
    if let sanitize {
      guard sanitize == "address" else {
        throw ValidationError("'--sanitize' is address, not '\(sanitize)'")
      }
      options.sanitizesAddresses = true
    }
    try Session.compile(options).leave()
  }

  private func kinds() throws -> [EmitKind] {
    var kinds: [EmitKind] = assembly ? [.asm] : []
    for name in emit.flatMap({ $0.split(separator: ",") }) {
      guard let kind = EmitKind(rawValue: String(name)) else {
        let known = EmitKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("'--emit' does not know '\(name)'; it knows \(known)")
      }
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    return kinds
  }
}
