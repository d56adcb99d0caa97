import CLLVM

/// Who may refer to a symbol.
package enum Linkage {
  /// Other objects too.
  case external
  /// This module alone; the name stays in the symbol table of the object.
  case `internal`
  /// This module alone; the object does not show the name.
  case `private`
  /// Arrays of all modules in a row, as some of LLVM's own names have it.
  case appending

  /// LLVM's word for it.
  var raw: LLVMLinkage {
    switch self {
    case .external: LLVMExternalLinkage
    case .internal: LLVMInternalLinkage
    case .private: LLVMPrivateLinkage
    case .appending: LLVMAppendingLinkage
    }
  }
}

/// Whether an external symbol leaves the shared library that it is linked into.
package enum Visibility {
  /// It does; it does not; it does, but is not replaced from outside.
  case `default`, hidden, protected

  /// LLVM's word for it.
  var raw: LLVMVisibility {
    switch self {
    case .default: LLVMDefaultVisibility
    case .hidden: LLVMHiddenVisibility
    case .protected: LLVMProtectedVisibility
    }
  }
}

/// What has a name for the linker: a function, a global variable or an alias.
package protocol IRSymbol {
  /// The address of what the symbol names.
  var value: IRValue { get }
}

extension IRSymbol {
  /// What the linker calls it.
  package var name: String { value.name }

  /// Says who may refer to it.
  package func setLinkage(_ linkage: Linkage) {
    LLVMSetLinkage(value.ref, linkage.raw)
  }

  /// Says whether it leaves the shared library.
  package func setVisibility(_ visibility: Visibility) {
    LLVMSetVisibility(value.ref, visibility.raw)
  }

  /// Declares that nobody compares the address, so that equal contents may be merged.
  package func setUnnamedAddress() {
    LLVMSetUnnamedAddress(value.ref, LLVMGlobalUnnamedAddr)
  }

  /// Puts it into a section of the object.
  package func setSection(_ section: String) {
    LLVMSetSection(value.ref, section)
  }

  /// Puts it at a multiple of so many bytes.
  package func setAlignment(_ bytes: Int) {
    LLVMSetAlignment(value.ref, UInt32(bytes))
  }
}

/// A global variable.
package struct IRGlobal: IRSymbol, Hashable {
  /// Its address.
  package let value: IRValue
  /// The type of what is stored, not of its address.
  package let contents: IRType

  /// Gives the first value.
  package func setInitializer(_ constant: IRValue) {
    LLVMSetInitializer(value.ref, constant.ref)
  }

  /// Declares that it is never written.
  package func setConstant() {
    LLVMSetGlobalConstant(value.ref, 1)
  }

  /// Removes it from its module.
  ///
  /// - Requires: Nothing uses it.
  package func erase() {
    LLVMDeleteGlobal(value.ref)
  }
}

/// A further name of a function or a global variable.
package struct IRAlias: IRSymbol, Hashable {
  /// Its address.
  package let value: IRValue
}
