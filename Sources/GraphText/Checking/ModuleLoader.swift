import Support

/// Reads a file and all that it imports, and collects what they declare.
struct ModuleLoader {
  private let read: (String) -> [UInt8]?
  private let options: CheckOptions
  private(set) var files: SourceFiles
  var diagnostics: Diagnostics
  var program = Program()
  /// The files that were asked for, in that order.
  private(set) var dependencies: [String] = []
  private var known: Set<String> = []
  /// Modules by their normalized paths.
  private var numbers: [String: Int] = [:]
  /// The normalized paths of the files whose imports are being read, outermost first.
  private var open: [String] = []

  /// Imports nest at most so deeply.
  private static let nestingLimit = 100

  init(
    read: @escaping (String) -> [UInt8]?, options: CheckOptions, files: SourceFiles,
    diagnostics: Diagnostics
  ) {
    self.read = read
    self.options = options
    self.files = files
    self.diagnostics = diagnostics
  }

  /// Reads the file that is compiled; gives its number among the modules.
  mutating func load(main path: String) -> Int? {
    let module = load(path, at: .none)
    var finder = RecursionFinder(program)
    finder.run()
    program.recursive = finder.recursive
    for mistake in finder.mistakes { diagnostics.report(mistake) }
    return module
  }

  /// Notes that a file was read.
  private mutating func note(_ dependency: String) {
    if known.insert(dependency).inserted { dependencies.append(dependency) }
  }

  /// Reads a file, unless that has been done.
  private mutating func load(_ path: String, at site: Site) -> Int? {
    let key = FilePath.normalized(path)
    guard !open.contains(key) else {
      diagnostics.error(circle(to: key), at: site)
      return nil
    }
    if let number = numbers[key] { return number }
    guard open.count < ModuleLoader.nestingLimit else {
      diagnostics.error(
        "imports are nested too deeply: more than \(ModuleLoader.nestingLimit) files", at: site)
      return nil
    }
    note(path)
    guard let bytes = read(path) else {
      diagnostics.error("cannot read '\(path)'", at: site)
      return nil
    }
    let file = files.add(path: path, bytes: bytes)
    Progress.know(files)
    let unit = Parser.parse(file: file, in: files, diagnostics: &diagnostics)
    let number = program.modules.count
    numbers[key] = number
    program.modules.append(Module(unit: unit, isWhole: unit.isWhole))
    open.append(key)
    for imported in unit.imports { bring(imported, into: number, path: path) }
    open.removeLast()
    for declaration in unit.declarations { declare(declaration, in: number, path: path) }
    for case .rule(let rule) in unit.declarations { attach(rule, in: number) }
    return number
  }

  /// The words for an import that closes a circle.
  private func circle(to key: String) -> String {
    guard let start = open.firstIndex(of: key), start < open.count - 1 else {
      return "'\(key)' imports itself"
    }
    let way = open[(start + 1)...].map { "'\($0)'" }.joined(separator: ", ")
    return "'\(key)' imports itself by way of \(way)"
  }

  /// Brings in the funcs and consts that an imported file declares.
  private mutating func bring(_ imported: Import, into number: Int, path: String) {
    let target = FilePath.resolve(imported.path.text, in: path)
    guard let source = load(target, at: imported.path.site) else {
      program.modules[number].isWhole = false
      return
    }
    if !program.modules[source].isWhole { program.modules[number].isWhole = false }
    for declaration in program.modules[source].unit.declarations {
      let name = declaration.name.text
      guard let entry = program.modules[source].names[name], entry.kind != .graph,
        entry.site == declaration.name.site
      else { continue }
      if let known = program.modules[number].names[name] {
        if known.kind == entry.kind { continue }
        diagnostics.error(
          "this import brings in '\(name)', which is given already", at: imported.path.site,
          notes: [
            .note("the one is here", at: known.site), .note("the other is here", at: entry.site),
          ])
      } else {
        program.modules[number].names[name] = entry
      }
    }
  }

  /// Notes what a declaration gives a name to.
  private mutating func declare(_ declaration: Declaration, in number: Int, path: String) {
    if case .rule = declaration { return }
    let name = declaration.name
    if let known = program.modules[number].names[name.text] {
      diagnostics.error(
        "'\(name.text)' is given already", at: name.site,
        notes: [.note("it is given here", at: known.site)])
      return
    }
    let kind: Entry.Kind
    switch declaration {
    case .graph: kind = .graph
    case .function(let function):
      if function.results != nil { checkExternal(function) }
      kind = .function(program.functions.count)
      program.functions.append(Function(function, module: number))
    case .constant(let constant):
      kind = .constant(program.constants.count)
      program.constants.append(Constant(name: name, value: value(of: constant, path: path)))
    case .rule: return
    }
    program.modules[number].names[name.text] = Entry(kind: kind, site: name.site)
  }

  /// Reads the value of a `const`.
  private mutating func value(of constant: ConstantDeclaration, path: String) -> ConstantData? {
    var reader = ConstantReader(options: options, folder: path, read: read)
    let value = reader.value(of: constant)
    for mistake in reader.mistakes { diagnostics.report(mistake) }
    for dependency in reader.dependencies { note(dependency) }
    return value
  }
}
