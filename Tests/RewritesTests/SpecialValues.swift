import GraphIR
import Support
import TestSupport

/// Numbers at which rewrites go wrong.
enum SpecialValues {
  /// Numbers of a type, special ones first.
  static func list(_ dtype: DType) -> [Literal] {
    if dtype == .bool { return [.bool(false), .bool(true)] }
    return dtype.isFloat ? floats(dtype).map { .float($0) } : integers(dtype).map { .int($0) }
  }

  private static func floats(_ dtype: DType) -> [Double] {
    let (least, leastNormal, greatest): (Double, Double, Double) =
      switch dtype {
      case .f16: (0x1p-24, 0x1p-14, 65504)
      case .bf16: (0x1p-133, 0x1p-126, 0x1.FEp127)
      case .f32:
        (
          Double(Float.leastNonzeroMagnitude), Double(Float.leastNormalMagnitude),
          Double(Float.greatestFiniteMagnitude)
        )
      default:
        (.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude)
      }
    var random = RandomSource(seed: 7, dtype.rawValue)
    let positive =
      [0, 1, 2, 0.1, 1.5, 40, least, 3 * least, leastNormal, greatest, greatest / 2, .infinity]
      + [greatest.squareRoot(), leastNormal.squareRoot()]
      + (0..<4).map { _ in random.uniform(0, 9) }
    return ([.nan] + positive.flatMap { [$0, -$0] }).map { dtype.rounded($0) }
  }

  private static func integers(_ dtype: DType) -> [Int64] {
    let (least, greatest) = dtype.integerRange
    var random = RandomSource(seed: 8, dtype.rawValue)
    let values: [Int64] =
      [0, 1, 2, 3, 5, 7, 100, -1, -2, -3, -7, least, least &+ 1, greatest, greatest - 1]
      + (0..<8).map { _ in Int64(bitPattern: random.next()) }
    return values.map { dtype.wrapped($0) }
  }

  /// As many tensors of one axis as there are types: every pair of special values of the first two
  /// stands at some place, and random picks beyond.
  static func columns(_ dtypes: [DType]) -> [Tensor] {
    let lists = dtypes.map(list)
    var random = RandomSource(seed: 9)
    let pairs = lists.prefix(2).reduce(1) { $0 * $1.count }
    let count = dtypes.count > 2 ? max(2 * pairs, 256) : pairs
    return lists.enumerated().map { place, values in
      let elements = (0..<count).map { index -> Literal in
        switch place {
        case 0: values[index % values.count]
        case 1: values[index / lists[0].count % values.count]
        default: values[random.integer(0, values.count - 1)]
        }
      }
      return tensor(dtypes[place], [count], elements)
    }
  }

  /// A tensor of a shape with special values at random places.
  static func tensor(_ dtype: DType, _ shape: [Int], seed: UInt64) -> Tensor {
    var random = RandomSource(seed: seed)
    let values = list(dtype)
    let elements = (0..<shape.reduce(1, *)).map { _ in
      values[random.integer(0, values.count - 1)]
    }
    return tensor(dtype, shape, elements)
  }

  private static func tensor(_ dtype: DType, _ shape: [Int], _ elements: [Literal]) -> Tensor {
    dtype.isFloat
      ? Tensor(dtype, shape, floats: elements.map(\.double))
      : Tensor(
        dtype, shape,
        integers: elements.map { literal in
          switch literal {
          case .bool(let value): value ? 1 : 0
          case .int(let value): value
          case .float(let value): Int64(value)
          }
        })
  }
}
