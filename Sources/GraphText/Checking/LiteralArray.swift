import GraphIR
import Support

/// A literal, or rows of them, as they stand in the text.
indirect enum LiteralTree {
  case leaf(Literal, Site)
  case row([LiteralTree], Site)

  var site: Site {
    switch self {
    case .leaf(_, let site), .row(_, let site): site
    }
  }
}

/// Literals with a shape.
struct LiteralArray {
  private(set) var shape: [Int] = []
  private(set) var leaves: [(literal: Literal, site: Site)] = []

  /// The literals of a tree in row-major order; refuses rows of different shapes.
  init(_ tree: LiteralTree) throws(Diagnostic) {
    switch tree {
    case .leaf(let literal, let site): leaves = [(literal, site)]
    case .row(let elements, _):
      var inner: [Int]?
      for element in elements {
        let array = try LiteralArray(element)
        if let inner, inner != array.shape {
          throw LiteralArray.mismatch(inner, array.shape, at: element.site)
        }
        inner = array.shape
        leaves += array.leaves
      }
      shape = [elements.count] + (inner ?? [])
    }
  }

  /// The words for rows that do not fit together.
  static func mismatch(_ first: [Int], _ other: [Int], at site: Site) -> Diagnostic {
    func words(_ shape: [Int]) -> String {
      switch shape.count {
      case 0: "a number"
      case 1: "\(shape[0]) element\(shape[0] == 1 ? "" : "s")"
      default: "shape \(shape)"
      }
    }
    return .error(
      "the rows of an array have one shape: this one is \(words(other)), the first \(words(first))",
      at: site)
  }

  /// The type that the literals have by themselves; nil where truth values stand beside numbers.
  var dtype: DType? {
    let truths = leaves.count { if case .bool = $0.literal { true } else { false } }
    if truths > 0 { return truths == leaves.count ? .bool : nil }
    let hasFloat = leaves.contains { if case .float = $0.literal { true } else { false } }
    return hasFloat || leaves.isEmpty ? .f64 : .i64
  }

  /// The literals as a tensor of a type; refuses those that it cannot hold.
  func tensor(_ dtype: DType) throws(Diagnostic) -> Tensor {
    for leaf in leaves where !leaf.literal.fits(dtype) {
      throw leaf.literal.misfit(dtype, at: leaf.site)
    }
    if dtype.isFloat {
      return Tensor(dtype, shape, floats: leaves.map { dtype.rounded($0.literal.double) })
    }
    let values = leaves.map { leaf in
      switch leaf.literal {
      case .bool(let value): value ? 1 : Int64(0)
      case .int(let value): value
      case .float: Int64(0)
      }
    }
    return Tensor(dtype, shape, integers: values)
  }
}

extension Literal {
  /// Whether a type can hold the literal: a rounded float is held, one that overflows is not.
  func fits(_ dtype: DType) -> Bool {
    switch self {
    case .bool: return dtype == .bool
    case .int(let value):
      if dtype.isFloat { return dtype.rounded(Double(value)).isFinite }
      let (least, greatest) = dtype.integerRange
      return dtype != .bool && least <= value && value <= greatest
    case .float(let value):
      return dtype.isFloat && (dtype.rounded(value).isFinite || !value.isFinite)
    }
  }

  /// The words for a type that cannot hold the literal.
  func misfit(_ dtype: DType, at site: Site) -> Diagnostic {
    .error("\(self) does not fit in \(dtype.rawValue)", at: site)
  }
}

extension Tensor {
  /// Literals as another type; refuses one that it cannot hold.
  func literals(as target: DType) throws(LiteralMisfit) -> Tensor {
    if target == dtype { return self }
    for index in 0..<count where !self[index].fits(target) {
      throw LiteralMisfit(literal: self[index])
    }
    return target.isFloat
      ? Tensor(target, shape, floats: (0..<count).map { target.rounded(self[$0].double) })
      : Tensor(target, shape, integers: integers)
  }
}

/// A literal that a type cannot hold.
struct LiteralMisfit: Error {
  var literal: Literal
}
