import LoopIR
import Support
import Testing

/// The tree that `--emit=loops` shows.
struct LoopPrinterTests {
  @Test func tree() throws {
    let n = Dim.symbol("n")
    var body = Body(serves: [0])
    func buffer(_ name: String, _ element: DType, _ shape: [Dim], _ storage: Storage) {
      body.buffers.append(
        Buffer(name: name, element: element, shape: shape, storage: storage, site: .none))
    }
    buffer("x", .f16, [n], .parameter(0))
    buffer("y", .f32, [], .result(0))
    buffer("t", .f32, [2 * n, Dim(3)], .workspace)
    buffer("w", .f32, [Dim(4)], .update(1))
    buffer("c", .f32, [Dim(2)], .constant(0))
    buffer("u", .f32, [Dim(2)], .local)
    buffer("flat", .f32, [6 * n], .alias(BufferID(2)))
    body.plan = [Placement(buffer: BufferID(2), below: [])]
    var builder = LoopBuilder(body: body)
    let zero = builder.constant(.f32, .float(0))
    let sums = builder.loop("i", n, carrying: [zero]) { builder, i, carried in
      let x = builder.load(BufferID(0), [Index(i).flipped(n)])
      builder.loop("j", Dim(3), lanes: 4) { builder, j in
        builder.store(
          x, to: BufferID(2), [Index(i) * Dim(2), Index(j)], combining: .add,
          mask: builder.compare(.less, builder.position(Index(j)), builder.dim(n)))
      }
      return [builder.scalar(ScalarType(.f32), .accumulate(.add, carried[0], x))]
    }
    let condition = builder.scalar(ScalarType(.bool), .isWanted(0))
    builder.append(.check(condition, .assertion, message: "wanted", site: .none))
    builder.append(.stopIfFailed)
    let then = builder.block { builder in builder.store(sums[0], to: BufferID(1), []) }
    let otherwise = builder.block { builder in
      let rounded = builder.scalar(ScalarType(.f32), .round(zero, to: .bf16))
      builder.store(rounded, to: BufferID(5), [Index(Dim(1))])
    }
    builder.append(.branch(condition, then: then, otherwise: otherwise))
    let commit = builder.block { builder in
      builder.store(zero, to: BufferID(3), [Index(Dim(0))])
    }
    var finished = builder.finish()
    finished.commit = commit
    let function = LoopFunction(
      name: "f", doc: "", site: .none, symbols: ["k", "n"],
      parameters: [
        Formal(name: "x", element: .f16, shape: [n], site: .none),
        Formal(name: "w", element: .f32, shape: [Dim(4)], isInout: true, site: .none),
      ], results: [Formal(name: "y", element: .f32, shape: [], site: .none)],
      requirements: [Requirement(.equal(n, Dim(4)), .sizeMismatch, site: .none)],
      constants: [ConstantData(element: .f32, elements: .floats([1, 2]))],
      bodies: [finished, Body(serves: [])])
    try function.verify()
    #expect(function.dump() == Self.expected)
  }

  private static let expected = """
    function f[k](x: f16[n], inout w: f32[4]) -> (y: f32)
      require n == 4 else size mismatch
      constant 0: f32[2]
      body for y
        buffer @0: x: f16[n] = parameter 0
        buffer @1: y: f32 = result 0
        buffer @2: t: f32[2 * n, 3] = workspace
        buffer @3: w: f32[4] = update 1
        buffer @4: c: f32[2] = constant 0
        buffer @5: u: f32[2] = local
        buffer @6: flat: f32[6 * n] = @2
        place @2
        %0: f32 = 0.0
        for i0 in 0..<n with %1 = %0
          %2: f32 = load @0[-1 * i0 + n - 1]
          for j1 in 0..<3 lanes 4
            %3: i64x4 = index j1
            %4: i64 = size n
            %5: boolx4 = less %3, %4
            @2[2 * i0, j1] add= %2 where %5
          %6: f32 = accumulate add %1, %2
          next %6
        %7: f32 = result 0 of i0
        %8: bool = wanted 0
        check %8 else assertion failed: wanted
        stop if failed
        if %8
          @1[] = %7
        else
          %9: f32 = round to bf16 %0
          @5[1] = %9
        commit
          @3[0] = %0
      body for no result

    """
}
