import Foundation
import LLVMInterop
import Testing

/// Code that is built, linked into this process and called.
@Suite struct JITTests {
  typealias Unary = @convention(c) (Double) -> Double

  @Test(arguments: ["default<O0>", "default<O3>"]) func loop(_ passes: String) throws {
    let machine = try TargetMachine()
    try Sample.run(passes: passes) { module in
      Sample.addScale(to: module, on: machine)
    } _: { jit in
      let scale = unsafeBitCast(
        try jit.address(of: "scale"),
        to: (@convention(c) (Int64, Double, UnsafeMutablePointer<Double>) -> Void).self)
      for n in [0, 1, 7, 8, 100, 1001] {
        var x = (0..<n).map(Double.init)
        scale(Int64(n), 2.5, &x)
        #expect(x == (0..<n).map { 2.5 * Double($0) + 1 })
      }
    }
  }

  @Test func callsTheMathLibraryOfThisProcess() throws {
    try Sample.run { module in
      let context = module.context
      let type = context.function([context.double], returning: context.double)
      let sine = module.declare("sin", type)
      Sample.addFunction("f", [context.double], returning: context.double, to: module) { b, p in
        b.call(sine, [p[0]])
      }
    } _: { jit in
      let f = unsafeBitCast(try jit.address(of: "f"), to: Unary.self)
      #expect(f(0.5) == sin(0.5))
    }
  }

  @Test func missingSymbolIsAnError() throws {
    let jit = try LLJIT()
    let error = #expect(throws: LLVMError.self) { _ = try jit.address(of: "no_such_symbol") }
    #expect(error?.step == .jit)
    #expect(error?.message.contains("no_such_symbol") == true)
  }

  @Test func notAnObjectIsAnError() throws {
    let jit = try LLJIT()
    let error = #expect(throws: LLVMError.self) {
      try jit.add(object: MemoryBuffer(Array("no object".utf8)))
    }
    #expect(error?.step == .jit)
  }

  @Test func aliasHasTheSameAddress() throws {
    let machine = try TargetMachine()
    try Sample.run { module in
      module.addAlias("again", of: Sample.addScale(to: module, on: machine))
    } _: { jit in
      let again = try jit.address(of: "again")
      let scale = try jit.address(of: "scale")
      #expect(again == scale)
    }
  }
}
