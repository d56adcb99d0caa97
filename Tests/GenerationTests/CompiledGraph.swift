import CodeGen
import Driver
import GraphIR
import LoopIR
import Support

/// A graph of a program, compiled into this process, which is called as a C program would.
final class CompiledGraph {
  let function: LoopFunction
  private let library: CompiledLibrary

  init(_ function: LoopFunction, files: SourceFiles, options: CodeGenOptions) throws {
    self.function = function
    library = try CompiledLibrary(function, files: files, options: options)
  }

  /// What a call leaves behind.
  struct Outcome {
    var status: Int32
    /// The results that were asked for, then the new values of `inout` parameters.
    var values: [Tensor]
    /// What the call has written that it should not have.
    var damage: String?
  }

  /// Calls the function.
  ///
  /// - Parameters:
  ///   - wanted: which results are not NULL.
  ///   - hasWorkspace: whether the call is given the workspace that it asks for.
  func call(
    _ parameters: [Tensor], sizes: [String: Int], wanted: Set<Int>, hasWorkspace: Bool
  ) throws -> Outcome {
    let symbols = function.symbols.map { Int64(sizes[$0] ?? 0) }
    let given = symbols.map { symbol in
      GuardedMemory(withUnsafeBytes(of: symbol) { Array($0) })
    }
    let inputs = parameters.map { GuardedMemory(RawTensor($0).bytes) }
    let outputs = function.results.indices.map { place in
      wanted.contains(place) ? GuardedMemory(count: byteCount(place, sizes)) : nil
    }
    let size = hasWorkspace ? try workspaceSize(symbols) : 0
    let workspace = hasWorkspace ? GuardedMemory(count: size) : nil
    let length = GuardedMemory(withUnsafeBytes(of: Int64(size)) { Array($0) })
    let memory = (given + inputs).map { Optional($0) } + outputs + [workspace, length]
    let status = try library.call(memory.map { $0?.start })
    var outcome = Outcome(status: status, values: [], damage: nil)
    for (place, output) in outputs.enumerated() {
      if let output { outcome.values.append(tensor(function.results[place], output, sizes)) }
    }
    for (place, formal) in function.parameters.enumerated() {
      if formal.isInout { outcome.values.append(tensor(formal, inputs[place], sizes)) }
      let mayChange = formal.isInout && status == 0
      if !mayChange, inputs[place].bytes != RawTensor(parameters[place]).bytes {
        outcome.damage = "the parameter '\(formal.name)' is changed"
      }
    }
    for block in memory {
      if block?.isWhole == false { outcome.damage = "memory outside of a tensor is written" }
    }
    return outcome
  }

  private func byteCount(_ place: Int, _ sizes: [String: Int]) -> Int {
    let formal = function.results[place]
    return formal.shape.reduce(formal.element.byteSize) { $0 * max(0, $1.evaluate(sizes) ?? 0) }
  }

  private func tensor(
    _ formal: Formal, _ memory: GuardedMemory, _ sizes: [String: Int]
  ) -> Tensor {
    let shape = formal.shape.map { max(0, $0.evaluate(sizes) ?? 0) }
    return RawTensor(formal.element, shape, bytes: memory.bytes).tensor
  }

  /// What the function says of its workspace.
  private func workspaceSize(_ symbols: [Int64]) throws -> Int {
    let address = try library.address(of: function.name + "_workspace_size")
    switch symbols.count {
    case 0: return unsafeBitCast(address, to: (@convention(c) () -> Int).self)()
    case 1:
      return unsafeBitCast(address, to: (@convention(c) (Int64) -> Int).self)(symbols[0])
    case 2:
      typealias Query = @convention(c) (Int64, Int64) -> Int
      return unsafeBitCast(address, to: Query.self)(symbols[0], symbols[1])
    default:
      typealias Query = @convention(c) (Int64, Int64, Int64) -> Int
      precondition(symbols.count == 3, "programs have at most three symbols")
      return unsafeBitCast(address, to: Query.self)(symbols[0], symbols[1], symbols[2])
    }
  }
}

/// Memory between bytes that nobody may write.
final class GuardedMemory {
  private static let margin = 64
  private static let mark: UInt8 = 0xA5

  private let block: UnsafeMutableRawPointer
  private let count: Int

  /// Memory with nothing in particular.
  init(count: Int) {
    self.count = count
    let size = count + 2 * Self.margin
    block = .allocate(byteCount: size, alignment: Self.margin)
    block.initializeMemory(as: UInt8.self, repeating: Self.mark, count: size)
  }

  convenience init(_ bytes: [UInt8]) {
    self.init(count: bytes.count)
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress { start.copyMemory(from: base, byteCount: count) }
    }
  }

  deinit { block.deallocate() }

  var start: UnsafeMutableRawPointer { block + Self.margin }

  var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: start, count: count)) }

  /// Whether the bytes around it are as they were.
  var isWhole: Bool {
    let before = UnsafeRawBufferPointer(start: block, count: Self.margin)
    let behind = UnsafeRawBufferPointer(start: start + count, count: Self.margin)
    return (Array(before) + Array(behind)).allSatisfy { $0 == Self.mark }
  }
}
