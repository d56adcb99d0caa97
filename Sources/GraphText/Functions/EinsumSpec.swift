import GraphIR
import Ops
import Support

/// What the text of an `einsum` says of the axes of its operands.
///
/// An axis has the number of its letter; the axes of `...` have negative numbers, -1 the last.
struct EinsumSpec {
  /// The labels of the axes of each operand.
  private(set) var operands: [[Int]] = []
  /// The labels of the axes of the result.
  private(set) var result: [Int] = []
  /// The size of each label; of a label of 1 and of another size it is the other.
  private(set) var sizes: [Int: Dim] = [:]

  /// Reads a text such as `bij,bjk->bik` for operands of these types.
  init(_ text: String, _ types: [TensorType]) throws(TypeError) {
    let characters = Array(text.filter { $0 != " " })
    let arrow = try EinsumSpec.arrow(characters)
    let terms = characters[..<(arrow ?? characters.count)].split(
      separator: ",", omittingEmptySubsequences: false)
    guard terms.count == types.count else {
      throw TypeError(
        "\"\(text)\" names the axes of \(terms.count) value\(terms.count == 1 ? "" : "s"), not of "
          + "\(types.count)")
    }
    var widest = 0
    for (term, type) in zip(terms, types) {
      let labels = try EinsumSpec.labels(term, of: type)
      widest = max(widest, labels.count { $0 < 0 })
      operands.append(labels)
      try measure(labels, type)
    }
    if let arrow {
      result = try EinsumSpec.letters(characters[(arrow + 2)...], ellipsis: widest)
    } else {
      result = implicitResult(ellipsis: widest)
    }
    try checkResult()
  }

  /// Where `->` stands.
  private static func arrow(_ characters: [Character]) throws(TypeError) -> Int? {
    guard let place = characters.firstIndex(of: "-") else { return nil }
    guard place + 1 < characters.count, characters[place + 1] == ">",
      !characters[(place + 2)...].contains("-")
    else { throw TypeError("the axes of the result stand behind one '->'") }
    return place
  }

  /// The labels of an operand, one for each axis.
  private static func labels(
    _ term: ArraySlice<Character>, of type: TensorType
  ) throws(TypeError) -> [Int] {
    let named = term.count { $0 != "." }
    guard term.contains(".") ? named <= type.rank : named == type.rank else {
      throw TypeError(
        "\"\(String(term))\" names \(named) ax\(named == 1 ? "is" : "es") of \(type), which has "
          + "\(type.rank)", dims: type.shape)
    }
    return try letters(term, ellipsis: type.rank - named)
  }

  /// The labels of a term, in which `...` stands for some axes.
  private static func letters(
    _ term: ArraySlice<Character>, ellipsis: Int
  ) throws(TypeError) -> [Int] {
    var labels: [Int] = []
    var rest = term
    var hasEllipsis = false
    while let character = rest.first {
      if character == "." {
        guard rest.starts(with: Array("...")), !hasEllipsis else {
          throw TypeError("\"\(String(term))\" has dots that are not one '...'")
        }
        hasEllipsis = true
        rest = rest.dropFirst(3)
        labels += (0..<ellipsis).map { $0 - ellipsis }
      } else if character.isASCII, character.isLetter, let code = character.asciiValue {
        labels.append(Int(code))
        rest = rest.dropFirst()
      } else {
        throw TypeError("'\(character)' names no axis; axes are letters")
      }
    }
    return labels
  }

  /// Notes the sizes of labels; refuses two sizes of one.
  private mutating func measure(_ labels: [Int], _ type: TensorType) throws(TypeError) {
    for (label, size) in zip(labels, type.shape) {
      guard let known = sizes[label], known != Dim(1) else {
        sizes[label] = size
        continue
      }
      guard size == known || size == Dim(1) else {
        throw TypeError(
          "\(EinsumSpec.spelling(label)) has size \(known) and size \(size)", dims: [known, size])
      }
    }
  }

  /// The axes of `...`, then the letters that stand once, in the order of the alphabet.
  private func implicitResult(ellipsis: Int) -> [Int] {
    var counts: [Int: Int] = [:]
    for label in operands.joined() where label > 0 { counts[label, default: 0] += 1 }
    return (0..<ellipsis).map { $0 - ellipsis }
      + counts.filter { $0.value == 1 }.keys.sorted()
  }

  /// Refuses a result with axes that are not there, that stand twice, or without those of `...`.
  private func checkResult() throws(TypeError) {
    for (place, label) in result.enumerated() {
      if sizes[label] == nil {
        throw TypeError("\(EinsumSpec.spelling(label)) of the result is no axis of a value")
      }
      if result[..<place].contains(label) {
        throw TypeError("\(EinsumSpec.spelling(label)) stands twice in the result")
      }
    }
    if sizes.keys.contains(where: { $0 < 0 && !result.contains($0) }) {
      throw TypeError("the result has no '...' for the axes of '...'")
    }
  }

  private static func spelling(_ label: Int) -> String {
    guard label > 0, let code = UInt8(exactly: label) else { return "an axis of '...'" }
    return "'\(Character(Unicode.Scalar(code)))'"
  }
}
