import Foundation
import Support

/// An array in memory as emitted code sees it: between two pages that must not be touched, right
/// behind the first or right in front of the second.
final class Memory {
  let element: DType
  let count: Int
  let pointer: UnsafeMutableRawPointer
  private let mapping: UnsafeMutableRawPointer
  private let mappedBytes: Int

  private static let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  /// Memory for so many elements, all bytes 0xA5.
  init(_ element: DType, _ count: Int, atStart: Bool = false) {
    self.element = element
    self.count = count
    let bytes = count * element.byteSize
    let inner = max(1, (bytes + Memory.page - 1) / Memory.page) * Memory.page
    mappedBytes = inner + 2 * Memory.page
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard let mapping = mmap(nil, mappedBytes, PROT_NONE, flags, -1, 0), mapping != MAP_FAILED
    else { preconditionFailure("no memory") }
    self.mapping = mapping
    let start = mapping + Memory.page
    mprotect(start, inner, PROT_READ | PROT_WRITE)
    memset(start, 0xA5, inner)
    pointer = atStart ? start : start + (inner - bytes)
  }

  deinit { munmap(mapping, mappedBytes) }

  convenience init<T>(_ element: DType, _ values: [T], atStart: Bool = false) {
    precondition(MemoryLayout<T>.size == element.byteSize)
    self.init(element, values.count, atStart: atStart)
    for (index, value) in values.enumerated() {
      pointer.storeBytes(of: value, toByteOffset: index * element.byteSize, as: T.self)
    }
  }

  convenience init(_ values: [Double], atStart: Bool = false) {
    self.init(.f64, values, atStart: atStart)
  }
  convenience init(_ values: [Float]) { self.init(.f32, values) }
  convenience init(_ values: [Int64]) { self.init(.i64, values) }

  func values<T>(as type: T.Type = T.self) -> [T] {
    precondition(MemoryLayout<T>.size == element.byteSize)
    return (0..<count).map { pointer.load(fromByteOffset: $0 * element.byteSize, as: T.self) }
  }

  var doubles: [Double] { values() }
  var floats: [Float] { values() }
  var integers: [Int64] { values() }
}
