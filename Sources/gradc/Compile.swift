import ArgumentParser
import Driver
import Support

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

  @Option(
    help: ArgumentHelp(
      """
      Makes one object for several levels of x86-64, chosen when it first runs; without a list, \
      for \(Multiversion.usual).
      """, valueName: "levels"))
  var multiversion: String?

  @Flag(
    name: .customLong("MD", withSingleDash: true),
    help: "Writes the files that the output depends on, for make.")
  var dependencies = false

  @Flag(help: "Calls LAPACK for large matrices; the header says what to link with.")
  var lapack = false

  @Option(
    help: ArgumentHelp(
      "Calls a BLAS for large products: none, or cblas; the header says what to link with.",
      valueName: "none|cblas"))
  var blas = "none"

  @Option(
    help: ArgumentHelp(
      "Lets threads share large loops: none, or openmp, which needs -fopenmp for linking.",
      valueName: "none|openmp"))
  var threads = "none"

  @Option(
    help: ArgumentHelp(
      "Adds checks to the code: address, thread or undefined; address,undefined for both.",
      valueName: "kinds"))
  var sanitize: String?

  @Option(
    name: .customLong("max-workspace"),
    help: ArgumentHelp(
      "Fails where a graph needs more workspace, such as 64K or 1M.", valueName: "bytes"))
  var maxWorkspace: String?

  @Option(
    name: .customLong("max-stack"),
    help: ArgumentHelp("Fails where a call takes more stack.", valueName: "bytes"))
  var maxStack: String?

  @Option(
    name: .customLong("max-code"),
    help: ArgumentHelp("Fails where the object has more machine code.", valueName: "bytes"))
  var maxCode: String?

  func run() throws {
    var options = try shared.options()
    options.budgets.workspace = try bytes(maxWorkspace, of: "max-workspace")
    options.budgets.stack = try bytes(maxStack, of: "max-stack")
    options.budgets.code = try bytes(maxCode, of: "max-code")
    options.target = try target.choice()
    if let multiversion {
      options.target.levels = try Multiversion.levels(multiversion, options.target)
    }
    options.output = output
    options.emit = try kinds()
    options.hasDebugInfo = debug
    options.writesDependencies = dependencies
    options.usesLAPACK = lapack
    options.usesBLAS = try LibraryChoice.takes("cblas", "--blas", blas)
    options.sanitizers = try sanitizers()
    options.usesThreads = try usesThreads(options.sanitizers)
    try Session.compile(options).leave()
  }

  /// What is to watch the code.
  private func sanitizers() throws -> Set<Sanitizer> {
    var chosen: Set<Sanitizer> = []
    for name in sanitize?.split(separator: ",", omittingEmptySubsequences: false) ?? [] {
      guard let sanitizer = Sanitizer(rawValue: String(name)) else {
        let known = Sanitizer.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("'--sanitize' does not know '\(name)'; it knows \(known)")
      }
      chosen.insert(sanitizer)
    }
    if chosen.isSuperset(of: [.address, .thread]) {
      throw ValidationError("'--sanitize' takes address or thread, not both in one object")
    }
    return chosen
  }

  /// Whether threads share loops.
  private func usesThreads(_ sanitizers: Set<Sanitizer>) throws -> Bool {
    let isShared = try LibraryChoice.takes("openmp", "--threads", threads)
    if isShared, sanitizers.contains(.thread) {
      throw ValidationError(
        "'--threads=openmp' and '--sanitize=thread' do not go together: the sanitizer does not see "
          + "how OpenMP's runtime waits for its threads, and would report races that are none")
    }
    return isShared
  }

  /// A number of bytes, with `K`, `M` or `G` behind it for powers of 1024.
  private func bytes(_ text: String?, of option: String) throws -> Int? {
    guard let text else { return nil }
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    let unit = text.last.flatMap { units[$0] }
    let digits = unit == nil ? Substring(text) : text.dropLast()
    guard let number = Int(digits), number >= 0,
      case let (bytes, overflow) = number.multipliedReportingOverflow(by: unit ?? 1), !overflow
    else {
      throw ValidationError("'--\(option)' takes a number of bytes, such as 64K, not '\(text)'")
    }
    return bytes
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
