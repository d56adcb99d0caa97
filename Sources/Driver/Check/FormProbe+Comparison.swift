import GraphIR
import Support

extension FormProbe {
  /// Up to so many elements a gradient is compared one by one where its sum does not say enough.
  private static let elementLimit = 256

  /// How the derivatives by each `wrt` compare with differences; for `jvp` and `hvp`, which give
  /// sums over all, one for all.
  func agreements() -> [Agreement] {
    switch form.request.form {
    case .grad, .valueAndGrad:
      return wrt.indices.map { gradient(derivatives[$0], of: primal, seed: nil, by: $0) }
    case .vjp:
      return wrt.indices.map { gradient(derivatives[$0], of: primal, seed: along[0], by: $0) }
    case .jvp, .hvp:
      return [sum(derivatives.flatMap(\.floats))]
    case .jacobian:
      return wrt.indices.map { product($0, targets: targets) }
    case .hessian:
      return wrt.indices.map { index in
        var agreement = gradient(point[gradients[index]], of: primal, seed: nil, by: index)
        agreement.add(product(index, targets: [gradients[index]]))
        return agreement
      }
    }
  }

  /// Whether `grad_clip` stands on the way.
  var clipsGradients: Bool {
    wrt.contains { Replay(of: targets, by: $0, constants: constants, at: point).clipsGradients }
  }

  /// A gradient, along a direction, and if that differs or is at a kink, element by element.
  private func gradient(
    _ gradient: Tensor, of value: Value, seed: Tensor?, by index: Int
  ) -> Agreement {
    if isConstant(index) { return Agreement(zero: gradient.floats) }
    let replay = Replay(of: [value], by: wrt[index], constants: constants, at: point)
    func compare(_ direction: Tensor) -> Agreement {
      Agreement([gradient.dot(direction)], width: replay.width) { step in
        guard let values = replay.moved(by: step, along: direction) else { return nil }
        return [seed.map { zip($0.floats, values).reduce(0) { $0 + $1.0 * $1.1 } } ?? values[0]]
      }
    }
    let whole = compare(directions[index])
    if whole.isGood || gradient.count > FormProbe.elementLimit { return whole }
    var all = Agreement()
    for element in 0..<gradient.count {
      let unit = Tensor(
        .f64, gradient.shape, floats: (0..<gradient.count).map { $0 == element ? 1 : 0 })
      all.add(compare(unit), from: element)
    }
    return all.isGood ? whole : all
  }

  /// A matrix times the direction of a `wrt`.
  private func product(_ index: Int, targets: [Value]) -> Agreement {
    let direction = directions[index]
    let product = FormProbe.product(derivatives[index], direction)
    if isConstant(index) { return Agreement(zero: product) }
    let replay = Replay(of: targets, by: wrt[index], constants: constants, at: point)
    return Agreement(product, width: replay.width) { replay.moved(by: $0, along: direction) }
  }

  /// The sum of the derivatives along the form's own directions.
  private func sum(_ given: [Double]) -> Agreement {
    let moving = wrt.indices.filter { !isConstant($0) }
    let replays = moving.map {
      Replay(of: targets, by: wrt[$0], constants: constants, at: point)
    }
    if replays.isEmpty { return Agreement(zero: given) }
    let directions = moving.map { along[$0] }
    let widths = zip(replays, directions).map { $0.width / $1.greatest }
    let width = widths.filter(\.isFinite).min() ?? 1
    return Agreement(given, width: width) { step in
      var sum: [Double]?
      for (replay, direction) in zip(replays, directions) {
        guard let values = replay.moved(by: step, along: direction) else { return nil }
        sum = sum.map { zip($0, values).map(+) } ?? values
      }
      return sum
    }
  }

  /// Whether `constant` names a `wrt`, so that nothing depends on it.
  private func isConstant(_ index: Int) -> Bool { form.constants.contains(form.wrt[index]) }

  /// A tensor whose last axes are those of a direction, summed with it.
  private static func product(_ matrix: Tensor, _ direction: Tensor) -> [Double] {
    let columns = direction.count
    guard columns > 0 else { return [Double](repeating: 0, count: matrix.shape.prefix(
      matrix.shape.count - direction.shape.count).reduce(1, *)) }
    return stride(from: 0, to: matrix.count, by: columns).map { start in
      (0..<columns).reduce(0) { $0 + matrix.floats[start + $1] * direction.floats[$1] }
    }
  }

  // MARK: The identity of both modes

  /// How far `⟨J t, c⟩` is from `⟨t, Jᵀ c⟩`, relative to the terms; nil where one is not to be had.
  func identityError() -> Double? {
    guard let opposite else { return nil }
    switch form.request.form {
    case .grad, .valueAndGrad:
      return error(opposite.map { [($0, nil)] }, pairs(derivatives, directions).map { [$0] })
    case .vjp:
      return error(
        opposite.map { [($0, along[0])] }, pairs(derivatives, directions).map { [$0] })
    case .jvp:
      return error([[(derivatives[0], cotangent)]], [pairs(opposite, along)])
    case .jacobian:
      let products = wrt.indices.map { index in
        Tensor(
          .f64, cotangent.shape, floats: FormProbe.product(derivatives[index], directions[index]))
      }
      return error(
        products.map { [($0, cotangent)] }, pairs(opposite, directions).map { [$0] })
    case .hessian:
      func products(_ t: [Tensor]) -> [Tensor] {
        zip(derivatives, t).map { hessian, t in
          Tensor(.f64, t.shape, floats: FormProbe.product(hessian, t))
        }
      }
      return error(
        pairs(products(directions), otherDirections).map { [$0] },
        pairs(products(otherDirections), directions).map { [$0] })
    case .hvp:
      return error([pairs(derivatives, otherDirections)], [pairs(opposite, along)])
    }
  }

  private typealias Pair = (Tensor, Tensor?)

  private func pairs(_ a: [Tensor], _ b: [Tensor]) -> [Pair] { zip(a, b).map { ($0, $1) } }

  /// The greatest difference of two lists of sums of inner products; nil where one is not finite.
  private func error(_ a: [[Pair]], _ b: [[Pair]]) -> Double? {
    var worst = 0.0
    for (left, right) in zip(a, b) {
      let (x, y) = (FormProbe.inner(left), FormProbe.inner(right))
      guard x.sum.isFinite, y.sum.isFinite else { return nil }
      let scale = max(x.terms, y.terms, leastSlope)
      if scale > 0 { worst = max(worst, (x.sum - y.sum).magnitude / scale) }
    }
    return worst
  }

  /// Slopes far below this one are what rounding leaves where the true one is 0.
  private var leastSlope: Double {
    let height = targets.reduce(0) { max($0, point[$1].greatest) }
    let width = wrt.map { point[$0].greatest }.filter { $0 > 0 }.min() ?? 1
    return 1e-4 * height / width
  }

  /// The inner product of pairs of tensors, without a second one their sum, and the sum of the
  /// terms' magnitudes.
  private static func inner(_ pairs: [Pair]) -> (sum: Double, terms: Double) {
    var result = (sum: 0.0, terms: 0.0)
    for (a, b) in pairs {
      for index in a.floats.indices {
        let term = a.floats[index] * (b?.floats[index] ?? 1)
        result.sum += term
        result.terms += term.magnitude
      }
    }
    return result
  }
}
