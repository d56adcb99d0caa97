import LoopIR
import Support

/// When the memory of a buffer is needed.
struct BufferLife {
  var buffer: BufferID
  var steps: ClosedRange<Int>

  /// The most bytes that are needed at one time.
  static func most(of lives: [BufferLife], _ sizes: [Int]) -> Int {
    var changes: [(step: Int, size: Int)] = []
    for (life, size) in zip(lives, sizes) {
      changes.append((life.steps.lowerBound, size))
      changes.append((life.steps.upperBound + 1, -size))
    }
    var (live, most) = (0, 0)
    for change in changes.sorted(by: { $0 < $1 }) {
      live += change.size
      most = max(most, live)
    }
    return most
  }
}

/// Which of two buffers that live at the same time lies below the other.
struct BufferOrder {
  private let lives: [BufferLife]
  /// Numbers of lives from below to above.
  private let order: [Int]
  /// By life, those right below it.
  private let below: [[Int]]

  /// Puts each buffer into the lowest gap among those that are placed and live at the same time.
  ///
  /// - Parameters:
  ///   - lives: by their beginning.
  ///   - placing: the order in which they are placed; by their beginning, unless said.
  init(_ lives: [BufferLife], _ sizes: [Int], placing sequence: [Int]? = nil) {
    self.lives = lives
    var offsets = Array(repeating: 0, count: lives.count)
    var placed: [Int] = []
    for index in sequence ?? Array(lives.indices) {
      let steps = lives[index].steps
      if sequence == nil { placed.removeAll { lives[$0].steps.upperBound < steps.lowerBound } }
      var offset = 0
      for other in placed where lives[other].steps.overlaps(steps) {
        if offsets[other] >= offset + sizes[index] { break }
        offset = max(offset, offsets[other] + sizes[other])
      }
      offsets[index] = offset
      placed.insert(index, at: placed.firstIndex { offsets[$0] > offset } ?? placed.count)
    }
    order = lives.indices.sorted {
      (offsets[$0], lives[$0].buffer) < (offsets[$1], lives[$1].buffer)
    }
    below = BufferOrder.neighbours(lives, offsets)
  }

  /// By life, those right below it when its life begins, or when theirs does.
  ///
  /// All others that live at the same time follow from these, so that the plan stays linear in
  /// size: what comes to stand between two keeps them apart even when it is gone.
  private static func neighbours(_ lives: [BufferLife], _ offsets: [Int]) -> [[Int]] {
    var active: [Int] = []
    var below: [[Int]] = Array(repeating: [], count: lives.count)
    for index in lives.indices {
      active.removeAll { lives[$0].steps.upperBound < lives[index].steps.lowerBound }
      let at = active.firstIndex { offsets[$0] > offsets[index] } ?? active.count
      if at > 0 { below[index].append(active[at - 1]) }
      if at < active.count { below[active[at]].append(index) }
      active.insert(index, at: at)
    }
    return below
  }

  /// The bytes that all take at some sizes.
  func height(at sizes: [Int]) -> Int {
    var ends = Array(repeating: 0, count: lives.count)
    for index in order {
      ends[index] = (below[index].map { ends[$0] }.max() ?? 0) + sizes[index]
    }
    return ends.max() ?? 0
  }

  /// The places from below to above.
  var placements: [Placement] {
    var numbers = Array(repeating: 0, count: order.count)
    for (number, index) in order.enumerated() { numbers[index] = number }
    return order.map { index in
      Placement(buffer: lives[index].buffer, below: below[index].map { numbers[$0] })
    }
  }
}
