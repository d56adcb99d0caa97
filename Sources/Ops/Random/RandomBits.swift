package import GraphIR
import LoopIR
import Support

extension Operation {
  /// `random_bits(key, i)`: the bits that the element of number `i` of draws of the attributes' type
  /// is made of, as an `i64`: 24 for `f32`, 53 for `f64`.
  ///
  /// It is a function of key and number alone, so that draws fuse with what uses them and are the
  /// same in every order, on every target.
  package static let randomBits: Operation = .init(
    "random_bits", arity: .exactly(2),
    infer: { query throws(TypeError) in
      guard case .dtype(let dtype) = query.attributes, dtype == .f32 || dtype == .f64 else {
        throw TypeError("random bits are those of 'f32' or 'f64'")
      }
      guard query.operands[0] == TensorType(.u64), query.operands[1].dtype == .i64 else {
        throw TypeError("random bits take a key of 'u64' and numbers of 'i64'")
      }
      return [query.operands[1]]
    },
    derivative: .zero,
    evaluate: { context in
      let key = UInt64(bitPattern: context.operands[0].integers[0])
      let isDouble = context.attributes == .dtype(.f64)
      let bits = context.operands[1].integers.map {
        Int64(Philox.bits(ofElement: UInt64(bitPattern: $0), key: key, isDouble: isDouble))
      }
      return [Tensor(.i64, context.shape, integers: bits)]
    },
    lowering: Kernel.pointwise { b, c in
      b.randomBits(c.operands[1], key: c.operands[0], isDouble: c.attributes == .dtype(.f64))
    },
    samples: [], notation: .function)
}
