import CLLVM

/// Functions, global variables and further names for them.
extension Module {
  /// Adds a function without a body.
  package func addFunction(
    _ name: String, _ type: IRType, linkage: Linkage = .external
  ) -> IRFunction {
    let function = IRFunction(LLVMAddFunction(ref, name, type.ref), type: type)
    function.setLinkage(linkage)
    return function
  }

  /// The function of that name, added as a declaration if there is none yet.
  ///
  /// - Requires: A function of that name has this type.
  package func declare(_ name: String, _ type: IRType) -> IRFunction {
    function(name) ?? addFunction(name, type)
  }

  /// The function of that name.
  package func function(_ name: String) -> IRFunction? {
    LLVMGetNamedFunction(ref, name).map { found in
      IRFunction(found, type: IRType(LLVMGlobalGetValueType(found)))
    }
  }

  /// The functions, in the order in which they were added.
  package var functions: [IRFunction] {
    var found: [IRFunction] = []
    var next = LLVMGetFirstFunction(ref)
    while let function = next {
      found.append(IRFunction(function, type: IRType(LLVMGlobalGetValueType(function))))
      next = LLVMGetNextFunction(function)
    }
    return found
  }

  /// Adds a global variable without a first value.
  package func addGlobal(
    _ name: String, _ type: IRType, linkage: Linkage = .external
  ) -> IRGlobal {
    let global = IRGlobal(value: IRValue(LLVMAddGlobal(ref, type.ref, name)), contents: type)
    global.setLinkage(linkage)
    return global
  }

  /// The global variable of that name.
  package func global(_ name: String) -> IRGlobal? {
    LLVMGetNamedGlobal(ref, name).map { found in
      IRGlobal(value: IRValue(found), contents: IRType(LLVMGlobalGetValueType(found)))
    }
  }

  /// Adds data that is never written and that only this module sees.
  package func addData(
    _ name: String, _ bytes: UnsafeRawBufferPointer, align: Int
  ) -> IRGlobal {
    addConstant(name, context.bytes(bytes), align: align)
  }

  /// Adds text that is never written and that only this module sees, with a zero at its end.
  package func addText(_ name: String, _ text: String) -> IRGlobal {
    let bytes = Array(text.utf8) + [0]
    return bytes.withUnsafeBytes { addData(name, $0, align: 1) }
  }

  /// Adds a constant that only this module sees.
  package func addConstant(_ name: String, _ value: IRValue, align: Int) -> IRGlobal {
    let global = addGlobal(name, value.type, linkage: .private)
    global.setInitializer(value)
    global.setConstant()
    global.setUnnamedAddress()
    global.setAlignment(align)
    return global
  }

  /// Adds a further name for a function.
  @discardableResult
  package func addAlias(_ name: String, of function: IRFunction) -> IRAlias {
    IRAlias(
      value: IRValue(LLVMAddAlias2(ref, function.type.ref, 0, function.value.ref, name)))
  }

  /// Adds a further name for a global variable.
  @discardableResult
  package func addAlias(_ name: String, of global: IRGlobal) -> IRAlias {
    IRAlias(
      value: IRValue(LLVMAddAlias2(ref, global.contents.ref, 0, global.value.ref, name)))
  }
}
