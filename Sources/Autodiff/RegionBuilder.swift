import GraphIR
import Ops
import Support

/// Builds the region of a loop or a branch.
struct RegionBuilder {
  var differentiator: Differentiator

  init(site: Site) {
    differentiator = Differentiator(Builder(graph: Graph(name: "region"), site: site))
  }

  var builder: Builder {
    get { differentiator.builder }
    _modify { yield &differentiator.builder }
  }

  /// Adds a parameter of a type.
  mutating func parameter(_ type: TensorType) -> Value {
    let number = builder.graph.parameters.count
    let id = builder.graph.append(
      .parameter, [], .parameter(number), types: [type], site: builder.site)
    let value = builder.graph[id].result
    builder.graph.parameters.append(
      Parameter(name: "p\(number)", site: builder.site, value: value))
    return value
  }

  /// Adds parameters of some types.
  mutating func parameters(_ types: [TensorType]) -> [Value] { types.map { parameter($0) } }

  /// The region with some values as its results.
  consuming func finish(_ results: [Value]) -> Graph {
    var graph = differentiator.builder.graph
    graph.outputs = results.enumerated().map { number, value in
      Output(name: "r\(number)", value: value, site: differentiator.builder.site)
    }
    return graph
  }
}

extension Builder {
  /// Appends a node with regions; gives its results. A loop also stacks what its reverse needs of
  /// each turn, which is dropped again where nothing uses it.
  mutating func appendSaving(
    _ operation: Operation, _ operands: [Value], _ attributes: Attributes, _ regions: [Graph]
  ) -> [Value] {
    guard case .loop(var form) = attributes, form.saved == 0, form.carried > 0 else {
      return appendRegions(operation, operands, attributes, regions)
    }
    var regions = regions
    regions[0].addCompanions(of: KeptValues(regions[0], form).values)
    let kept = KeptValues(regions[0], form).values
    for (number, value) in kept.enumerated() {
      let site = regions[0].node(of: value).site
      regions[0].outputs.append(Output(name: "s\(number)", value: value, site: site))
    }
    let isVisible = form.carried + form.stacked
    form.saved = kept.count
    form.stacked += kept.count
    let results = appendRegions(operation, operands, .loop(form), regions)
    return Array(results[..<isVisible]) + results[(form.carried + form.stacked)...]
  }
}
