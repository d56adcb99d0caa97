import LLVMInterop
import LoopIR
import Support

/// Addresses, built from the outside in: what an outer loop fixes is computed there, once for all
/// accesses that share it.
extension BodyEmitter {
  /// The address of element `linear` of a buffer, which has one lane: a lane loop stands for its
  /// first. One that is guarded may lie outside.
  func pointer(_ buffer: BufferID, _ linear: Index, isGuarded: Bool) -> IRValue {
    guard let root = body.root(of: buffer) else { preconditionFailure("alias of itself") }
    var row = Row(
      memory: root, type: object.memoryType(body[root].element), pointer: base(root),
      isGuarded: isGuarded, isMonotone: linear.isMonotone)
    if linear.offset.constant == nil { addOffset(linear.offset, to: &row) }
    let terms = linear.loops.filter { loops[$0.variable.index]?.variable.constantInteger != 0 }
    let sorted = terms.sorted { level(of: $0.variable) < level(of: $1.variable) }
    let constant = linear.offset.constant ?? 0
    for (number, term) in sorted.enumerated() {
      let isLast = number == sorted.count - 1 && linear.scalars.isEmpty && constant == 0
      add(term, to: &row, isLast: isLast)
    }
    for term in linear.scalars {
      let product = product(value(term.variable), term.coefficient, isExact: false)
      row.pointer = object.builder.gep(row.type, row.pointer, [product], inBounds: false)
    }
    guard constant != 0 else { return row.pointer }
    return object.builder.gep(
      row.type, row.pointer, [object.index(constant)], inBounds: !isGuarded)
  }

  /// An address on the way from the beginning of a buffer to one of its elements.
  private struct Row {
    var memory: BufferID
    var type: IRType
    var pointer: IRValue
    var isGuarded: Bool
    /// Whether every step goes forwards, so that what lies on the way is within the buffer.
    var isMonotone: Bool
    var terms: [Index.Term<LoopID>] = []
    var offset = Dim(0)
  }

  /// The level of a loop's body.
  private func level(of loop: LoopID) -> Int { loops[loop.index]?.level ?? 0 }

  /// Adds an offset that depends on sizes alone.
  private func addOffset(_ offset: Dim, to row: inout Row) {
    row.offset = offset
    let value = object.dim(offset, scope)
    step(&row, level: 0, isInBounds: row.isMonotone && !row.isGuarded) { value }
  }

  /// Adds what a loop contributes.
  private func add(_ term: Index.Term<LoopID>, to row: inout Row, isLast: Bool) {
    guard let state = loops[term.variable.index] else { preconditionFailure("loop is not open") }
    row.terms.append(term)
    let isInBounds = !row.isGuarded && (isLast || row.isMonotone)
    let isExact = !row.isGuarded
    // The factor must be there before the step is put in front of a jump.
    if term.coefficient.constant == nil { _ = object.dim(term.coefficient, scope) }
    step(&row, level: state.level, isInBounds: isInBounds) {
      product(state.variable, term.coefficient, isExact: isExact)
    }
  }

  /// Goes on by some elements, at a level, or takes what went there before.
  private func step(
    _ row: inout Row, level: Int, isInBounds: Bool, _ count: () -> IRValue
  ) {
    let key = RowKey(
      memory: row.memory, terms: row.terms, offset: row.offset, isInBounds: isInBounds)
    if let known = levels[level].rows[key] {
      row.pointer = known
      return
    }
    let start = row.pointer
    let type = row.type
    row.pointer = atLevel(level) {
      object.builder.gep(type, start, [count()], inBounds: isInBounds)
    }
    levels[level].rows[key] = row.pointer
  }

  /// A variable times its coefficient; an exact one does not wrap.
  private func product(_ value: IRValue, _ factor: Dim, isExact: Bool) -> IRValue {
    if factor == Dim(1) { return value }
    let noWrap: NoWrap = isExact ? .signed : []
    return object.builder.mul(value, object.dim(factor, scope), noWrap: noWrap)
  }

  /// The address of a buffer's first element.
  func base(_ buffer: BufferID) -> IRValue {
    guard let root = body.root(of: buffer) else { preconditionFailure("alias of itself") }
    if let known = state.bases[root] { return known }
    let address = makeBase(root)
    state.bases[root] = address
    return address
  }

  /// Computes the address of a buffer that is no alias.
  private func makeBase(_ root: BufferID) -> IRValue {
    switch body[root].storage {
    case .parameter(let number), .update(let number): return given(.parameter(number))
    case .result(let number): return given(.result(number))
    case .constant(let number): return object.global(function.constants[number]).value
    case .workspace:
      let offset = offset(of: root)
      if offset.constant == 0 { return given(.workspace) }
      return atLevel(0) {
        object.builder.element(object.context.i8, given(.workspace), object.value(offset))
      }
    case .local:
      let count = max(Dim.product(body[root].memoryShape).constant ?? 0, 1)
      let type = object.memoryType(body[root].element).array(count)
      return object.entryAlloca(type, align: WorkspacePlan.alignment)
    case .alias: preconditionFailure("an alias is no root")
    }
  }

  /// What the C function was given in a role.
  private func given(_ role: Argument.Role) -> IRValue {
    guard let value = argument(role) else { preconditionFailure("no argument \(role)") }
    return value
  }
}

extension Index {
  /// Whether all terms are known not to be negative.
  fileprivate var isMonotone: Bool {
    scalars.isEmpty && offset.isKnownNonNegative
      && loops.allSatisfy { $0.coefficient.isKnownNonNegative }
  }
}
