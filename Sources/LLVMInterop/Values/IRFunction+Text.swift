import CLLVM
import Glibc

extension IRFunction {
  /// A number that is the same for functions that do the same in this process, and is soon found.
  package var outline: Int {
    var hasher = Hasher()
    for instruction in instructions {
      hasher.combine(LLVMGetInstructionOpcode(instruction.ref).rawValue)
      hasher.combine(LLVMTypeOf(instruction.ref))
      hasher.combine(LLVMGetNumOperands(instruction.ref))
    }
    return hasher.finalize()
  }

  /// What the function does, the same for functions that do the same: without its name, and with
  /// the nodes of metadata numbered as they are met.
  ///
  /// - Requires: It has no debug locations.
  package var canonicalText: [UInt8] {
    guard let printed = LLVMPrintValueToString(value.ref) else { return [] }
    defer { LLVMDisposeMessage(printed) }
    let lines = UnsafeRawBufferPointer(start: printed, count: strlen(printed))
    var text: [UInt8] = []
    text.reserveCapacity(lines.count)
    let name = Array("@\(Module.name(of: value.ref))(".utf8)
    var place = 0
    var isSkipped = false
    while place < lines.count {
      let byte = lines[place]
      if byte == UInt8(ascii: "\n") { isSkipped = false }
      // Numbers of metadata, which are those of the module, are at the end of a line.
      if byte == UInt8(ascii: ","), lines[place...].starts(with: ", !".utf8) { isSkipped = true }
      if byte == UInt8(ascii: "@"), lines[place...].starts(with: name) {
        place += name.count
      } else {
        if !isSkipped { text.append(byte) }
        place += 1
      }
    }
    var metadata = MetadataText()
    for instruction in instructions { metadata.add(of: instruction.ref) }
    return text + metadata.text.utf8
  }
}

/// The metadata of instructions as text, with nodes numbered as they are met.
private struct MetadataText {
  private(set) var text = ""
  private var numbers: [LLVMValueRef: Int] = [:]

  /// Adds what an instruction is marked with.
  mutating func add(of instruction: LLVMValueRef) {
    var count = 0
    guard let entries = LLVMInstructionGetAllMetadataOtherThanDebugLoc(instruction, &count) else {
      return
    }
    defer { LLVMDisposeValueMetadataEntries(entries) }
    let context = LLVMGetValueContext(instruction)
    for index in 0..<UInt32(count) {
      text += "!\(LLVMValueMetadataEntriesGetKind(entries, index)) "
      add(LLVMMetadataAsValue(context, LLVMValueMetadataEntriesGetMetadata(entries, index)))
    }
    text += ";"
  }

  /// Adds a node, a text or a constant.
  private mutating func add(_ value: LLVMValueRef?) {
    guard let value else {
      text += "null "
      return
    }
    var length: UInt32 = 0
    if let start = LLVMGetMDString(value, &length) {
      let bytes = UnsafeRawBufferPointer(start: start, count: Int(length))
      text += "'\(String(decoding: bytes, as: UTF8.self))' "
    } else if LLVMIsAMDNode(value) != nil {
      addNode(value)
    } else {
      text += "\(IRValue(value)) "
    }
  }

  /// Adds a node with its operands where it is met first, among which it may be itself.
  private mutating func addNode(_ node: LLVMValueRef) {
    if let known = numbers[node] {
      text += "\(known) "
      return
    }
    numbers[node] = numbers.count
    let count = Int(LLVMGetMDNodeNumOperands(node))
    var operands = [LLVMValueRef?](repeating: nil, count: count)
    LLVMGetMDNodeOperands(node, &operands)
    text += "("
    for operand in operands { add(operand) }
    text += ")"
  }
}
