import GraphIR
import GraphText
import Support

/// Calls of the language's functions, drawn from the table of functions: what stands for an
/// argument is told by the argument's name.
extension ProgramGenerator {
  /// Functions that have a kind of statement of their own: requests for derivatives are drawn with
  /// what they need, and operations by their samples.
  static let others: Set<String> = [
    "grad", "value_and_grad", "vjp", "jvp", "hvp", "jacobian", "hessian", "intrinsic",
  ]

  private static let functions = Checker.signatures.filter { !others.contains($0.name) }

  /// Adds a call of some function.
  mutating func addCall(to scope: inout Scope) {
    let signature = pick(Self.functions)
    for _ in 0..<6 where define(call(signature, in: &scope), in: &scope) { return }
  }

  /// A call with arguments that may fit.
  private mutating func call(_ signature: FunctionSignature, in scope: inout Scope) -> String {
    // What the first argument is shapes the others.
    let subject = self.subject(of: signature, in: scope)
    var arguments: [String] = []
    for (place, name) in signature.parameters.enumerated() {
      arguments.append(
        place == 0 && subject != nil && Self.isValue(name)
          ? subject!.name : argument(name, of: signature, beside: subject, in: &scope))
    }
    for name in signature.optional where chance(0.5) {
      arguments.append(argument(name, of: signature, beside: subject, in: &scope))
    }
    for name in signature.options where signature.required.contains(name) || chance(0.5) {
      let value = argument(name, of: signature, beside: subject, in: &scope)
      arguments.append("\(name): \(value)")
    }
    return "\(signature.name)(\(arguments.filter { !$0.isEmpty }.joined(separator: ", ")))"
  }

  /// What the call is about.
  private mutating func subject(of signature: FunctionSignature, in scope: Scope) -> Local? {
    if signature.options.contains("groups") || signature.parameters.contains("window") {
      let rank = signature.name == "conv1d" ? 3 : 4
      let dims = [Dim(pick([1, 2])), Dim(pick([1, 2, 4]))]
        + (2..<rank).map { _ in Dim(random.integer(3, 6)) }
      return Local(name: "cos(\(ramp(dims)))", type: TensorType(.f64, dims))
    }
    return local(in: scope)
  }

  /// Different numbers of a shape.
  private func ramp(_ shape: [Dim]) -> String {
    let dims = shape.map { "\($0)" }.joined(separator: ", ")
    return "reshape(arange(\(Dim.product(shape))), [\(dims)])"
  }

  /// Whether an argument of the name is any tensor.
  private static func isValue(_ name: String) -> Bool {
    ["x", "a", "v", "l", "logits"].contains(name)
  }

  /// What may stand for an argument.
  private mutating func argument(
    _ name: String, of signature: FunctionSignature, beside subject: Local?, in scope: inout Scope
  ) -> String {
    let shape = subject?.type.shape ?? []
    let rank = shape.count
    switch name {
    case "axis": return axis(rank, mayBeList: signature.options.contains("keepdims"))
    case "axes": return axes(rank)
    case "keepdims", "flip", "lower": return pick(["true", "false"])
    case "shape": return spelled(target(of: shape))
    case "n": return "\(chance(0.5) && !scope.isFunction ? dim() : Dim(random.integer(0, 4)))"
    case "k" where signature.options.contains("groups"): return kernel(shape)
    case "k": return pick(["1", "2", "0.5", value(in: scope)])
    case "i", "labels", "starts": return positions(name, shape, in: &scope)
    case "c", "cond": return condition(1, like: shape, in: scope)
    case "key": return pick(["7", "u64(3)", "123456789012345", "u64(\(value(in: scope)))"])
    case "p": return pick(["0.5", "0.25", value(in: scope)])
    case "window": return pick(["[2, 2]", "[1, 2]", "[3, 2]"])
    case "stride", "dilation": return pick(["1", "2", "[1, 2]", "[2, 1]", "[2]"])
    case "padding": return pick(["0", "1", "[1, 0]", "[[0, 1], [1, 1]]", "[[1, 2]]"])
    case "groups": return pick(["1", "1", "2"])
    case "widths": return list(shape.map { _ in "[\(pick(["0", "1", "2"])), \(pick(["0", "1"]))]" })
    case "counts": return list(shape.map { _ in pick(["1", "2", "3"]) })
    case "size": return list(shape.map { _ in pick(["0", "1", "1", "2"]) })
    case "parts", "count", "shift": return pick(["1", "2", "3", "1"])
    case "epsilon": return pick(["1e-3", "0.1"])
    case "dtype": return pick(["f32", "f64"])
    case "value": return scalar(in: scope)
    case "scale", "bias", "mean", "variance":
      let vector = rank > 0 ? [pick(shape)] : []
      let domain = Sample.Domain.interval(name == "variance" ? 0.5 : -1, 2)
      return operand(TensorType(subject?.type.dtype ?? dtype, vector), domain, in: &scope)
    case "values":
      let other = local(in: scope) { $0.shape.count == rank && $0 != subject?.type }
      return list([subject?.name, subject?.name, other?.name].compactMap { $0 }.shuffled(&random))
    case "x[…]": return "\(subject?.name ?? "")[\(subscripts(shape, in: &scope))]"
    case "\"ij,jk->ik\"": return einsum(subject, in: scope)
    case "…": return ""
    case "a" where signature.name == "einsum": return ""
    default:
      return chance(0.7) ? fitting(shape, in: scope) : value(in: scope)
    }
  }

  private func list(_ elements: [String]) -> String { "[\(elements.joined(separator: ", "))]" }

  private func spelled(_ shape: [Dim]) -> String { list(shape.map { "\($0)" }) }

  private mutating func axis(_ rank: Int, mayBeList: Bool) -> String {
    guard rank > 0 else { return "0" }
    let axis = random.integer(-rank, rank - 1)
    guard mayBeList, chance(0.3) else { return "\(axis)" }
    return list((0..<rank).filter { _ in chance(0.5) }.map { "\($0)" })
  }

  private mutating func axes(_ rank: Int) -> String {
    if chance(0.5) { return list(Array(0..<rank).shuffled(&random).map { "\($0)" }) }
    return "[[\(random.integer(0, max(0, rank - 1)))], [\(random.integer(0, 1))]]"
  }

  /// A shape that another one may be brought into.
  private mutating func target(of shape: [Dim]) -> [Dim] {
    switch random.integer(0, 5) {
    case 0: return self.shape()
    case 1: return [Dim(-1)]
    case 2: return shape + [Dim(1)]
    case 3: return shape.shuffled(&random)
    case 4: return [dim()] + shape
    default:
      guard shape.count > 1 else { return [Dim(1)] + shape }
      return [shape[0] * shape[1]] + shape.dropFirst(2)
    }
  }

  /// A kernel for an image of a shape.
  private mutating func kernel(_ shape: [Dim]) -> String {
    guard shape.count > 2 else { return "1" }
    let groups = pick([Dim(1), Dim(1), Dim(2)])
    let inner = groups == Dim(2) ? shape[1].quotient(2) : shape[1]
    let dims = [Dim(pick([1, 2, 4])), inner] + shape.dropFirst(2).map { _ in
      Dim(random.integer(1, 3))
    }
    return "sin(\(ramp(dims)))"
  }

  /// Places that mostly lie within the axes.
  private mutating func positions(
    _ name: String, _ shape: [Dim], in scope: inout Scope
  ) -> String {
    if name == "starts" { return list(shape.map { _ in pick(["0", "0", "1", "m % 2"]) }) }
    let wanted: [Dim] =
      name == "labels" ? Array(shape.prefix(1)) : chance(0.5) ? shape : self.shape()
    let type = TensorType(pick([.i64, .i64, .i32, .u8]), scope.isFunction ? [Dim(2)] : wanted)
    let places = operand(type, .integers(0, 9), in: &scope)
    if chance(0.1) { return places }
    return "\(places) % \(shape.isEmpty ? "2" : "(\(pick(shape)))")"
  }

  /// The arguments of a call of `einsum`: letters for equal sizes are mostly equal.
  private mutating func einsum(_ subject: Local?, in scope: Scope) -> String {
    guard let subject else { return "\"i->i\", 1" }
    let others = [local(in: scope) { $0.rank > 0 }, local(in: scope) { $0.rank > 0 }]
    let operands = [subject] + others.prefix(random.integer(0, 2)).compactMap { $0 }
    var letters: [Dim: [String]] = [:]
    var free = "ijklmnopqrstuvw".map(String.init)
    var inputs: [String] = []
    for operand in operands {
      inputs.append(operand.type.shape.map { size in
        if let known = letters[size], chance(0.7) { return pick(known) }
        letters[size, default: []].append(free[0])
        return free.removeFirst()
      }.joined())
    }
    let kept = Set(inputs.joined().map(String.init)).sorted().filter { _ in chance(0.5) }
    let output = kept.shuffled(&random).joined()
    let names = operands.map(\.name).joined(separator: ", ")
    return "\"\(inputs.joined(separator: ","))->\(output)\", \(names)"
  }
}

extension Array {
  /// The elements in another order.
  func shuffled(_ random: inout RandomSource) -> [Element] { shuffled(using: &random) }
}
