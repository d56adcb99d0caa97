import LLVMInterop
import LoopIR
import Support

/// Computes the sizes of a call without jumps, and collects what may be wrong with them: one test
/// at the end decides.
final class SizeChecker {
  let object: ObjectEmitter
  let function: LoopFunction
  let scope: FunctionScope
  /// Whether everything is known to fit, because it was checked before.
  let isTrusted: Bool
  /// The offsets in the workspace, by body.
  private(set) var offsets: [[Quantity]] = []
  /// What is wrong, if a bit is set; the first that is set will be told.
  private(set) var failures: [(bit: IRValue, place: Place)] = []
  private var seen: Set<IRValue> = []
  /// Sizes of shapes that were computed before.
  private var known: [SizedShape: Size] = [:]

  /// The number of elements of an array, and whether they do not fit into memory.
  struct Size {
    var count: Quantity
    var overflow: IRValue?
  }

  /// What the size of an array depends on.
  private struct SizedShape: Hashable {
    var shape: [Dim]
    var byteSize: Int
  }

  init(
    _ object: ObjectEmitter, _ function: LoopFunction, _ scope: FunctionScope,
    isTrusted: Bool = false
  ) {
    self.object = object
    self.function = function
    self.scope = scope
    self.isTrusted = isTrusted
  }

  /// Notes that the call fails at a place if a bit is set.
  func fail(if bit: IRValue, _ place: Place) {
    if bit.isConstant, bit.constantInteger == 0 { return }
    // Shapes that were met before have the same bit, and the first one is told.
    guard seen.insert(bit).inserted else { return }
    failures.append((bit, place))
  }

  /// The sizes that symbols name must not be negative.
  func checkSymbols() {
    for name in function.symbols {
      guard let value = scope.symbols[name] else { continue }
      fail(if: isNegative(value), Place(.negativeSize, at: function.site, name))
    }
  }

  /// Every size that the function uses must fit.
  func checkDims() {
    var overflow: [IRValue] = []
    for dim in DimCollector.dims(of: function) {
      _ = object.checkedDim(dim, scope, overflow: &overflow)
    }
    guard let any = either(overflow) else { return }
    fail(if: any, Place(.overflow, at: function.site))
  }

  /// What the function requires of the sizes.
  func checkRequirements() {
    for requirement in function.requirements {
      let place = Place(requirement.failure, at: requirement.site)
      switch requirement.condition {
      case .equal(let a, let b):
        fail(if: object.builder.icmp(.ne, dim(a), dim(b)), place)
      case .multiple(let a, let b): fail(if: isNoMultiple(dim(a), dim(b)), place)
      case .nonNegative(let a): fail(if: isNegative(dim(a)), place)
      }
    }
  }

  /// Every parameter and result must have a size that memory may have.
  func checkFormals() {
    for formal in function.parameters + function.results where !formal.shape.isEmpty {
      for dim in formal.shape where !dim.isKnownNonNegative {
        fail(if: isNegative(self.dim(dim)), Place(.negativeSize, at: formal.site, formal.name))
      }
      if let overflow = size(formal.shape, formal.element).overflow {
        fail(if: overflow, Place(.overflow, at: formal.site, formal.name))
      }
    }
  }

  /// The size of an array.
  func size(_ shape: [Dim], _ element: DType) -> Size {
    let key = SizedShape(shape: shape, byteSize: element.byteSize)
    if let size = known[key] { return size }
    let size = computeSize(shape, element)
    known[key] = size
    return size
  }

  /// The bytes of workspace that serve every body; the greatest number for sizes that do not fit.
  func workspaceSize() -> Quantity {
    var size = Quantity.zero
    for body in function.bodies {
      let plan = PlanEmitter(body, self)
      offsets.append(plan.offsets)
      size = object.maximum(size, plan.total)
    }
    return size
  }

  /// One bit that is set if one of some bits is; nil for none.
  func either(_ bits: [IRValue]) -> IRValue? {
    guard let first = bits.first else { return nil }
    return bits.dropFirst().reduce(first) { object.builder.or($0, $1) }
  }

  /// The value of a size.
  private func dim(_ dim: Dim) -> IRValue { object.dim(dim, scope) }

  /// Whether a size is below 0.
  private func isNegative(_ value: IRValue) -> IRValue {
    object.builder.icmp(.slt, value, object.index(0))
  }

  /// Whether `a` is no multiple of `b`; nothing is a multiple of what is not positive.
  private func isNoMultiple(_ a: IRValue, _ b: IRValue) -> IRValue {
    let isWrong = object.builder.icmp(.slt, b, object.index(1))
    let divisor = object.builder.select(isWrong, object.index(1), b)
    let rest = object.builder.srem(a, divisor)
    return object.builder.or(isWrong, object.builder.icmp(.ne, rest, object.index(0)))
  }
}

extension SizeChecker {
  /// Multiplies the sizes of the axes. A product that overflows counts only if no axis is empty.
  private func computeSize(_ shape: [Dim], _ element: DType) -> Size {
    var fixed: UInt64 = 1
    var isTooLarge = false
    var factors: [IRValue] = []
    for dim in shape {
      guard let constant = dim.constant else {
        factors.append(atLeastZero(dim))
        continue
      }
      let (product, overflow) = fixed.multipliedReportingOverflow(by: UInt64(max(constant, 0)))
      isTooLarge = isTooLarge || overflow
      fixed = product
    }
    if shape.contains(where: { ($0.constant ?? 1) <= 0 }) { return Size(count: .zero) }
    let limit = object.target.greatestSize / UInt64(element.byteSize)
    isTooLarge = isTooLarge || fixed > limit
    if factors.isEmpty {
      return Size(count: .constant(fixed), overflow: isTooLarge ? object.context.true : nil)
    }
    if isTooLarge { return sizeOfTooLarge(factors) }
    if isTrusted { return trustedSize(factors, fixed) }
    return size(ofFactors: factors, fixed, element)
  }

  /// The size of an array that cannot exist unless one of its axes is empty.
  private func sizeOfTooLarge(_ factors: [IRValue]) -> Size {
    Size(count: .zero, overflow: areAllPositive(factors))
  }

  /// A size that may be negative counts as nothing.
  private func atLeastZero(_ dim: Dim) -> IRValue {
    let value = self.dim(dim)
    if dim.isKnownNonNegative { return value }
    return object.builder.intrinsic("llvm.smax", [value, object.index(0)])
  }

  /// Whether no axis is empty.
  private func areAllPositive(_ factors: [IRValue]) -> IRValue {
    let bits = factors.map { object.builder.icmp(.ne, $0, object.index(0)) }
    return bits.dropFirst().reduce(bits[0]) { object.builder.and($0, $1) }
  }

  /// The size of an array that is known to fit.
  private func trustedSize(_ factors: [IRValue], _ fixed: UInt64) -> Size {
    let count = factors.dropFirst().reduce(factors[0]) {
      object.builder.mul($0, $1, noWrap: .unsigned)
    }
    return Size(count: object.product(.value(count), fixed))
  }

  /// The size of an array with so many fixed elements for each choice of the other axes.
  private func size(ofFactors factors: [IRValue], _ fixed: UInt64, _ element: DType) -> Size {
    var count = factors[0]
    var bits: [IRValue] = []
    for factor in factors.dropFirst() {
      let product = object.product(count, factor, signed: false)
      count = product.value
      bits.append(product.overflow)
    }
    var overflow = either(bits)
    if factors.count > 2, let any = overflow {
      overflow = object.builder.and(any, areAllPositive(factors))
    }
    let limit = object.target.greatestSize / UInt64(element.byteSize) / fixed
    let isTooLarge = object.builder.icmp(.ugt, count, object.context.i64.constant(limit))
    return Size(
      count: object.product(.value(count), fixed),
      overflow: overflow.map { object.builder.or($0, isTooLarge) } ?? isTooLarge)
  }
}
