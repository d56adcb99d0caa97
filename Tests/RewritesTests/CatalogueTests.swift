import GraphIR
import Ops
import Rewrites
import Support
import Testing

/// Every rule alone: what it applies to, what not, and that both sides mean the same.
@Suite struct CatalogueTests {
  static let cases: [RuleCase] = written + written.compactMap(\.narrowed)

  private static let written: [RuleCase] =
    canonicalCases + identityCases + broadcastCases + additionCases + multiplicationCases
    + powerCases + selectionCases + logicCases + conversionCases + layoutCases + sliceCases
    + joinCases + reductionCases + stretchedCases + matrixCases
    + collectionCases + pushedSliceCases + stabilisationCases + determinantCases + sharingCases

  @Test func everyRuleHasCasesForAndAgainst() {
    let firing = Set(CatalogueTests.cases.filter(\.fires).map(\.rule))
    let silent = Set(CatalogueTests.cases.filter { !$0.fires }.map(\.rule))
    let names = Set(Catalogue.all.map(\.name))
    #expect(names.subtracting(firing).isEmpty)
    #expect(names.subtracting(silent).isEmpty)
    #expect(firing.union(silent).subtracting(names).isEmpty)
  }

  @Test func namesAreUnique() {
    #expect(Set(Catalogue.all.map(\.name)).count == Catalogue.all.count)
  }

  @Test(arguments: cases)
  func shape(_ test: RuleCase) throws {
    let (graph, counters) = test.graph.simplified(by: [test.rule])
    try graph.verify()
    if test.fires {
      #expect(counters.count(test.rule) > 0)
    } else {
      #expect(counters.count(test.rule) == 0)
    }
  }

  /// The rule alone keeps to its bound; all rules together neither make a number of a NaN or an
  /// infinity, nor the reverse; under `--math=strict` every bit stays.
  @Test(arguments: cases.filter(\.fires))
  func meaning(_ test: RuleCase) throws {
    let rule = try #require(Catalogue.all.first { $0.name == test.rule })
    // Elsewhere the left side is off, which is what stable rules are for, or overflows.
    let isModerate = rule.exactness.isStable || rule.exactness == .reassociated
    let values = isModerate ? test.moderateValues() : test.values()
    let left = try test.graph.result(values, sizes: test.sizes)
    func right(_ graph: Graph) throws -> Tensor {
      try graph.verify()
      return try graph.result(values, sizes: test.sizes)
    }
    let alone = try right(test.graph.simplified(by: [test.rule]).0)
    let agreement = try agreement(test, rule.exactness, values, count: left.count)
    #expect(agreement.violation(left, alone) == nil)
    let together = try right(test.graph.simplified().0)
    #expect(rule.exactness.isStable || Agreement.changedKind(left, together) == nil)
    let strict = try right(test.graph.simplified(RewriteOptions(strict: true)).0)
    #expect(Agreement(exactness: .exact).violation(left, strict) == nil)
  }

  private func agreement(
    _ test: RuleCase, _ exactness: Exactness, _ values: [Tensor], count: Int
  ) throws -> Agreement {
    var agreement = Agreement(exactness: exactness)
    if case .within = exactness, test.parameters[0].dtype != .f64 {
      let wide = values.map {
        $0.dtype.isFloat ? Tensor(.f64, $0.shape, floats: $0.floats) : $0
      }
      agreement.truth = try test.widened().result(wide, sizes: test.sizes)
    }
    agreement.scale = scale(test, values, count: count)
    return agreement
  }

  /// The magnitudes that go into each element, and those of the constants, which are below 10.
  private func scale(_ test: RuleCase, _ values: [Tensor], count: Int) -> [Double] {
    let floats = values.compactMap { value -> [Double]? in
      if case .floats(let numbers) = value.elements { numbers } else { nil }
    }
    if test.isElementwise {
      return (0..<count).map { place in
        floats.reduce(10) { $0 + ($1[place].isFinite ? $1[place].magnitude : 0) }
      }
    }
    let all = floats.joined().reduce(10) { $0 + ($1.isFinite ? $1.magnitude : 0) }
    return Array(repeating: all, count: count)
  }
}
