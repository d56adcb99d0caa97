import LLVMInterop

/// How large the code of an object is.
package struct CodeSize: Hashable, Sendable {
  /// The bytes of machine code.
  package internal(set) var code = 0
  /// The bytes of stack that a call of each exported function takes at most, those that functions
  /// of libraries take aside; empty where that is not known.
  package internal(set) var stack: [String: Int] = [:]
  /// Why the stack is not known, such as "with sanitizers"; nil where it is.
  package internal(set) var obstacleToStack: String?

  /// Nothing measured yet.
  package init() {}

  /// The bytes of stack that a function takes with the address that it returns to, and with what
  /// aligns its frame where that holds whole vectors: on x86-64 this stands behind the registers that
  /// are kept, of which there may be six, and what is behind it is a multiple of the alignment too.
  private static func bytes(ofFrame frame: Int, holdsReturns: Bool) -> Int {
    if frame < 32 { return frame + (holdsReturns ? 16 : 0) }
    let alignment = WorkspacePlan.alignment
    let most = (1...6).map { count -> Int in
      let rest = max(frame - 8 * count, 0)
      return 8 * count + (rest + alignment - 1) / alignment * alignment
    }.max() ?? frame
    return most + alignment
  }

  /// The most bytes of stack that arguments of a function of the object take. Frames do not have
  /// them where they are pushed, as on x86-64 from the seventh on.
  private static func bytes(ofArguments count: Int) -> Int {
    count > 2 ? (8 * count + 15) / 16 * 16 : 0
  }

  /// Adds up frames along the calls; no function calls itself. Where `holdsCalls`, the stack also
  /// holds what calls pass, and the addresses that functions return to.
  mutating func addStacks(
    frames: [String: Int], calls: [String: Set<String>], parameters: [String: Int],
    holdsCalls: Bool
  ) {
    func passed(_ name: String) -> Int {
      holdsCalls ? CodeSize.bytes(ofArguments: parameters[name, default: 0]) : 0
    }
    var depths: [String: Int] = [:]
    var pending = Array(calls.keys)
    while let name = pending.last {
      let callees = calls[name, default: []].filter { calls[$0] != nil }
      let open = callees.filter { depths[$0] == nil }
      if depths[name] == nil, !open.isEmpty {
        pending += open
        continue
      }
      pending.removeLast()
      let deepest = callees.map { depths[$0, default: 0] + passed($0) }.max() ?? 0
      depths[name] = deepest
        + CodeSize.bytes(ofFrame: frames[name, default: 0], holdsReturns: holdsCalls)
    }
    stack = depths
  }
}
