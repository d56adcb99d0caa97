import CLLVM

/// What a debugger knows of the module: files, functions, lines and variables, as DWARF.
package struct DebugInfo: ~Copyable {
  /// The handle.
  let ref: LLVMDIBuilderRef
  /// Where locations are made.
  private let context: Context
  /// The module as a debugger sees it.
  private let unit: LLVMMetadataRef
  /// Whether functions are told to be optimised.
  private let isOptimized: Bool

  /// How the bits of a number are to be read.
  package enum Encoding: UInt32, Hashable, Sendable {
    case boolean = 0x02
    case float = 0x04
    case signed = 0x05
    case unsigned = 0x07
  }

  /// Begins the debug information of `module`, whose text stands in `file`.
  package init(
    for module: borrowing Module, file: DebugFile, producer: String, isOptimized: Bool
  ) {
    context = module.context
    self.isOptimized = isOptimized
    ref = LLVMCreateDIBuilder(module.ref)
    let fileRef = LLVMDIBuilderCreateFile(
      ref, file.name, file.name.utf8.count, file.directory, file.directory.utf8.count)
    unit = LLVMDIBuilderCreateCompileUnit(
      ref, LLVMDWARFSourceLanguageC99, fileRef, producer, producer.utf8.count,
      isOptimized ? 1 : 0, "", 0, 0, "", 0, LLVMDWARFEmissionFull, 0, 0, 0, "", 0, "", 0)
    module.setFlag("Debug Info Version", Int(LLVMDebugMetadataVersion()))
    module.setFlag("Dwarf Version", 5)
  }

  deinit {
    LLVMDisposeDIBuilder(ref)
  }

  /// Completes the information; nothing may be added afterwards, and no module is valid before.
  package func finish() {
    LLVMDIBuilderFinalize(ref)
  }

  /// A source file.
  package func file(_ file: DebugFile) -> IRMetadata {
    IRMetadata(
      LLVMDIBuilderCreateFile(
        ref, file.name, file.name.utf8.count, file.directory, file.directory.utf8.count))
  }

  /// A number type, by its name in C.
  package func number(_ name: String, bits: Int, _ encoding: Encoding) -> IRMetadata {
    IRMetadata(
      LLVMDIBuilderCreateBasicType(
        ref, name, name.utf8.count, UInt64(bits), encoding.rawValue, LLVMDIFlagZero))
  }

  /// A pointer to values of a type; nil is C's `void`.
  package func pointer(to pointee: IRMetadata?, bits: Int) -> IRMetadata {
    IRMetadata(LLVMDIBuilderCreatePointerType(ref, pointee?.ref, UInt64(bits), 0, 0, "", 0))
  }

  /// Tells where `function` was written; `types` are the result's (nil for none) and then those of
  /// the parameters.
  @discardableResult
  package func define(
    _ function: IRFunction, name: String, file: IRMetadata, line: Int, types: [IRMetadata?]
  ) -> IRMetadata {
    var refs: [LLVMMetadataRef?] = types.map { $0?.ref }
    let type = LLVMDIBuilderCreateSubroutineType(
      ref, file.ref, &refs, UInt32(refs.count), LLVMDIFlagZero)
    let symbol = function.name
    let scope = LLVMDIBuilderCreateFunction(
      ref, unit, name, name.utf8.count, symbol, symbol.utf8.count, file.ref, UInt32(line), type,
      0, 1, UInt32(line), LLVMDIFlagPrototyped, isOptimized ? 1 : 0)
    LLVMSetSubprogram(function.value.ref, scope)
    return IRMetadata(scope!)
  }

  /// A place in the text of a function.
  package func location(line: Int, column: Int, in scope: IRMetadata) -> IRMetadata {
    IRMetadata(
      LLVMDIBuilderCreateDebugLocation(
        context.ref, UInt32(line), UInt32(column), scope.ref, nil))
  }

  /// A parameter, counted from 1, to be told of with `declare` or `describe`.
  package func parameter(
    _ name: String, number: Int, type: IRMetadata, file: IRMetadata, line: Int,
    in scope: IRMetadata
  ) -> IRMetadata {
    IRMetadata(
      LLVMDIBuilderCreateParameterVariable(
        ref, scope.ref, name, name.utf8.count, UInt32(number), file.ref, UInt32(line), type.ref,
        1, LLVMDIFlagZero))
  }

  /// A local variable, to be told of with `declare` or `describe`.
  package func local(
    _ name: String, type: IRMetadata, file: IRMetadata, line: Int, in scope: IRMetadata
  ) -> IRMetadata {
    IRMetadata(
      LLVMDIBuilderCreateAutoVariable(
        ref, scope.ref, name, name.utf8.count, file.ref, UInt32(line), type.ref, 1,
        LLVMDIFlagZero, 0))
  }

  /// Says that a variable stands in memory at `address`.
  package func declare(
    _ variable: IRMetadata, at address: IRValue, _ location: IRMetadata, in block: IRBlock
  ) {
    let expression = LLVMDIBuilderCreateExpression(ref, nil, 0)
    LLVMDIBuilderInsertDeclareRecordAtEnd(
      ref, address.ref, variable.ref, expression, location.ref, block.ref)
  }

  /// Says that a variable has a value from here on.
  package func describe(
    _ variable: IRMetadata, as value: IRValue, _ location: IRMetadata, in block: IRBlock
  ) {
    let expression = LLVMDIBuilderCreateExpression(ref, nil, 0)
    LLVMDIBuilderInsertDbgValueRecordAtEnd(
      ref, value.ref, variable.ref, expression, location.ref, block.ref)
  }
}

/// A source file as a debugger looks for it.
package struct DebugFile: Hashable, Sendable {
  /// Its name, below the directory.
  package var name: String
  /// Where the compiler ran.
  package var directory: String

  /// A file by its name.
  package init(name: String, directory: String) {
    self.name = name
    self.directory = directory
  }
}

extension Builder {
  /// The place in the text that following instructions belong to; nil is none.
  package func setLocation(_ location: IRMetadata?) {
    LLVMSetCurrentDebugLocation2(ref, location?.ref)
  }
}
