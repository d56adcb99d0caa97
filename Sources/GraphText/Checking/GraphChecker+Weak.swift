import GraphIR
import Ops
import Support

/// The type of elements that operands take together.
struct CommonType: Equatable {
  var dtype: DType
  /// Whether all operands are weak.
  var isWeak: Bool
}

extension GraphChecker {
  /// The type of a meaning; a weak one has that which it takes alone.
  func type(of meaning: Meaning) -> TensorType? {
    switch meaning {
    case .invalid: nil
    case .size: TensorType(.i64)
    case .number: TensorType(.f64)
    case .array(let array): array.tensor.type
    case .value(let value, _): builder.type(value)
    }
  }

  func isWeak(_ meaning: Meaning) -> Bool {
    if case .value(_, let isWeak) = meaning { isWeak } else { true }
  }

  /// The type that operands take when they meet; nil where one is invalid.
  func common(_ meanings: [Meaning]) -> CommonType? {
    var strong: DType?
    var weak: DType?
    for meaning in meanings {
      guard let dtype = type(of: meaning)?.dtype else { return nil }
      if isWeak(meaning) {
        weak = weak == .f64 ? .f64 : dtype
      } else {
        strong = strong?.promoted(with: dtype) ?? dtype
      }
    }
    guard let strong else { return weak.map { CommonType(dtype: $0, isWeak: true) } }
    guard let weak else { return CommonType(dtype: strong, isWeak: false) }
    let met: DType
    if strong.isFloat {
      met = strong
    } else if weak == .f64 {
      met = .f64
    } else {
      met = strong == .bool ? .i64 : strong
    }
    return CommonType(dtype: met, isWeak: false)
  }

  /// The value of a meaning in the type that it has, or takes alone.
  mutating func value(of meaning: Meaning, at site: Site) -> Value? {
    guard let dtype = type(of: meaning)?.dtype else { return nil }
    return value(of: meaning, as: dtype, at: site)
  }

  /// The value of a meaning as a type: literals are spelled in it, other values converted.
  mutating func value(of meaning: Meaning, as dtype: DType, at site: Site) -> Value? {
    builder.site = site
    switch meaning {
    case .invalid: return nil
    case .size(let dim):
      guard let constant = dim.constant else { return builder.size(dim, dtype) }
      return literal(.int(Int64(constant)), dtype, at: site)
    case .number(let number): return literal(.float(number), dtype, at: site)
    case .array(let array): return value(of: array, as: dtype, at: site)
    case .value(let value, _): return builder.convert(value, to: dtype)
    }
  }

  /// The values of operands in the type that they take together.
  mutating func values(
    of meanings: [Meaning], as dtype: DType, _ exprs: [Expr]
  ) -> [Value]? {
    var values: [Value] = []
    for (meaning, expr) in zip(meanings, exprs) {
      guard let value = value(of: meaning, as: dtype, at: expr.site) else { return nil }
      values.append(value)
    }
    return values
  }

  /// A literal in a type that must be able to hold it.
  private mutating func literal(_ literal: Literal, _ dtype: DType, at site: Site) -> Value? {
    guard literal.fits(dtype) else {
      let misfit = literal.misfit(dtype, at: site)
      error(misfit.message, at: site)
      return nil
    }
    return builder.literal(literal, dtype)
  }

  /// An array literal in a type, once in the graph.
  private mutating func value(
    of array: ArrayLiteral, as dtype: DType, at site: Site
  ) -> Value? {
    let key = TypedArray(array: array, dtype: dtype)
    if let value = arrays[key] { return value }
    do throws(LiteralMisfit) {
      let value = data(try array.tensor.literals(as: dtype), at: site)
      arrays[key] = value
      return value
    } catch {
      self.error(error.literal.misfit(dtype, at: site).message, at: site)
      return nil
    }
  }

  /// A constant tensor as a value of the graph.
  mutating func data(_ tensor: Tensor, at site: Site) -> Value {
    builder.site = site
    if tensor.shape.isEmpty { return builder.literal(tensor[0], tensor.dtype) }
    builder.graph.data.append(tensor)
    return builder.emit(.data, [], .data(builder.graph.data.count - 1))
  }

  /// The meaning as a declared type: weak ones take it, others must have it.
  ///
  /// - Parameters:
  ///   - words: the message, made of the type that is there and the one that is declared.
  mutating func adopt(
    _ meaning: Meaning, _ declared: TensorType, at site: Site,
    words: (TensorType, TensorType) -> String
  ) -> Meaning {
    guard let type = type(of: meaning) else { return .invalid }
    let isAdoptable = declared.dtype.isFloat || type.dtype == .i64 && declared.dtype.isInteger
    let fits = type.dtype == declared.dtype || isWeak(meaning) && isAdoptable
    guard fits, type.shape == declared.shape else {
      return invalid(words(type, declared), at: site, notes: notes(on: type, declared))
    }
    guard let value = value(of: meaning, as: declared.dtype, at: site) else { return .invalid }
    return .value(value, isWeak: false)
  }

  /// Where the sizes come from in which two types differ.
  private func notes(on type: TensorType, _ declared: TensorType) -> [Diagnostic] {
    guard type.shape != declared.shape else { return [] }
    let symbols = Set((type.shape + declared.shape).flatMap(\.symbols))
    return symbols.sorted().compactMap { origins[$0] }
  }
}
