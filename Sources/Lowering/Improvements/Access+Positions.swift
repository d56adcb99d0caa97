import LoopIR
import Support

extension Access {
  /// The number of the element in row-major order, where position and shape are constants.
  func number(in buffer: Buffer) -> Int? {
    var number = 0
    for (index, size) in zip(indices, buffer.shape) {
      guard let position = index.constant?.constant, let size = size.constant else { return nil }
      number = number * size + position
    }
    return number
  }

  /// Whether two accesses of one buffer certainly name different elements.
  func isApart(from other: Access) -> Bool {
    buffer == other.buffer
      && zip(indices, other.indices).contains { x, y in
        guard let i = x.constant?.constant, let j = y.constant?.constant else { return false }
        return i != j
      }
  }
}
