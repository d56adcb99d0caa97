/// The hash of dense indices, by which very many dictionaries and sets are kept.
///
/// Indices differ, so they need none of the care with which a `Hasher` mixes what it is given, and
/// which takes longer than all else that is done to look one up.
package enum IndexHash {
  /// The hash of an index, for `_rawHashValue(seed:)`.
  package static func of(_ index: Int, _ seed: Int) -> Int {
    let mixed = UInt64(bitPattern: Int64(index ^ seed)) &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed ^ (mixed >> 32))
  }
}
