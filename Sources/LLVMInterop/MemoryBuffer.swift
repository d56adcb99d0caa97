import CLLVM

/// Bytes that LLVM has made: an object, assembly text or bitcode.
package struct MemoryBuffer: ~Copyable {
  /// The handle.
  let ref: LLVMMemoryBufferRef

  /// Takes a buffer over from LLVM.
  init(taking ref: LLVMMemoryBufferRef) {
    self.ref = ref
  }

  /// A copy of `bytes`.
  package init(_ bytes: [UInt8], name: String = "memory") {
    ref = bytes.withUnsafeBytes { raw in
      let start = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
      return LLVMCreateMemoryBufferWithMemoryRangeCopy(start, raw.count, name)
    }
  }

  deinit {
    LLVMDisposeMemoryBuffer(ref)
  }

  /// Gives the buffer up to LLVM.
  consuming func release() -> LLVMMemoryBufferRef {
    let taken = ref
    discard self
    return taken
  }

  /// The number of bytes.
  package var count: Int { LLVMGetBufferSize(ref) }

  /// Calls `body` with the bytes where they stand.
  package borrowing func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: LLVMGetBufferStart(ref), count: count))
  }

  /// A copy of the bytes.
  package var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  /// The bytes as UTF-8 text.
  package var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }
}
