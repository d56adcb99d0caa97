package import CodeGen
import LLVMInterop
package import LoopIR
package import Support

/// The code of one function and of its thunk, linked into this process.
package final class CompiledLibrary {
  private typealias Thunk = @convention(c) (UnsafePointer<UnsafeMutableRawPointer?>) -> Int32

  private let jit: LLJIT

  package init(_ function: LoopFunction, files: SourceFiles, options: CodeGenOptions) throws {
    let generator = try CodeGenerator(
      [function], outputName: "run", files: files, options: options)
    let object = try generator.make(.object)
    let machine = try TargetMachine(TargetRequest(optimization: .o0))
    let context = Context()
    let module = Module("call", in: context)
    module.setTarget(machine)
    CallThunk.add(for: function, to: module, in: context)
    jit = try LLJIT()
    try jit.add(object: MemoryBuffer(object))
    try jit.add(module, on: machine)
  }

  /// The address of a function.
  package func address(of name: String) throws -> UnsafeRawPointer { try jit.address(of: name) }

  /// Calls the function with what `CallThunk` takes; gives its status.
  package func call(_ arguments: [UnsafeMutableRawPointer?]) throws -> Int32 {
    unsafeBitCast(try address(of: CallThunk.name), to: Thunk.self)(arguments)
  }
}
