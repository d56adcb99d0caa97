import GraphIR
import Ops
import Support

extension Builtin {
  /// `intrinsic("polygamma {number: 1}", x)`: an operation of the compiler that the language has no
  /// other name for, as dumps print it. `--emit=graph` writes derivatives with it.
  static let intrinsics: [Builtin] = [
    Builtin("intrinsic", ["\"operation {attributes}\""], takesMore: true) { checker, call in
      checker.intrinsic(call)
    }
  ]
}

extension GraphChecker {
  /// Every operation by its name.
  private static let operations = Dictionary(
    uniqueKeysWithValues: Operation.all.map { ($0.name, $0) })

  /// The results of an operation that is named as in dumps.
  fileprivate mutating func intrinsic(_ call: BuiltinCall) -> [Meaning] {
    let exprs = Array(call.operands.dropFirst())
    let operands = exprs.map { Operand(expr: $0, meaning: check($0)) }
    guard case .text(let words) = call.operands[0].kind else {
      checkNames(call.operands[0])
      return [invalid("'intrinsic' begins with a text such as \"polygamma {number: 1}\"",
        at: call.operands[0].site)]
    }
    guard let (operation, attributes) = operation(words, at: call.operands[0].site) else {
      return [.invalid]
    }
    var values: [Value] = []
    for operand in operands {
      guard let value = value(of: operand.meaning, at: operand.expr.site) else { return [.invalid] }
      values.append(value)
    }
    guard operation.arity.allows(values.count) else {
      return [invalid("'\(operation.name)' does not take \(values.count) values", at: call.site)]
    }
    guard hasRoom(at: call.site), requireSizes(attributes, of: values, at: call.site) else {
      return [.invalid]
    }
    builder.site = call.site
    do throws(TypeError) {
      return try builder.tryEmit(operation, values, attributes).map { .value($0, isWeak: false) }
    } catch {
      self.error(error, at: call.site, about: exprs)
      return [.invalid]
    }
  }

  /// Makes sure that sizes in attributes fit, now or when the graph runs, as the functions of the
  /// language do: nothing is read outside of a tensor.
  private mutating func requireSizes(
    _ attributes: Attributes, of values: [Value], at site: Site
  ) -> Bool {
    switch attributes {
    case .windows(let axes):
      return axes.allSatisfy {
        requireSize($0.size - 1, at: site, "a window has at least one element along each axis")
      } && requireRoom(axes, at: site)
    case .convolution(let convolution):
      let groups = Dim(convolution.groups)
      if !convolution.channels.isMultiple(of: convolution.groups) {
        check(.multiple(convolution.channels, groups), at: site)
      }
      return requireRoom(convolution.axes, at: site)
    case .pad(let axes):
      return axes.allSatisfy {
        require($0.low, at: site, "a width is not negative")
          && require($0.high, at: site, "a width is not negative")
      }
    case .shape(let shape):
      let length = values.first.flatMap { builder.shape($0).last } ?? Dim(0)
      return shape.allSatisfy {
        require($0, at: site, "a size is not negative")
          && require(length - $0, at: site, "\($0) elements are more than \(length)")
      }
    case .none, .literal, .data, .parameter, .integer, .dtype, .axis, .axes, .reduction, .draw,
      .slice, .pads, .contraction, .picking, .matrix, .loop, .call, .external, .derivative:
      return true
    }
  }

  /// Makes sure that a window fits along each axis. A kernel of nothing fits anywhere.
  private mutating func requireRoom(_ axes: [WindowAxis], at site: Site) -> Bool {
    axes.allSatisfy { axis in
      requireSize(
        axis.extent - axis.reach, at: site,
        "windows that reach over \(axis.reach) do not fit on \(axis.extent)")
    }
  }

  /// The operation and the attributes that a text names.
  private mutating func operation(
    _ words: String, at site: Site
  ) -> (Operation, Attributes)? {
    do throws(GraphParseError) {
      let (name, attributes) = try GraphParser.parse(attributesOf: words)
      guard let operation = Self.operations[name], operation.isIntrinsic else {
        let known = Self.operations.values.filter(\.isIntrinsic).map(\.name).sorted()
        let nearest = NearestName.of(name, in: known)
        error(
          "there is no operation '\(name)'" + (nearest.map { "; did you mean '\($0)'?" } ?? ""),
          at: site)
        return nil
      }
      for symbol in attributes.symbols.sorted() where !builder.graph.symbols.contains(symbol) {
        error("'\(symbol)' is no size of the graph", at: site)
        return nil
      }
      return (operation, attributes)
    } catch {
      self.error("these are no attributes of an operation: \(error.message)", at: site)
      return nil
    }
  }
}

extension Operation {
  /// Operations that the language has functions for, whatever their attributes.
  private static let spelled: Set<Operation> = [
    .slice, .reshape, .broadcastTo, .topK, .arange, .size, .randomUniform, .randomNormal,
    .randomBernoulli, .randomBits, .sumPads, .derivative,
  ]

  /// Whether `intrinsic` gives it: what is no leaf, runs no regions, and may have no other name.
  fileprivate var isIntrinsic: Bool {
    if case .leaf = notation { return false }
    return !Operation.spelled.contains(self) && !Operation.regions.contains(self)
  }
}

extension Attributes {
  /// The symbols in its sizes.
  fileprivate var symbols: Set<String> {
    var symbols: Set<String> = []
    _ = mapDims { dim in
      symbols.formUnion(dim.symbols)
      return dim
    }
    return symbols
  }
}
