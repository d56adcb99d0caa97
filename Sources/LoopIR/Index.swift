package import Support

/// A loop of a function body: a dense index, which also names its variable.
package struct LoopID: Hashable, Sendable, Comparable {
  package let index: Int
  package init(_ index: Int) { self.index = index }
  package static func < (a: LoopID, b: LoopID) -> Bool { a.index < b.index }
  package func _rawHashValue(seed: Int) -> Int { IndexHash.of(index, seed) }
}

/// A scalar of a function body, defined once: a dense index.
package struct ScalarID: Hashable, Sendable, Comparable {
  package let index: Int
  package init(_ index: Int) { self.index = index }
  package static func < (a: ScalarID, b: ScalarID) -> Bool { a.index < b.index }
  package func _rawHashValue(seed: Int) -> Int { IndexHash.of(index, seed) }
}

/// The position along one axis: an affine expression of loop variables, scalars and sizes.
package struct Index: Hashable, Sendable {
  /// A variable times a dim, which is mostly 1.
  package struct Term<Variable: Hashable & Sendable>: Hashable, Sendable {
    package var variable: Variable
    package var coefficient: Dim

    package init(variable: Variable, coefficient: Dim) {
      self.variable = variable
      self.coefficient = coefficient
    }
  }

  package var loops: [Term<LoopID>] = []
  /// Positions known at run time only, of type `i64`.
  package var scalars: [Term<ScalarID>] = []
  package var offset: Dim = Dim(0)

  package init(_ offset: Dim) { self.offset = offset }

  package init(_ loop: LoopID) { loops = [Term(variable: loop, coefficient: Dim(1))] }

  package init(_ scalar: ScalarID) { scalars = [Term(variable: scalar, coefficient: Dim(1))] }

  /// The loop, where the position is its variable and nothing else.
  package var loop: LoopID? {
    guard loops.count == 1, loops[0].coefficient == Dim(1), scalars.isEmpty, offset == Dim(0)
    else { return nil }
    return loops[0].variable
  }

  /// The dim, where the position has no variables.
  package var constant: Dim? { loops.isEmpty && scalars.isEmpty ? offset : nil }

  package static func + (a: Index, b: Index) -> Index {
    var sum = Index(a.offset + b.offset)
    sum.loops = Index.merged(a.loops, b.loops)
    sum.scalars = Index.merged(a.scalars, b.scalars)
    return sum
  }

  package static func + (a: Index, b: Dim) -> Index { a + Index(b) }

  package static func * (a: Index, b: Dim) -> Index {
    if b == Dim(0) { return Index(Dim(0)) }
    var product = Index(a.offset * b)
    product.loops = a.loops.map { Term(variable: $0.variable, coefficient: $0.coefficient * b) }
    product.scalars = a.scalars.map { Term(variable: $0.variable, coefficient: $0.coefficient * b) }
    return product
  }

  /// The position counted from the other end of an axis.
  package func flipped(_ size: Dim) -> Index { self * Dim(-1) + (size - 1) }

  /// The position with the variables of loops replaced by those of others.
  package func renaming(_ name: (LoopID) -> LoopID) -> Index {
    var result = self
    result.loops = []
    for term in loops {
      let renamed = Term(variable: name(term.variable), coefficient: term.coefficient)
      result.loops = Index.merged(result.loops, [renamed])
    }
    return result
  }

  private static func merged<Variable>(
    _ a: [Term<Variable>], _ b: [Term<Variable>]
  ) -> [Term<Variable>] {
    if b.isEmpty { return a }
    if a.isEmpty { return b }
    var terms = a
    for term in b {
      if let at = terms.firstIndex(where: { $0.variable == term.variable }) {
        terms[at].coefficient = terms[at].coefficient + term.coefficient
      } else {
        terms.append(term)
      }
    }
    return terms.filter { $0.coefficient != Dim(0) }
  }
}

/// An element of a buffer.
package struct Access: Hashable, Sendable {
  package var buffer: BufferID
  /// One position for each axis.
  package var indices: [Index]

  package init(_ buffer: BufferID, _ indices: [Index]) {
    self.buffer = buffer
    self.indices = indices
  }
}
