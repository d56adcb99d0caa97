import LoopIR
import Lowering
import Support
import Testing

/// What only one result needs is skipped where it stands, or the body stays as it was.
struct SkipUnwantedTests {
  private let n = Dim.symbol("n")
  private let x = BufferID(0)
  private let value = BufferID(1)
  private let slope = BufferID(2)
  private let rest = BufferID(3)

  /// The body that `build` fills, with the slope skipped; nil where it cannot be.
  private func skipped(_ build: (inout LoopBuilder) -> Void) throws -> Body? {
    var body = Body()
    let storages: [Storage] = [.parameter(0), .result(0), .result(1), .workspace]
    for (name, storage) in zip(["x", "value", "slope", "rest"], storages) {
      body.buffers.append(
        Buffer(name: name, element: .f64, shape: [n], storage: storage, site: .none))
    }
    var builder = LoopBuilder(body: body)
    build(&builder)
    body = builder.finish()
    let before = body
    if SkipUnwanted.run(&body, result: 1) { return body }
    #expect(body == before)
    return nil
  }

  /// The results that are written outside of all branches.
  private func always(_ body: Body) -> Set<Int> {
    var found: Set<Int> = []
    var pending = body.block.items
    while let item = pending.popLast() {
      switch item {
      case .store(let store):
        if case .result(let number) = body[store.access.buffer].storage { found.insert(number) }
      case .loop(let id): pending += body[id].body.items
      case .scalar, .branch, .check, .external, .stopIfFailed: break
      }
    }
    return found
  }

  @Test func whatOnlyOneResultNeedsIsInABranch() throws {
    let body = try #require(
      try skipped { b in
        b.loop("i", n) { b, i in
          let x = b.load(x, [Index(i)])
          let square = b.binary(.multiply, x, x)
          let double = b.binary(.add, x, x)
          b.store(double, to: slope, [Index(i)])
          b.store(square, to: value, [Index(i)])
        }
      })
    #expect(always(body) == [0])
    let items = body.loops[0].body.items
    guard case .branch(let condition, let then, _) = items.last else {
      Issue.record("no branch at the end of the loop")
      return
    }
    #expect(body[condition].instruction == .isWanted(1))
    // The sum and its store; the load serves both results.
    #expect(then.items.count == 2)
    #expect(items.count == 5)
  }

  @Test func aLoopForOneResultIsSkippedWhole() throws {
    let body = try #require(
      try skipped { b in
        b.loop("i", n) { b, i in b.store(b.load(x, [Index(i)]), to: value, [Index(i)]) }
        b.loop("j", n) { b, i in b.store(b.load(x, [Index(i)]), to: slope, [Index(i)]) }
      })
    #expect(always(body) == [0])
    #expect(body.block.items.count == 3)
  }

  @Test func whatTurnsHandOnStays() throws {
    let body = try skipped { b in
      let zero = b.constant(.f64, .float(0))
      let sums = b.loop("i", n, carrying: [zero]) { b, i, carried in
        let x = b.load(x, [Index(i)])
        b.store(x, to: value, [Index(i)])
        return [b.binary(.add, carried[0], x)]
      }
      b.loop("j", n) { b, i in b.store(sums[0], to: slope, [Index(i)]) }
    }
    #expect(body == nil)
  }

  @Test func sumsOfOneResultAreSkippedWithIt() throws {
    let body = try #require(
      try skipped { b in
        b.loop("i", n) { b, i in b.store(b.load(x, [Index(i)]), to: value, [Index(i)]) }
        let zero = b.constant(.f64, .float(0))
        let sums = b.loop("j", n, carrying: [zero]) { b, i, carried in
          [b.binary(.add, carried[0], b.load(x, [Index(i)]))]
        }
        b.loop("k", n) { b, i in b.store(sums[0], to: slope, [Index(i)]) }
      })
    #expect(always(body) == [0])
  }

  @Test func memoryThatIsWrittenAgainStays() throws {
    let body = try skipped { b in
      b.loop("i", n) { b, i in
        let x = b.load(x, [Index(i)])
        b.store(x, to: rest, [Index(i)])
        b.store(b.load(rest, [Index(i)]), to: slope, [Index(i)])
        b.store(b.binary(.multiply, x, x), to: rest, [Index(i)])
        b.store(b.load(rest, [Index(i)]), to: value, [Index(i)])
      }
    }
    #expect(body == nil)
  }

  @Test func valuesOfTwoBlocksStay() throws {
    let body = try skipped { b in
      let first = b.load(x, [Index(Dim(0))])
      let root = b.unary(.sqrt, first)
      b.loop("i", n) { b, i in
        b.store(root, to: slope, [Index(i)])
        b.store(first, to: value, [Index(i)])
      }
    }
    #expect(body == nil)
  }
}
