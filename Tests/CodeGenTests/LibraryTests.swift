import CodeGen
import Glibc
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

  /// s ← cos(s·x[i]) + z[0]·sin(s·x[i]), which no lanes can compute.
  private func recurrence(_ element: DType) -> LoopFunction {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n], element)
    let z = kernel.input("z", [Dim(1)], element)
    let y = kernel.output("y", [n], element)
    return kernel.function { builder in
      let start = builder.constant(element, .float(1))
      _ = builder.loop("i", n, carrying: [start]) { builder, i, s in
        let angle = builder.multiply(s[0], builder.load(x, [Index(i)]))
        let type = ScalarType(element)
        let cosine = builder.scalar(type, .call(.cos, [angle]))
        let sine = builder.scalar(type, .call(.sin, [angle]))
        let next = builder.add(cosine, builder.multiply(builder.load(z, [Index(Dim(0))]), sine))
        builder.store(next, to: y, [Index(i)])
        return [next]
      }
    }
  }

  /// Sine and cosine of one angle are one call.
  @Test(arguments: [DType.f32, .f64]) func wavesAreComputedTogether(_ element: DType) throws {
    let text = try assembly(recurrence(element), cpu: "x86-64-v3", replaces: true)
    #expect(callees(text).filter { !$0.hasSuffix(".rest") } == ["gradc.sincos.\(element)"])
  }

  /// They are what each is alone: near 0, behind many quarter turns, and where the angle is huge or
  /// no number.
  @Test func wavesTogetherAreWavesAlone() throws {
    let angles: [Double] = [0, 0.3, -0.7, 0.8, -2, 1e3, -1e5, 1e7, 1e300, -.infinity, .nan]
    let compiled = try Compiled(recurrence(.f64))
    for angle in angles {
      for (factor, expected) in [(0.0, cos(angle)), (1.0, cos(angle) + sin(angle))] {
        let y = Memory(.f64, 1)
        #expect(try compiled.call([1], [Memory([angle]), Memory([factor]), y]) == 0)
        // 1 ulp of each, and the rounding of the sum.
        let error = abs(y.doubles[0] - expected)
        #expect(error <= 4.5e-16 || (y.doubles[0].isNaN && expected.isNaN), "\(angle)")
      }
    }
  }

  /// Where angles are themselves cosines, the inner ones may be joined before the outer ones.
  @Test func anglesMayBeWaves() throws {
    let depth = 12
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    let function = kernel.function { builder in
      builder.loop("i", n) { builder, i in
        var angles = [builder.load(x, [Index(i)])]
        for _ in 0..<depth {
          angles.append(builder.scalar(ScalarType(.f64), .call(.cos, [angles[angles.count - 1]])))
        }
        var sum = angles[depth]
        for angle in angles[..<depth].reversed() {
          sum = builder.add(sum, builder.scalar(ScalarType(.f64), .call(.sin, [angle])))
        }
        builder.store(sum, to: y, [Index(i)])
      }
    }
    let compiled = try Compiled(function)
    let y0 = Memory(.f64, 3)
    #expect(try compiled.call([3], [Memory([0.3, -1.7, 40]), y0]) == 0)
    for (start, result) in zip([0.3, -1.7, 40], y0.doubles) {
      var angle = start
      var sum = 0.0
      for _ in 0..<depth {
        sum += sin(angle)
        angle = cos(angle)
      }
      // 13 terms below 1, each 1 ulp beside what libm gives, and the roundings of the sums.
      #expect(abs(result - (sum + angle)) <= 1e-14, "\(start)")
    }
  }
}
