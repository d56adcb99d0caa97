import GraphIR
import Ops
import Support

extension GraphChecker {
  /// Reports an error; one inside of a func is told once, with the calls that lead there.
  mutating func error(
    _ message: String, at site: Site, notes: [Diagnostic] = [], fix: Fix? = nil
  ) {
    mistakeCount += 1
    if !callers.isEmpty {
      let mistake = ToldMistake(site: site, message: message)
      guard toldInFunctions.insert(mistake).inserted else { return }
    }
    diagnostics.error(message, at: site, notes: notes + callNotes, fix: fix)
  }

  /// Reports an error where a value is wanted.
  mutating func invalid(
    _ message: String, at site: Site, notes: [Diagnostic] = [], fix: Fix? = nil
  ) -> Meaning {
    error(message, at: site, notes: notes, fix: fix)
    return .invalid
  }

  /// Reports that operands do not fit, with where their sizes come from.
  ///
  /// - Parameters:
  ///   - operands: the expressions of the operands.
  mutating func error(_ failure: TypeError, at site: Site, about operands: [Expr] = []) {
    var notes: [Diagnostic] = []
    if !failure.dims.isEmpty {
      for case .name(let name) in operands.map(\.kind) { notes += origin(of: name) }
    }
    for symbol in Set(failure.dims.flatMap(\.symbols)).sorted() {
      if let note = origins[symbol] { notes.append(note) }
    }
    var seen: Set<Diagnostic> = []
    error(failure.message, at: site, notes: notes.filter { seen.insert($0).inserted })
  }

  /// The calls that lead to what is being checked, innermost first.
  private var callNotes: [Diagnostic] {
    let chain = Array((callers.dropFirst() + [frame]).reversed())
    guard !callers.isEmpty else { return [] }
    var notes = chain.prefix(4).map { frame in
      Diagnostic.note("in this call of '\(frame.function ?? "")'", at: frame.callSite)
    }
    if chain.count > 5 {
      notes.append(.note("… \(chain.count - 5) calls further out", at: chain[4].callSite))
    }
    if chain.count > 4, let last = chain.last {
      notes.append(.note("in this call of '\(last.function ?? "")'", at: last.callSite))
    }
    return notes
  }

  /// Where a name that has a type was given.
  private func origin(of name: String) -> [Diagnostic] {
    guard let binding = binding(of: name), let type = type(of: binding.meaning) else { return [] }
    return [.note("'\(name)' is \(type)", at: binding.site)]
  }
}
