import Support

extension RawTensor {
  /// Longer axes are shortened in the middle when a tensor is printed for people.
  private static let shownElements = 1_000
  private static let shownEdge = 3

  /// The elements in brackets, for people: rows under each other, great tensors shortened.
  package func pretty() -> String {
    let edge = count > RawTensor.shownElements ? RawTensor.shownEdge : Int.max
    var texts: [Int: String] = [:]
    var width = 0
    for index in shown(edge) {
      let text = spelling(index, json: false)
      texts[index] = text
      width = max(width, text.utf8.count)
    }
    if shape.isEmpty { return texts[0] ?? "" }
    return pretty(axis: 0, start: 0, edge, indent: 1) { index in
      let text = texts[index] ?? ""
      return String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }
  }

  /// The row-major places of the elements that are shown.
  private func shown(_ edge: Int) -> [Int] {
    shape.reduce([0]) { places, extent in
      places.flatMap { place in
        (0..<extent).filter { $0 < edge || $0 >= extent - edge }.map { place * extent + $0 }
      }
    }
  }

  private func pretty(
    axis: Int, start: Int, _ edge: Int, indent: Int, _ element: (Int) -> String
  ) -> String {
    if axis == shape.count { return element(start) }
    let isLast = axis == shape.count - 1
    let separator =
      isLast ? ", " : ",\n" + String(repeating: " ", count: indent)
    var parts: [String] = []
    for step in 0..<shape[axis] {
      let isShown = step < edge || step >= shape[axis] - edge
      if isShown {
        parts.append(
          pretty(
            axis: axis + 1, start: start * shape[axis] + step, edge, indent: indent + 1, element))
      } else if step == edge {
        parts.append("...")
      }
    }
    return "[" + parts.joined(separator: separator) + "]"
  }

  /// The elements as JSON; what JSON has no number for is a string.
  package func json() -> String { json(axis: 0, start: 0) }

  private func json(axis: Int, start: Int) -> String {
    if axis == shape.count { return spelling(start, json: true) }
    let parts = (0..<shape[axis]).map { json(axis: axis + 1, start: start * shape[axis] + $0) }
    return "[" + parts.joined(separator: ", ") + "]"
  }

  /// The shortest text that reads back as the same element.
  private func spelling(_ index: Int, json: Bool) -> String {
    switch self[index] {
    case .bool(let value): return String(value)
    case .int(let value):
      return dtype == .u64 ? String(UInt64(bitPattern: value)) : String(value)
    case .float(let value):
      if !value.isFinite {
        let text = value.isNaN ? "nan" : value < 0 ? "-inf" : "inf"
        return json ? "\"\(text)\"" : text
      }
      return dtype == .f64 ? value.description : Float(value).description
    }
  }
}
