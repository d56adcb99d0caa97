import CodeGen
import Driver
import GraphIR
import LoopIR
import Lowering
import Ops
import Support
import Testing

/// Products of matrices by tiles, at sizes around those of tiles, against sums one by one.
@Suite struct TileTests {
  /// Which operands lie transposed in memory, and whether a stack is multiplied.
  enum Form: String, CaseIterable {
    case plain, leftTransposed, rightTransposed, resultTransposed, stack
  }

  static let sizes = [
    [1, 1, 1], [3, 5, 2], [4, 4, 4], [8, 3, 24], [9, 7, 25], [17, 33, 50], [5, 600, 31],
    [16, 1, 48], [0, 3, 5], [3, 0, 30], [12, 9, 0],
  ]
  static let units = [
    VectorUnit.wide, VectorUnit(bytes: 32, registers: 16), VectorUnit(bytes: 16, registers: 32),
  ]

  @Test(arguments: Form.allCases, [DType.f32, .f64])
  func sums(_ form: Form, _ dtype: DType) throws {
    for unit in TileTests.units {
      let function = Lowering.run(TileTests.graph(form, dtype), vectors: unit)
      try function.verify()
      var call = try CompiledCall(function, files: SourceFiles(), options: CodeGenOptions())
      for size in TileTests.sizes {
        try TileTests.check(form, dtype, size, function, &call)
      }
    }
  }

  /// The product of `a` and `b` in some form, with symbolic sizes.
  static func graph(_ form: Form, _ dtype: DType) -> Graph {
    let (m, k, n) = (Dim.symbol("m"), Dim.symbol("k"), Dim.symbol("n"))
    var graph = Graph(name: "product")
    graph.symbols = ["m", "k", "n"]
    let stack = form == .stack ? [Dim(2)] : []
    let a = graph.addParameter(
      "a", TensorType(dtype, stack + (form == .leftTransposed ? [k, m] : [m, k])))
    let b = graph.addParameter(
      "b", TensorType(dtype, stack + (form == .rightTransposed ? [n, k] : [k, n])))
    var builder = Builder(graph: graph, site: .none)
    let batch = Array(stack.indices)
    let first = batch.count
    var product = builder.contract(
      a, b,
      Contraction(
        leftBatch: batch, rightBatch: batch,
        leftSummed: [form == .leftTransposed ? 0 : first + 1],
        rightSummed: [form == .rightTransposed ? 1 : first]))
    if form == .resultTransposed { product = builder.transpose(product, [1, 0]) }
    var result = builder.graph
    result.addOutput("c", product)
    return result
  }

  /// Every element within the rounding of its sum: `k ε Σ|a b|` (Higham, Accuracy and Stability of
  /// Numerical Algorithms, 2002, section 3.1).
  private static func check(
    _ form: Form, _ dtype: DType, _ size: [Int], _ function: LoopFunction,
    _ call: inout CompiledCall
  ) throws {
    let (m, k, n) = (size[0], size[1], size[2])
    let stack = form == .stack ? 2 : 1
    var random = RandomSource(seed: UInt64(m * 10_000 + k * 100 + n))
    let a = (0..<stack * m * k).map { _ in dtype.rounded(random.uniform(-1, 1)) }
    let b = (0..<stack * k * n).map { _ in dtype.rounded(random.uniform(-1, 1)) }
    let lead = form == .stack ? [2] : []
    let shapes = [
      lead + (form == .leftTransposed ? [k, m] : [m, k]),
      lead + (form == .rightTransposed ? [n, k] : [k, n]),
    ]
    let arguments = try RunArguments(
      function,
      tensors: [
        "a": RawTensor(Tensor(dtype, shapes[0], floats: a)),
        "b": RawTensor(Tensor(dtype, shapes[1], floats: b)),
      ], sizes: [:])
    let found = try call.run(arguments)[0].value.tensor.floats
    try #require(found.count == stack * m * n)
    for s in 0..<stack {
      for i in 0..<m {
        for j in 0..<n {
          var (sum, scale) = (0.0, 0.0)
          for l in 0..<k {
            let x = a[s * m * k + (form == .leftTransposed ? l * m + i : i * k + l)]
            let y = b[s * k * n + (form == .rightTransposed ? j * k + l : l * n + j)]
            sum += x * y
            scale += abs(x * y)
          }
          let place = s * m * n + (form == .resultTransposed ? j * m + i : i * n + j)
          let bound = Double(k + 2) * (dtype == .f32 ? 0x1p-24 : 0x1p-53) * scale
          #expect(
            abs(found[place] - sum) <= bound, "\(form) \(dtype) \(size) at \(i), \(j)")
        }
      }
    }
  }
}
