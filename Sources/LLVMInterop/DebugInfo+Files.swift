import CLLVM

extension DebugInfo {
  /// A part of a function whose text stands in another file than the function.
  package func block(in scope: IRMetadata, file: IRMetadata) -> IRMetadata {
    IRMetadata(LLVMDIBuilderCreateLexicalBlockFile(ref, scope.ref, file.ref, 0))
  }
}
