import LoopIR
import Support

/// Where the buffers of the workspace lie when all their sizes are known.
enum WorkspacePlan {
  /// Every buffer begins at a multiple of this.
  static let alignment = 64

  /// The bytes that a function needs, if that does not depend on symbols; nil if it does, and for
  /// sizes that do not fit.
  static func fixedSize(of function: LoopFunction) -> Int? {
    var size = 0
    for body in function.bodies {
      guard let ends = fixedEnds(of: body) else { return nil }
      size = max(size, ends.max() ?? 0)
    }
    return size
  }

  /// The offset behind each buffer of a plan, if all sizes are known and fit.
  private static func fixedEnds(of body: Body) -> [Int]? {
    var ends: [Int] = []
    for placement in body.plan {
      guard let bytes = fixedBytes(body[placement.buffer]) else { return nil }
      let start = placement.below.map { ends[$0] }.max() ?? 0
      let (end, overflow) = start.addingReportingOverflow(bytes)
      if overflow { return nil }
      ends.append(end)
    }
    return ends
  }

  /// The bytes of a buffer of a known size, rounded up to the alignment.
  private static func fixedBytes(_ buffer: Buffer) -> Int? {
    guard let count = Dim.product(buffer.memoryShape).constant else { return nil }
    let (bytes, overflow) = max(count, 0).multipliedReportingOverflow(by: buffer.element.byteSize)
    let (padded, overflow2) = bytes.addingReportingOverflow(alignment - 1)
    if overflow || overflow2 { return nil }
    let one = padded / alignment * alignment
    return max(one, buffer.copies * min(one, Sharing.copyBytes / buffer.copies))
  }
}
