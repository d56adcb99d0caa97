import CLLVM

/// A promise about a function, a parameter or a result, or a wish how to compile it.
package struct IRAttribute: Hashable, Sendable {
  /// How LLVM stores it.
  private enum Form: Hashable, Sendable {
    /// The first of these names that this LLVM knows, with a number.
    case known([String], UInt64)
    case text(String, String)
  }

  /// What the attribute says.
  private let form: Form

  /// The place of a function's own attributes.
  static let functionIndex = LLVMAttributeIndex(bitPattern: -1)

  /// The handle of the attribute in a context.
  func make(in context: LLVMContextRef?) -> LLVMAttributeRef? {
    switch form {
    case .known(let names, let number):
      for name in names {
        let kind = LLVMGetEnumAttributeKindForName(name, name.utf8.count)
        if kind != 0 { return LLVMCreateEnumAttribute(context, kind, number) }
      }
      preconditionFailure("LLVM knows no attribute \(names)")
    case .text(let key, let value):
      return LLVMCreateStringAttribute(
        context, key, UInt32(key.utf8.count), value, UInt32(value.utf8.count))
    }
  }

  /// An attribute of LLVM's that is on or off.
  private static func flag(_ name: String) -> IRAttribute {
    IRAttribute(form: .known([name], 0))
  }

  /// An attribute with a number.
  private static func number(_ name: String, _ number: Int) -> IRAttribute {
    IRAttribute(form: .known([name], UInt64(number)))
  }

  /// An attribute that targets read as text.
  package static func string(_ key: String, _ value: String = "") -> IRAttribute {
    IRAttribute(form: .text(key, value))
  }
}

extension IRAttribute {
  /// Has LLVM report how much stack the function takes, whatever it is.
  package static let warnStackSize = string("warn-stack-size", "0")
}

/// Attributes of parameters and results.
extension IRAttribute {
  /// What the pointer reaches is reached through nothing else.
  package static let noAlias = flag("noalias")
  /// Nothing is written through the pointer.
  package static let readOnly = flag("readonly")
  /// Nothing is read through the pointer.
  package static let writeOnly = flag("writeonly")
  /// The pointer is not followed.
  package static let readNone = flag("readnone")
  /// The pointer is not null.
  package static let nonNull = flag("nonnull")
  /// The value is neither undefined nor poison.
  package static let noUndef = flag("noundef")
  /// The caller fills a small integer up with zeros.
  package static let zeroExtended = flag("zeroext")
  /// The caller fills a small integer up with its sign.
  package static let signExtended = flag("signext")

  /// The pointer is not kept. LLVM 21 has renamed it to `captures(none)`, whose number is 0.
  package static let noCapture = IRAttribute(form: .known(["captures", "nocapture"], 0))

  /// The pointer is a multiple of `bytes`.
  package static func aligned(_ bytes: Int) -> IRAttribute { number("align", bytes) }

  /// At least `bytes` bytes may be read behind the pointer.
  package static func dereferenceable(_ bytes: Int) -> IRAttribute {
    number("dereferenceable", bytes)
  }

  /// As `dereferenceable`, unless the pointer is null.
  package static func dereferenceableOrNull(_ bytes: Int) -> IRAttribute {
    number("dereferenceable_or_null", bytes)
  }
}

/// Attributes of functions and calls.
extension IRAttribute {
  /// No exception leaves the function.
  package static let noUnwind = flag("nounwind")
  /// The function comes to an end.
  package static let willReturn = flag("willreturn")
  /// The function does not loop for ever without effect.
  package static let mustProgress = flag("mustprogress")
  /// The function does not talk to other threads.
  package static let noSync = flag("nosync")
  /// The function frees no memory.
  package static let noFree = flag("nofree")
  /// The function is not called by what it calls.
  package static let noRecurse = flag("norecurse")
  /// The function does not return.
  package static let noReturn = flag("noreturn")
  /// The function stays a function.
  package static let noInline = flag("noinline")
  /// LLVM takes the called function for any function, whatever its name.
  package static let noBuiltin = flag("nobuiltin")
  /// The function becomes part of its callers.
  package static let alwaysInline = flag("alwaysinline")
  /// Inlining is worth more than it seems.
  package static let inlineHint = flag("inlinehint")
  /// The function may be called where the program would not.
  package static let speculatable = flag("speculatable")
  /// Both of LLVM's vectorizers leave the function alone, and copies of memory use no vectors.
  package static let noImplicitFloat = flag("noimplicitfloat")
  /// The function is hardly ever called.
  package static let cold = flag("cold")
  /// The function is called often.
  package static let hot = flag("hot")
  /// The function is not optimised; goes with `noInline`.
  package static let optimizeNone = flag("optnone")
  /// Small code is better than fast code, within limits.
  package static let optimizeForSize = flag("optsize")
  /// Small code is better than fast code.
  package static let minimizeSize = flag("minsize")
  /// The pass `asan` checks the memory accesses of the function.
  package static let sanitizeAddress = flag("sanitize_address")
  /// The pass `tsan` has the memory accesses of the function told to ThreadSanitizer.
  package static let sanitizeThread = flag("sanitize_thread")

  /// The function can be unwound from every instruction, as debuggers like it.
  package static let unwindTable = number("uwtable", 2)

  /// Which memory the function touches.
  package static func memory(_ effects: MemoryEffects) -> IRAttribute {
    number("memory", Int(effects.encoding))
  }

  /// The CPU that the function is compiled for.
  package static func targetCPU(_ name: String) -> IRAttribute { string("target-cpu", name) }

  /// The features that the function may use, as `+avx2,-fma`.
  package static func targetFeatures(_ features: String) -> IRAttribute {
    string("target-features", features)
  }

  /// The width in bits that the vectorizers aim at; some CPUs are given less unless told.
  package static func preferVectorWidth(_ bits: Int) -> IRAttribute {
    string("prefer-vector-width", String(bits))
  }

  /// The widest vector in bits that is spelled out in the function and must not be split.
  package static func minLegalVectorWidth(_ bits: Int) -> IRAttribute {
    string("min-legal-vector-width", String(bits))
  }

  /// Keeps the frame pointer: `all`, `non-leaf` or `none`.
  package static func framePointer(_ kind: String) -> IRAttribute {
    string("frame-pointer", kind)
  }

  /// Calls by the names of C's library mean nothing special in this function.
  package static let noBuiltins = string("no-builtins")
}

/// The memory that a function may touch.
package enum MemoryEffects: Hashable, Sendable {
  /// None: the result depends on the arguments alone.
  case none
  /// Any memory, only reading it.
  case read
  /// What the arguments point to, only reading it.
  case argumentRead
  /// What the arguments point to.
  case argument

  /// LLVM's encoding: two bits (1 reads, 2 writes) for each kind of memory, arguments first.
  var encoding: UInt32 {
    switch self {
    case .none: 0
    case .argumentRead: 0b01
    case .argument: 0b11
    case .read: (0..<UInt32(GRADC_MEMORY_LOCATIONS)).reduce(0) { $0 | (1 << (2 * $1)) }
    }
  }
}
