package import CodeGen
import Glibc
package import LoopIR
package import Support

/// A function compiled into this process, ready to be called.
package struct CompiledCall {
  /// The function has returned an error, which its message tells.
  package struct Failure: Error {
    package var message: String
  }

  private typealias Message = @convention(c) (Int32) -> UnsafePointer<CChar>?

  private let function: LoopFunction
  private let library: CompiledLibrary

  package init(
    _ function: LoopFunction, files: SourceFiles, options: CodeGenOptions
  ) throws {
    self.function = function
    library = try CompiledLibrary(function, files: files, options: options)
  }

  /// Calls the function; gives its results and the new values of its `inout` parameters.
  package func run(_ arguments: RunArguments) throws -> [(name: String, value: RawTensor)] {
    var parameters = arguments.parameters
    var results: [RawTensor] = []
    var bytes = parameters.reduce(0) { $0 + $1.bytes.count }
    for formal in function.results {
      var shape = formal.shape.map { $0.evaluate(arguments.sizes) ?? -1 }
      if let size = CompiledCall.bytes(shape, formal.element) {
        guard case let (sum, overflow) = bytes.addingReportingOverflow(size), !overflow,
          CompiledCall.hasMemory(for: sum)
        else {
          throw Failure(
            message: "gradc: error: the result '\(formal.name)' takes \(size) bytes, which are not "
              + "to be had")
        }
        bytes = sum
      } else {
        // The function refuses the sizes.
        shape = [0]
      }
      results.append(RawTensor(zeros: formal.element, shape))
    }
    let sizes = function.symbols.map { Int64(arguments.sizes[$0] ?? 0) }
    let status = try call(sizes, &parameters, &results)
    guard status == 0 else {
      let message = unsafeBitCast(try library.address(of: "run_message"), to: Message.self)
      let text = message(status).map { String(cString: $0) } ?? "status \(status)"
      throw Failure(message: "gradc: error: the call failed: \(text)")
    }
    var values = zip(function.results, results).map { ($0.name, $1) }
    for (formal, value) in zip(function.parameters, parameters) where formal.isInout {
      values.append((formal.name, value))
    }
    return values
  }

  /// The bytes of a tensor; nil for sizes that are negative or overflow.
  private static func bytes(_ shape: [Int], _ dtype: DType) -> Int? {
    var bytes = dtype.byteSize
    for size in shape {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
      if overflow || size < 0 { return nil }
      bytes = product
    }
    return bytes
  }

  /// Whether this process can have so many bytes, twice: here, and for the call.
  private static func hasMemory(for bytes: Int) -> Bool {
    let machine = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
    guard bytes <= machine / 2 else { return false }
    guard let probe = malloc(max(1, 2 * bytes)) else { return false }
    free(probe)
    return true
  }

  /// Calls the thunk with pointers to everything.
  private func call(
    _ sizes: [Int64], _ parameters: inout [RawTensor], _ results: inout [RawTensor]
  ) throws -> Int32 {
    let sizeMemory = UnsafeMutablePointer<Int64>.allocate(capacity: max(1, sizes.count))
    sizeMemory.initialize(from: sizes, count: sizes.count)
    defer { sizeMemory.deallocate() }
    var pointers: [UnsafeMutableRawPointer?] = sizes.indices.map { .init(sizeMemory + $0) }
    let memory = (parameters + results).map { tensor in
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(8, tensor.bytes.count), alignment: 64)
      tensor.bytes.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { memory.copyMemory(from: base, byteCount: bytes.count) }
      }
      return memory
    }
    defer { for block in memory { block.deallocate() } }
    pointers += memory.map { $0 }
    // No workspace: the function finds its own.
    var noSize: Int64 = 0
    let status = try withUnsafeMutablePointer(to: &noSize) {
      try library.call(pointers + [nil, .init($0)])
    }
    func fetch(_ tensors: inout [RawTensor], from start: Int) {
      for index in tensors.indices {
        let source = UnsafeRawBufferPointer(
          start: memory[start + index], count: tensors[index].bytes.count)
        tensors[index].bytes = Array(source)
      }
    }
    fetch(&parameters, from: 0)
    fetch(&results, from: parameters.count)
    return status
  }
}
