import LLVMInterop
import LoopIR
import Support

extension ObjectInterface {
  /// The comment and the declarations of one function.
  func declaration(_ interface: FunctionInterface, _ size: CodeSize) -> String {
    let name = interface.function.name
    var text = comment(interface, size)
    let arguments = interface.arguments.map { spelling($0, interface.function) }
    text += prototype("int \(name)", arguments, symbol: interface.hash.symbol(for: name))
    let sizes = interface.function.symbols.map { "int64_t \($0)" }
    text += prototype(
      "size_t \(interface.workspaceName)", sizes.isEmpty ? ["void"] : sizes,
      symbol: interface.hash.symbol(for: interface.workspaceName))
    if let macro = workspaceMacro(interface), let size = interface.fixedWorkspace {
      text += "#define \(macro) \(size)\n"
    }
    return text
  }

  /// A declaration, its arguments set in lines.
  private func prototype(_ head: String, _ arguments: [String], symbol: String) -> String {
    var words = arguments
    for index in words.indices.dropLast() { words[index] += "," }
    words[0] = "\(head)(\(words[0])"
    words[words.count - 1] += ")"
    return Comment.wrapped(words, indent: "", hanging: "    ")
      + "\n    GRADC_SYMBOL(\"\(labelPrefix)\(symbol)\");\n"
  }

  /// An argument with its type.
  private func spelling(_ argument: Argument, _ function: LoopFunction) -> String {
    switch argument.role {
    case .symbol: return "int64_t \(argument.name)"
    case .parameter(let number):
      let formal = function.parameters[number]
      let type = formal.element.cName
      if !formal.isPointer { return "\(type) \(argument.name)" }
      let qualified = formal.isInout ? type : "const \(type)"
      let count = formal.shape.isEmpty ? "" : " GRADC_COUNT(\(formal.cCount))"
      return "\(qualified) *GRADC_NONNULL GRADC_RESTRICT\(count) \(argument.name)"
    case .result(let number):
      let formal = function.results[number]
      let count = formal.shape.isEmpty ? "" : " GRADC_COUNT_OR_NULL(\(formal.cCount))"
      return "\(formal.element.cName) *GRADC_NULLABLE GRADC_RESTRICT\(count) \(argument.name)"
    case .workspace: return "void *GRADC_NULLABLE GRADC_RESTRICT \(argument.name)"
    case .workspaceSize: return "size_t \(argument.name)"
    }
  }

  /// The comment above a function: signature, place, documentation, stack.
  private func comment(_ interface: FunctionInterface, _ size: CodeSize) -> String {
    let function = interface.function
    var lines: [String] = [firstLine(function)]
    lines += documentation(function.doc)
    for formal in function.parameters + function.results where !formal.doc.isEmpty {
      let text = documentation("\(formal.name): \(formal.doc)")
      lines += text.prefix(1) + text.dropFirst().map { "  " + $0 }
    }
    lines += stackLine(size, of: function.name)
    return "/* " + Comment.escaped(lines.joined(separator: "\n   ")) + " */\n"
  }

  /// What a call of a function takes of the stack. That of WebAssembly is what linkers lay out in
  /// linear memory.
  private func stackLine(_ size: CodeSize, of name: String) -> [String] {
    if let obstacle = size.obstacleToStack {
      return ["How much stack a call takes is not known \(obstacle)."]
    }
    guard let bytes = size.stack[name] else { return [] }
    let head = "A call takes at most \(bytes) bytes of stack"
    let rest = "besides what C functions that it calls take."
    if target.architecture.hasPrefix("wasm") { return [head + " in linear memory,", rest] }
    return ["\(head), \(rest)"]
  }

  /// The signature, with the place of the function at the right margin.
  private func firstLine(_ function: LoopFunction) -> String {
    let signature = function.signature
    guard Int(function.site.file.index) < files.files.count else { return signature }
    let file = files[function.site.file]
    let place = "\(CName.baseName(file.path)):\(file.position(of: Int(function.site.start)).line)"
    let gap = max(2, 96 - signature.count - place.count)
    return signature + String(repeating: " ", count: gap) + place
  }

  /// The lines of a doc comment.
  private func documentation(_ text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}

extension DType {
  /// The type of an element in C.
  var cName: String {
    switch self {
    case .bool, .u8: "uint8_t"
    case .i8: "int8_t"
    case .i16: "int16_t"
    case .i32: "int32_t"
    case .i64: "int64_t"
    case .u16, .f16, .bf16: "uint16_t"
    case .u32: "uint32_t"
    case .u64: "uint64_t"
    case .f32: "float"
    case .f64: "double"
    }
  }
}

extension Formal {
  /// The number of elements as a C expression.
  fileprivate var cCount: String {
    let factors = shape.filter { $0 != Dim(1) }
    if factors.isEmpty { return "1" }
    if factors.count == 1 { return factors[0].cExpression }
    return factors.map { $0.isAtom ? $0.cExpression : "(\($0.cExpression))" }
      .joined(separator: " * ")
  }
}

extension Dim {
  /// Whether it is a number or a name.
  fileprivate var isAtom: Bool { constant != nil || symbolName != nil }

  /// The dim as a C expression, exact where no size is negative.
  var cExpression: String {
    if terms.isEmpty { return "0" }
    var text = ""
    for term in terms {
      var factors = term.atoms.map(\.cExpression)
      let magnitude = term.coefficient.magnitude
      if magnitude != 1 || factors.isEmpty { factors.insert(String(magnitude), at: 0) }
      let product = factors.joined(separator: " * ")
      if text.isEmpty {
        text = term.coefficient < 0 ? "-" + product : product
      } else {
        text += (term.coefficient < 0 ? " - " : " + ") + product
      }
    }
    return text
  }
}

extension Dim.Atom {
  fileprivate var cExpression: String {
    switch self {
    case .symbol(let name): name
    case .quotient(let dim, let divisor): "((\(dim.cExpression)) / \(divisor))"
    }
  }
}
