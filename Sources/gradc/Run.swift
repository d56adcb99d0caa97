import ArgumentParser
import Driver

/// `gradc run FILE x=4`.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compiles a graph in memory, runs it, and prints its results.",
    discussion: """
      Values are numbers, arrays in brackets, or '@file.npy'. Symbols take their sizes from the data;
      those that no parameter shows are given like values.

      Example: gradc run model.graph x=4 y=@y.npy z='[[0,1],[-1,-2]]'
               gradc run model.graph --graph step steps=10 x=1 --output y=@y.npy
      """)

  @OptionGroup var shared: SharedOptions
  @OptionGroup var target: TargetOptions

  @Argument(help: ArgumentHelp("The parameters.", valueName: "name=value"))
  var arguments: [String] = []

  @Option(help: ArgumentHelp("The graph to run, if the file has several.", valueName: "name"))
  var graph: String?

  @Flag(help: "Prints the results as one line of JSON.")
  var json = false

  @Option(
    name: .customLong("output"),
    help: ArgumentHelp("Writes a result to a file.", valueName: "name=@file.npy"))
  var outputs: [String] = []

  @Option(
    name: .customLong("load"),
    help: ArgumentHelp("A shared library with C functions that graphs call.", valueName: "lib.so"))
  var libraries: [String] = []

  @Flag(help: "Calls LAPACK for large matrices, as the system has it.")
  var lapack = false

  @Option(
    help: ArgumentHelp(
      "Calls a BLAS for products of large matrices: none, or cblas, as the system has it.",
      valueName: "none|cblas"))
  var blas = "none"

  func run() throws {
    var options = RunOptions(compile: try shared.options())
    options.compile.usesLAPACK = lapack
    options.compile.usesBLAS = try LibraryChoice.takes("cblas", "--blas", blas)
    options.compile.libraries = libraries
    options.compile.target = try target.choice()
    options.graph = graph
    options.json = json
    for text in arguments { options.arguments.append(try Run.pair(text)) }
    for text in outputs {
      let (name, value) = try Run.pair(text)
      guard value.hasPrefix("@"), value.count > 1 else {
        throw ValidationError("'--output' takes a result and a file, such as y=@y.npy, not '\(text)'")
      }
      options.outputs.append((name, String(value.dropFirst())))
    }
    try Session.run(options).leave()
  }

  /// `x=4` as a name and a value.
  static func pair(_ text: String) throws -> (String, String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty else {
      throw ValidationError("expected a parameter and its value, such as x=4, not '\(text)'")
    }
    return (String(parts[0]), String(parts[1]))
  }
}
