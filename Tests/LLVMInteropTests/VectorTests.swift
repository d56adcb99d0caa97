import LLVMInterop
import Testing

/// Vectors: lanes, masks, gathers and folds, run in this process.
@Suite struct VectorTests {
  typealias Kernel = @convention(c) (UnsafePointer<Double>, UnsafeMutablePointer<Double>) -> Void

  /// Runs a kernel that reads eight numbers from one place and writes eight to another.
  private func run(
    _ input: [Double], _ build: (borrowing Builder, _ x: IRValue, _ y: IRValue) -> Void
  ) throws -> [Double] {
    let machine = try TargetMachine()
    let context = Context()
    let module = Module("vectors", in: context)
    module.setTarget(machine)
    let type = context.function([context.pointer, context.pointer], returning: context.void)
    let function = module.addFunction("kernel", type)
    function.add(machine.target.functionAttributes)
    let builder = Builder(in: context)
    builder.position(atEnd: function.appendBlock())
    build(builder, function.parameter(0), function.parameter(1))
    builder.retVoid()
    try module.verify()
    try module.run("default<O2>", on: machine)
    let jit = try LLJIT()
    try jit.add(module, on: machine)
    let kernel = unsafeBitCast(try jit.address(of: "kernel"), to: Kernel.self)
    var output = [Double](repeating: -1, count: 8)
    kernel(input, &output)
    return output
  }

  private let input = (0..<8).map { Double($0 + 1) * 1.5 }

  /// The mask of the lanes with an even number.
  private func evenLanes(_ context: Context) -> IRValue {
    .vector((0..<8).map { $0 % 2 == 0 ? context.true : context.false })
  }

  @Test func wholeVectors() throws {
    let output = try run(input) { b, x, y in
      let type = b.context.double.vector(8)
      let loaded = b.load(type, x, align: 8)
      let first = b.extract(loaded, lane: 0)
      b.store(b.fadd(loaded, b.splat(first, lanes: 8)), y, align: 8)
    }
    #expect(output == input.map { $0 + input[0] })
  }

  @Test func shuffleAndInsert() throws {
    let output = try run(input) { b, x, y in
      let loaded = b.load(b.context.double.vector(8), x, align: 8)
      let reversed = b.shuffle(loaded, loaded, [7, 6, 5, 4, 3, 2, 1, 0])
      b.store(b.insert(reversed, b.context.double.constant(99.0), lane: 2), y, align: 8)
    }
    var expected = Array(input.reversed())
    expected[2] = 99
    #expect(output == expected)
  }

  @Test func maskedMemory() throws {
    let output = try run(input) { b, x, y in
      let type = b.context.double.vector(8)
      let mask = evenLanes(b.context)
      let loaded = b.maskedLoad(type, x, align: 8, mask: mask, passthru: type.constant(0.5))
      b.maskedStore(loaded, y, align: 8, mask: .vector((0..<8).map { i in
        i < 6 ? b.context.true : b.context.false
      }))
    }
    // Odd lanes are not loaded, and the last two not stored.
    #expect(output == [input[0], 0.5, input[2], 0.5, input[4], 0.5, -1, -1])
  }

  @Test func gatherAndScatter() throws {
    let output = try run(input) { b, x, y in
      let type = b.context.double.vector(8)
      let lanes = b.context.i64.vector(8)
      let backwards = b.sub(lanes.constant(7), lanes.iota)
      let from = b.gep(b.context.double, x, [backwards])
      let loaded = b.gather(
        type, from, align: 8, mask: evenLanes(b.context), passthru: type.constant(0.25))
      let to = b.gep(b.context.double, y, [backwards])
      b.scatter(loaded, to, align: 8, mask: b.context.i1.vector(8).allOnes)
    }
    // Lanes go backwards through memory, so that the even ones are the odd places.
    #expect(output == [0.25, input[1], 0.25, input[3], 0.25, input[5], 0.25, input[7]])
  }

  @Test func folds() throws {
    let output = try run(input) { b, x, y in
      let loaded = b.load(b.context.double.vector(8), x, align: 8)
      let folds = [
        b.reduce(.fadd, loaded), b.reduce(.fmul, loaded), b.reduce(.fmax, loaded),
        b.reduce(.fmin, loaded), b.reduce(.fadd, loaded, start: b.context.double.constant(100)),
      ]
      for (i, fold) in folds.enumerated() {
        b.store(fold, b.element(b.context.double, y, b.context.i64.constant(i)), align: 8)
      }
    }
    let expected = [
      input.reduce(0, +), input.reduce(1, *), 12, 1.5, input.reduce(100, +),
    ]
    #expect(Array(output.prefix(5)) == expected)
  }

  @Test func constantsFillAllLanes() {
    let context = Context()
    let three = context.i64.constant(-3)
    #expect(context.i64.vector(2).constant(-3) == .vector([three, three]))
    let third = context.float.constant(1.0 / 3)
    #expect(context.float.vector(2).constant(1.0 / 3) == .vector([third, third]))
    #expect(context.double.constant(7) == context.double.constant(7.0))
    #expect(context.i32.vector(3).iota.description == "<3 x i32> <i32 0, i32 1, i32 2>")
    #expect(context.i8.constant(300).constantInteger == 44)
    #expect(context.i8.constant(-1).constantInteger == -1)
    #expect(context.double.vector(4).laneCount == 4)
    #expect(context.double.lanes(1) == context.double)
    #expect(context.double.vector(4).scalar == context.double)
  }
}
