import GraphIR
import Support

/// How exponentials of matrices, and their derivatives, are computed: each matrix is halved until a
/// Padé approximant has all digits, and the result squared as often.
///
/// `f64` takes the approximant of degree 13, `f32` that of degree 7. The bounds of the norm are
/// those that the derivatives need, so that both share what they compute.
struct Exponential {
  /// The matrices, halved.
  private let small: Value
  /// The powers 2, 4 and 6 of `small`.
  private let powers: [Value]
  private let identity: Value
  private let isWide: Bool
  /// How often each matrix was halved, with axes of 1 in the place of the matrix; and the most.
  private let halvings: Value
  private let scale: Value
  private let turns: Value

  /// The greatest norm without halving: ℓ of Al-Mohy and Higham 2009.
  private static let bound = 4.740307543765127
  /// For degree 7 and `f32`.
  private static let narrowBound = 2.7
  /// More halvings than the exponent of any number asks for.
  private static let most = 1_100

  init(_ b: inout Builder, _ a: Value) {
    isWide = b.dtype(a) == .f64
    let rank = b.shape(a).count
    let sums = b.reduceSum(b.abs(a), axes: [rank - 2], keepDims: true)
    let norm = b.reduceMax(sums, axes: [rank - 1], keepDims: true)
    let bound = b.literal(isWide ? Exponential.bound : Exponential.narrowBound, like: a)
    let zero = b.literal(0.0, like: a)
    let count = b.ceil(b.log2(b.divide(norm, bound)))
    // What is no number, as for an empty matrix, needs none.
    let some = b.select(b.greater(count, zero), count, zero)
    halvings = b.minimum(some, b.literal(Double(isWide ? Exponential.most : 150), like: a))
    scale = b.exp2(b.negate(halvings))
    small = b.multiply(a, scale)
    let all = b.reduceMax(halvings, axes: Array(0..<rank))
    turns = b.convert(b.maximum(all, zero), to: .i64)
    identity = b.identity(like: a)
    let second = b.matrixProduct(small, small)
    let fourth = b.matrixProduct(second, second)
    powers = [second, fourth, b.matrixProduct(second, fourth)]
  }

  /// Coefficients of the numerator of the approximant, the constant one first.
  private var coefficients: [Double] {
    isWide
      ? [
        64_764_752_532_480_000, 32_382_376_266_240_000, 7_771_770_303_897_600,
        1_187_353_796_428_800, 129_060_195_264_000, 10_559_470_521_600, 670_442_572_800,
        33_522_128_640, 1_323_241_920, 40_840_800, 960_960, 16_380, 182, 1,
      ]
      : [17_297_280, 8_648_640, 1_995_840, 277_200, 25_200, 1_512, 56, 1]
  }

  /// A sum of matrices of even powers: the powers 2, 4 and 6 with every other coefficient from one
  /// on, of which the first is that of `constant`, if there is one.
  private func sum(
    _ b: inout Builder, _ matrices: [Value], from first: Int, constant: Value? = nil
  ) -> Value {
    var total = constant.map { b.multiply($0, b.literal(coefficients[first], like: $0)) }
    for (number, matrix) in matrices.enumerated() {
      let place = first + 2 * number + (constant == nil ? 0 : 2)
      let term = b.multiply(matrix, b.literal(coefficients[place], like: matrix))
      total = total.map { b.add($0, term) } ?? term
    }
    return total ?? identity
  }

  /// The even and the odd part of the numerator, the odd one without a factor `small`.
  private func parts(_ b: inout Builder) -> (even: Value, odd: Value) {
    let even = sum(&b, powers, from: 0, constant: identity)
    let odd = sum(&b, powers, from: 1, constant: identity)
    guard isWide else { return (even, odd) }
    let higherEven = b.matrixProduct(powers[2], sum(&b, powers, from: 8))
    let higherOdd = b.matrixProduct(powers[2], sum(&b, powers, from: 9))
    return (b.add(higherEven, even), b.add(higherOdd, odd))
  }

  /// The exponentials.
  func value(_ b: inout Builder) -> Value {
    let (even, odd) = parts(&b)
    let turned = b.matrixProduct(small, odd)
    let first = b.solve(b.subtract(even, turned), b.add(even, turned))
    return squared(&b, [first])[0]
  }

  /// The derivatives along matrices.
  func derivative(_ b: inout Builder, along direction: Value) -> Value {
    let e = b.multiply(direction, scale)
    let second = b.symmetricProduct(small, e)
    let fourth = b.symmetricProduct(powers[0], second)
    let sixth = b.add(b.matrixProduct(powers[1], second), b.matrixProduct(fourth, powers[0]))
    let changes = [second, fourth, sixth]
    let (even, odd) = parts(&b)
    var evenChange = sum(&b, changes, from: 2)
    var oddChange = sum(&b, changes, from: 3)
    if isWide {
      evenChange = b.add(evenChange, higher(&b, changes, from: 8))
      oddChange = b.add(oddChange, higher(&b, changes, from: 9))
    }
    let turned = b.matrixProduct(small, odd)
    let change = b.add(b.matrixProduct(small, oddChange), b.matrixProduct(e, odd))
    let divisor = b.subtract(even, turned)
    let first = b.solve(divisor, b.add(even, turned))
    let moved = b.matrixProduct(b.subtract(change, evenChange), first)
    let firstChange = b.solve(divisor, b.add(b.add(change, evenChange), moved))
    return squared(&b, [first, firstChange])[1]
  }

  /// The change of the sixth power times a sum of even powers.
  private func higher(_ b: inout Builder, _ changes: [Value], from first: Int) -> Value {
    b.add(
      b.matrixProduct(powers[2], sum(&b, changes, from: first)),
      b.matrixProduct(changes[2], sum(&b, powers, from: first)))
  }

  /// Matrices squared as often as they were halved; with a second one that is their change.
  private func squared(_ b: inout Builder, _ first: [Value]) -> [Value] {
    var region = Builder(graph: Graph(name: "squaring"), site: b.site)
    let types = [TensorType(.i64)] + first.map { b.type($0) } + [b.type(halvings)]
    let parameters = types.map { region.parameter($0) }
    let x = parameters[1]
    var next = [region.matrixProduct(x, x)]
    if first.count > 1 { next.append(region.symmetricProduct(x, parameters[2])) }
    let limit = parameters[parameters.count - 1]
    let isOn = region.less(region.convert(parameters[0], to: region.dtype(limit)), limit)
    for (number, value) in next.enumerated() {
      let kept = region.select(isOn, value, parameters[1 + number])
      region.graph.outputs.append(Output(name: "r\(number)", value: kept, site: b.site))
    }
    let form = LoopForm(
      count: Dim(Exponential.most), sequences: 0, carried: first.count, stacked: 0,
      isBounded: true)
    do throws(TypeError) {
      return try b.tryEmit(
        .loop, first + [halvings, turns], .loop(form), regions: [region.graph])
    } catch {
      preconditionFailure(error.message)
    }
  }
}

extension Builder {
  /// `a b + b a`.
  fileprivate mutating func symmetricProduct(_ a: Value, _ b: Value) -> Value {
    add(matrixProduct(a, b), matrixProduct(b, a))
  }

  /// Adds a parameter to the graph of a region.
  fileprivate mutating func parameter(_ type: TensorType) -> Value {
    let number = graph.parameters.count
    let id = graph.append(.parameter, [], .parameter(number), types: [type], site: site)
    let value = graph[id].result
    graph.parameters.append(Parameter(name: "p\(number)", site: site, value: value))
    return value
  }
}
