import CLLVM

/// A node of metadata.
package struct IRMetadata: Hashable {
  /// The handle.
  let ref: LLVMMetadataRef

  /// Wraps a handle.
  init(_ ref: LLVMMetadataRef) {
    self.ref = ref
  }
}

extension Context {
  /// A string.
  package func metadata(_ text: String) -> IRMetadata {
    IRMetadata(LLVMMDStringInContext2(ref, text, text.utf8.count))
  }

  /// A constant.
  package func metadata(_ constant: IRValue) -> IRMetadata {
    IRMetadata(LLVMValueAsMetadata(constant.ref))
  }

  /// A node of operands.
  package func metadata(_ operands: [IRMetadata]) -> IRMetadata {
    var refs: [LLVMMetadataRef?] = operands.map(\.ref)
    return IRMetadata(LLVMMDNodeInContext2(ref, &refs, refs.count))
  }

  /// A node that is equal to no other, because its first operand is itself.
  func distinctMetadata(_ operands: [IRMetadata]) -> IRMetadata {
    let placeholder = LLVMTemporaryMDNode(ref, nil, 0)
    var refs: [LLVMMetadataRef?] = [placeholder] + operands.map(\.ref)
    let node = LLVMMDNodeInContext2(ref, &refs, refs.count)
    LLVMMetadataReplaceAllUsesWith(placeholder, node)
    return IRMetadata(node!)
  }

  /// A family of alias scopes, such as the buffers of one function.
  package func aliasDomain(_ name: String) -> IRMetadata {
    distinctMetadata([metadata(name)])
  }

  /// One memory region of a domain.
  package func aliasScope(_ name: String, in domain: IRMetadata) -> IRMetadata {
    distinctMetadata([domain, metadata(name)])
  }

  /// What the optimiser shall do with a loop; for `!llvm.loop` at its backward jump.
  package func loop(_ hints: [LoopHint]) -> IRMetadata {
    distinctMetadata(hints.map { $0.metadata(in: self) })
  }
}

/// A wish about one loop.
package enum LoopHint: Hashable, Sendable {
  /// Whether the vectorizer may touch the loop.
  case vectorize(Bool)
  /// How many lanes the vectorizer shall use.
  case vectorWidth(Int)
  /// How many vectors the vectorizer shall run at once.
  case interleave(Int)
  /// The loop is not unrolled.
  case noUnroll
  /// How many turns are spelled out.
  case unroll(Int)
  /// The loop ends.
  case mustProgress
  /// The loop has been vectorized by hand: no further attempt.
  case isVectorized

  /// The hint as a node.
  func metadata(in context: Context) -> IRMetadata {
    let property = self.property(in: context)
    let key = context.metadata("llvm.loop." + property.name)
    return context.metadata([key] + (property.value.map { [context.metadata($0)] } ?? []))
  }

  /// The name of the hint behind `llvm.loop.`, and its value if it has one.
  private func property(in context: Context) -> (name: String, value: IRValue?) {
    switch self {
    case .vectorize(let on): ("vectorize.enable", on ? context.true : context.false)
    case .vectorWidth(let lanes): ("vectorize.width", context.i32.constant(lanes))
    case .interleave(let count): ("interleave.count", context.i32.constant(count))
    case .noUnroll: ("unroll.disable", nil)
    case .unroll(let count): ("unroll.count", context.i32.constant(count))
    case .mustProgress: ("mustprogress", nil)
    case .isVectorized: ("isvectorized", context.i32.constant(1))
    }
  }
}
