import GraphIR
import Glibc
import LLVMInterop
import Support

/// One run of gradc: what its commands do.
package enum Session {
  /// The version of gradc.
  package static let version = "0.1.0"

  /// The version of the LLVM that it runs with.
  package static var llvmVersion: String { LLVMLibrary.version }

  /// Makes the process one in which crashes, errors of LLVM and closed pipes are told in gradc's way.
  package static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    BugReport.catchCrashes()
  }

  /// Writes text to standard error.
  package static func complain(_ text: String) { FileSystem.complain(text) }

  /// Shows the diagnostics of a pipeline, and what the options ask to see; gives the exit code.
  static func report(_ pipeline: Pipeline) -> ExitCode {
    let options = pipeline.options
    let renderer = DiagnosticRenderer(
      files: pipeline.files, colour: options.hasColour ?? FileSystem.errorsHaveColour)
    var text = ""
    for diagnostic in pipeline.diagnostics.all { text += renderer.render(diagnostic) }
    if options.showsStatistics { text += pipeline.runner.counters.table }
    if options.showsTimes { text += pipeline.runner.times.table }
    if !text.isEmpty { complain(text) }
    return pipeline.diagnostics.hasErrors ? .diagnosed : .success
  }

  /// An error that belongs to no place in a file.
  static func fail(_ message: String) -> ExitCode {
    complain("gradc: error: \(message)\n")
    return .diagnosed
  }
}
