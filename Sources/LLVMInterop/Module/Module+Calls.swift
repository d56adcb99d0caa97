import CLLVM

/// Who calls whom.
extension Module {
  /// For each function with a body the names of those that it calls.
  package var calls: [String: Set<String>] {
    var calls: [String: Set<String>] = [:]
    for function in functions where !function.isDeclaration {
      let called = function.instructions.compactMap { step in
        LLVMIsACallInst(step.ref).flatMap { LLVMGetCalledValue($0) }.map(Module.name(of:))
      }
      calls[Module.name(of: function.value.ref)] = Set(called)
    }
    return calls
  }

  static func name(of value: LLVMValueRef) -> String {
    var length = 0
    guard let start = LLVMGetValueName2(value, &length) else { return "" }
    return String(
      decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
  }
}

extension LLVMReport {
  /// The bytes of stack of a function that has the attribute `warnStackSize`; nil for other reports.
  var frame: (function: String, bytes: Int)? {
    let words = message.split { "()'".contains($0) }
    guard let place = words.firstIndex(where: { $0.hasSuffix("stack frame size ") }),
      words.count > place + 2, let bytes = Int(words[place + 1]),
      let function = words.last
    else { return nil }
    return (String(function), bytes)
  }
}

extension MemoryBuffer {
  /// The bytes of machine code of an object file; 0 if it is none.
  package var codeSize: Int {
    var message: UnsafeMutablePointer<CChar>?
    guard let binary = LLVMCreateBinary(ref, nil, &message) else {
      LLVMDisposeMessage(message)
      return 0
    }
    defer { LLVMDisposeBinary(binary) }
    guard let sections = LLVMObjectFileCopySectionIterator(binary) else { return 0 }
    defer { LLVMDisposeSectionIterator(sections) }
    var size = 0
    while LLVMObjectFileIsSectionIteratorAtEnd(binary, sections) == 0 {
      let name = LLVMGetSectionName(sections).map { String(cString: $0) } ?? ""
      // ELF and COFF, Mach-O, WebAssembly.
      if name.hasPrefix(".text") || name == "__text" || name == "CODE" {
        size += Int(LLVMGetSectionSize(sections))
      }
      LLVMMoveToNextSection(sections)
    }
    return size
  }
}
