import Driver
import Foundation
import LoopIR
import Support
import Testing

/// Workspaces of the workloads beside the most bytes that live at one time.
@Suite struct WorkspaceBoundTests {
  static let workloads: [(name: String, sizes: [String: Int])] = [
    ("ba", ["n": 49, "m": 7776, "p": 31843]),
    ("cartpole", ["t": 100]),
    ("gmm", ["n": 1000, "d": 10, "k": 25]),
    ("gmm", ["n": 10000, "d": 64, "k": 50]),
    ("kmeans", ["n": 10000, "d": 16, "k": 100]),
    ("lenet", ["n": 64]),
    ("llsq", ["n": 1024, "m": 128]),
    ("logreg", ["n": 10000, "d": 784]),
    ("lse", ["n": 160_000]),
    ("lstm", ["l": 4, "b": 14, "t": 1024]),
    ("mlp", ["n": 128, "i": 784, "h": 512, "k": 512, "o": 10]),
    ("ode", ["n": 1000, "steps": 10]),
  ]

  @Test(arguments: workloads.indices, ["x86-64-v2", "x86-64-v3", "x86-64-v4"])
  func isNearTheBound(_ number: Int, _ cpu: String) throws {
    let (name, sizes) = Self.workloads[number]
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
      .appendingPathComponent("AcceptanceTests/Cases/workloads/\(name).graph")
    var options = CompileOptions(input: file.path)
    options.target = TargetChoice(triple: "x86_64-linux-gnu", cpu: cpu)
    let compiled = Session.functions(options)
    #expect(compiled.functions.contains { $0.bodies.contains { !$0.plan.isEmpty } })
    for function in compiled.functions {
      for (place, body) in function.bodies.enumerated() where !body.plan.isEmpty {
        let memory = try WorkspaceMemory(body, sizes)
        #expect(
          Double(memory.planned) <= 1.05 * Double(memory.peak),
          "\(function.name), body \(place): \(memory.planned) bytes for \(memory.peak)")
      }
    }
  }
}

/// The memory of a body's workspace at some sizes.
private struct WorkspaceMemory {
  /// What the plan takes.
  private(set) var planned = 0
  /// The most bytes of buffers that live at one time.
  private(set) var peak = 0

  private static let alignment = 64

  init(_ body: Body, _ sizes: [String: Int]) throws {
    var bytes: [BufferID: Int] = [:]
    var ends: [Int] = []
    for placement in body.plan {
      let buffer = body[placement.buffer]
      let count = try #require(Dim.product(buffer.memoryShape).evaluate(sizes))
      let size = (count * buffer.element.byteSize + Self.alignment - 1) / Self.alignment
      bytes[placement.buffer] = size * Self.alignment
      let start = placement.below.map { ends[$0] }.max() ?? 0
      ends.append(start + size * Self.alignment)
    }
    planned = ends.max() ?? 0
    let lives = Lives(body)
    var changes: [Int: Int] = [:]
    for (buffer, life) in lives.known {
      guard let size = bytes[buffer] else { continue }
      changes[life.lowerBound, default: 0] += size
      changes[life.upperBound + 1, default: 0] -= size
    }
    var live = 0
    for time in changes.keys.sorted() {
      live += changes[time, default: 0]
      peak = max(peak, live)
    }
  }
}

/// From when to when buffers live, in steps however deep: where some turn of a loop may read what
/// an earlier one has left, all the time that the loop runs.
private struct Lives {
  let body: Body
  private(set) var known: [BufferID: ClosedRange<Int>] = [:]
  private var touches: [BufferID: Int] = [:]
  private var time = 0

  init(_ body: Body) {
    self.body = body
    add(body.block.items + body.commit.items)
    let all = touches
    (known, touches, time) = ([:], [:], 0)
    add(body.block.items + body.commit.items, outOf: all)
  }

  private mutating func touch(_ buffer: BufferID) {
    let owner = body.owner(of: buffer)
    known[owner] = (known[owner]?.lowerBound ?? time)...time
    touches[owner, default: 0] += 1
  }

  /// - Parameter all: how often buffers are touched in the whole body.
  private mutating func add(_ items: [Item], outOf all: [BufferID: Int] = [:]) {
    for item in items {
      time += 1
      switch item {
      case .scalar(let id):
        if case .load(let access, _) = body.scalars[id.index].instruction { touch(access.buffer) }
      case .store(let store): touch(store.access.buffer)
      case .loop(let id):
        let (before, start) = (touches, time)
        add(body[id].body.items, outOf: all)
        time += 1
        for (buffer, count) in touches {
          let inside = count - before[buffer, default: 0]
          if inside > 0, inside < all[buffer, default: 0], let life = known[buffer] {
            known[buffer] = min(start, life.lowerBound)...time
          }
        }
      case .branch(_, let then, let otherwise):
        add(then.items, outOf: all)
        add(otherwise.items, outOf: all)
      case .external(let call): for buffer in call.buffers + call.written { touch(buffer) }
      case .check, .stopIfFailed: break
      }
    }
  }
}
