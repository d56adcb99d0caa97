import CodeGen
import LoopIR
import Support
import Testing

/// What the emitted code takes for granted becomes a check with `--sanitize=undefined`.
@Suite struct UndefinedTests {
  /// Steps on numbers of the caller's, who breaks the promises that are made about them.
  private static func steps() -> LoopFunction {
    var kernel = Kernel()
    kernel.name = "steps"
    let by = kernel.input("by", [], .i64, site: Samples.source.site(2, 13))
    let y = kernel.output("y", [Dim(4)], .i64, site: Samples.source.site(2, 31))
    var function = kernel.function { builder in
      builder.site = Samples.source.site(2, 31)
      let number = builder.load(by, [])
      let seven = builder.constant(.i64, .int(7))
      builder.loop("i", Dim(4)) { builder, i in
        builder.site = Samples.source.site(2, 35)
        let far = builder.scalar(ScalarType(.i64), .index(Index(i) * Dim(1 << 62)))
        builder.site = Samples.source.site(3, 7)
        let shifted = builder.scalar(ScalarType(.i64), .binary(.shiftLeft, seven, number))
        builder.site = Samples.source.site(3, 12)
        let quotient = builder.scalar(ScalarType(.i64), .binary(.divide, seven, number))
        let sum = builder.add(far, builder.add(shifted, quotient))
        builder.store(sum, to: y, [Index(i)])
      }
    }
    function.site = Samples.source.site(2, 7)
    return function
  }

  /// Runs the steps with a number; gives what is reported.
  private func reports(by number: Int, _ level: CodeGenOptions.Optimization) throws -> String {
    var options = CodeGenOptions()
    options.optimization = level
    options.sanitizers = [.undefined]
    options.verifies = true
    let function = Self.steps()
    try function.verify()
    let generator = try CodeGenerator(
      [function], outputName: "curve", files: Samples.source.files, options: options)
    var times = PassTimes()
    let outputs = try generator.make([.object, .header], times: &times)
    let place = try Workplace()
    try place.write("curve.o", outputs[.object] ?? [])
    try place.write("curve.h", outputs[.header] ?? [])
    try place.write(
      "main.c",
      """
      #include "curve.h"
      int main(void) { int64_t y[4]; return steps(\(number), y, 0, 0); }
      """)
    let built = try place.run(
      "gcc", "-fsanitize=undefined", "-static-libubsan", "main.c", "curve.o", "-o", "main")
    #expect(built.text == "")
    return try place.run("./main").text
  }

  @Test(arguments: [CodeGenOptions.Optimization.none, .aggressive])
  func brokenPromisesAreReported(_ level: CodeGenOptions.Optimization) throws {
    let first = try reports(by: 1, level)
    #expect(
      first.contains(
        "curve.graph:2:35: runtime error: signed integer overflow: "
          + "2 * 4611686018427387904 cannot be represented in type 'i64'"))
    #expect(!first.contains("curve.graph:3:"))
    let wide = try reports(by: 64, level)
    #expect(wide.contains("curve.graph:3:7: runtime error: shift exponent 64 is too large"))
    let zero = try reports(by: 0, level)
    #expect(zero.contains("curve.graph:3:12: runtime error: division by zero"))
  }

  /// The text of a function before LLVM's optimisations.
  private func text(_ functions: [LoopFunction], _ sanitizers: Set<Sanitizer>) throws -> String {
    var options = CodeGenOptions()
    options.sanitizers = sanitizers
    options.verifies = true
    let generator = try CodeGenerator(
      functions, outputName: "curve", files: Samples.source.files, options: options)
    return generator.unoptimizedIR()
  }

  /// Promises are taken back, or LLVM might conclude that the checks never fail.
  @Test func promisesBecomeChecks() throws {
    let functions = [Samples.slope(), Samples.step()]
    let plain = try text(functions, [])
    #expect(plain.contains(" nsw ") && plain.contains("inbounds"))
    let checked = try text(functions, [.undefined])
    let steps = checked.split(separator: "\n").filter { !$0.contains("@message") }
    #expect(!steps.contains { $0.contains(" nsw ") || $0.contains(" nuw ") })
    #expect(checked.contains("call void @gradc.undefined.__ubsan_handle_mul_overflow"))
    #expect(checked.contains("call void @gradc.undefined.__ubsan_handle_pointer_overflow"))
    #expect(checked.contains("call void @gradc.undefined.__ubsan_handle_type_mismatch_v1"))
  }
}
