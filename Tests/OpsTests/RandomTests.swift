import GraphIR
import LoopIR
import Ops
import Support
import Testing

/// Random numbers against published answers of the generator, and against other programs' values.
@Suite struct RandomTests {
  /// A row of Random123's known answers for Philox4x32-10.
  struct Answer: Sendable, CustomTestStringConvertible {
    let counter: [UInt32]
    let key: [UInt32]
    let words: [UInt32]

    var testDescription: String { "\(counter) \(key)" }
  }

  static let answers: [Answer] = [
    Answer(
      counter: [0, 0, 0, 0], key: [0, 0],
      words: [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
    Answer(
      counter: [.max, .max, .max, .max], key: [.max, .max],
      words: [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]),
    Answer(
      counter: [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
      key: [0xa409_3822, 0x299f_31d0],
      words: [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]),
  ]

  @Test(arguments: answers)
  func knownAnswersOfTheReference(_ answer: Answer) {
    let c = answer.counter
    let words = Philox.block([c[0], c[1], c[2], c[3]], key: (answer.key[0], answer.key[1]))
    #expect((0..<4).map { words[$0] } == answer.words)
  }

  @Test(arguments: answers)
  func knownAnswersOfTheBody(_ answer: Answer) {
    for number in 0..<4 {
      var body = PointInterpreter(
        Self.blockWord(number), Array(repeating: .u64, count: 6), .none, fusion: .never)
      let operands = (answer.counter + answer.key).map { PointValue.integer(Int64($0)) }
      #expect(body.run(operands) == .integer(Int64(answer.words[number])))
    }
  }

  /// An operation that gives one word of a block from the words of a counter and of a key.
  private static func blockWord(_ number: Int) -> Operation {
    .pointwise(
      "philox", operands: 6, of: .integers, derivative: .zero,
      reference: .integers { _, x in x[0] }, domains: []
    ) { b, c in
      b.philox(Array(c.operands[..<4]), key: (c.operands[4], c.operands[5]))[number]
    }
  }

  @Test(arguments: [DType.f32, .f64])
  func bitsOfElements(_ dtype: DType) throws {
    let types: [DType] = [.u64, .i64]
    var body = PointInterpreter(.randomBits, types, .dtype(dtype), fusion: .never)
    for (key, place, single, double) in RandomTable.bits {
      let expected = dtype == .f64 ? double : single
      #expect(Philox.bits(ofElement: place, key: key, isDouble: dtype == .f64) == expected)
      let operands = [PointValue.integer(Int64(bitPattern: key)), .integer(Int64(place))]
      #expect(body.run(operands) == .integer(Int64(expected)), "\(key) \(place)")
    }
    #expect(body.fault == nil)
  }

  /// Units of the last place that a normal deviate of the body, and of the reference, may be off.
  @Test(arguments: [53, 24], Fusion.allCases)
  func normalDeviates(_ bits: Int, _ fusion: Fusion) throws {
    var body = PointInterpreter(.normalDeviate, [.f64], .none, fusion: fusion)
    let unit = Double(sign: .plus, exponent: -bits, significand: 1)
    var worst = 0.0
    for line in (bits == 53 ? RandomTable.normal53 : RandomTable.normal24).split(separator: "\n") {
      let words = line.split(separator: " ").compactMap { Double($0) }
      try #require(words.count == 3)
      let x = words[0] * unit
      for value in [body.run([.float(x)]).float, try Self.reference(x)] {
        let error = ((value - words[1]) - words[2]).magnitude / words[1].ulp
        worst = max(worst, error)
        #expect(error <= 3, "\(x): \(value)")
      }
    }
    #expect(worst > 0.5)
    #expect(body.fault == nil)
  }

  /// What the record gives for one number.
  private static func reference(_ x: Double) throws -> Double {
    var bench = Bench()
    let deviate = bench.builder.emit(.normalDeviate, [bench.input(f64([], [x]))])
    return try bench.run([deviate])[0].floats[0]
  }

  /// What the operations are made of gives what their records give.
  @Test(arguments: [Operation.randomUniform, .randomNormal], [DType.f32, .f64])
  func expansions(_ operation: Operation, _ dtype: DType) throws {
    for shape in [[], [7], [2, 3], [2, 3, 4], [0, 2]] {
      var bench = Bench()
      let key = bench.input(Tensor(.u64, [], integers: [-77]))
      let dims = shape.map { Dim($0) }
      let drawn = bench.builder.emit(operation, [key], .draw(dims, dtype))
      let expected = try bench.run([drawn])[0]
      let expanded = bench.expanded([drawn])
      #expect(try bench.run(expanded)[0].ulps(from: expected) <= 1)
    }
  }

  /// The elements of draws of any shape are those of a vector in row-major order.
  @Test func shapesDoNotMatter() throws {
    var bench = Bench()
    let key = bench.input(Tensor(.u64, [], integers: [5]))
    let matrix = bench.builder.emit(.randomUniform, [key], .draw([Dim(3), Dim(4)], .f64))
    let vector = bench.builder.emit(.randomUniform, [key], .draw([Dim(12)], .f64))
    let expanded = bench.expanded([matrix, vector])
    let values = try bench.run(expanded)
    #expect(values[0].floats == values[1].floats)
    #expect(Set(values[0].floats).count == 12)
  }
}
