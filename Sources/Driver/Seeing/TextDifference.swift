/// What differs between two texts, line by line.
enum TextDifference {
  /// So many equal lines are shown around what differs.
  private static let context = 1
  /// The comparison takes time by the square of what differs: longer texts are shown whole.
  private static let lineLimit = 2_000

  /// The lines of the new text, with what is new behind `+` and what is gone behind `-`; far from
  /// these, lines are left out.
  static func text(from old: String, to new: String) -> String {
    let oldLines = lines(old)
    let newLines = lines(new)
    guard oldLines.count <= lineLimit, newLines.count <= lineLimit else { return new }
    var removed: Set<Int> = []
    var inserted: Set<Int> = []
    for change in newLines.difference(from: oldLines) {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    return shortened(merged(oldLines, newLines, removed, inserted))
  }

  private static func lines(_ text: String) -> [Substring] { text.split(separator: "\n") }

  /// Both texts in one, each line behind its mark.
  private static func merged(
    _ old: [Substring], _ new: [Substring], _ removed: Set<Int>, _ inserted: Set<Int>
  ) -> [(mark: Character, line: Substring)] {
    var result: [(mark: Character, line: Substring)] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if removed.contains(i) {
        result.append(("-", old[i]))
        i += 1
      } else if inserted.contains(j) {
        result.append(("+", new[j]))
        j += 1
      } else {
        result.append((" ", new[j]))
        i += 1
        j += 1
      }
    }
    return result
  }

  /// The lines that differ, with those around them.
  private static func shortened(_ lines: [(mark: Character, line: Substring)]) -> String {
    var isShown = [Bool](repeating: false, count: lines.count)
    for (number, entry) in lines.enumerated() where entry.mark != " " {
      let range = max(0, number - context)...min(lines.count - 1, number + context)
      for near in range { isShown[near] = true }
    }
    var text = ""
    var wasShown = true
    for (entry, shown) in zip(lines, isShown) {
      if shown {
        text += "\(entry.mark) \(entry.line)\n"
      } else if wasShown {
        text += "  …\n"
      }
      wasShown = shown
    }
    return text
  }
}
