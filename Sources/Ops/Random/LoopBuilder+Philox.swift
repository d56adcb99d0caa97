package import LoopIR
import Support

extension LoopBuilder {
  /// The block of Philox4x32-10 of a counter of four words under a key of two; all words are `u64`
  /// that hold 32 bits, so that products of two are the machine's widening ones.
  package mutating func philox(
    _ counter: [ScalarID], key: (low: ScalarID, high: ScalarID)
  ) -> [ScalarID] {
    let multipliers = (word(Philox.multipliers.0), word(Philox.multipliers.1))
    let increments = (word(Philox.increments.0), word(Philox.increments.1))
    var words = counter
    var key = key
    for round in 0..<Philox.rounds {
      if round > 0 {
        key = (lowWord(add(key.low, increments.0)), lowWord(add(key.high, increments.1)))
      }
      let first = multiply(multipliers.0, words[0])
      let second = multiply(multipliers.1, words[2])
      words = [
        xor(xor(highWord(second), words[1]), key.low), lowWord(second),
        xor(xor(highWord(first), words[3]), key.high), lowWord(first),
      ]
    }
    return words
  }

  /// The bits of one element of draws as an `i64`: the upper 24 of its word, or the upper 53 of its
  /// two.
  ///
  /// - Parameters:
  ///   - place: the number of the element, an `i64` that is not negative.
  ///   - key: a `u64`.
  mutating func randomBits(_ place: ScalarID, key: ScalarID, isDouble: Bool) -> ScalarID {
    let place = convert(place, to: .u64)
    let number = shifted(place, by: isDouble ? 1 : 2)
    let zero = word(0)
    let words = philox(
      [lowWord(number), highWord(number), zero, zero], key: (lowWord(key), highWord(key)))
    let isOdd = isSet(1, of: place)
    guard isDouble else {
      let isUpper = isSet(2, of: place)
      let picked = select(
        isUpper, select(isOdd, words[3], words[2]), select(isOdd, words[1], words[0]))
      return convert(shifted(picked, by: 8), to: .i64)
    }
    let first = select(isOdd, words[2], words[0])
    let second = select(isOdd, words[3], words[1])
    let both = binary(
      .or, binary(.shiftLeft, second, word(32)), first)
    return convert(shifted(both, by: 11), to: .i64)
  }

  private mutating func word(_ value: UInt32) -> ScalarID { constant(.u64, .int(Int64(value))) }

  private mutating func xor(_ a: ScalarID, _ b: ScalarID) -> ScalarID { binary(.xor, a, b) }

  private mutating func lowWord(_ x: ScalarID) -> ScalarID { binary(.and, x, word(.max)) }

  private mutating func highWord(_ x: ScalarID) -> ScalarID { shifted(x, by: 32) }

  private mutating func shifted(_ x: ScalarID, by count: UInt32) -> ScalarID {
    binary(.shiftRightLogical, x, word(count))
  }

  /// Whether a bit is set.
  private mutating func isSet(_ bit: UInt32, of x: ScalarID) -> ScalarID {
    compare(.notEqual, binary(.and, x, word(bit)), word(0))
  }
}
