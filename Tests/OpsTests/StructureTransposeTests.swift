import GraphIR
import Ops
import Support
import Testing

/// An operation at one of its samples.
struct SampleCase: Sendable, CustomTestStringConvertible {
  /// The operation.
  let operation: Operation
  /// Its operands and attributes.
  let sample: Sample

  /// The operation with its attributes and shapes.
  var testDescription: String {
    "\(operation.name) \(sample.attributes.spelling) \(sample.shapes)"
  }

  /// Every sample of some operations.
  static func all(_ operations: [Operation], where isWanted: (Operation) -> Bool) -> [SampleCase] {
    operations.filter(isWanted).flatMap { operation in
      operation.samples.map { SampleCase(operation: operation, sample: $0) }
    }
  }

  /// Those of linear operations.
  static let linear = all(Operation.structural) {
    if case .linear = $0.derivative { true } else { false }
  }

  /// Those of bilinear operations.
  static let bilinear = all(Operation.structural) {
    if case .bilinear = $0.derivative { true } else { false }
  }
}

/// ⟨A x, c⟩ = ⟨x, Aᵀ c⟩ for every linear operation, and what its transpose does to masks.
@Suite struct StructureTransposeTests {
  @Test(arguments: SampleCase.linear)
  func transposes(_ test: SampleCase) throws {
    guard case .linear(let linear, _, let transpose) = test.operation.derivative else { return }
    var bench = Bench()
    var numbers = Numbers(state: 1)
    let tensors = zip(test.sample.shapes, test.sample.domains).map { numbers.tensor($0, $1) }
    let operands = tensors.map { bench.input($0) }
    let result = bench.builder.emit(test.operation, operands, test.sample.attributes)
    let shape = bench.builder.shape(result).map { $0.constant ?? 0 }
    let cotangent = numbers.tensor(shape, .interval(-1, 1))
    let ct = bench.input(cotangent)
    let context = bench.context(of: result)
    let indices = operands.indices.filter { linear.contains($0) }
    let cotangents = indices.map { transpose(&bench.builder, context, ct, $0) }
    for (cotangent, index) in zip(cotangents, indices) {
      #expect(bench.builder.type(cotangent) == bench.builder.type(operands[index]))
    }
    let values = try bench.run([result] + cotangents)
    let forward = inner(values[0], cotangent)
    let backward = zip(indices, values.dropFirst()).reduce(0) { $0 + inner(tensors[$1.0], $1.1) }
    #expect((forward - backward).magnitude <= 1e-13 * max(1, forward.magnitude))
  }

  /// A mask flows back to just those places that the sum of a positive cotangent reaches.
  @Test(arguments: SampleCase.linear, [0, 1, 2, 3])
  func masks(_ test: SampleCase, _ seed: Int) throws {
    guard case .linear(let linear, _, let transpose) = test.operation.derivative else { return }
    var bench = Bench()
    var numbers = Numbers(state: UInt64(seed))
    let operands = zip(test.sample.shapes, test.sample.domains).map {
      bench.input(numbers.tensor($0, $1))
    }
    let result = bench.builder.emit(test.operation, operands, test.sample.attributes)
    let shape = bench.builder.shape(result).map { $0.constant ?? 0 }
    let mask = numbers.tensor(shape, .booleans)
    let number = bench.input(f64(shape, mask.integers.map(Double.init)))
    let truth = bench.input(mask)
    let context = bench.context(of: result)
    for index in operands.indices where linear.contains(index) {
      let reached = transpose(&bench.builder, context, number, index)
      let held = transpose(&bench.builder, context, truth, index)
      let values = try bench.run([reached, held])
      #expect(values[1].dtype == .bool)
      #expect(values[0].floats.map { $0 != 0 ? 1 : 0 } == values[1].integers)
    }
  }

  @Test(arguments: SampleCase.bilinear)
  func transposesBilinear(_ test: SampleCase) throws {
    guard case .bilinear(let left, let right) = test.operation.derivative else { return }
    var bench = Bench()
    var numbers = Numbers(state: 2)
    let tensors = zip(test.sample.shapes, test.sample.domains).map { numbers.tensor($0, $1) }
    let operands = tensors.map { bench.input($0) }
    let result = bench.builder.emit(test.operation, operands, test.sample.attributes)
    let shape = bench.builder.shape(result).map { $0.constant ?? 0 }
    let cotangent = numbers.tensor(shape, .interval(-1, 1))
    let ct = bench.input(cotangent)
    let context = bench.context(of: result)
    let cotangents = [left(&bench.builder, context, ct), right(&bench.builder, context, ct)]
    let values = try bench.run([result] + cotangents)
    let forward = inner(values[0], cotangent)
    for (tensor, value) in zip(tensors, values.dropFirst()) {
      #expect(tensor.type == value.type)
      #expect((forward - inner(tensor, value)).magnitude <= 1e-13 * max(1, forward.magnitude))
    }
  }

  /// The transpose of a slice of symbolic size has the shape of what was sliced.
  @Test func transposesSymbolicSlices() throws {
    guard case .linear(_, _, let transpose) = Operation.slice.derivative else { return }
    let n = Dim.symbol("n")
    for (step, start) in [(1, Dim(0)), (2, Dim(0)), (3, Dim(1)), (-1, n - 1), (-2, n - 1)] {
      for count in 1...7 {
        var bench = Bench()
        let size = step > 0 ? (n - start + (step - 1)).quotient(step) : start.quotient(-step) + 1
        let values = (0..<count).map { Double($0 + 1) }
        let x = bench.input(f64([count], values), type: TensorType(.f64, [n]))
        let slice = SliceAxis(start: start, step: step, size: size)
        let result = bench.builder.emit(.slice, [x], .slice([slice]))
        let back = transpose(&bench.builder, bench.context(of: result), result, 0)
        #expect(bench.builder.shape(back) == [n])
        let first = start.evaluate(["n": count]) ?? 0
        let kept = Set(stride(from: first, to: step > 0 ? count : -1, by: step))
        let expected = (0..<count).map { kept.contains($0) ? values[$0] : 0 }
        #expect(try bench.run([back], sizes: ["n": count])[0].floats == expected)
      }
    }
  }

  /// The sum of the products of elements.
  private func inner(_ a: Tensor, _ b: Tensor) -> Double {
    zip(a.floats, b.floats).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
