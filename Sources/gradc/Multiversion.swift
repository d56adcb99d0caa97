import ArgumentParser
import Driver
import Support

/// What `--multiversion` says.
enum Multiversion {
  /// The list where none is given.
  static let usual = CPULevel.usual.map(\.rawValue).joined(separator: ",")

  /// A command line in which no list is left out, as the parser wants it.
  static func spelledOut(_ arguments: [String]) -> [String] {
    let options = arguments.prefix { $0 != "--" }
    return options.map { $0 == "--multiversion" ? "--multiversion=\(usual)" : $0 }
      + arguments.dropFirst(options.count)
  }

  /// The levels of a list, for a target that has them.
  static func levels(_ list: String, _ target: TargetChoice) throws -> [CPULevel] {
    let known = CPULevel.allCases.map(\.rawValue).joined(separator: ", ")
    if target.cpu != nil {
      throw ValidationError(
        "'--multiversion' and '-mcpu' exclude each other: the first level listed is the least CPU")
    }
    guard target.hasLevels else {
      let other = target.triple.map { "'\($0)'" } ?? "this machine"
      throw ValidationError("'--multiversion' is for x86-64, not for \(other)")
    }
    let levels = try list.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let level = CPULevel(rawValue: String(name)) else {
        throw ValidationError(
          "'--multiversion' does not know '\(name)'; it knows \(known), whose features are fixed")
      }
      return level
    }
    guard zip(levels, levels.dropFirst()).allSatisfy(<) else {
      throw ValidationError(
        "'--multiversion' takes each level once, the lowest first, not '\(list)'")
    }
    guard levels.count > 1 else {
      throw ValidationError("'--multiversion' takes two levels or more; '-mcpu=\(list)' is for one")
    }
    return levels
  }
}
