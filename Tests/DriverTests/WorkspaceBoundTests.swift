import Driver
import Foundation
import LoopIR
import Support
import Testing

/// Workspaces of the workloads beside the most bytes that live at one time.
@Suite struct WorkspaceBoundTests {
  /// A workload, its sizes, and what its workspaces may take of the bound: 1.05 is the aim. Those
  /// with more have loops with several steps in each turn, whose memory lives as long as the loop.
  static let workloads: [(name: String, sizes: [String: Int], limit: Double)] = [
    ("ba", ["n": 49, "m": 7776, "p": 31843], 1.05),
    ("cartpole", ["t": 100], 1.40),
    ("gmm", ["n": 1000, "d": 10, "k": 25], 1.58),
    ("gmm", ["n": 10000, "d": 64, "k": 50], 1.42),
    ("kmeans", ["n": 10000, "d": 16, "k": 100], 1.34),
    ("lenet", ["n": 64], 2.2),
    ("llsq", ["n": 1024, "m": 128], 1.05),
    ("logreg", ["n": 10000, "d": 784], 1.05),
    ("lse", ["n": 160_000], 1.05),
    ("lstm", ["l": 4, "b": 14, "t": 1024], 1.05),
    ("mlp", ["n": 128, "i": 784, "h": 512, "k": 512, "o": 10], 1.19),
    ("ode", ["n": 1000, "steps": 10], 1.48),
  ]

  @Test(arguments: workloads.indices) func isNearTheBound(_ number: Int) throws {
    let (name, sizes, limit) = Self.workloads[number]
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent()
      .appendingPathComponent("AcceptanceTests/Cases/workloads/\(name).graph")
    var options = CompileOptions(input: file.path)
    options.target = TargetChoice(triple: "x86_64-linux-gnu", cpu: "x86-64-v3")
    let compiled = Session.functions(options)
    #expect(compiled.functions.contains { $0.bodies.contains { !$0.plan.isEmpty } })
    for function in compiled.functions {
      for (place, body) in function.bodies.enumerated() where !body.plan.isEmpty {
        let memory = try WorkspaceMemory(body, sizes)
        #expect(
          Double(memory.planned) <= limit * Double(memory.peak),
          "\(function.name), body \(place): \(memory.planned) bytes for \(memory.peak)")
      }
    }
  }
}

/// The memory of a body's workspace at some sizes.
private struct WorkspaceMemory {
  /// What the plan takes.
  private(set) var planned = 0
  /// The most bytes of buffers between their first step and their last, loops taken for one turn.
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
    var lives = Lives(body)
    lives.add(body.block.items)
    lives.add(body.commit.items)
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

/// When buffers are first and last touched, in steps however deep.
private struct Lives {
  let body: Body
  private(set) var known: [BufferID: ClosedRange<Int>] = [:]
  private var time = 0

  init(_ body: Body) { self.body = body }

  private mutating func touch(_ buffer: BufferID) {
    let owner = body.owner(of: buffer)
    known[owner] = (known[owner]?.lowerBound ?? time)...time
  }

  mutating func add(_ items: [Item]) {
    for item in items {
      time += 1
      switch item {
      case .scalar(let id):
        if case .load(let access, _) = body.scalars[id.index].instruction { touch(access.buffer) }
      case .store(let store): touch(store.access.buffer)
      case .loop(let id): add(body[id].body.items)
      case .branch(_, let then, let otherwise):
        add(then.items)
        add(otherwise.items)
      case .external(let call): for buffer in call.buffers + call.written { touch(buffer) }
      case .check, .stopIfFailed: break
      }
    }
  }
}
