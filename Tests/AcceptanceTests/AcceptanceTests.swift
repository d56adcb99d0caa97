import Driver
import Foundation
import LoopIR
import Support
import Testing

/// Programs with expected values that do not come from gradc: by hand, from NumPy, from other
/// libraries for differentiation, and from 80-digit arithmetic.
struct AcceptanceTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Cases")

  /// Every case as `folder/name`.
  static let names: [String] = {
    let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }()

  /// The path of every program.
  static let sources: [String] = {
    let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
    return paths.filter { $0.hasSuffix(".graph") }.sorted().map { root.path + "/" + $0 }
  }()

  /// Cases that need what gradc refuses as not supported yet.
  static let pending: Set<String> = {
    let url = root.appendingPathComponent("pending.txt")
    let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
    return Set(text.split(separator: "\n").map(String.init))
  }()

  /// LLVM takes most of the time of an optimised case, so all cases run as they are translated
  /// without optimisation, and some of them with it.
  @Test(arguments: names)
  func givesWhatIsExpected(_ name: String) throws {
    try AcceptanceTests.expectRight(name, optimization: 0)
  }

  @Test(arguments: GraphTextTests.sample(names, every: 4))
  func optimizedGivesWhatIsExpected(_ name: String) throws {
    try AcceptanceTests.expectRight(name, optimization: 3)
  }

  private static func expectRight(_ name: String, optimization: Int) throws {
    let url = AcceptanceTests.root.appendingPathComponent(name + ".json")
    let isPending = AcceptanceTests.pending.contains(name)
    let test = try Case(url)
    var options = CompileOptions(input: test.source)
    options.target.optimization = optimization
    let mistake = try AcceptanceTests.mistake(of: test, options)
    if isPending {
      #expect(mistake != nil, "\(name) works now: take it out of pending.txt")
      if let mistake {
        #expect(mistake.contains("not supported yet"), "\(name): \(mistake)")
      }
    } else {
      #expect(mistake == nil, "\(name): \(mistake ?? "")")
    }
  }

  /// What is wrong with how a case compiles and runs, as it is or with another program in its place;
  /// nil if nothing is.
  static func mistake(of test: Case, _ options: CompileOptions) throws -> String? {
    let (functions, files, diagnostics) = Session.functions(options)
    let errors = diagnostics.filter { $0.severity == .error }
    if let wanted = test.error, !test.failsAtRunTime {
      return wrongDiagnostic(errors, wanted, test.line, files)
    }
    if let error = errors.first { return "refused: \(error.message)" }
    guard let function = functions.first(where: { $0.name == test.graph }) else {
      return "no function '\(test.graph)'"
    }
    let call = try CompiledCall(function, files: files, options: options.codeGen)
    let arguments = try RunArguments(
      function, tensors: test.inputs.mapValues(\.tensor), sizes: test.sizes)
    do {
      let values = try call.run(arguments)
      if test.error != nil { return "the call succeeds" }
      for (name, entry) in test.expected.sorted(by: { $0.key < $1.key }) {
        guard let value = values.first(where: { $0.name == name })?.value else {
          return "no result '\(name)'"
        }
        if let wrong = difference(value, entry, test) { return "\(name)\(wrong)" }
      }
    } catch let failure as CompiledCall.Failure {
      if test.error == nil { return failure.message }
    }
    return nil
  }

  private static func wrongDiagnostic(
    _ errors: [Diagnostic], _ wanted: String, _ line: Int?, _ files: SourceFiles
  ) -> String? {
    let all = errors + errors.flatMap(\.notes)
    guard let first = all.first else { return "no diagnostic" }
    let isSaid = all.contains {
      $0.message.range(of: wanted, options: [.regularExpression, .caseInsensitive]) != nil
    }
    if !isSaid { return "the diagnostic does not match /\(wanted)/: \(first.message)" }
    let lines = all.map { files[$0.site.file].position(of: Int($0.site.start)).line }
    if let line, !lines.contains(line) { return "the diagnostic is at \(lines), not \(line)" }
    return nil
  }

  /// Where a value is not what is expected; nil if nowhere.
  private static func difference(
    _ value: RawTensor, _ entry: Case.Entry, _ test: Case
  ) -> String? {
    let wanted = entry.tensor
    if value.dtype != wanted.dtype || value.shape != wanted.shape {
      return " is \(value.dtype)\(value.shape), expected \(wanted.dtype)\(wanted.shape)"
    }
    let defaults: [DType: Double] = [.f64: 1e-9, .f32: 2e-5, .f16: 5e-3]
    let relative = test.relative ?? defaults[wanted.dtype] ?? 0
    for index in 0..<value.count {
      let got = value[index].double
      let want = wanted.dtype.isFloat ? entry.values[index] : wanted[index].double
      let isNear =
        got == want || got.isNaN && want.isNaN
        || (want.isFinite && (got - want).magnitude <= test.absolute + relative * want.magnitude)
      if !isNear { return "[\(index)] is \(got), expected \(want)" }
    }
    return nil
  }
}
