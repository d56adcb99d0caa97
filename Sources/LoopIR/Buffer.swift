package import Support

/// A buffer of a function body: a dense index.
package struct BufferID: Hashable, Sendable, Comparable {
  package let index: Int
  package init(_ index: Int) { self.index = index }
  package static func < (a: BufferID, b: BufferID) -> Bool { a.index < b.index }
  package func _rawHashValue(seed: Int) -> Int { IndexHash.of(index, seed) }
}

/// Where the elements of a buffer live.
package enum Storage: Hashable, Sendable {
  /// A parameter of the function by number; one without axes is passed by value.
  case parameter(Int)
  /// A result of the function by number.
  case result(Int)
  /// The memory of an `inout` parameter by number, to be written at the end.
  case update(Int)
  /// A constant of the function by number.
  case constant(Int)
  /// In the workspace, at a place that the workspace plan gives.
  case workspace
  /// On the stack: of a fixed and small size.
  case local
  /// The elements of another buffer, in the same order, under another shape of at most as many
  /// elements.
  case alias(BufferID)
}

/// A dense, row-major array of elements.
package struct Buffer: Hashable, Sendable {
  package var name: String
  package var element: DType
  package var shape: [Dim]
  package var storage: Storage
  /// How many lanes of the loop around its uses have elements of their own: then those of one
  /// position are neighbours.
  package var lanes = 1
  /// How many copies of it the workspace has at most, for threads that share a loop.
  package var copies = 1
  package var site: Site

  package init(name: String, element: DType, shape: [Dim], storage: Storage, site: Site) {
    self.name = name
    self.element = element
    self.shape = shape
    self.storage = storage
    self.site = site
  }

  /// The number of elements.
  package var count: Dim { Dim.product(shape) }

  /// The shape of its memory: lanes are a last axis.
  package var memoryShape: [Dim] { lanes == 1 ? shape : shape + [Dim(lanes)] }
}
