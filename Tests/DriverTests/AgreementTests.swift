import Driver
import Testing

/// Derivatives from values alone, against derivatives that are known.
@Suite struct AgreementTests {
  @Test func smoothFunctions() {
    let agreement = Agreement([1, 0, 3], width: 1) { t in
      [t + t * t, 1 / (1 + t * t), 3 * t]
    }
    #expect(agreement.isGood)
    #expect(agreement.error < 1e-10)
  }

  @Test func wrongSlopes() {
    let agreement = Agreement([1.0001, 0], width: 1) { t in [t + t * t, t * t] }
    #expect(agreement.difference?.index == 0)
    #expect(!Agreement([1e-4], width: 1) { t in [t * t + 1] }.isGood)
    #expect(!Agreement([.nan], width: 1) { t in [t] }.isGood)
    #expect(!Agreement([.infinity], width: 1) { t in [t] }.isGood)
  }

  @Test func kinksAndJumps() {
    for slope in [0.0, 0.5, 1, -1] {
      let kink = Agreement([slope], width: 1) { t in [max(t, 0)] }
      #expect(kink.hasKink && kink.difference == nil)
    }
    let jump = Agreement([0], width: 1) { t in [t > 0 ? 1 : 0] }
    #expect(jump.hasKink && jump.difference == nil)
  }

  /// A kink close by leaves room for narrow steps.
  @Test func kinksCloseBy() {
    let agreement = Agreement([1], width: 1) { t in [max(t, -1e-4)] }
    #expect(agreement.isGood)
    let wrong = Agreement([1.1], width: 1) { t in [max(t, -1e-4)] }
    #expect(wrong.difference != nil)
  }

  /// Functions that end close by, or are not defined at all.
  @Test func edges() {
    let edge = Agreement([0.5 / 0.1], width: 1) { t in
      t < -0.01 ? nil : [(t + 0.01).squareRoot()]
    }
    #expect(edge.isGood)
    #expect(Agreement([1], width: 1) { _ in nil }.isUnclear)
    #expect(Agreement([1], width: 1) { t in [t.squareRoot()] }.isUnclear)
  }
}
