import CodeGen
import Foundation
import LoopIR
import Support
import Testing

/// The choice of a body, and how little is left where nothing is to be done.
struct BodyTests {
  /// y = 2 x, by a body for y and one for any choice, as lowering makes them.
  private func doubling() -> LoopFunction {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    func loop(_ builder: inout LoopBuilder) {
      builder.loop("i", n) { builder, i in
        let value = builder.load(x, [Index(i)])
        builder.store(builder.add(value, value), to: y, [Index(i)])
      }
    }
    var builder = LoopBuilder(body: kernel.body)
    builder.body.serves = [0]
    loop(&builder)
    var other = LoopBuilder(body: kernel.body)
    let isWanted = other.scalar(ScalarType(.bool), .isWanted(0))
    let run = other.block { loop(&$0) }
    other.append(.branch(isWanted, then: run, otherwise: Block()))
    return kernel.function(bodies: [builder.finish(), other.finish()])
  }

  @Test func whatIsServedBeforeIsNotEmittedAgain() throws {
    let function = doubling()
    let ir = try optimizedIR(function)
    #expect(!ir.contains("call fastcc"))
    #expect(ir.components(separatedBy: "\nvector.body").count == 2)
    let compiled = try Compiled(function)
    let result = Memory(.f64, 3)
    #expect(try compiled.call([3], [Memory([1.0, 2, 3]), result]) == 0)
    #expect(result.doubles == [2, 4, 6])
    #expect(try compiled.call([3], [Memory([1.0, 2, 3]), nil]) == 0)
  }

  @Test func scalarsNeedNoStackAndNoCalls() throws {
    var kernel = Kernel()
    let x = kernel.input("x", [])
    let y = kernel.output("y", [])
    let function = kernel.function { builder in
      let isWanted = builder.scalar(ScalarType(.bool), .isWanted(0))
      let run = builder.block { builder in
        let value = builder.load(x, [])
        builder.store(builder.add(value, value), to: y, [])
      }
      builder.append(.branch(isWanted, then: run, otherwise: Block()))
    }
    var options = CodeGenOptions()
    options.triple = "x86_64-linux-gnu"
    options.cpu = "x86-64-v3"
    let generator = try CodeGenerator(
      [function], outputName: "f", files: SourceFiles(), options: options)
    let assembly = String(decoding: try generator.make(.assembly), as: UTF8.self)
    let start = assembly.components(separatedBy: "\nf:")[1]
    let body = start.components(separatedBy: ".cfi_endproc")[0]
    let instructions = body.split(separator: "\n").filter {
      $0.hasPrefix("\t") && !$0.hasPrefix("\t.")
    }
    #expect(instructions.count <= 7, "\(body)")
    for word in ["push", "call", "rsp"] { #expect(!body.contains(word)) }
  }

  @Test func manyBodies() throws {
    // Three results with loops; each choice runs exactly what it wants.
    var kernel = Kernel(symbols: ["n"])
    let outputs = (0..<3).map { kernel.output("y\($0)", [n]) }
    func body(_ serves: Set<Int>?, offset: Double) -> Body {
      var body = kernel.body
      body.serves = serves
      var builder = LoopBuilder(body: body)
      for (number, buffer) in outputs.enumerated() where serves?.contains(number) ?? true {
        let isWanted = builder.scalar(ScalarType(.bool), .isWanted(number))
        let value = builder.constant(.f64, .float(Double(number) + offset))
        let run = builder.block { builder in
          builder.loop("i", n) { builder, i in builder.store(value, to: buffer, [Index(i)]) }
        }
        builder.append(.branch(isWanted, then: run, otherwise: Block()))
      }
      return builder.finish()
    }
    let function = kernel.function(bodies: [
      body([0, 1, 2], offset: 10), body([0], offset: 20), body(nil, offset: 30),
    ])
    let compiled = try Compiled(function)
    for choice in 0..<8 {
      let memory = (0..<3).map { Memory(Array(repeating: Double(-$0), count: 2)) }
      let given = memory.enumerated().map { choice >> $0.offset & 1 == 1 ? $0.element : nil }
      #expect(try compiled.call([2], given) == 0)
      let offset = choice == 7 ? 10.0 : choice == 1 ? 20 : 30
      for (number, array) in memory.enumerated() {
        let value = given[number] == nil ? Double(-number) : Double(number) + offset
        #expect(array.doubles == [value, value])
      }
    }
  }

  @Test func boundedLoopsAndEarlyEnds() throws {
    // For each i, the sum of the first i elements, stopped where it exceeds 10.
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n])
    let y = kernel.output("y", [n])
    var function = kernel.function { builder in
      builder.loop("i", n) { builder, i in
        let zero = builder.constant(.f64, .float(0))
        let yes = builder.constant(.bool, .bool(true))
        let bound = builder.position(Index(i))
        let sums = builder.loop("j", n, carrying: [zero, yes]) { builder, j, carried in
          let sum = builder.add(carried[0], builder.load(x, [Index(j)]))
          let isSmall = builder.compare(.lessEqual, sum, builder.constant(.f64, .float(10)))
          return [sum, isSmall]
        }
        builder.body.loops[1].bound = bound
        builder.body.loops[1].going = 1
        builder.store(sums[0], to: y, [Index(i)])
      }
    }
    for isReversed in [false, true] {
      function.bodies[0].loops[1].isReversed = isReversed
      let values = [1.0, 5, 3, 2, 7, 1, 1]
      let result = Memory(.f64, values.count)
      #expect(try Compiled(function).call([values.count], [Memory(values), result]) == 0)
      let expected = values.indices.map { i -> Double in
        var sum = 0.0
        let order = isReversed ? Array((0..<i).reversed()) : Array(0..<i)
        for j in order where sum <= 10 { sum += values[j] }
        return sum
      }
      #expect(result.doubles == expected)
    }
  }
}
