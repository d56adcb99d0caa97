package import Support

/// A constant tensor of a function: its bytes in the target's order are made by code generation.
package struct ConstantData: Hashable, Sendable {
  package enum Elements: Hashable, Sendable {
    case floats([Double])
    case integers([Int64])

    /// Equal are the same bits: −0 is not 0, and a NaN is itself.
    package static func == (a: Elements, b: Elements) -> Bool {
      switch (a, b) {
      case (.floats(let x), .floats(let y)):
        x.count == y.count && zip(x, y).allSatisfy { $0.bitPattern == $1.bitPattern }
      case (.integers(let x), .integers(let y)): x == y
      case (.floats, .integers), (.integers, .floats): false
      }
    }

    package func hash(into hasher: inout Hasher) {
      switch self {
      case .floats(let values): for value in values { hasher.combine(value.bitPattern) }
      case .integers(let values): for value in values { hasher.combine(value) }
      }
    }
  }

  package var element: DType
  package var elements: Elements

  package init(element: DType, elements: Elements) {
    self.element = element
    self.elements = elements
  }
}

/// A parameter or a result of the C function.
package struct Formal: Hashable, Sendable {
  package var name: String
  package var doc: String
  package var element: DType
  package var shape: [Dim]
  package var isInout: Bool
  package var site: Site

  package init(
    name: String, doc: String = "", element: DType, shape: [Dim], isInout: Bool = false, site: Site
  ) {
    self.name = name
    self.doc = doc
    self.element = element
    self.shape = shape
    self.isInout = isInout
    self.site = site
  }
}

/// What the sizes of a call must fulfil before anything runs.
package struct Requirement: Hashable, Sendable {
  package enum Condition: Hashable, Sendable {
    case equal(Dim, Dim)
    /// The first is a multiple of the second.
    case multiple(Dim, Dim)
    case nonNegative(Dim)
  }

  package var condition: Condition
  package var failure: Failure
  package var site: Site

  package init(_ condition: Condition, _ failure: Failure, site: Site) {
    self.condition = condition
    self.failure = failure
    self.site = site
  }
}

/// The place of one buffer in the workspace: behind the ends of all buffers in `above`.
///
/// The plan fixes which of two buffers that live at the same time lies below the other; offsets
/// follow from the sizes of the call. So a greater size never needs less.
package struct Placement: Hashable, Sendable {
  package var buffer: BufferID
  /// Indices of earlier placements.
  package var below: [Int]

  package init(buffer: BufferID, below: [Int]) {
    self.buffer = buffer
    self.below = below
  }
}

/// One way to compute the results of a function: loop trees over buffers.
package struct Body: Hashable, Sendable {
  /// The results that must be wanted, all others must not; nil for a body that serves every choice.
  package var serves: Set<Int>?
  /// The least level of CPUs that it runs on; nil where the object is for one kind of CPU.
  package var level: CPULevel?
  package var buffers: [Buffer] = []
  package var scalars: [Scalar] = []
  package var loops: [Loop] = []
  package var block = Block()
  /// The copies to `inout` parameters, which run when nothing can fail any more.
  package var commit = Block()
  package var plan: [Placement] = []
  /// The buffer of the workspace through which parts of long code hand values to each other; nil
  /// where that is little or nothing.
  package var frame: BufferID?

  package init(serves: Set<Int>? = nil) { self.serves = serves }

  // What stands in the body is lent, not copied: a copy would count references to all its parts.
  package subscript(_ id: BufferID) -> Buffer {
    _read { yield buffers[id.index] }
    _modify { yield &buffers[id.index] }
  }
  package subscript(_ id: ScalarID) -> Scalar {
    _read { yield scalars[id.index] }
    _modify { yield &scalars[id.index] }
  }
  package subscript(_ id: LoopID) -> Loop {
    _read { yield loops[id.index] }
    _modify { yield &loops[id.index] }
  }

  /// The buffer whose memory a buffer names: itself, unless it is an alias; nil for a cycle.
  package func root(of id: BufferID) -> BufferID? {
    var root = id
    for _ in 0...buffers.count {
      guard case .alias(let original) = self[root].storage else { return root }
      root = original
    }
    return nil
  }
}

/// A C function: its interface and its bodies.
package struct LoopFunction: Hashable, Sendable {
  package var name: String
  package var doc: String
  package var site: Site
  package var symbols: [String]
  package var parameters: [Formal]
  package var results: [Formal]
  package var requirements: [Requirement]
  package var constants: [ConstantData]
  /// The first that serves the results that the caller wants, and runs on the CPU, is run.
  package var bodies: [Body]

  package init(
    name: String, doc: String, site: Site, symbols: [String], parameters: [Formal],
    results: [Formal], requirements: [Requirement], constants: [ConstantData], bodies: [Body]
  ) {
    self.name = name
    self.doc = doc
    self.site = site
    self.symbols = symbols
    self.parameters = parameters
    self.results = results
    self.requirements = requirements
    self.constants = constants
    self.bodies = bodies
  }
}
