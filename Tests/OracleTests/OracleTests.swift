import Driver
import GraphText
import LoopIR
import Support
import Testing

/// Every built-in function of the language, compiled and run, against values and derivatives that
/// other programs give: the compiler's own reference is not the only judge.
@Suite struct OracleTests {
  /// All families.
  static let families = OracleFamily.names(in: "Cases")

  @Test(arguments: families, [DType.f64, .f32])
  func agrees(_ name: String, _ real: DType) throws {
    let family = try OracleFamily(name)
    var options = CompileOptions(input: family.path)
    options.real = real
    // Both ends of what the optimiser does.
    options.target.optimization = real == .f64 ? 3 : 1
    let (functions, files, diagnostics) = Session.functions(options)
    let errors = diagnostics.filter { $0.severity == .error }.map(\.message)
    #expect(errors == [])
    for test in family.cases {
      let function = try #require(functions.first { $0.name == test.graph })
      let call = try CompiledCall(function, files: files, options: options.codeGen)
      let arguments = try RunArguments(
        function, tensors: test.inputs.mapValues { $0.tensor(real: real) }, sizes: [:])
      let results = try call.run(arguments)
      #expect(Set(results.map(\.name)) == Set(test.expected.keys), "\(test.graph)")
      for (name, value) in results {
        let entry = try #require(test.expected[name])
        let wrong = Self.difference(value, entry, test, real: real)
        #expect(wrong == nil, "\(test.graph), \(name)\(wrong ?? "")")
      }
    }
  }

  /// Where a value is not what is expected; nil if nowhere.
  private static func difference(
    _ value: RawTensor, _ entry: OracleCase.Entry, _ test: OracleCase, real: DType
  ) -> String? {
    let dtype = entry.dtype ?? real
    guard value.dtype == dtype, value.shape == entry.shape else {
      return " is \(value.dtype)\(value.shape), expected \(dtype)\(entry.shape)"
    }
    let expected = entry.tensor(real: real)
    let greatest = entry.numbers.map(\.double.magnitude).filter(\.isFinite).max() ?? 0
    for index in 0..<value.count {
      if value.bits(index) == expected.bits(index) { continue }
      let (got, want) = (value[index].double, entry.numbers[index].double)
      if got.isNaN && want.isNaN { continue }
      if got == want, test.ulps >= 0 { continue }
      let scale = test.isWhole ? max(greatest, want.magnitude) : want.magnitude
      let isNear =
        dtype.isFloat && test.ulps > 0 && want.isFinite
        && (got - want).magnitude <= test.ulps * unit(dtype) * scale
      if !isNear { return "[\(index)] is \(got), expected \(want)" }
    }
    return nil
  }

  /// The difference between 1 and the next number of a type.
  private static func unit(_ dtype: DType) -> Double { dtype == .f32 ? 0x1p-23 : 0x1p-52 }

  // MARK: What is covered

  @Test func everyFunctionOfTheLanguageHasACase() throws {
    var covered: Set<String> = []
    for name in Self.families {
      let family = try OracleFamily(name)
      for builtin in family.cases.flatMap(\.builtins) {
        #expect(family.text.contains(builtin + "("), "\(name) does not call '\(builtin)'")
        covered.insert(builtin)
      }
    }
    // 'intrinsic' names operations, each of which has a reference value of its own.
    #expect(covered == Set(Checker.functions).subtracting(["intrinsic"]))
  }
}
