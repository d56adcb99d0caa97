import LoopIR
import Support

extension Nests {
  /// Goes along an axis by blocks of a few elements; `body` gets the first of them, and how many
  /// they are.
  func blocks(
    of extent: Dim, upTo limit: Int, _ b: inout LoopBuilder,
    _ body: (inout LoopBuilder, Index, Int) -> Void
  ) {
    let blocks = Blocks(extent, upTo: limit)
    loops(over: [blocks.count], &b) { b, position in
      if blocks.count != Dim(0) { body(&b, position[0] * Dim(blocks.size), blocks.size) }
    }
    let start = Index(blocks.count * Dim(blocks.size))
    if let rest = blocks.rest.constant {
      if rest > 0 { body(&b, start, rest) }
    } else {
      loops(over: [blocks.rest], &b) { b, position in body(&b, start + position[0], 1) }
    }
  }
}

/// An axis by blocks of equal size, and what is left.
struct Blocks {
  var size: Int
  var count: Dim
  var rest: Dim

  init(_ extent: Dim, upTo limit: Int) {
    if let extent = extent.constant, extent > 0 {
      let parts = (extent + limit - 1) / limit
      size = (extent + parts - 1) / parts
    } else {
      size = limit
    }
    count = extent.quotient(size)
    rest = extent - size * count
  }
}

extension Array where Element == LoopIR.Index {
  /// The positions with another one in a place.
  func with(_ place: Int, _ index: Element) -> Self {
    var result = self
    result[place] = index
    return result
  }
}
