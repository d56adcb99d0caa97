package import Support

extension DType {
  /// Maps the bits of an integer of this type to a number that compares as the integer does, and
  /// back: only `u64` needs it.
  package func ordered(_ bits: Int64) -> Int64 { self == .u64 ? bits ^ .min : bits }
}
