/// Where the outputs of a compilation go.
struct OutputNames {
  private let options: CompileOptions
  /// What to write: what was asked for, or else the object with its header.
  let kinds: [EmitKind]

  init(_ options: CompileOptions) {
    self.options = options
    kinds = options.emit.isEmpty ? [.obj, .header] : options.emit
  }

  /// The name of the output without folders and suffix, or of the input, if that is not named.
  var stem: String { OutputNames.withoutSuffix(OutputNames.base(named)) }

  /// The output as it was named; the input where that is not a file.
  private var named: String {
    guard let output = options.output, output != "-" else { return options.input }
    return output
  }

  /// The path of one output: `-o` names the only or the first one, the others stand beside it.
  func path(_ kind: EmitKind) -> String {
    if let output = options.output {
      if output == "-" { return kind == .header && options.emit.isEmpty ? beside(kind) : "-" }
      if kind == kinds.first { return output }
    }
    return beside(kind)
  }

  /// A path with an output's own suffix: beside the output, or in the working folder.
  private func beside(_ kind: EmitKind) -> String {
    guard let output = options.output, output != "-" else { return stem + kind.suffix }
    return OutputNames.withoutSuffix(output) + kind.suffix
  }

  /// The file for make; none if the output is a stream.
  var dependencyPath: String? {
    options.output == "-" ? nil : OutputNames.withoutSuffix(path(kinds[0])) + ".d"
  }

  /// A rule for make: the output, and the files that it depends on.
  func dependencyRule(_ files: [String]) -> [UInt8] {
    func escaped(_ path: String) -> String {
      path.reduce(into: "") { text, character in
        if " #$".contains(character) { text += character == "$" ? "$" : "\\" }
        text.append(character)
      }
    }
    let targets = kinds.map { escaped(path($0)) }.joined(separator: " ")
    let rule = "\(targets): \(files.map(escaped).joined(separator: " \\\n  "))\n"
    return Array((rule + files.map { "\n\(escaped($0)):\n" }.joined()).utf8)
  }

  private static func base(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
  }

  /// A path without what follows the last dot of its last part.
  private static func withoutSuffix(_ path: String) -> String {
    let name = base(path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return path }
    return String(path.dropLast(name[dot...].count))
  }
}
