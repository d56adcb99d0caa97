import CodeGen
import LoopIR
import Support

/// What the code may take at most, in bytes; nil for as much as it likes.
package struct Budgets: Hashable, Sendable {
  /// The workspace of each graph.
  package var workspace: Int?
  /// The stack of a call.
  package var stack: Int?
  /// The machine code of the object.
  package var code: Int?

  /// So many places are named that take most.
  private static let mostPlaces = 3

  package init() {}

  /// Whether an object has to be made to know.
  var needsObject: Bool { stack != nil || code != nil }

  /// Errors for all that is exceeded, each with the lines that take most.
  func violations(
    of interface: ObjectInterface, _ functions: [LoopFunction], _ size: CodeSize
  ) -> [Diagnostic] {
    functions.compactMap { workspaceViolation(of: $0, interface.workspace(of: $0)) }
      + functions.compactMap { stackViolation(of: $0, size) } + codeViolation(of: functions, size)
  }

  // MARK: Workspace

  private func workspaceViolation(of function: LoopFunction, _ bytes: Int?) -> Diagnostic? {
    guard let budget = workspace else { return nil }
    guard let bytes else {
      let unknown = buffers(of: function, in: .workspace).filter { Budgets.bytes(of: $0) == nil }
      let sizes = function.symbols.map { "'\($0)'" }.joined(separator: ", ")
      let remedy = function.symbols.first.map { "; fix it, as with '--dim \($0)=100'" } ?? ""
      return .error(
        "how much workspace '\(function.name)' needs depends on \(sizes), so that no budget holds"
          + remedy,
        at: function.site, notes: places(unknown.prefix(Budgets.mostPlaces)))
    }
    if bytes <= budget { return nil }
    let large = buffers(of: function, in: .workspace).prefix(Budgets.mostPlaces)
    return .error(
      "'\(function.name)' needs \(bytes) bytes of workspace, \(budget) are allowed",
      at: function.site, notes: places(large))
  }

  /// The buffers of a function in some memory, the largest first, each once.
  private func buffers(of function: LoopFunction, in storage: Storage) -> [Buffer] {
    var seen: Set<String> = []
    let all = function.bodies.flatMap(\.buffers).filter { buffer in
      buffer.storage == storage && seen.insert("\(buffer.name) \(buffer.site)").inserted
    }
    return all.sorted { (Budgets.bytes(of: $0) ?? .max) > (Budgets.bytes(of: $1) ?? .max) }
  }

  /// The bytes of a buffer, if they are the same for all sizes.
  private static func bytes(of buffer: Buffer) -> Int? {
    guard let count = Dim.product(buffer.memoryShape).constant,
      case let (bytes, overflow) = count.multipliedReportingOverflow(by: buffer.element.byteSize),
      !overflow
    else { return nil }
    return bytes
  }

  /// A note for each buffer.
  private func places(_ buffers: ArraySlice<Buffer>) -> [Diagnostic] {
    buffers.map { buffer in
      let type = buffer.element.rawValue + (buffer.shape.isEmpty ? "" : "\(buffer.shape)")
      let bytes = Budgets.bytes(of: buffer).map { "\($0) bytes" } ?? "as much as the sizes say"
      return .note("'\(buffer.name)', \(type), takes \(bytes)", at: buffer.site)
    }
  }

  // MARK: Stack

  private func stackViolation(of function: LoopFunction, _ size: CodeSize) -> Diagnostic? {
    guard let budget = stack else { return nil }
    if let obstacle = size.obstacleToStack {
      return .error(
        "how much stack a call of '\(function.name)' takes is not known \(obstacle), so that no"
          + " budget holds", at: function.site)
    }
    guard let bytes = size.stack[function.name], bytes > budget else { return nil }
    var notes = places(buffers(of: function, in: .local).prefix(Budgets.mostPlaces))
    notes += lines(of: [function]).prefix(notes.isEmpty ? Budgets.mostPlaces : 0)
    return .error(
      "a call of '\(function.name)' takes \(bytes) bytes of stack, \(budget) are allowed",
      at: function.site, notes: notes)
  }

  // MARK: Code

  private func codeViolation(of functions: [LoopFunction], _ size: CodeSize) -> [Diagnostic] {
    guard let budget = code, size.code > budget, let first = functions.first else { return [] }
    return [
      .error(
        "the object has \(size.code) bytes of machine code, \(budget) are allowed",
        at: first.site, notes: Array(lines(of: functions).prefix(Budgets.mostPlaces)))
    ]
  }

  /// A note for each place by the steps that it makes of the loops, the most first.
  private func lines(of functions: [LoopFunction]) -> [Diagnostic] {
    var counts: [Site: Int] = [:]
    var all = 0
    for body in functions.flatMap(\.bodies) {
      for scalar in body.scalars where scalar.site != .none {
        counts[scalar.site, default: 0] += 1
        all += 1
      }
    }
    let order = counts.sorted { ($1.value, $0.key.start) < ($0.value, $1.key.start) }
    return order.map { site, count in
      .note("this makes \(count) of the \(all) steps that the code is made of", at: site)
    }
  }
}
