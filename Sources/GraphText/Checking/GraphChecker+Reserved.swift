import Support

extension GraphChecker {
  /// Reports a name of a graph that C cannot have.
  mutating func checkGraphName(_ name: Name) {
    guard let objection = ReservedNames.objection(toGraph: name.text) else { return }
    refuse(name, "graph", objection)
  }

  /// Reports a name of a parameter, a size or a result that C cannot have.
  mutating func refuseReserved(_ name: Name, _ kind: String) {
    guard let objection = ReservedNames.objection(to: name.text) else { return }
    refuse(name, kind, objection)
  }

  private mutating func refuse(_ name: Name, _ kind: String, _ objection: String) {
    let replacement = ReservedNames.replacement(for: name.text)
    error(
      "\(objection) and cannot name a \(kind); write '\(replacement)'", at: name.site,
      fix: Fix(site: name.site, replacement: replacement))
  }

  /// Reports names that meet the one that a parameter gets as a result.
  mutating func checkArgumentNames(_ declaration: GraphDeclaration) {
    for result in declaration.results.map(\.name)
    where declaration.parameters.contains(where: { $0.name.text == result.text }) {
      let made = result.text + "_out"
      guard let site = binding(of: made)?.site ?? resultNames[made] else { continue }
      error(
        "'\(made)' is the name of result '\(result.text)' in C, where the parameter has its own; "
          + "write '\(made)_value'", at: site,
        notes: [.note("the result is declared here", at: result.site)],
        fix: Fix(site: site, replacement: made + "_value"))
    }
  }
}
