import CodeGen
import Foundation
import LoopIR
import Support
import Testing

/// What LLVM is told that it may do, and what not.
struct FreedomTests {
  /// t[i] = 2 x[i]; u[i] = t[i] + x[i]; y[i] = u[i]², with t and u in one workspace. `below` are
  /// the places that u lies behind; 0 is another buffer, 1 is t.
  private func throughWorkspace(below: [Int]) -> LoopFunction {
    var kernel = Kernel(symbols: ["m", "n"])
    let x = kernel.input("x", [n])
    _ = kernel.workspace("other", [m])
    let t = kernel.workspace("t", [n])
    let u = kernel.workspace("u", [n], below: below)
    let y = kernel.output("y", [n])
    return kernel.function { builder in
      builder.loop("i", n) { builder, i in
        let value = builder.load(x, [Index(i)])
        builder.store(builder.add(value, value), to: t, [Index(i)])
      }
      builder.loop("i", n) { builder, i in
        let sum = builder.add(builder.load(t, [Index(i)]), builder.load(x, [Index(i)]))
        builder.store(sum, to: u, [Index(i)])
      }
      builder.loop("i", n) { builder, i in
        let value = builder.load(u, [Index(i)])
        builder.store(builder.multiply(value, value), to: y, [Index(i)])
      }
    }
  }

  @Test func buffersOfOneWorkspaceDoNotMeet() throws {
    func vectorLoops(_ ir: String) -> Int { ir.components(separatedBy: "\nvector.body").count - 1 }
    let apart = try optimizedIR(throughWorkspace(below: [0, 1]))
    #expect(vectorLoops(apart) == 3)
    #expect(!apart.contains("vector.memcheck"))
    // Where the plan does not keep them apart, LLVM may not take it for granted.
    let together = try optimizedIR(throughWorkspace(below: [0]))
    #expect(!apart.contains("diff.check"))
    #expect(together.contains("diff.check"))
  }

  /// y[i] = x[i] * x[i] + x[i].
  private func square() -> LoopFunction {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    return kernel.function { builder in
      builder.loop("i", n) { builder, i in
        let value = builder.load(x, [Index(i)])
        builder.store(builder.add(builder.multiply(value, value), value), to: y, [Index(i)])
      }
    }
  }

  @Test(arguments: [false, true])
  func productsAndSumsAreFusedIfThatIsAllowed(contracts: Bool) throws {
    var options = CodeGenOptions()
    options.triple = "x86_64-linux-gnu"
    options.cpu = "x86-64-v3"
    options.contracts = contracts
    let generator = try CodeGenerator(
      [square()], outputName: "f", files: SourceFiles(), options: options)
    let assembly = String(decoding: try generator.make(.assembly), as: UTF8.self)
    #expect(assembly.contains("vfmadd") == contracts)
  }

  @Test func sumsKeepTheirOrderUnlessTheyAccumulate() throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [])
    let function = kernel.function { builder in
      let zero = builder.constant(.f64, .float(0))
      let sums = builder.loop("i", n, carrying: [zero]) { builder, i, carried in
        [builder.add(carried[0], builder.load(x, [Index(i)]))]
      }
      builder.store(sums[0], to: y, [])
    }
    let ir = try optimizedIR(function)
    #expect(!ir.contains("reassoc"))
    #expect(!ir.contains("vector.reduce.fadd"))
    let values = [1e16, 1, 1, -1e16, 1, 1, 1, 1, 1, 1, 1e16, 1, -1e16]
    let result = Memory(.f64, 1)
    try Compiled(function).call([values.count], [Memory(values), result])
    #expect(result.doubles == [values.reduce(0, +)])
  }

  @Test func widestVectorsOfTheTarget() throws {
    for (cpu, register) in [("x86-64-v4", "%zmm"), ("x86-64-v3", "%ymm"), ("x86-64", "%xmm")] {
      var options = CodeGenOptions()
      options.triple = "x86_64-linux-gnu"
      options.cpu = cpu
      let generator = try CodeGenerator(
        [square()], outputName: "f", files: SourceFiles(), options: options)
      let assembly = String(decoding: try generator.make(.assembly), as: UTF8.self)
      #expect(assembly.contains(register))
    }
  }
}
