import ArgumentParser
import Driver

/// `gradc check FILE`.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compares every derivative of a file with differences, and finds the one at fault.",
    discussion: """
      Parameters and sizes are drawn, unless they are given as for 'run'. Each derivative is held to
      central differences in f64, forward to reverse mode, and compiled code to a plain evaluation.
      Exits with 1 if something is wrong.

      Example: gradc check model.graph
               gradc check model.graph --graph step n=100 w=@w.npy --seed 7
      """)

  @OptionGroup var shared: SharedOptions

  @Argument(
    help: ArgumentHelp("Parameters and sizes that are not drawn.", valueName: "name=value"))
  var arguments: [String] = []

  @Option(help: ArgumentHelp("The graph to check; all if not given.", valueName: "name"))
  var graph: String?

  @Option(help: ArgumentHelp("What the random numbers begin with.", valueName: "number"))
  var seed: UInt64 = 0

  @Flag(help: "Prints the table as one line of JSON.")
  var json = false

  @Option(
    name: .customLong("load"),
    help: ArgumentHelp("A shared library with C functions that graphs call.", valueName: "lib.so"))
  var libraries: [String] = []

  @Flag(help: "Compiles code that calls LAPACK for large matrices, as the system has it.")
  var lapack = false

  @Option(
    help: ArgumentHelp(
      "Compiles code that calls a BLAS for products of large matrices: none, or cblas.",
      valueName: "none|cblas"))
  var blas = "none"

  func run() throws {
    var options = DerivativeCheckOptions(compile: try shared.options())
    options.compile.usesLAPACK = lapack
    options.compile.usesBLAS = try LibraryChoice.takes("cblas", "--blas", blas)
    options.graph = graph
    options.seed = seed
    options.compile.libraries = libraries
    options.json = json
    for text in arguments { options.arguments.append(try Run.pair(text)) }
    try Session.check(options).leave()
  }
}
