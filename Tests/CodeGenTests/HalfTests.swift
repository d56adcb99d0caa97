import CodeGen
import LoopIR
import Support
import Testing

/// Half types, with and without a processor that knows them.
struct HalfTests {
  private func copy<A, B>(
    _ values: [A], _ from: DType, _ to: DType, as type: B.Type, cpu: String?, lanes: Int
  ) throws -> [B] {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n], from)
    let y = kernel.output("y", [n], to)
    let function = kernel.function { builder in
      builder.loop("i", n, lanes: lanes) { builder, i in
        builder.store(builder.load(x, [Index(i)]), to: y, [Index(i)])
      }
    }
    let result = Memory(to, values.count)
    let compiled = try Compiled(function) { $0.cpu = cpu }
    #expect(try compiled.call([values.count], [Memory(from, values), result]) == 0)
    return result.values(as: type)
  }

  /// The value of the bits of an `f16`, by its definition.
  private func value(ofHalf bits: UInt16) -> Double {
    let sign = bits & 0x8000 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Double(bits & 0x3FF)
    switch exponent {
    case 0: return sign * fraction * 0x1p-24
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction / 1024)
    }
  }

  @Test(arguments: [nil, "x86-64"], [1, 8])
  func allHalvesLoad(cpu: String?, lanes: Int) throws {
    let all = Array(UInt16.min...UInt16.max)
    let loaded = try copy(all, .f16, .f32, as: Float.self, cpu: cpu, lanes: lanes)
    for (bits, single) in zip(all, loaded) {
      let wanted = value(ofHalf: bits)
      let isRight =
        wanted.isNaN ? single.isNaN : Double(single) == wanted && single.sign == wanted.sign
      if !isRight { Issue.record("\(bits) gives \(single), not \(wanted)") }
    }
    let brains = try copy(all, .bf16, .f32, as: Float.self, cpu: cpu, lanes: lanes)
    for (bits, single) in zip(all, brains) {
      let wanted = Float(bitPattern: UInt32(bits) << 16)
      let isRight = wanted.isNaN ? single.isNaN : wanted.bitPattern == single.bitPattern
      if !isRight { Issue.record("bf16 \(bits) gives \(single)") }
    }
  }

  /// All halves, what lies in the middle between two, and a little beside that.
  private var singles: [Float] {
    var values: [Float] = [
      .infinity, -.infinity, .nan, 65519.996, 65520, 1e30, -1e30, .leastNormalMagnitude / 7,
    ]
    for bits in UInt16(0)..<0x7C00 {
      let low = Float(value(ofHalf: bits))
      let high = bits == 0x7BFF ? 65536 : Float(value(ofHalf: bits + 1))
      let middle = (low + high) / 2
      values += [low, middle, middle.nextUp, -middle.nextDown]
    }
    return values
  }

  @Test(arguments: [nil, "x86-64"], [1, 8])
  func stores(cpu: String?, lanes: Int) throws {
    let singles = singles
    let stored = try copy(singles, .f32, .f16, as: UInt16.self, cpu: cpu, lanes: lanes)
    for (single, bits) in zip(singles, stored) {
      let wanted = DType.f16.rounded(Double(single))
      let result = value(ofHalf: bits)
      let isRight = wanted.isNaN ? result.isNaN : wanted == result && wanted.sign == result.sign
      if !isRight { Issue.record("\(single) gives \(result), not \(wanted)") }
    }
    let brains = try copy(singles, .f32, .bf16, as: UInt16.self, cpu: cpu, lanes: lanes)
    for (single, bits) in zip(singles, brains) {
      let wanted = DType.bf16.rounded(Double(single))
      let result = Float(bitPattern: UInt32(bits) << 16)
      let isRight = wanted.isNaN ? result.isNaN : wanted == Double(result)
      if !isRight { Issue.record("bf16: \(single) gives \(result), not \(wanted)") }
    }
  }

  @Test(arguments: [DType.f16, .bf16])
  func rounding(element: DType) throws {
    var kernel = Kernel(symbols: ["n"])
    let x = kernel.input("x", [n], .f32)
    let y = kernel.output("y", [n], .f32)
    let function = kernel.function { builder in
      builder.loop("i", n) { builder, i in
        let value = builder.load(x, [Index(i)])
        // The product is rounded before the sum, whatever may be contracted.
        let product = builder.multiply(value, value)
        let rounded = builder.scalar(ScalarType(.f32), .round(product, to: element))
        builder.store(builder.add(rounded, value), to: y, [Index(i)])
      }
    }
    let values: [Float] = [0.1, 0.3, 1.7, 33.3, -5.55, 1e-4]
    let result = Memory(.f32, values.count)
    try Compiled(function).call([values.count], [Memory(values), result])
    #expect(result.floats == values.map { Float(element.rounded(Double($0 * $0))) + $0 })
  }

  @Test func scalarsByValue() throws {
    var kernel = Kernel()
    let x = kernel.input("x", [], .f16)
    let flag = kernel.input("flag", [], .bool)
    let y = kernel.output("y", [], .f32)
    let function = kernel.function { builder in
      let value = builder.load(x, [])
      builder.store(builder.select(builder.load(flag, []), value, builder.negate(value)), to: y, [])
    }
    let compiled = try Compiled(function)
    let result = Memory(.f32, 1)
    // Bits above the width of an argument may be anything.
    #expect(try compiled.call([0x7FFF_3E00, 0x7700], [result]) == 0)
    #expect(result.floats == [-1.5])
    #expect(try compiled.call([0x3E00, 0x80], [result]) == 0)
    #expect(result.floats == [1.5])
  }
}
