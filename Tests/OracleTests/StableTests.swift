import Driver
import LoopIR
import Support
import Testing

/// Formulas that overflow or cancel, in the spellings that users write, against numbers of 80
/// digits: at moderate and extreme arguments, infinities and NaN.
@Suite struct StableTests {
  static let families = OracleFamily.names(in: "Stable")

  @Test(arguments: families)
  func keepsItsDigits(_ name: String) throws {
    let family = try OracleFamily(name, in: "Stable")
    let options = CompileOptions(input: family.path)
    let (functions, files, diagnostics) = Session.functions(options)
    #expect(diagnostics.filter { $0.severity == .error }.map(\.message) == [])
    for test in family.cases {
      let function = try #require(functions.first { $0.name == test.graph })
      let call = try CompiledCall(function, files: files, options: options.codeGen)
      let arguments = try RunArguments(
        function, tensors: test.inputs.mapValues { $0.tensor(real: .f64) }, sizes: [:])
      let results = try call.run(arguments)
      #expect(Set(results.map(\.name)) == Set(test.expected.keys), "\(test.graph)")
      for (name, value) in results {
        let entry = try #require(test.expected[name])
        // A curvature is a product of three functions, each with an error of its own.
        let bound = name == "h" ? 2 * test.ulps : test.ulps
        let wrong = Self.difference(value, entry.tensor(real: .f64), ulps: bound)
        #expect(wrong == nil, "\(test.graph), \(name)\(wrong ?? "")")
      }
    }
  }

  /// Where a value is off by more than some units in the last place; nil if nowhere.
  private static func difference(_ value: RawTensor, _ wanted: RawTensor, ulps: Double) -> String? {
    guard value.dtype == wanted.dtype, value.shape == wanted.shape else {
      return " is \(value.dtype)\(value.shape), expected \(wanted.dtype)\(wanted.shape)"
    }
    for index in 0..<value.count {
      let (got, want) = (value[index].double, wanted[index].double)
      if got == want || (got.isNaN && want.isNaN) { continue }
      let isNear = want.isFinite && (got - want).magnitude <= ulps * unit(want, value.dtype)
      if !isNear { return "[\(index)] is \(got), expected \(want)" }
    }
    return nil
  }

  /// The unit in the last place of a number.
  private static func unit(_ number: Double, _ dtype: DType) -> Double {
    dtype == .f32 ? Double(Float(number).ulp) : number.ulp
  }
}
