package import Support

extension Graph {
  /// The graph with the sizes of some symbols fixed: they are no arguments any more.
  package func specialized(_ sizes: [String: Int]) -> Graph {
    let dims = sizes.mapValues { Dim($0) }
    func fixed(_ dim: Dim) -> Dim { dim.substituting(dims) }
    var result = Graph(name: name)
    result.doc = doc
    result.site = site
    result.symbols = symbols.filter { sizes[$0] == nil }
    result.parameters = parameters
    result.outputs = outputs
    result.updates = updates
    result.assertions = assertions
    result.sizeChecks = sizeChecks.map { $0.mapDims(fixed) }
    result.data = data
    for node in nodes {
      let types = node.results.map { value in
        TensorType(type(value).dtype, type(value).shape.map(fixed))
      }
      result.append(
        node.operation, node.operands, node.attributes.mapDims(fixed), types: types,
        regions: node.regions.map { $0.specialized(sizes) }, site: node.site)
      for value in node.results {
        if let name = self[value].name { result.name(value, name) }
      }
    }
    return result
  }
}

extension SizeCheck {
  /// The check with other dims in place of its own.
  package func mapDims(_ map: (Dim) -> Dim) -> SizeCheck {
    let condition: Condition =
      switch condition {
      case .equal(let a, let b): .equal(map(a), map(b))
      case .multiple(let a, let b): .multiple(map(a), map(b))
      case .nonNegative(let a): .nonNegative(map(a))
      case .inRange(let a): .inRange(map(a))
      }
    return SizeCheck(condition, site: site)
  }

  /// Whether it holds, where that is known without the sizes of a call.
  package var outcome: Bool? {
    switch condition {
    case .equal(let a, let b):
      if a == b { return true }
      guard let x = a.constant, let y = b.constant else { return nil }
      return x == y
    case .multiple(let a, let b):
      guard let x = a.constant, let y = b.constant else { return nil }
      return y == 0 ? x == 0 : x % y == 0
    case .nonNegative(let a), .inRange(let a):
      if a.isKnownNonNegative { return true }
      return a.constant.map { $0 >= 0 }
    }
  }
}

extension Attributes {
  /// The attributes with other dims in place of their own.
  package func mapDims(_ map: (Dim) -> Dim) -> Attributes {
    switch self {
    case .shape(let shape): .shape(shape.map(map))
    case .draw(let shape, let dtype): .draw(shape.map(map), dtype)
    case .slice(let axes):
      .slice(axes.map { SliceAxis(start: map($0.start), step: $0.step, size: map($0.size)) })
    case .pad(let axes): .pad(axes.map { $0.mapDims(map) })
    case .pads(let parts): .pads(parts.map { $0.map { $0.mapDims(map) } })
    case .windows(let axes): .windows(axes.map { $0.mapDims(map) })
    case .convolution(let convolution): .convolution(convolution.mapDims(map))
    case .loop(let form): .loop(form.with(count: map(form.count)))
    case .external(var form):
      {
        form.sizes = form.sizes.map(map)
        return .external(form)
      }()
    case .none, .literal, .data, .parameter, .integer, .dtype, .axis, .axes, .reduction,
      .contraction, .picking, .matrix, .call, .derivative:
      self
    }
  }
}

extension PadAxis {
  /// The axis with other dims in place of its own.
  fileprivate func mapDims(_ map: (Dim) -> Dim) -> PadAxis {
    PadAxis(low: map(low), high: map(high), interior: interior)
  }
}
