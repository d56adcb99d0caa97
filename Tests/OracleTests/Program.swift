import Driver
import Foundation
import LoopIR
import Support

/// A program of one graph, compiled from its text.
struct Program {
  /// What the compiler says of a text that it refuses.
  struct Refusal: Error {
    let messages: [String]
  }

  private let function: LoopFunction
  private let call: CompiledCall

  init(_ text: String) throws {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("gradc-\(UUID().uuidString).graph").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let options = CompileOptions(input: path)
    let (functions, files, diagnostics) = Session.functions(options)
    guard let function = functions.first else {
      throw Refusal(messages: diagnostics.filter { $0.severity == .error }.map(\.message))
    }
    self.function = function
    call = try CompiledCall(function, files: files, options: options.codeGen)
  }

  /// The results for parameters as `gradc run` takes them.
  func run(_ given: [(String, String)]) throws -> [String: RawTensor] {
    let arguments = try RunArguments(function, given.map { (name: $0.0, value: $0.1) })
    let results = try call.run(arguments)
    return Dictionary(uniqueKeysWithValues: results.map { ($0.name, $0.value) })
  }

  /// The results for tensors under the names of parameters.
  func run(_ given: [String: RawTensor]) throws -> [String: RawTensor] {
    let arguments = try RunArguments(function, tensors: given, sizes: [:])
    let results = try call.run(arguments)
    return Dictionary(uniqueKeysWithValues: results.map { ($0.name, $0.value) })
  }

  /// What the call says that fails; nil if it succeeds.
  func failure(_ given: [(String, String)]) throws -> String? {
    do {
      _ = try run(given)
      return nil
    } catch let failure as CompiledCall.Failure {
      return failure.message
    }
  }
}
