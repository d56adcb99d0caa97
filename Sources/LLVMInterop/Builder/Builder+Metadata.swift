import CLLVM

/// What is known about instructions beyond what they say.
extension Builder {
  /// Attaches metadata of a kind; a constant, which a folded instruction is, takes none.
  package func attach(_ metadata: IRMetadata, _ kind: String, to instruction: IRValue) {
    guard instruction.isInstruction else { return }
    let value = LLVMMetadataAsValue(context.ref, metadata.ref)
    LLVMSetMetadata(instruction.ref, context.metadataKind(kind), value)
  }

  /// Says that a load or store touches `scopes` (a node of scopes) and not `others`.
  package func setAliasScopes(
    of access: IRValue, in scopes: IRMetadata?, notIn others: IRMetadata?
  ) {
    if let scopes { attach(scopes, "alias.scope", to: access) }
    if let others { attach(others, "noalias", to: access) }
  }

  /// Gives the backward jump of a loop its hints.
  package func setLoop(_ hints: IRMetadata, of jump: IRValue) {
    attach(hints, "llvm.loop", to: jump)
  }

  /// Says how often each target of a jump is taken, in proportion.
  package func setWeights(_ weights: [Int], of jump: IRValue) {
    let numbers = weights.map { context.metadata(context.i32.constant($0)) }
    attach(context.metadata([context.metadata("branch_weights")] + numbers), "prof", to: jump)
  }

  /// Says that a load gives at least `lower` and less than `upper`.
  package func setRange(_ lower: Int, _ upper: Int, of load: IRValue) {
    let type = load.type
    let bounds = [lower, upper].map { context.metadata(type.constant($0)) }
    attach(context.metadata(bounds), "range", to: load)
  }

  /// Says that what is loaded never changes while the function runs.
  package func setInvariant(_ load: IRValue) {
    attach(context.metadata([IRMetadata]()), "invariant.load", to: load)
  }
}
