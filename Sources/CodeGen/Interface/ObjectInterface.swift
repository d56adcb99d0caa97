package import LLVMInterop
package import LoopIR
package import Support

/// What an object shows to the world: its functions, its status codes, what it was compiled for.
package struct ObjectInterface {
  /// The name of the output without its suffix: the header is this with `.h`.
  package let outputName: String
  /// The beginning of names that belong to the whole object.
  package let stem: String
  let functions: [FunctionInterface]
  let places: PlaceTable
  let files: SourceFiles
  let target: Target

  package init(
    _ functions: [LoopFunction], outputName: String, files: SourceFiles, target: Target
  ) {
    self.outputName = outputName
    stem = CName.stem(of: outputName)
    self.functions = functions.map { FunctionInterface(FramePlan.reserve(in: $0)) }
    var places = PlaceTable()
    for function in functions { places.addPlaces(of: function) }
    self.places = places
    self.files = files
    self.target = target
  }

  /// The levels of CPUs that the object has bodies for, the lowest first; none where it is for one
  /// kind of CPU.
  var levels: [CPULevel] { Set(functions.flatMap(\.function.levels)).sorted() }

  /// The name of the function that spells a status code.
  var messageName: String { stem + "_message" }

  /// The symbol behind `messageName` that the header asks for.
  var messageSymbol: String { SignatureHash(of: "message").symbol(for: messageName) }

  var headerName: String { outputName + ".h" }

  /// The constant of a failure, such as `STEM_NULL_POINTER`.
  func constantName(_ failure: Failure) -> String {
    "\(CName.capitals(stem))_\(CName.words("\(failure)"))"
  }

  /// The bytes of workspace that a function needs; nil where that depends on symbols.
  package func workspace(of function: LoopFunction) -> Int? {
    functions.first { $0.function.name == function.name }?.fixedWorkspace
  }

  /// The macro with the size of a function's workspace; nil where the size is not fixed, and where
  /// another function in front of it has a name that differs in capital letters only.
  func workspaceMacro(_ interface: FunctionInterface) -> String? {
    let name = CName.capitals(interface.function.name)
    let first = functions.first { CName.capitals($0.function.name) == name }
    guard first?.function.name == interface.function.name else { return nil }
    return interface.fixedWorkspace == nil ? nil : name + "_WORKSPACE_SIZE"
  }

  /// The C functions that the program defines and the object calls, each once, by name.
  package var externals: [ExternalFunction] {
    var seen: Set<String> = []
    return functions.flatMap(\.function.externals)
      .filter { $0.libraries.isEmpty && seen.insert($0.name).inserted }
      .sorted { $0.name < $1.name }
  }

  /// The libraries that a program must be linked with, by the names that `-l` takes.
  package var libraries: [String] {
    let called = functions.flatMap { $0.function.externals.flatMap(\.libraries) }
    var seen: Set<String> = []
    // The last place of a library is behind all that need it.
    let last = Array(called.reversed().filter { seen.insert($0).inserted }.reversed())
    return last + (isShared ? ["gomp"] : [])
      + (functions.contains { $0.function.mayCallMath } ? ["m"] : [])
  }

  /// Whether it calls BLAS through its C interface.
  var callsBLAS: Bool {
    functions.contains { $0.function.externals.contains { $0.libraries == ["blas"] } }
  }

  /// Whether threads share some loop.
  var isShared: Bool { functions.contains { $0.function.isShared } }

  /// The base name of the file in which the first function stands.
  var sourceName: String? {
    guard let file = functions.first?.function.site.file, Int(file.index) < files.files.count
    else { return nil }
    return CName.baseName(files[file].path)
  }

  /// The prefix that the platform puts in front of C's names.
  var labelPrefix: String {
    let isApple = ["darwin", "macos", "ios"].contains { target.triple.contains($0) }
    return isApple ? "_" : ""
  }
}

extension LoopFunction {
  /// Whether some target needs a function of libm for it.
  var mayCallMath: Bool { bodies.contains { $0.scalars.contains(where: \.mayCallMath) } }
}

extension Scalar {
  /// Whether some target needs a function of libm for it.
  fileprivate var mayCallMath: Bool {
    switch instruction {
    case .call: true
    case .unary(let operation, _):
      switch operation {
      case .floor, .ceil, .trunc, .roundEven, .sqrt: true
      case .negate, .abs, .not: false
      }
    case .binary(.remainder, _, _): type.element.isFloat
    case .constant, .dim, .loopVariable, .index, .isWanted, .binary, .compare, .multiplyAdd,
      .select, .convert, .bitcast, .load, .carried, .loopResult, .acrossLanes, .splat,
      .accumulate, .round:
      false
    }
  }
}
