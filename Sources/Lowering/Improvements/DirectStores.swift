package import LoopIR
import Support

/// Writes what loops compute right to where it is copied, or added, behind them.
///
/// A loop that hands arrays from turn to turn computes the next ones beside those that it reads, and
/// copies them; the reverse of a loop in a loop fills an array with the cotangents of one turn, and
/// adds it to those of all. Where the order of what is read and written allows it, the inner loop
/// writes, or adds, to the array of the outer one itself.
package struct DirectStores {
  private let body: Body
  /// The copy to do without.
  private let copy: ArrayCopy
  /// What writes the array that is copied, in order.
  private let writers: [Touch]
  /// What touches the array that it is copied to between the first writer and the copy.
  private let meanwhile: [Touch]

  private static let mostChanges = 64

  /// - Parameter keepsOrder: whether sums are added up in the order in which they stand.
  /// - Returns: Whether a copy has become needless.
  package static func run(_ body: inout Body, keepsOrder: Bool) -> Bool {
    let copies = ArrayCopy.all(in: body).filter { !keepsOrder || $0.store.combining == nil }
    if copies.isEmpty { return false }
    let buffers = copies.flatMap { [$0.source, $0.target] }
    var touches = TouchList(of: buffers, in: body)
    // So often is the body walked through again.
    var rest = mostChanges
    for copy in copies where rest > 0 {
      guard let plan = DirectStores(body, copy, touches)?.replacements else { continue }
      redirect(copy, plan, &body)
      touches = TouchList(of: buffers, in: body)
      rest -= 1
    }
    return rest < mostChanges
  }

  private init?(_ body: Body, _ copy: ArrayCopy, _ touches: TouchList) {
    let writers = touches[copy.source].filter { $0.item != .scalar(copy.load) }
    guard let first = writers.first,
      writers.allSatisfy({ $0.isCertain && $0.path.starts(with: copy.path) })
    else { return nil }
    let start = touches.start(of: first, under: copy.path)
    let end = touches[copy.target].first { $0.item == .store(copy.store) }?.order ?? start
    guard writers.allSatisfy({ $0.order < end }) else { return nil }
    self.body = body
    self.copy = copy
    self.writers = writers
    meanwhile = touches[copy.target].filter { start <= $0.order && $0.order < end }
  }

  /// What takes the place of each store to the array that is copied, nil for one that falls away;
  /// nil for all where the copy is needed.
  private var replacements: [Store: Store?]? {
    var stores: [Store] = []
    for touch in writers {
      guard let store = touch.store, store.access.buffer == copy.source, store.mask == nil,
        touch.path.dropFirst(copy.path.count).allSatisfy({ body[$0].runsAllTurns })
      else { return nil }
      stores.append(store)
    }
    if copy.store.combining != nil { return meanwhile.isEmpty ? added(stores) : nil }
    guard meanwhile.isEmpty || stores.count == 1 && isReadInPlace(before: writers[0]) else {
      return nil
    }
    return Dictionary(stores.map { ($0, moved($0)) }) { first, _ in first }
  }

  /// A store to the array that the copy would have written.
  private func moved(_ store: Store) -> Store {
    var moved = store
    moved.access.buffer = copy.target
    return moved
  }

  /// Whether each element of what is copied to is read only in the turn that will write it, before
  /// it does.
  private func isReadInPlace(before writer: Touch) -> Bool {
    guard let store = writer.store, store.combining == nil, isOnce(writer) else { return false }
    return meanwhile.allSatisfy { touch in
      guard let access = touch.load else { return false }
      return access == Access(copy.target, store.access.indices) && touch.path == writer.path
        && touch.order < writer.order
    }
  }

  /// Whether a store writes no element twice: its position is made of the variables of all loops
  /// around it.
  private func isOnce(_ writer: Touch) -> Bool {
    guard let store = writer.store else { return false }
    let variables = store.access.indices.compactMap(\.loop)
    let loops = writer.path.dropFirst(copy.path.count)
    return variables.count == store.access.indices.count && variables.count == loops.count
      && Set(variables) == Set(loops)
  }

  /// Stores that add to the sum what they have written, or added, to the array that was added to
  /// it: then nothing fills that with zeros.
  private func added(_ stores: [Store]) -> [Store: Store?]? {
    var result: [Store: Store?] = [:]
    let fills = writers.filter { $0.store?.combining == nil }
    guard fills.allSatisfy(isOnce) else { return nil }
    if fills.count == 1, stores.count == 1 {
      var sum = moved(stores[0])
      sum.combining = .add
      return [stores[0]: sum]
    }
    for (store, touch) in zip(stores, writers) {
      if store.combining == .add, fills.allSatisfy({ isAligned($0, touch) }) {
        result[store] = .some(moved(store))
      } else if store.combining == nil, body[store.value].isZero {
        result[store] = .some(nil)
      } else {
        return nil
      }
    }
    return result
  }

  /// Whether a fill is over before anything is added: in every loop around both it fills only the
  /// part of its turn, to which alone the turn adds.
  private func isAligned(_ fill: Touch, _ adding: Touch) -> Bool {
    guard let first = fill.store?.access.indices, let second = adding.store?.access.indices,
      fill.order < adding.order
    else { return false }
    return zip(fill.path, adding.path).dropFirst(copy.path.count).prefix { $0 == $1 }.allSatisfy {
      loop, _ in
      zip(first, second).contains { $0.loop == loop && $1.loop == loop }
    }
  }

  private static func redirect(
    _ copy: ArrayCopy, _ replacements: [Store: Store?], _ body: inout Body
  ) {
    BodyWalk.mapItems(&body) { item in
      switch item {
      case .scalar(let id): return id == copy.load ? nil : item
      case .store(let store):
        if store == copy.store { return nil }
        guard let replacement = replacements[store] else { return item }
        return replacement.map { .store($0) }
      case .loop, .branch, .check, .external, .stopIfFailed: return item
      }
    }
  }
}

extension Scalar {
  /// Whether it is the constant 0.
  fileprivate var isZero: Bool {
    guard case .constant(let literal) = instruction else { return false }
    return literal.double == 0
  }
}
