import GraphIR
import Support

/// Reads the values of `const` declarations.
struct ConstantReader {
  let options: CheckOptions
  /// The path of the file in which the `const` stands.
  let folder: String
  let read: (String) -> [UInt8]?
  private(set) var mistakes: [Diagnostic] = []
  /// The files that were asked for.
  private(set) var dependencies: [String] = []

  init(options: CheckOptions, folder: String, read: @escaping (String) -> [UInt8]?) {
    self.options = options
    self.folder = folder
    self.read = read
  }

  /// The value, nil where it could not be read; that has been reported.
  mutating func value(of constant: ConstantDeclaration) -> ConstantData? {
    do throws(Diagnostic) {
      let type = try constant.type.map { expr throws(Diagnostic) in try self.type(expr) }
      switch constant.value {
      case .load(let path): return .tensor(try load(path, of: constant, as: type))
      case .literal(let expr):
        guard let tree = try tree(expr) else { return nil }
        return try literal(LiteralArray(tree), of: constant, as: type)
      }
    } catch {
      mistakes.append(error)
      return nil
    }
  }

  /// The declared type, whose sizes are integers.
  private func type(_ expr: TypeExpr) throws(Diagnostic) -> TensorType {
    guard let dtype = DType.named(expr.element.text, options) else {
      throw DType.unknown(expr.element)
    }
    var shape: [Dim] = []
    for dim in expr.dims {
      guard case .leaf(.int(let size), _)? = try tree(dim) else {
        throw .error("the sizes of a const are integers", at: dim.site)
      }
      guard size >= 0 else { throw .error("size \(size) is negative", at: dim.site) }
      shape.append(Dim(Int(size)))
    }
    return TensorType(dtype, shape)
  }

  /// Reads a `.npy` file.
  private mutating func load(
    _ path: TextLiteral, of constant: ConstantDeclaration, as type: TensorType?
  ) throws(Diagnostic) -> Tensor {
    let resolved = FilePath.resolve(path.text, in: folder)
    dependencies.append(resolved)
    guard let bytes = read(resolved) else {
      throw .error("cannot read '\(resolved)'", at: path.site)
    }
    let tensor: Tensor
    do {
      tensor = try NpyFile.read(bytes)
    } catch {
      throw .error("'\(resolved)' \(error.message)", at: path.site)
    }
    if let type, type != tensor.type {
      let site = constant.type?.site ?? path.site
      throw .error("'\(resolved)' holds \(tensor.type), declared \(type)", at: site)
    }
    return tensor
  }

  /// Literals as the value of a `const`: weak, unless a type is declared.
  private func literal(
    _ array: LiteralArray, of constant: ConstantDeclaration, as type: TensorType?
  ) throws(Diagnostic) -> ConstantData {
    guard let own = array.dtype else {
      throw .error(
        "an array holds numbers or truth values, not both", at: constant.site)
    }
    guard let type else {
      if own == .bool { return .tensor(try array.tensor(.bool)) }
      guard array.shape.isEmpty, let literal = array.leaves.first?.literal else {
        return .weak(.array(ArrayLiteral(try array.tensor(own))))
      }
      return .weak(Meaning(literal))
    }
    let shape = array.shape.map { Dim($0) }
    guard shape == type.shape else {
      throw .error(
        "const '\(constant.name.text)' has shape \(array.shape), declared \(type)",
        at: constant.type?.site ?? constant.site)
    }
    return .tensor(try array.tensor(type.dtype))
  }

  /// The literals of an expression; nil where it could not be read, which has been reported.
  private func tree(_ expr: Expr) throws(Diagnostic) -> LiteralTree? {
    switch expr.kind {
    case .integer(let value): return .leaf(.int(value), expr.site)
    case .float(let value): return .leaf(.float(value), expr.site)
    case .boolean(let value): return .leaf(.bool(value), expr.site)
    case .invalid: return nil
    case .name(let name):
      if let value = Meaning.constants[name] { return .leaf(.float(value), expr.site) }
    case .array(let elements):
      var row: [LiteralTree] = []
      for element in elements {
        guard let element = try tree(element) else { return nil }
        row.append(element)
      }
      return .row(row, expr.site)
    case .unary(.negate, let operand):
      guard let operand = try tree(operand) else { return nil }
      if case .leaf(let value, _) = operand, let negated = Folding.negated(value) {
        return .leaf(negated, expr.site)
      }
    case .chain(let first, let links):
      guard let first = try tree(first) else { return nil }
      if let value = try fold(first, links) { return .leaf(value, expr.site) }
    case .text, .call, .index, .unary(.not, _), .power, .conditional: break
    }
    throw .error("a const is a literal, an array of literals, or load(\"….npy\")", at: expr.site)
  }

  /// Arithmetic on literals.
  private func fold(_ first: LiteralTree, _ links: [Link]) throws(Diagnostic) -> Literal? {
    guard case .leaf(var value, _) = first else { return nil }
    for link in links {
      guard case .leaf(let operand, _)? = try tree(link.operand),
        let result = Folding.combine(link.operation, value, operand)
      else { return nil }
      value = result
    }
    return value
  }
}

extension Meaning {
  /// The constants that the language has names for.
  static let constants: [String: Double] = ["pi": .pi, "inf": .infinity, "nan": .nan]

  /// A number as a weak literal.
  init(_ literal: Literal) {
    switch literal {
    case .int(let value): self = .size(Dim(Int(value)))
    case .float(let value): self = .number(value)
    case .bool: preconditionFailure("truth values are not weak")
    }
  }
}

extension DType {
  /// The type of that name; `real` is what the options say.
  static func named(_ name: String, _ options: CheckOptions) -> DType? {
    name == "real" ? options.real : DType(rawValue: name)
  }

  /// The error for a name that no type has.
  static func unknown(_ name: Name) -> Diagnostic {
    let known = DType.allCases.map(\.rawValue) + ["real"]
    let meant = Parser.foreignTypes[name.text] ?? NearestName.of(name.text, in: known)
    return .error(
      "unknown type '\(name.text)'" + (meant.map { "; did you mean '\($0)'?" } ?? ""),
      at: name.site, fix: meant.map { Fix(site: name.site, replacement: $0) })
  }
}
