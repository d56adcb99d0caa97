import LLVMInterop
package import LoopIR
package import Support

/// Functions compiled into this process: the very object that would be written to a file.
package struct JITModule: ~Copyable {
  private let jit: LLJIT
  package let interface: ObjectInterface

  /// Compiles functions for this machine.
  package init(
    _ functions: [LoopFunction], outputName: String = "jit", files: SourceFiles,
    options: CodeGenOptions = CodeGenOptions()
  ) throws(CodeGenError) {
    let generator = try CodeGenerator(
      functions, outputName: outputName, files: files, options: options)
    let linked = try JITModule.link(generator.make(.object))
    jit = linked
    interface = generator.interface
  }

  /// Links an object into this process.
  private static func link(_ object: [UInt8]) throws(CodeGenError) -> LLJIT {
    do {
      let jit = try LLJIT()
      try jit.add(object: MemoryBuffer(object))
      return jit
    } catch {
      throw CodeGenError(error)
    }
  }

  /// The address of a symbol of the object, valid as long as the module lives.
  package func address(of symbol: String) throws(CodeGenError) -> UnsafeRawPointer {
    do { return try jit.address(of: symbol) } catch { throw CodeGenError(error) }
  }

  /// The text for a status code, as the C program would get it.
  package func message(_ status: Int32) throws(CodeGenError) -> String {
    typealias Function = @convention(c) (Int32) -> UnsafePointer<CChar>
    let address = try address(of: interface.messageName)
    return String(cString: unsafeBitCast(address, to: Function.self)(status))
  }
}
