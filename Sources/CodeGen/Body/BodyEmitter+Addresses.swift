import LLVMInterop
import LoopIR
import Support

/// Where an access goes.
enum Address {
  /// All lanes to one element.
  case one(IRValue)
  /// The lanes to neighbours in memory; backward ones begin at the last lane.
  case row(IRValue, isBackward: Bool)
  /// Each lane to its own address; distinct ones are known not to meet.
  case many(IRValue, areDistinct: Bool)
}

extension BodyEmitter {
  /// The address of an access. One that is guarded by a mask may lie outside of the buffer.
  func address(_ access: Access, lanes: Int, isGuarded: Bool) -> Address {
    let linear = linearIndex(access)
    guard linear.isUsable else { return farAddress(access, lanes: lanes) }
    var uniform = linear
    uniform.scalars = linear.scalars.filter { body[$0.variable].type.lanes == 1 }
    let spread = linear.scalars.filter { body[$0.variable].type.lanes > 1 }
    let isOwn = body[access.buffer].lanes > 1
    let stride = isOwn ? Dim(1) : linear.loops.filter { isLaneLoop($0.variable) }
      .reduce(Dim(0)) { $0 + $1.coefficient }
    if !spread.isEmpty {
      let first = pointer(access.buffer, uniform, isGuarded: true)
      let index = laneIndex(stride, spread, lanes: lanes)
      return .many(element(access.buffer, first, index, isInBounds: false), areDistinct: isOwn)
    }
    if stride == Dim(0) { return .one(pointer(access.buffer, uniform, isGuarded: isGuarded)) }
    if stride == Dim(-1) {
      uniform.offset = uniform.offset - (lanes - 1)
      let isOutside = isGuarded || activeLanes != nil
      return .row(pointer(access.buffer, uniform, isGuarded: isOutside), isBackward: true)
    }
    let first = pointer(access.buffer, uniform, isGuarded: isGuarded)
    if stride == Dim(1) { return .row(first, isBackward: false) }
    let index = laneIndex(stride, [], lanes: lanes)
    return .many(
      element(access.buffer, first, index, isInBounds: false),
      areDistinct: lanesAreDistinct(access))
  }

  /// Whether a loop is open with several lanes.
  private func isLaneLoop(_ id: LoopID) -> Bool { (loops[id.index]?.lanes ?? 1) > 1 }

  /// Whether different lanes go to different elements: they do where they differ along an axis.
  private func lanesAreDistinct(_ access: Access) -> Bool {
    access.indices.contains { index in
      index.loops.contains { isLaneLoop($0.variable) && $0.coefficient.constant != nil }
    }
  }

  /// The element number of each lane behind that of the first.
  private func laneIndex(
    _ stride: Dim, _ spread: [Index.Term<ScalarID>], lanes: Int
  ) -> IRValue {
    let type = object.context.i64.vector(lanes)
    var sum = type.iota
    if stride != Dim(1) {
      let factor = object.builder.splat(object.dim(stride, scope), lanes: lanes)
      sum = stride == Dim(0) ? type.zero : object.builder.mul(sum, factor)
    }
    for term in spread {
      let factor = object.builder.splat(object.dim(term.coefficient, scope), lanes: lanes)
      let part = object.builder.mul(value(term.variable), factor)
      sum = object.builder.add(sum, part)
    }
    return sum
  }

  /// The address of an element of a buffer.
  private func element(
    _ buffer: BufferID, _ pointer: IRValue, _ index: IRValue, isInBounds: Bool
  ) -> IRValue {
    let type = object.memoryType(body[buffer].element)
    return object.builder.gep(type, pointer, [index], inBounds: isInBounds)
  }

  /// The number of an element in row-major order.
  func linearIndex(_ access: Access) -> Index {
    let strides = strides(of: access.buffer)
    var sum = Index(Dim(0))
    for (index, stride) in zip(access.indices, strides) {
      sum = sum + (stride == Dim(1) ? index : index * stride)
    }
    return sum
  }

  /// The number of elements from one position to the next, for each axis.
  private func strides(of buffer: BufferID) -> [Dim] {
    if let known = strides[buffer.index] { return known }
    var stride = Dim(body[buffer].lanes)
    var result: [Dim] = []
    for dim in body[buffer].shape.reversed() {
      result.append(stride)
      stride = stride * dim
    }
    result.reverse()
    strides[buffer.index] = result
    return result
  }

  /// The address of an access whose strides are no dims: axis by axis.
  private func farAddress(_ access: Access, lanes: Int) -> Address {
    var number: IRValue?
    let count = access.indices.contains(where: hasLanes) ? lanes : 1
    for (index, size) in zip(access.indices, body[access.buffer].shape) {
      let position = position(index, lanes: hasLanes(index) ? lanes : 1)
      let wide = object.builder.splat(position, lanes: position.type.isVector ? 1 : count)
      let extent = object.builder.splat(object.dim(size, scope), lanes: count)
      number =
        number.map { object.builder.add(object.builder.mul($0, extent), wide) } ?? wide
    }
    let base = base(access.buffer)
    guard let number else { return .one(base) }
    let isOwn = body[access.buffer].lanes > 1
    if isOwn {
      let type = object.context.i64.vector(lanes)
      let first = object.builder.splat(number, lanes: number.type.isVector ? 1 : lanes)
      let factor = object.builder.splat(index(lanes), lanes: lanes)
      let own = object.builder.add(object.builder.mul(first, factor), type.iota)
      return .many(element(access.buffer, base, own, isInBounds: false), areDistinct: true)
    }
    let pointer = element(access.buffer, base, number, isInBounds: false)
    return count > 1 ? .many(pointer, areDistinct: false) : .one(pointer)
  }

  /// Whether a position differs between lanes.
  private func hasLanes(_ index: Index) -> Bool {
    index.loops.contains { isLaneLoop($0.variable) }
      || index.scalars.contains { body[$0.variable].type.lanes > 1 }
  }
}

extension Index {
  /// Whether all its coefficients fit.
  fileprivate var isUsable: Bool {
    !offset.isTooLarge && loops.allSatisfy { !$0.coefficient.isTooLarge }
      && scalars.allSatisfy { !$0.coefficient.isTooLarge }
  }
}
