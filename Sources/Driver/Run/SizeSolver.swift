import LoopIR
import Support

/// Finds the sizes of a function's symbols from the shapes of what it is given.
struct SizeSolver {
  /// Why shapes do not fit a function.
  struct Mistake: Error {
    var message: String
  }

  private(set) var sizes: [String: Int]

  /// - Parameter given: sizes that the user has given by name.
  init(_ given: [String: Int]) { sizes = given }

  /// Fits the shapes of all parameters.
  mutating func solve(_ formals: [Formal], _ shapes: [[Int]]) throws(Mistake) {
    for (formal, shape) in zip(formals, shapes) where formal.shape.count != shape.count {
      throw Mistake(
        message: "'\(formal.name)' has \(formal.shape.count) axes, \(shape.count) are given")
    }
    for (formal, shape) in zip(formals, shapes) {
      for (dim, size) in zip(formal.shape, shape) {
        if let symbol = dim.symbolName, sizes[symbol] == nil { sizes[symbol] = size }
      }
    }
    for (formal, shape) in zip(formals, shapes) {
      for (dim, size) in zip(formal.shape, shape) { try fit(dim, size, formal) }
    }
  }

  /// Solves a dim for its only unknown symbol, or checks it.
  private mutating func fit(_ dim: Dim, _ size: Int, _ formal: Formal) throws(Mistake) {
    let unknown = dim.symbols.filter { sizes[$0] == nil }
    if unknown.count == 1, let symbol = unknown.first {
      guard let value = SizeSolver.solution(dim, symbol, size, sizes) else {
        throw Mistake(message: "no size of '\(symbol)' makes \(dim) equal to \(size)")
      }
      sizes[symbol] = value
    }
    guard let wanted = dim.evaluate(sizes) else { return }
    guard wanted == size else {
      throw Mistake(
        message: "'\(formal.name)' has size \(size) where \(dim) is \(wanted)")
    }
  }

  /// The least size of a symbol that gives a dim its size; dims grow with their symbols.
  private static func solution(
    _ dim: Dim, _ symbol: String, _ size: Int, _ sizes: [String: Int]
  ) -> Int? {
    func value(_ candidate: Int) -> Int? {
      dim.evaluate(sizes.merging([symbol: candidate]) { _, new in new })
    }
    return (0...max(16, min(2 * abs(size) + 16, 1 << 20))).first { value($0) == size }
  }
}
