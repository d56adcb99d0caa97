import CodeGen
import LoopIR
import Mathematics
import Support
import Testing

/// Code of our own for functions of libm.
struct LibraryTests {
  private static let functions = LibraryFunction.allCases.filter(\.hasLaneCode)

  /// y[i] = f(x[i]), or f(x[i], z[i]).
  private func loop(_ function: LibraryFunction, _ element: DType) -> LoopFunction {
    var kernel = Kernel(symbols: ["n"])
    let inputs = (0..<function.arity).map { kernel.input("x\($0)", [n], element) }
    let y = kernel.output("y", [n], element)
    return kernel.function { builder in
      builder.loop("i", n) { builder, i in
        let operands = inputs.map { builder.load($0, [Index(i)]) }
        builder.store(
          builder.scalar(ScalarType(element), .call(function, operands)), to: y, [Index(i)])
      }
    }
  }

  private func assembly(_ function: LoopFunction, cpu: String, replaces: Bool) throws -> String {
    var options = CodeGenOptions()
    options.triple = "x86_64-linux-gnu"
    options.cpu = cpu
    options.replacesLibrary = replaces
    let generator = try CodeGenerator(
      [function], outputName: "f", files: SourceFiles(), options: options)
    return String(decoding: try generator.make(.assembly), as: UTF8.self)
  }

  /// The functions that are called: for one lane our own, behind the end of the loop.
  private func callees(_ assembly: String) -> Set<String> {
    let calls = assembly.split(separator: "\n").filter { $0.contains("\tcall") }
    return Set(calls.compactMap { $0.split(separator: "\t").last.map(String.init) })
  }

  @Test(arguments: functions, [DType.f32, .f64])
  func standsInVectorLoops(_ function: LibraryFunction, _ element: DType) throws {
    for (cpu, register) in [("x86-64-v4", "%zmm"), ("x86-64-v3", "%ymm")] {
      let text = try assembly(loop(function, element), cpu: cpu, replaces: true)
      let scalar = "gradc.\(function.rawValue).\(element)"
      let rare = callees(text).filter { $0 != scalar && !$0.hasSuffix(".rest") }
      #expect(rare == [], "\(function) \(element) \(cpu)")
      #expect(text.contains(register), "\(function) \(element) \(cpu)")
    }
  }

  @Test(arguments: functions)
  func givesWayToTheLibrary(_ function: LibraryFunction) throws {
    let text = try assembly(loop(function, .f64), cpu: "x86-64-v3", replaces: false)
    #expect(text.contains(function.rawValue) && !text.contains("gradc."))
  }
}
