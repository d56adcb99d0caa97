import LoopIR
import Lowering
import Support
import Testing

/// Memory that every turn of a loop has for itself: how long it lives, and which axes it needs.
struct TurnMemoryTests {
  private let n = Dim.symbol("n")
  private let extent = Dim(8)
  /// f64[8]: what turns compute, and what they make of it.
  private let first = BufferID(0)
  private let second = BufferID(1)
  /// f64[n, 8]
  private let rows = BufferID(2)
  /// f64[n]: a result.
  private let result = BufferID(3)
  /// bool[n]: a parameter.
  private let conditions = BufferID(4)

  /// A body with these buffers.
  private func body(_ build: (inout LoopBuilder) -> Void) -> Body {
    var body = Body()
    for (name, shape) in [("first", [extent]), ("second", [extent]), ("rows", [n, extent])] {
      body.buffers.append(
        Buffer(name: name, element: .f64, shape: shape, storage: .workspace, site: .none))
    }
    body.buffers.append(
      Buffer(name: "result", element: .f64, shape: [n], storage: .result(0), site: .none))
    body.buffers.append(
      Buffer(name: "conditions", element: .bool, shape: [n], storage: .parameter(0), site: .none))
    var builder = LoopBuilder(body: body)
    build(&builder)
    return builder.finish()
  }

  /// Fills an array with what stands beside it, or with a number.
  private func fill(
    _ target: BufferID, from source: BufferID? = nil, _ b: inout LoopBuilder,
    combining: BinaryOperation? = nil
  ) {
    b.loop("i", extent) { b, i in
      let value = source.map { b.load($0, [Index(i)]) } ?? b.constant(.f64, .float(1))
      b.store(value, to: target, [Index(i)], combining: combining)
    }
  }

  /// Adds an array to an element of the result.
  private func add(_ source: BufferID, at t: LoopID, _ b: inout LoopBuilder) {
    b.loop("i", extent) { b, i in
      b.store(b.load(source, [Index(i)]), to: result, [Index(t)], combining: .add)
    }
  }

  // MARK: Lifetimes

  /// Whether the first array does not live at the same time as the second in a loop whose turns do
  /// what `build` does, then fill the second and read it.
  private func arePartedInTurns(_ build: (inout LoopBuilder, LoopID) -> Void) throws -> Bool {
    let body = body { b in
      b.loop("t", n) { b, t in
        build(&b, t)
        fill(second, &b)
        add(second, at: t, &b)
      }
    }
    let steps = Lifetimes(body).steps
    let (one, other) = try (#require(steps[first.index]), #require(steps[second.index]))
    return !one.overlaps(other)
  }

  @Test func memoryThatTurnsFillAnewIsFreeInBetween() throws {
    #expect(
      try arePartedInTurns { b, t in
        fill(first, &b)
        add(first, at: t, &b)
      })
  }

  @Test func memoryThatIsReadFirstLivesOn() throws {
    #expect(
      try !arePartedInTurns { b, t in
        add(first, at: t, &b)
        fill(first, &b)
      })
  }

  @Test func memoryThatIsAddedToLivesOn() throws {
    #expect(
      try !arePartedInTurns { b, t in
        fill(first, &b, combining: .add)
        add(first, at: t, &b)
      })
  }

  /// The first turn may fill it for all others.
  @Test func memoryThatIsFilledUnderAConditionLivesOn() throws {
    #expect(
      try !arePartedInTurns { b, t in
        let isFirst = b.load(conditions, [Index(t)])
        let then = b.block { b in fill(first, &b) }
        b.append(.branch(isFirst, then: then, otherwise: Block()))
        add(first, at: t, &b)
      })
  }

  /// Every turn may fill another place of it.
  @Test func memoryThatTurnsFillInTurnLivesOn() throws {
    #expect(
      try !arePartedInTurns { b, t in
        b.store(b.constant(.f64, .float(1)), to: first, [Index(t)])
        add(first, at: t, &b)
      })
  }

  /// It may be filled by as many turns of an inner loop as are read, not by fewer.
  @Test(arguments: [true, false]) func memoryOfBoundedLoops(isReadSo: Bool) throws {
    let areParted = try arePartedInTurns { b, t in
      let bound = b.scalar(ScalarType(.i64), .index(Index(t)))
      b.loop("i", extent) { b, i in
        b.body[i].bound = bound
        b.store(b.constant(.f64, .float(1)), to: first, [Index(i)])
      }
      b.loop("i", extent) { b, i in
        if isReadSo { b.body[i].bound = bound }
        b.store(b.load(first, [Index(i)]), to: result, [Index(t)], combining: .add)
      }
    }
    #expect(areParted == isReadSo)
  }

  @Test func memoryThatIsSeenOutsideLivesAsLongAsTheLoop() throws {
    let body = body { b in
      fill(first, &b)
      b.loop("t", n) { b, t in
        fill(first, from: first, &b)
        fill(second, &b)
        add(second, at: t, &b)
      }
    }
    let steps = Lifetimes(body).steps
    let (one, other) = try (#require(steps[first.index]), #require(steps[second.index]))
    #expect(one.overlaps(other) && one.upperBound > other.upperBound)
  }

  // MARK: Axes

  /// The axes of the rows behind the pass.
  private func shape(_ build: (inout LoopBuilder) -> Void) -> [Dim] {
    var body = body(build)
    AxisContraction.run(&body)
    return body[rows].shape
  }

  /// Fills a row, or reads it.
  private func row(_ t: LoopID, at place: Index, isRead: Bool, _ b: inout LoopBuilder) {
    b.loop("i", extent) { b, i in
      if isRead {
        b.store(b.load(rows, [place, Index(i)]), to: result, [Index(t)], combining: .add)
      } else {
        b.store(b.constant(.f64, .float(1)), to: rows, [place, Index(i)])
      }
    }
  }

  @Test func rowsOfOneTurnAreOneRow() {
    let shape = shape { b in
      b.loop("t", n) { b, t in
        row(t, at: Index(t), isRead: false, &b)
        row(t, at: Index(t), isRead: true, &b)
      }
    }
    #expect(shape == [extent])
  }

  @Test func rowsOfOtherTurnsAreKept() {
    let shape = shape { b in
      b.loop("t", n) { b, t in
        row(t, at: Index(t), isRead: false, &b)
        row(t, at: Index(Dim(0)), isRead: true, &b)
      }
    }
    #expect(shape == [n, extent])
  }

  @Test func rowsForLaterLoopsAreKept() {
    let shape = shape { b in
      b.loop("t", n) { b, t in row(t, at: Index(t), isRead: false, &b) }
      b.loop("t", n) { b, t in row(t, at: Index(t), isRead: true, &b) }
    }
    #expect(shape == [n, extent])
  }

  /// What a loop around hands on to itself by rows is kept, what it fills anew is not.
  @Test(arguments: [true, false]) func rowsInALoop(isFilledFirst: Bool) {
    let shape = shape { b in
      b.loop("s", Dim(3)) { b, _ in
        b.loop("t", n) { b, t in
          row(t, at: Index(t), isRead: !isFilledFirst, &b)
          row(t, at: Index(t), isRead: isFilledFirst, &b)
        }
      }
    }
    #expect(shape == (isFilledFirst ? [extent] : [n, extent]))
  }

  /// Turns of a loop around may fill one row after the other, and read all that there are.
  @Test func rowsThatAreFilledPieceByPieceAreKept() {
    let shape = shape { b in
      b.loop("s", extent) { b, s in
        b.loop("t", n) { b, t in
          b.store(b.constant(.f64, .float(1)), to: rows, [Index(t), Index(s)])
          row(t, at: Index(t), isRead: true, &b)
        }
      }
    }
    #expect(shape == [n, extent])
  }
}
