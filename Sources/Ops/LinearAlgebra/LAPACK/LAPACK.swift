package import LoopIR
package import Support

/// Factorisations by LAPACK, through the C interfaces of LAPACK and BLAS.
///
/// LAPACK reads columns where our matrices have rows, so each routine is asked for what the
/// transpose needs, and no matrix is moved that mathematics lets stay. Its `_work` functions in
/// column order allocate nothing: all that they want comes out of the workspace.
package enum LAPACK {
  /// LAPACK counts in 32 bits.
  private static let greatestSize = Dim(Int(Int32.max))

  /// What a function is given.
  package enum Argument {
    /// A size or a length.
    case size(ScalarID)
    /// A constant of the interface.
    case code(Int)
    /// A letter of the interface.
    case letter(Character)
    case number(Double)
    /// The address of an element, from which on it only reads.
    case input(BufferID, [Index])
    /// The address of an element, from which on it also writes.
    case memory(BufferID, [Index])
  }

  /// In column order.
  static let columnOrder = Argument.code(102)

  /// Whether LAPACK takes a matrix: one that is not known to be small.
  static func serves(_ b: LoopBuilder, rows: Dim, columns: Dim) -> Bool {
    guard b.usesLAPACK else { return false }
    return SmallMatrices.rows(rows) == nil || SmallMatrices.rows(columns) == nil
  }

  /// Appends what runs where some sizes fit into LAPACK's integers; else the call fails.
  static func ifCountable(
    _ b: inout LoopBuilder, _ sizes: [Dim], _ build: (inout LoopBuilder) -> Void
  ) {
    var fits: ScalarID?
    for size in sizes where size.constant.map({ $0 > Int(Int32.max) }) ?? true {
      let isLess = b.compare(.lessEqual, b.dim(size), b.dim(greatestSize))
      fits = fits.map { b.binary(.and, $0, isLess) } ?? isLess
    }
    guard let fits else { return build(&b) }
    b.check(fits, .overflow, message: "more than LAPACK can count")
    b.branch(fits, build)
  }
}

extension LoopBuilder {
  /// The number of elements from one row to the next, as LAPACK wants it: never 0.
  mutating func leading(_ columns: Dim) -> ScalarID {
    columns.constant.map { index(max($0, 1)) } ?? binary(.maximum, dim(columns), index(1))
  }

  /// Appends a call of a function of LAPACK; where it gives a number that is not 0, the call around
  /// fails in the way that is given, if one is.
  mutating func callLAPACK(
    _ name: String, _ element: DType, _ arguments: [LAPACK.Argument],
    failing failure: Failure? = nil, message: String? = nil
  ) {
    call(
      "LAPACKE_\(letter(element))\(name)_work", element, [LAPACK.columnOrder] + arguments,
      from: ["lapacke", "lapack", "blas"], givesStatus: true, failing: failure, message: message)
  }

  /// Appends a call of a function of BLAS, in row order.
  package mutating func callBLAS(
    _ name: String, _ element: DType, _ arguments: [LAPACK.Argument]
  ) {
    call(
      "cblas_\(letter(element))\(name)", element, [.code(101)] + arguments, from: ["blas"],
      givesStatus: false, failing: nil, message: nil)
  }

  /// How names say what type the elements have.
  private func letter(_ element: DType) -> String { element == .f32 ? "s" : "d" }

  private mutating func call(
    _ name: String, _ element: DType, _ arguments: [LAPACK.Argument], from libraries: [String],
    givesStatus: Bool, failing failure: Failure?, message: String?
  ) {
    let operands = arguments.map { operand($0, element) }
    let formals = zip(arguments, operands).enumerated().map { number, pair in
      formal("a\(number)", pair.0, pair.1)
    }
    var function = ExternalFunction(name: name, symbols: [], parameters: formals, results: [])
    function.libraries = libraries
    function.givesStatus = givesStatus
    var call = ExternalCall(function, sizes: [], operands: operands, results: [], site: site)
    call.failure = failure
    call.message = message
    append(.external(call))
  }

  /// What the function is given for an argument.
  private mutating func operand(
    _ argument: LAPACK.Argument, _ element: DType
  ) -> ExternalCall.Operand {
    switch argument {
    case .size(let id): .scalar(convert(id, to: .i32))
    case .code(let value): .scalar(constant(.i32, .int(Int64(value))))
    case .letter(let letter): .scalar(constant(.i8, .int(Int64(letter.asciiValue ?? 0))))
    case .number(let value): .scalar(constant(element, .float(value)))
    case .input(let buffer, let indices): .memory(Access(buffer, indices), isWritten: false)
    case .memory(let buffer, let indices): .memory(Access(buffer, indices), isWritten: true)
    }
  }

  /// How the function declares an argument: pointers as arrays.
  private func formal(
    _ name: String, _ argument: LAPACK.Argument, _ operand: ExternalCall.Operand
  ) -> Formal {
    switch operand {
    case .scalar(let id):
      Formal(name: name, element: type(id).element, shape: [], site: .none)
    case .buffer(let buffer):
      Formal(name: name, element: body[buffer].element, shape: [Dim(1)], site: .none)
    case .memory(let access, _):
      Formal(name: name, element: body[access.buffer].element, shape: [Dim(1)], site: .none)
    }
  }
}
