package import GraphIR
import Support

extension Operation {
  /// `random_uniform(key, shape)`: `k / 2^b` for the `b` bits `k` of each element.
  package static let randomUniform: Operation = .draw("random_uniform") { k, bits in
    Double(k) * Draw.unit(bits)
  } body: { b, draw, key in
    b.uniform(draw, key)
  }

  /// `random_normal(key, shape)`: `√2 · erfinv((2k + 1 − 2^b) / 2^b)` for the `b` bits `k` of each
  /// element; the argument is exact.
  package static let randomNormal: Operation = .draw("random_normal") { k, bits in
    let odd = 2 * k + 1 - (1 << Int64(bits))
    return 2.0.squareRoot() * SpecialFunctions.erfinv(Double(odd) * Draw.unit(bits))
  } body: { b, draw, key in
    b.normal(draw, key)
  }

  /// `random_bernoulli(key, p, shape)`: whether the uniform draw of each element is less than `p`.
  ///
  /// It is a comparison, so nothing depends on `p` by it.
  package static let randomBernoulli: Operation = .init(
    "random_bernoulli", arity: .exactly(2),
    infer: { query throws(TypeError) in
      let draw = try Draw(query)
      let p = query.operands[1]
      guard p.dtype.isFloat else {
        throw TypeError("a probability is a floating-point number, not '\(p.dtype.rawValue)'")
      }
      guard (try? TypeRules.broadcast([draw.shape, p.shape])) == draw.shape else {
        throw TypeError(
          "probabilities of shape \(TensorType.spelling(p.shape)) do not fit draws of shape "
            + TensorType.spelling(draw.shape), dims: p.shape + draw.shape)
      }
      return [TensorType(.bool, draw.shape)]
    },
    derivative: .zero,
    evaluate: { context in
      let uniform = Draw.evaluate(context) { k, bits in Double(k) * Draw.unit(bits) }
      let p = context.operands[1]
      let places = Broadcasting.indices(of: p.shape, in: context.shape)
      let draws = zip(uniform, places).map { Int64($0 < p.floats[$1] ? 1 : 0) }
      return [Tensor(.bool, context.shape, integers: draws)]
    },
    lowering: Kernel.expansion { b, c in
      let draw = Draw(c.attributes)
      let p = c.operands[1]
      let common = draw.dtype.promoted(with: b.dtype(p))
      let uniform = b.convert(b.uniform(draw, c.operands[0]), to: common)
      return [b.less(uniform, b.convert(p, to: common))]
    },
    samples: [
      Sample(
        shapes: [[], [3]], domains: [.integers(0, 1 << 40), .interval(0, 1)],
        attributes: .draw([Dim(2), Dim(3)], .f64))
    ],
    notation: .function)

  /// Draws of floating-point numbers: `value` gives one from its bits and their number.
  private static func draw(
    _ name: String, value: @escaping @Sendable (Int64, Int) -> Double,
    body: @escaping @Sendable (inout Builder, Draw, Value) -> Value
  ) -> Operation {
    Operation(
      name, arity: .exactly(1),
      infer: { query throws(TypeError) in
        let draw = try Draw(query)
        return [TensorType(draw.dtype, draw.shape)]
      },
      derivative: .zero,
      evaluate: { context in
        let values = Draw.evaluate(context, value)
        return [
          Tensor(context.dtype, context.shape, floats: values.map { context.dtype.rounded($0) })
        ]
      },
      lowering: Kernel.expansion { b, c in [body(&b, Draw(c.attributes), c.operands[0])] },
      samples: [([2, 3], DType.f64), ([5], .f32), ([], .f64), ([0], .f32)].map { shape, dtype in
        Sample(
          shapes: [[]], domains: [.integers(0, 1 << 40)],
          attributes: .draw(shape.map { Dim($0) }, dtype))
      },
      notation: .function)
  }
}

/// What is drawn: a shape of numbers of a type.
private struct Draw {
  let shape: [Dim]
  let dtype: DType

  /// - Requires: The attributes are those of a draw.
  init(_ attributes: Attributes) {
    guard case .draw(let shape, let dtype) = attributes else {
      preconditionFailure("draws have a shape and a type")
    }
    self.shape = shape
    self.dtype = dtype
  }

  /// The draw of a node, if its key and its attributes are right.
  init(_ query: TypeQuery) throws(TypeError) {
    guard case .draw(let shape, let dtype) = query.attributes, dtype == .f32 || dtype == .f64
    else { throw TypeError("draws have a shape, and are of 'f32' or 'f64'") }
    try TypeRules.sizes(shape)
    let key = query.operands[0]
    guard key.isScalar, key.dtype.isInteger else {
      throw TypeError("a key is an integer scalar, not \(key)")
    }
    self.shape = shape
    self.dtype = dtype
  }

  /// How many bits an element takes.
  var bits: Int { dtype == .f64 ? 53 : 24 }

  /// The difference between neighbouring uniform draws of so many bits.
  static func unit(_ bits: Int) -> Double {
    Double(sign: .plus, exponent: -bits, significand: 1)
  }

  /// A value for the bits of each element.
  static func evaluate(
    _ context: EvaluationContext, _ value: (Int64, Int) -> Double
  ) -> [Double] {
    let draw = Draw(context.attributes)
    let key = UInt64(bitPattern: context.operands[0].integers[0])
    return (0..<context.shape.reduce(1, *)).map { place in
      let bits = Philox.bits(
        ofElement: UInt64(place), key: key, isDouble: draw.dtype == .f64)
      return value(Int64(bits), draw.bits)
    }
  }
}

extension Builder {
  /// The bits of each element of a draw.
  private mutating func bits(_ draw: Draw, _ key: Value) -> Value {
    let places = places(draw.shape)
    return emit(.randomBits, [convert(key, to: .u64), places], .dtype(draw.dtype))
  }

  /// The number of each element of a shape in row-major order, as `i64`.
  private mutating func places(_ shape: [Dim]) -> Value {
    guard let first = shape.first else { return literal(.int(0), .i64) }
    var places = arange(first)
    for (axis, size) in shape.enumerated().dropFirst() {
      let rows = multiply(places, self.size(size, .i64))
      places = add(expandDims(rows, axes: [axis]), arange(size))
    }
    return places
  }

  /// Draws evenly from 0 up to 1.
  fileprivate mutating func uniform(_ draw: Draw, _ key: Value) -> Value {
    let number = convert(bits(draw, key), to: draw.dtype)
    return multiply(number, literal(Draw.unit(draw.bits), like: number))
  }

  /// Draws from the normal distribution, computed in `f64` for either type.
  fileprivate mutating func normal(_ draw: Draw, _ key: Value) -> Value {
    let bits = bits(draw, key)
    let middle = literal(.int((1 << Int64(draw.bits)) - 1), .i64)
    let odd = subtract(add(bits, bits), middle)
    let number = convert(odd, to: .f64)
    let argument = multiply(number, literal(Draw.unit(draw.bits), like: number))
    return convert(emit(.normalDeviate, [argument]), to: draw.dtype)
  }
}
