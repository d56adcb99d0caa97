import LLVMInterop
import LoopIR
import Support

/// Where the buffers of a body's workspace lie, for the sizes of one call.
struct PlanEmitter {
  /// The offset of each buffer, by its place in the plan.
  private(set) var offsets: [Quantity] = []
  /// The bytes of the whole workspace; the greatest number if that does not fit.
  private(set) var total = Quantity.zero

  /// Emits the computation: a first fit, in which every buffer begins where those below it end.
  init(_ body: Body, _ sizes: SizeChecker) {
    let object = sizes.object
    var ends: [Quantity] = []
    for placement in body.plan {
      var start = Quantity.zero
      for number in placement.below { start = object.maximum(start, ends[number]) }
      let buffer = body[placement.buffer]
      let size = sizes.size(buffer.memoryShape, buffer.element)
      let bytes = object.padded(object.product(size.count, UInt64(buffer.element.byteSize)))
      let one = PlanEmitter.saturated(bytes, size.overflow, object)
      let needed = object.room(forCopies: buffer.copies, of: one)
      let end = object.sum(start, needed, fits: sizes.isTrusted)
      offsets.append(start)
      ends.append(end)
      total = object.maximum(total, end)
    }
  }

  /// A size, or the greatest number where it does not fit.
  private static func saturated(
    _ bytes: Quantity, _ overflow: IRValue?, _ object: ObjectEmitter
  ) -> Quantity {
    guard let overflow else { return bytes }
    if overflow.isConstant, overflow.constantInteger != 0 { return .constant(.max) }
    let greatest = object.context.i64.allOnes
    return .value(object.builder.select(overflow, greatest, object.value(bytes)))
  }
}

extension ObjectEmitter {
  /// The bytes for copies of a buffer: so many as the limit lets in, and one in any case.
  fileprivate func room(forCopies copies: Int, of bytes: Quantity) -> Quantity {
    if copies == 1 { return bytes }
    let most = minimum(bytes, .constant(UInt64(Sharing.copyBytes / copies)))
    return maximum(bytes, product(most, UInt64(copies)))
  }
}

extension SizeChecker {
  /// Whether a workspace would be larger than memory may be.
  func isTooLarge(_ size: Quantity) -> IRValue {
    // What is allocated is larger by what alignment may cost.
    let limit = object.target.greatestSize - UInt64(WorkspacePlan.alignment)
    if let size = size.constant { return size > limit ? object.context.true : object.context.false }
    return object.builder.icmp(.ugt, object.value(size), object.context.i64.constant(limit))
  }
}
