/// The generator of random bits Philox4x32-10 (Salmon, Moraes, Dror and Shaw, Parallel random
/// numbers: as easy as 1, 2, 3, 2011): a block of four words is a function of its number and a key.
package enum Philox {
  /// How often a block is mixed.
  static let rounds = 10
  /// What the first and the third word are multiplied by.
  static let multipliers: (UInt32, UInt32) = (0xD251_1F53, 0xCD9E_8D57)
  /// What the words of the key grow by from round to round.
  static let increments: (UInt32, UInt32) = (0x9E37_79B9, 0xBB67_AE85)

  /// The block of a counter of four words under a key of two.
  package static func block(
    _ counter: SIMD4<UInt32>, key: (low: UInt32, high: UInt32)
  ) -> SIMD4<UInt32> {
    var words = counter
    var key = key
    for _ in 0..<rounds {
      let first = multipliers.0.multipliedFullWidth(by: words[0])
      let second = multipliers.1.multipliedFullWidth(by: words[2])
      words = [
        second.high ^ words[1] ^ key.low, second.low, first.high ^ words[3] ^ key.high, first.low,
      ]
      key = (key.low &+ increments.0, key.high &+ increments.1)
    }
    return words
  }

  /// A word of the stream of blocks counted from 0.
  package static func word(_ place: UInt64, key: UInt64) -> UInt32 {
    let number = place / 4
    let counter: SIMD4<UInt32> = [
      UInt32(truncatingIfNeeded: number), UInt32(truncatingIfNeeded: number >> 32), 0, 0,
    ]
    let words = block(
      counter,
      key: (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
    return words[Int(place % 4)]
  }

  /// The bits of an element of draws: the upper 24 of one word, or the upper 53 of two.
  package static func bits(ofElement place: UInt64, key: UInt64, isDouble: Bool) -> UInt64 {
    guard isDouble else { return UInt64(word(place, key: key) >> 8) }
    let first = word(2 * place, key: key)
    let second = word(2 * place + 1, key: key)
    return (UInt64(second) << 32 | UInt64(first)) >> 11
  }
}
