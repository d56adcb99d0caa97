import GraphIR
import LoopIR
import Ops
import Support
import Testing

/// What the loop facets of the operations say, against their values.
@Suite struct StructureKernelTests {
  private static let placed = SampleCase.all(Operation.structural) {
    switch $0.kernel {
    case .view, .assembly, .reshape: true
    default: false
    }
  }

  /// Every element of the result stands where the facet says.
  @Test(arguments: placed)
  func places(_ test: SampleCase) throws {
    var bench = Bench()
    var numbers = Numbers(state: 3)
    let tensors = zip(test.sample.shapes, test.sample.domains).map { numbers.tensor($0, $1) }
    let operands = tensors.map { bench.input($0) }
    let result = bench.builder.emit(test.operation, operands, test.sample.attributes)
    let expected = try bench.run([result])[0]
    let context = ShapeContext(
      operandShapes: operands.map { bench.builder.shape($0) },
      resultShape: bench.builder.shape(result), attributes: test.sample.attributes)
    var found = [Double?](repeating: nil, count: expected.count)
    switch test.operation.kernel {
    case .view(let rule):
      let axes = context.resultShape.indices.map { Index(LoopID($0)) }
      let source = rule(context, axes)
      for (place, position) in positions(expected.shape).enumerated() {
        found[place] = element(tensors[0], source.map { value($0, at: position) })
      }
    case .assembly(let rule):
      for piece in rule(context) {
        let operand = tensors[piece.operand]
        let sizes = piece.region.map { $0.size.constant ?? 0 }
        for position in positions(sizes) {
          let target = zip(piece.region, position).map { ($0.start.constant ?? 0) + $0.step * $1 }
          let source = operand.shape.isEmpty ? [] : position
          found[place(target, in: expected.shape)] = element(operand, source)
        }
      }
    case .reshape:
      found = tensors[0].floats
    default: break
    }
    #expect(found == expected.floats)
  }

  /// All positions of a shape in row-major order.
  private func positions(_ shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { prefixes, extent in
      prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } }
    }
  }

  /// An index where loops are at a position.
  private func value(_ index: Index, at position: [Int]) -> Int {
    let place = index.loops.reduce(index.offset) { sum, term in
      sum + position[term.variable.index] * term.coefficient
    }
    return place.constant ?? -1
  }

  /// The row-major place of a position.
  private func place(_ position: [Int], in shape: [Int]) -> Int {
    zip(position, Broadcasting.strides(shape)).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The element at a position.
  private func element(_ tensor: Tensor, _ position: [Int]) -> Double {
    tensor.floats[place(position, in: tensor.shape)]
  }

  /// What combines nothing is the identity that a reduction names, for every type.
  @Test(arguments: DType.allCases)
  func beginsWithIdentities(_ dtype: DType) throws {
    for operation in [Operation.sum, .product, .greatest, .least] {
      guard case .reduction(let reduction) = operation.kernel else { continue }
      if dtype == .bool {
        guard case .bool = reduction.identity(dtype) else {
          Issue.record("'\(operation.name)' begins 'bool' with a number")
          continue
        }
      }
      let extremes: [Literal] =
        dtype.isFloat
        ? [.float(-.infinity), .float(-2), .float(.infinity)]
        : [.int(dtype.integerRange.0), .int(1), .int(-1)]
      for extreme in extremes {
        var bench = Bench()
        let tensor = Tensor(dtype, scalar: extreme)
        let identity = Tensor(dtype, scalar: reduction.identity(dtype))
        let pair = Tensor.filled(dtype, [2], with: .int(0))
          .replacing([0], with: identity).replacing([1], with: tensor)
        let x = bench.input(pair)
        let value = bench.builder.reduce(operation, x, axes: [0])
        #expect(try bench.run([value])[0] == tensor)
      }
    }
  }
}
