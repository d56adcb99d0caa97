import GraphIR
import Ops
import Support
import TestSupport
import Testing

/// Every operation at every sample: numbers judge its derivatives.
@Suite struct OperationDerivativeTests {
  /// Operations whose derivative is meant to differ from that of their value.
  static let untrue: Set<String> = ["stop_gradient", "grad_scale", "grad_clip"]

  /// The names of operations that have samples with floats.
  static let names: [String] = Operation.all.filter { operation in
    !untrue.contains(operation.name)
      && operation.samples.contains { sample in
        var random = RandomSource(seed: 0)
        let found = OperationCase(
          operation, sample, floats: .f64, isSymbolic: false, random: &random)
        return found.map { !$0.graph.outputs.isEmpty && $0.hasFloats } ?? false
      }
  }.map(\.name)

  /// What sixth-order differences leave of themselves is about 1e-12.
  static let differences = 1e-10

  /// What is the same but for rounding.
  static let rounding = 1e-13

  @Test(arguments: names, [false, true])
  func differencesAndProducts(_ name: String, isSymbolic: Bool) throws {
    let worst = try Self.worst(of: name, isSymbolic: isSymbolic)
    if ErrorTable.isWritten { return }
    let recorded = try #require(ErrorTable.recorded[name], "'\(name)' is not in the table")
    for (error, bound) in zip(worst.all, recorded) {
      #expect(error <= bound, "\(name): \(worst.all) exceeds \(recorded)")
    }
  }

  /// The greatest errors at all samples of an operation.
  static func worst(of name: String, isSymbolic: Bool) throws -> DerivativeErrors {
    var worst = DerivativeErrors()
    for (number, operation) in Operation.named(name).enumerated() {
      for (index, sample) in operation.samples.enumerated() {
        var smooth = 0
        for seed in 0..<8 where smooth < (isSymbolic ? 1 : 2) {
          var random = RandomSource(seed: UInt64(seed), "\(name) \(number) \(index)")
          guard
            let found = OperationCase(
              operation, sample, floats: .f64, isSymbolic: isSymbolic, random: &random),
            found.hasFloats
          else { continue }
          var errors = DerivativeErrors()
          for graph in found.graphs {
            let check = try DerivativeCheck(
              graph, found.inputs, sizes: found.sizes, random: &random)
            errors.formMaximum(try check.errors())
          }
          if errors.isSmooth { smooth += 1 }
          worst.formMaximum(errors)
          let place: Comment = "\(name), sample \(index), seed \(seed)"
          #expect(errors.first <= Self.differences, place)
          #expect(errors.transpose <= Self.rounding, place)
          #expect(errors.second <= Self.differences, place)
          #expect(errors.orders <= Self.rounding, place)
        }
        #expect(isSymbolic || smooth > 0 || !sample.hasFloats, "\(name) has no smooth sample")
      }
    }
    return worst
  }

  /// The narrow types: the same derivatives as in `f64`, up to the rounding of every operation.
  @Test(arguments: names, [(DType.f32, 1e-5), (.f16, 0.03), (.bf16, 0.15)])
  func narrowTypes(_ name: String, type: (dtype: DType, tolerance: Double)) throws {
    let worst = try Self.worst(of: name, in: type.dtype)
    #expect(worst <= type.tolerance)
    if ErrorTable.isWritten || type.dtype != .f32 { return }
    let recorded = try #require(ErrorTable.recorded[name]?.last, "'\(name)' is not in the table")
    #expect(worst <= recorded)
  }

  /// The greatest distance of all derivatives at all samples of an operation from those in `f64`.
  static func worst(of name: String, in dtype: DType) throws -> Double {
    var worst = 0.0
    for operation in Operation.named(name) {
      for (index, sample) in operation.samples.enumerated() {
        var random = RandomSource(seed: 7, "\(name) \(index)")
        var wideRandom = random
        guard
          let narrow = OperationCase(
            operation, sample, floats: dtype, isSymbolic: false, random: &random),
          let wide = OperationCase(
            operation, sample, floats: .f64, isSymbolic: false, random: &wideRandom),
          narrow.hasFloats
        else { continue }
        for (narrowGraph, wideGraph) in zip(narrow.graphs, wide.graphs) {
          let values = try DerivativeCheck(narrowGraph, narrow.inputs, random: &random).values()
          let exact = try DerivativeCheck(wideGraph, wide.inputs, random: &wideRandom).values()
          for (value, exact) in zip(values, exact) {
            worst = max(worst, Tensor.difference(value.doubles, exact.doubles))
          }
        }
      }
    }
    return worst
  }

  /// Writes the table anew, where that is asked for.
  @Test(.enabled(if: ErrorTable.isWritten)) func write() throws {
    var rows: [String: [Double]] = [:]
    for name in Set(Self.names) {
      var errors = try Self.worst(of: name, isSymbolic: false)
      errors.formMaximum(try Self.worst(of: name, isSymbolic: true))
      rows[name] = errors.all + [try Self.worst(of: name, in: .f32)]
    }
    try ErrorTable.write(rows)
  }
}

extension Operation {
  /// The operations of a name.
  static func named(_ name: String) -> [Operation] { all.filter { $0.name == name } }
}

extension OperationCase {
  /// The graph with each of its outputs as the only one.
  var graphs: [Graph] {
    graph.outputs.map { output in
      var single = graph
      single.outputs = [output]
      return single
    }
  }

  /// Whether there is something to differentiate, and something to differentiate by.
  var hasFloats: Bool { !graph.outputs.isEmpty && inputs.contains { $0.dtype.isFloat } }
}

extension Sample {
  /// Whether some operand is floating-point.
  var hasFloats: Bool {
    domains.contains { domain in
      switch domain {
      case .interval, .awayFromZero, .matrices: true
      case .booleans, .integers: false
      }
    }
  }
}
