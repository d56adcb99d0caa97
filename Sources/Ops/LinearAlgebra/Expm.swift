package import GraphIR
import LoopIR
import Support

extension Operation {
  /// The exponentials of matrices, by scaling and squaring a Padé approximant (Higham 2005).
  ///
  /// dy = L(a, da), ā = L(aᵀ, ȳ) = L(a, ȳᵀ)ᵀ with the Fréchet derivative L
  package static let expm: Operation = .init(
    "expm", arity: .exactly(1),
    infer: { query throws(TypeError) in
      _ = try TypeRules.squareMatrices("expm", query.operands[0])
      return [query.operands[0]]
    },
    derivative: .custom(
      jvp: { b, c, tangents in
        [tangents[0].map { b.emit(.expmDerivative, [c.operands[0], $0]) }]
      },
      vjp: { b, c, cotangents in
        [cotangents[0].map { b.transposedDerivative(c.operands[0], $0) }]
      }),
    evaluate: { context in
      let matrices = DenseMatrix.stack(context.operands[0]).map(\.exponential)
      return [DenseMatrix.tensor(matrices, context.dtype, context.shape)]
    },
    lowering: Kernel.expansion { b, c in [Exponential(&b, c.operands[0]).value(&b)] },
    samples: MatrixSamples.square([
      .interval(-0.5, 0.5), .matrices(shift: 1, first: 1, step: -0.5),
    ]),
    notation: .function)

  /// `L(a, e)`: the derivative of the exponential at `a` along `e`, in which it is linear (Al-Mohy
  /// and Higham 2009). Its own derivative is that of a block of the exponential of `[[a, e], [0,
  /// a]]`.
  package static let expmDerivative: Operation = .init(
    "expm_derivative", arity: .exactly(2),
    infer: { query throws(TypeError) in
      _ = try TypeRules.common(query.operands)
      _ = try TypeRules.squareMatrices("expm_derivative", query.operands[0])
      guard query.operands[1] == query.operands[0] else {
        throw TypeError(
          "'expm_derivative' at \(query.operands[0]) is not along \(query.operands[1])",
          dims: query.operands[0].shape + query.operands[1].shape)
      }
      return [query.operands[0]]
    },
    derivative: .custom(
      jvp: { b, c, tangents in [b.secondDerivative(c, tangents)] },
      vjp: { b, c, cotangents in
        guard let ct = cotangents[0] else { return [nil, nil] }
        return b.secondTranspose(c, ct)
      }),
    evaluate: { context in
      let pairs = zip(
        DenseMatrix.stack(context.operands[0]), DenseMatrix.stack(context.operands[1]))
      let matrices = pairs.map { a, e in
        let zero = DenseMatrix(a.rows, a.rows)
        let whole = DenseMatrix(blocks: a, e, zero, a).exponential
        return whole.block(rows: 0..<a.rows, columns: a.rows..<(2 * a.rows))
      }
      return [DenseMatrix.tensor(matrices, context.dtype, context.shape)]
    },
    lowering: Kernel.expansion { b, c in
      [Exponential(&b, c.operands[0]).derivative(&b, along: c.operands[1])]
    },
    samples: [[2, 2], [1, 1], [2, 2, 2], [3, 3], [0, 0]].map {
      Sample(shapes: [$0, $0], domains: [.interval(-0.5, 0.5), .interval(-1, 1)])
    },
    notation: .function)
}

extension Builder {
  /// The cotangent of a matrix from that of its exponential.
  fileprivate mutating func transposedDerivative(_ a: Value, _ ct: Value) -> Value {
    matrixTranspose(emit(.expmDerivative, [a, matrixTranspose(ct)]))
  }

  /// The matrices `[[a, b], [c, a]]`.
  private mutating func blocks(_ a: Value, _ b: Value, _ c: Value) -> Value {
    let rank = shape(a).count
    let above = concatenate([a, b], axis: rank - 1)
    let below = concatenate([c, a], axis: rank - 1)
    return concatenate([above, below], axis: rank - 2)
  }

  /// A block of matrices of two by two blocks.
  private mutating func block(_ x: Value, _ row: Int, _ column: Int, of size: Dim) -> Value {
    let rank = shape(x).count
    let rows = slice(x, axis: rank - 2, from: row * size, size: size)
    return slice(rows, axis: rank - 1, from: column * size, size: size)
  }

  /// The tangent of `L(a, e)`.
  fileprivate mutating func secondDerivative(
    _ c: DerivativeContext, _ tangents: [Value?]
  ) -> Value? {
    let (a, e) = (c.operands[0], c.operands[1])
    guard let da = tangents[0] else {
      return tangents[1].map { emit(.expmDerivative, [a, $0]) }
    }
    let zero = zeros(type(a))
    let point = blocks(a, e, zero)
    let direction = blocks(da, tangents[1] ?? zero, zero)
    let whole = emit(.expmDerivative, [point, direction])
    return block(whole, 0, 1, of: MatrixShape(shape(a)).rows)
  }

  /// The cotangents of `a` and `e` from that of `L(a, e)`.
  fileprivate mutating func secondTranspose(_ c: DerivativeContext, _ ct: Value) -> [Value?] {
    let (a, e) = (c.operands[0], c.operands[1])
    let zero = zeros(type(a))
    let whole = transposedDerivative(blocks(a, e, zero), blocks(zero, ct, zero))
    let size = MatrixShape(shape(a)).rows
    let first = block(whole, 0, 0, of: size)
    let second = block(whole, 1, 1, of: size)
    return [add(first, second), transposedDerivative(a, ct)]
  }
}

extension DenseMatrix {
  /// The exponential, from its series for a small part of the matrix.
  package var exponential: DenseMatrix {
    let size = elements.map(\.magnitude).max() ?? 0
    var halvings = 0
    var scale = 1.0
    while size * Double(rows) * scale > 0.25, halvings < 1100 {
      scale /= 2
      halvings += 1
    }
    let small = scaled(by: scale)
    // Horner's rule from the 16th term on.
    var sum = DenseMatrix(identity: rows)
    for k in (1...16).reversed() {
      sum = (small * sum).scaled(by: 1 / Double(k))
      for i in 0..<rows { sum[i, i] += 1 }
    }
    for _ in 0..<halvings { sum = sum * sum }
    return sum
  }

  /// Every element times a number.
  private func scaled(by factor: Double) -> DenseMatrix {
    DenseMatrix(rows, columns, elements.map { $0 * factor })
  }

  /// Two by two blocks of one size.
  fileprivate init(blocks a: DenseMatrix, _ b: DenseMatrix, _ c: DenseMatrix, _ d: DenseMatrix) {
    self.init(2 * a.rows, 2 * a.rows)
    for i in 0..<a.rows {
      for j in 0..<a.rows {
        self[i, j] = a[i, j]
        self[i, j + a.rows] = b[i, j]
        self[i + a.rows, j] = c[i, j]
        self[i + a.rows, j + a.rows] = d[i, j]
      }
    }
  }

  /// Some rows and columns.
  fileprivate func block(rows: Range<Int>, columns: Range<Int>) -> DenseMatrix {
    DenseMatrix(
      rows.count, columns.count, rows.flatMap { i in columns.map { self[i, $0] } })
  }
}
