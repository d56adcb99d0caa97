import LoopIR
import Lowering
import Support
import Testing

/// When a loop writes right to where its results would be copied, or added, and when it must not.
struct DirectStoresTests {
  private let n = Dim.symbol("n")
  /// f64[n]: what turns hand on, what a turn computes, and what nothing else uses.
  private let carried = BufferID(0)
  private let next = BufferID(1)
  private let other = BufferID(2)
  /// f64[n, 2]: sums of all turns, and those of one.
  private let sums = BufferID(3)
  private let parts = BufferID(4)

  /// Whether a copy falls away in the turns of an outer loop that `build` fills; then nothing may
  /// touch its source any more.
  private func isDirect(
    _ source: BufferID, keepsOrder: Bool = false,
    _ build: (inout LoopBuilder, LoopID) -> Void
  ) -> Bool {
    var body = Body()
    for (name, shape) in [
      ("carried", [n]), ("next", [n]), ("other", [n]), ("sums", [n, Dim(2)]),
      ("parts", [n, Dim(2)]),
    ] {
      body.buffers.append(
        Buffer(name: name, element: .f64, shape: shape, storage: .workspace, site: .none))
    }
    var builder = LoopBuilder(body: body)
    builder.loop("t", n, build)
    body = builder.finish()
    guard DirectStores.run(&body, keepsOrder: keepsOrder) else { return false }
    var isTouched = false
    var pending = body.block.items
    while let item = pending.popLast() {
      switch item {
      case .loop(let id): pending += body[id].body.items
      case .store(let store): isTouched = isTouched || store.access.buffer == source
      case .scalar(let id):
        if case .load(let access, _) = body[id].instruction {
          isTouched = isTouched || access.buffer == source
        }
      case .branch, .check, .external, .stopIfFailed: break
      }
    }
    #expect(!isTouched)
    return true
  }

  /// Copies, or adds, all of one array to another.
  private func copy(
    _ source: BufferID, to target: BufferID, _ b: inout LoopBuilder,
    _ combining: BinaryOperation? = nil
  ) {
    if b.body[source].shape.count == 1 {
      b.loop("i", n) { b, i in
        b.store(b.load(source, [Index(i)]), to: target, [Index(i)], combining: combining)
      }
    } else {
      b.loop("i", n) { b, i in
        b.loop("j", Dim(2)) { b, j in
          let value = b.load(source, [Index(i), Index(j)])
          b.store(value, to: target, [Index(i), Index(j)], combining: combining)
        }
      }
    }
  }

  /// What is carried, read at some position, gives the next element.
  private func step(
    _ b: inout LoopBuilder, extent: Dim? = nil, reading position: (LoopID) -> Index,
    writing place: (LoopID) -> Index = { Index($0) }
  ) {
    b.loop("i", extent ?? n) { b, i in
      let value = b.load(carried, [position(i)])
      b.store(b.multiply(value, value), to: next, [place(i)])
    }
  }

  @Test func whatIsCarriedIsWrittenInPlace() {
    #expect(
      isDirect(next) { b, _ in
        step(&b) { Index($0) }
        copy(next, to: carried, &b)
      })
  }

  /// Where other turns, or later code, still read what was there, the copy stays.
  @Test func whatIsStillReadIsNot() {
    #expect(
      !isDirect(next) { b, _ in
        step(&b) { Index($0).flipped(n) }
        copy(next, to: carried, &b)
      })
    #expect(
      !isDirect(next) { b, _ in
        step(&b, extent: n - 1) { Index($0) + Dim(1) }
        copy(next, to: carried, &b)
      })
    #expect(
      !isDirect(next) { b, _ in
        step(&b) { Index($0) }
        copy(carried, to: other, &b)
        copy(next, to: carried, &b)
      })
    // Read behind the store, in the same turn.
    #expect(
      !isDirect(next) { b, _ in
        b.loop("i", n) { b, i in
          let value = b.load(carried, [Index(i)])
          b.store(b.add(value, value), to: next, [Index(i)])
          b.store(b.load(carried, [Index(i)]), to: other, [Index(i)])
        }
        copy(next, to: carried, &b)
      })
    // Computed twice: the second time would see what the first has written.
    #expect(
      !isDirect(next) { b, _ in
        b.loop("k", Dim(2)) { b, _ in step(&b) { Index($0) } }
        copy(next, to: carried, &b)
      })
    // What is copied is read by others as well.
    #expect(
      !isDirect(next) { b, _ in
        step(&b) { Index($0) }
        copy(next, to: other, &b, .add)
        copy(next, to: carried, &b)
      })
    // Some turns may not run.
    #expect(
      !isDirect(next) { b, t in
        let turns = b.position(Index(t))
        b.loop("i", n) { b, i in
          b.body[i].bound = turns
          b.store(b.load(carried, [Index(i)]), to: next, [Index(i)])
        }
        copy(next, to: carried, &b)
      })
  }

  /// Fills the sums of a turn with zeros, adds to them, and adds them to those of all.
  private func sumUp(
    _ b: inout LoopBuilder, adding place: (LoopID) -> Index = { Index($0) }, isLate: Bool = false,
    reading: BufferID? = nil
  ) {
    b.loop("i", n) { b, i in
      let fill = { (b: inout LoopBuilder) in
        _ = b.loop("j", Dim(2)) { b, j in
          b.store(b.constant(.f64, .float(0)), to: parts, [Index(i), Index(j)])
        }
      }
      if !isLate { fill(&b) }
      let indices = reading == sums ? [Index(i), Index(Dim(0))] : [Index(i)]
      let value = b.load(reading ?? other, indices)
      for column in 0..<2 {
        b.store(value, to: parts, [place(i), Index(Dim(column))], combining: .add)
      }
      if isLate { fill(&b) }
    }
    copy(parts, to: sums, &b, .add)
  }

  @Test func whatIsAddedIsAddedInPlace() {
    #expect(isDirect(parts) { b, _ in sumUp(&b) })
    // A single value for each element.
    #expect(
      isDirect(next) { b, _ in
        b.loop("i", n) { b, i in
          b.store(b.load(other, [Index(i)]), to: next, [Index(i)])
        }
        copy(next, to: carried, &b, .add)
      })
  }

  @Test func sumsThatDifferAreNot() {
    // Strict mathematics adds up the turn first.
    #expect(!isDirect(parts, keepsOrder: true) { b, _ in sumUp(&b) })
    // The zeros erase what was added.
    #expect(!isDirect(parts) { b, _ in sumUp(&b, isLate: true) })
    // Later turns of the loop erase what this one adds.
    #expect(!isDirect(parts) { b, _ in sumUp(&b, adding: { Index($0).flipped(n) }) })
    // The sums are read while they are added to.
    #expect(!isDirect(parts) { b, _ in sumUp(&b, reading: sums) })
    // Every turn overwrites what the one before has written.
    #expect(
      !isDirect(next) { b, _ in
        b.loop("k", n) { b, _ in
          b.loop("i", n) { b, i in
            b.store(b.load(other, [Index(i)]), to: next, [Index(i)])
          }
        }
        copy(next, to: carried, &b, .add)
      })
  }
}
