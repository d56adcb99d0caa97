import GraphIR
import Ops
import Support
import TestSupport

/// A random graph over parameters `x: [n]`, `y: [m, n]`, `s` and a mask `c: [n]`.
struct RandomGraph {
  static let sizes = ["m": 2, "n": 3]

  let graph: Graph
  let dtype: DType

  /// A graph of about so many nodes.
  init(_ dtype: DType, count: Int, seed: UInt64) {
    self.dtype = dtype
    var maker = RandomGraphMaker(dtype, RandomSource(seed: seed, dtype.rawValue))
    for _ in 0..<count { maker.grow() }
    graph = maker.finished()
  }

  /// A graph of so many nodes behind each of some loops, in whose bodies other loops stand.
  init(_ dtype: DType, count: Int, loops: Int, seed: UInt64) {
    self.dtype = dtype
    var maker = RandomGraphMaker(dtype, RandomSource(seed: seed, dtype.rawValue + " loops"))
    for _ in 0..<loops {
      maker.addLoop(depth: 2)
      for _ in 0..<count { maker.grow() }
    }
    graph = maker.finished()
  }

  /// Values of the parameters: special ones, or plain ones.
  func values(isSpecial: Bool, seed: UInt64) -> [Tensor] {
    var random = RandomSource(seed: seed)
    let shapes: [(DType, [Int])] = [(dtype, [3]), (dtype, [2, 3]), (dtype, []), (.bool, [3])]
    return shapes.map { type, shape in
      if isSpecial { return SpecialValues.tensor(type, shape, seed: random.next()) }
      let domain: Sample.Domain =
        type == .bool ? .booleans : type.isFloat ? .interval(-2, 2) : .integers(-9, 9)
      return random.tensor(type, shape, domain)
    }
  }
}

/// Draws the nodes of a random graph.
private struct RandomGraphMaker {
  private var b: Builder
  private var random: RandomSource
  private let dtype: DType
  /// Numbers and masks to draw operands from, the latest more often.
  private var numbers: [Value]
  private var masks: [Value]

  init(_ dtype: DType, _ random: RandomSource) {
    self.random = random
    self.dtype = dtype
    let types = [
      TensorType(dtype, [.n]), TensorType(dtype, [.m, .n]), TensorType(dtype),
      TensorType(.bool, [.n]),
    ]
    b = Builder(graph: Graph.of(types) { _, v in v[0] })
    numbers = Array(b.graph.parameters.prefix(3).map(\.value))
    masks = [b.graph.parameters[3].value]
  }

  /// A maker of the body of a loop, whose parameters are the turn and then numbers.
  private init(_ dtype: DType, _ random: RandomSource, body types: [TensorType]) {
    self.random = random
    self.dtype = dtype
    b = Builder(graph: Graph.of([TensorType(.i64)] + types) { _, v in v[0] })
    numbers = b.graph.parameters.dropFirst().map(\.value)
    numbers.insert(b.convert(b.graph.parameters[0].value, to: dtype), at: 0)
    masks = []
    masks = [b.emit(.less, [numbers[0], b.literal(.int(1), dtype)])]
  }

  /// The graph, with some values as results.
  func finished() -> Graph {
    var graph = b.graph
    graph.outputs = (numbers.suffix(4) + masks.suffix(1)).enumerated().map {
      Output(name: "y\($0)", value: $1, site: .none)
    }
    return graph
  }

  /// Adds a node, if what is drawn fits.
  mutating func grow() {
    switch random.integer(0, 11) {
    case 0, 1: add(unary, [number()])
    case 2, 3, 4: add(binary, [number(), number()])
    case 5: numbers.append(literal())
    case 6: addMask()
    case 7: add([.select], [mask(), number(), number()])
    case 8: addMoved()
    case 9: addProduct()
    case 10: addPicked()
    default: addReduced()
    }
  }

  private var unary: [Operation] {
    dtype.isFloat
      ? [.negate, .abs, .square, .exp, .sqrt, .reciprocal, .floor, .copy, .tanh]
        + [.log, .log1p, .expm1, .sigmoid, .softplus, .erf]
      : [.negate, .abs, .square, .copy, .sign]
  }

  private var binary: [Operation] {
    dtype.isFloat
      ? [.add, .subtract, .multiply, .divide, .maximum, .minimum, .fill, .power]
      : [.add, .subtract, .multiply, .maximum, .minimum, .fill]
  }

  private mutating func number() -> Value { pick(numbers) }
  private mutating func mask() -> Value { pick(masks) }

  private mutating func pick(_ values: [Value]) -> Value {
    let recent = values.suffix(8)
    return recent[random.integer(recent.startIndex, recent.endIndex - 1)]
  }

  private mutating func literal() -> Value {
    let choices: [Literal] =
      dtype.isFloat
      ? [.int(0), .int(1), .int(-1), .int(2), .float(0.5), .float(-0.0), .float(3), .float(0.1)]
      : [.int(0), .int(1), .int(-1), .int(2), .int(3), .int(7)]
    return b.literal(choices[random.integer(0, choices.count - 1)], dtype)
  }

  private mutating func add(_ operations: [Operation], _ operands: [Value]) {
    let operation = operations[random.integer(0, operations.count - 1)]
    if let results = try? b.tryEmit(operation, operands) { numbers.append(results[0]) }
  }

  private mutating func addMask() {
    let comparisons: [Operation] = [.less, .lessEqual, .greater, .equal, .notEqual]
    switch random.integer(0, 3) {
    case 0: masks.append(b.not(mask()))
    case 1:
      let operation: Operation = random.integer(0, 1) == 0 ? .and : .or
      if let results = try? b.tryEmit(operation, [mask(), mask()]) { masks.append(results[0]) }
    default:
      let operation = comparisons[random.integer(0, comparisons.count - 1)]
      if let results = try? b.tryEmit(operation, [number(), number()]) { masks.append(results[0]) }
    }
  }

  private mutating func addMoved() {
    let value = number()
    let rank = b.type(value).rank
    switch random.integer(0, 7) {
    case 0:
      let reversed = Array((0..<rank).reversed())
      numbers.append(b.transpose(b.transpose(value, reversed), reversed))
    case 1 where rank > 0: numbers.append(b.flip(value, axes: [random.integer(0, rank - 1)]))
    case 2: numbers.append(b.squeeze(b.expandDims(value, axes: [0]), axes: [0]))
    case 3:
      if let results = try? b.tryEmit(.broadcastTo, [value], .shape([.m, .n])) {
        numbers.append(results[0])
      }
    case 4 where rank > 0:
      let size = b.shape(value)[0]
      let padded = b.pad(
        value, with: b.literal(.int(0), dtype),
        (0..<rank).map { PadAxis(low: $0 == 0 ? 1 : 0, high: 0) })
      numbers.append(b.slice(padded, axis: 0, from: Dim(random.integer(0, 1)), size: size))
    case 5 where rank > 0:
      let size = b.shape(value)[0]
      let twice = b.concatenate([value, value], axis: 0)
      numbers.append(b.slice(twice, axis: 0, from: size, size: size))
    case 6 where rank > 0:
      let size = b.shape(value)[rank - 1]
      let twice = b.concatenate([value, value], axis: rank - 1)
      let axes = (0..<rank).map { axis -> SliceAxis in
        axis == rank - 1 ? SliceAxis(start: 1, step: 1, size: size) : .whole(b.shape(value)[axis])
      }
      let row = b.expandDims(b.emit(unary[0], [twice]), axes: [0])
      numbers.append(b.squeeze(b.slice(row, [.whole(1)] + axes), axes: [0]))
    default:
      if b.type(value).count == .m * .n {
        numbers.append(b.emit(.reshape, [value], .shape([.m * .n])))
        numbers.append(b.emit(.reshape, [numbers[numbers.count - 1]], .shape([.m, .n])))
      }
    }
  }

  /// A product of matrices or vectors, if two axes fit.
  private mutating func addProduct() {
    let (x, y) = (number(), number())
    guard (1...2).contains(b.type(x).rank), (1...2).contains(b.type(y).rank) else { return }
    let (i, j) = (random.integer(0, b.type(x).rank - 1), random.integer(0, b.type(y).rank - 1))
    if let results = try? b.tryEmit(
      .contract, [x, y], .contraction(Contraction(leftSummed: [i], rightSummed: [j])))
    {
      numbers.append(results[0])
    }
  }

  /// One place of an axis picked, or a value with another put there.
  private mutating func addPicked() {
    let value = number()
    guard b.type(value).rank > 0 else { return }
    let axis = random.integer(0, b.type(value).rank - 1)
    let place = b.literal(.int(random.integer(0, 1) == 0 ? 0 : -1), .i64)
    let picking = Attributes.picking(Picking(axes: [axis], place: 0))
    let picked = b.emit(.gather, [value, place], picking)
    guard random.integer(0, 1) == 0 else { return numbers.append(picked) }
    let operation: Operation = random.integer(0, 1) == 0 ? .setAt : .addAt
    if let results = try? b.tryEmit(operation, [value, number(), place], picking) {
      numbers.append(results[0])
    }
  }

  private mutating func addReduced() {
    let value = number()
    let rank = b.type(value).rank
    guard rank > 0 else { return }
    let operations: [Operation] = [.sum, .greatest, .least, .sum]
    let axes = random.integer(0, 1) == 0 ? Array(0..<rank) : [random.integer(0, rank - 1)]
    let attributes = Attributes.reduction(axes: axes, keepDims: random.integer(0, 1) == 0)
    let operation = operations[random.integer(0, operations.count - 1)]
    if let results = try? b.tryEmit(operation, [value], attributes) { numbers.append(results[0]) }
  }
}

/// Loops: maps, sums over turns, recurrences, from either end, one in the other.
extension RandomGraphMaker {
  /// Adds a loop over the leading axis of a value, if it has one.
  mutating func addLoop(depth: Int) {
    guard let sequence = numbers.last(where: { b.type($0).rank > 0 }) else { return }
    let carried = (0..<random.integer(0, 2)).map { _ in number() }
    let captures = (0..<random.integer(0, 2)).map { _ in number() }
    let element = TensorType(dtype, Array(b.shape(sequence).dropFirst()))
    var body = RandomGraphMaker(
      dtype, RandomSource(seed: random.next()),
      body: [element] + (carried + captures).map { b.type($0) })
    for _ in 0..<random.integer(2, 8) { body.grow() }
    if depth > 1, random.integer(0, 1) == 0 { body.addLoop(depth: depth - 1) }
    var form = LoopForm(
      count: b.shape(sequence)[0], sequences: 1, carried: carried.count,
      stacked: random.integer(carried.isEmpty ? 1 : 0, 2), isReversed: random.integer(0, 2) == 0)
    // As the language has it, only loops that carry something and run forwards have checkpoints.
    let hasCheckpoints = random.integer(0, 2) == 0
    if hasCheckpoints, !form.isReversed, form.carried > 0 { form.checkpoints = [2] }
    let region = body.region(form)
    if let results = try? b.tryEmit(
      .loop, [sequence] + carried + captures, .loop(form), regions: [region])
    {
      numbers += results
    }
  }

  /// The graph as the body of a loop.
  private mutating func region(_ form: LoopForm) -> Graph {
    let entering = b.graph.parameters[(1 + form.sequences)...].prefix(form.carried).map(\.value)
    let followers = entering.map { next(from: $0) }
    let results = followers + (0..<form.stacked).map { _ in number() }
    var graph = b.graph
    graph.outputs = results.enumerated().map {
      Output(name: "y\($0)", value: $1, site: .none)
    }
    return graph
  }

  /// What a carried value becomes: something of its type, or itself with that added.
  private mutating func next(from entering: Value) -> Value {
    let type = b.type(entering)
    let others = numbers.filter { $0 != entering && b.type($0) == type }
    guard let other = others.last else { return entering }
    switch random.integer(0, 2) {
    case 0: return b.add(entering, other)
    case 1: return other
    default: return others[random.integer(0, others.count - 1)]
    }
  }
}
