import LLVMInterop
import LoopIR

/// Sine and cosine of the same angle, which share its reduction and both polynomials.
extension ObjectEmitter {
  /// Puts one call in the place of two wherever a block asks for sine and cosine of one angle; gives
  /// whether there is any such place.
  ///
  /// It is done behind the optimisations: LLVM's vectorizers know how to widen each function, but
  /// not one with two results.
  func joinWaves(_ keys: [LaneFunction]) -> Bool {
    var isAnyJoined = false
    for key in keys where key.function == .sin {
      let partner = LaneFunction(.cos, key.type, key.level)
      guard let sine = module.function(key.name), let cosine = module.function(partner.name) else {
        continue
      }
      let pairs = CallPair.all(of: sine, and: cosine)
      if pairs.isEmpty { continue }
      isAnyJoined = true
      let both = waveFunction(key)
      for pair in pairs { join(pair, both) }
      markInlined(both, key, pairs.count)
    }
    return isAnyJoined
  }

  /// A function that gives sine and cosine.
  private func waveFunction(_ key: LaneFunction) -> IRFunction {
    let number = registerType(key.type)
    let type = context.function([number], returning: context.structure([number, number]))
    let function = module.addFunction("gradc.sincos.\(key.kind)", type, linkage: .internal)
    function.add([.noUnwind, .willReturn, .noSync, .noFree, .memory(.none)])
    elsewhere { compiling(for: key.level) { emit([.sin, .cos], key, into: function) } }
    return function
  }

  /// Puts a call of a function with two results in the place of two calls. Their argument may be
  /// what has taken the place of others.
  private func join(_ pair: CallPair, _ function: IRFunction) {
    inserting(before: pair.first) {
      let waves = builder.call(function, [pair.first.operand(0)])
      pair.sine.replaceAllUses(with: builder.extractValue(waves, 0))
      pair.cosine.replaceAllUses(with: builder.extractValue(waves, 1))
    }
    pair.sine.eraseInstruction()
    pair.cosine.eraseInstruction()
  }
}

/// Two calls in one block with the same argument.
private struct CallPair {
  let sine: IRValue
  let cosine: IRValue
  /// The one that comes first.
  let first: IRValue

  /// The pairs of calls of two functions.
  static func all(of sine: IRFunction, and cosine: IRFunction) -> [CallPair] {
    struct Place: Hashable {
      var block: IRBlock
      var argument: IRValue
      init(_ call: IRValue) { (block, argument) = (call.parent, call.operand(0)) }
    }
    var cosines: [Place: IRValue] = [:]
    for call in cosine.calls { cosines[Place(call)] = call }
    var orders: [IRBlock: [IRValue: Int]] = [:]
    return sine.calls.compactMap { call in
      let place = Place(call)
      // Two calls of one function with one argument are left to other passes.
      guard let partner = cosines.removeValue(forKey: place) else { return nil }
      let order = orders[place.block] ?? order(of: place.block)
      orders[place.block] = order
      let isFirst = order[call, default: 0] < order[partner, default: 0]
      return CallPair(sine: call, cosine: partner, first: isFirst ? call : partner)
    }
  }

  /// The numbers of a block's instructions in their order.
  private static func order(of block: IRBlock) -> [IRValue: Int] {
    Dictionary(uniqueKeysWithValues: zip(block.instructions, 0...))
  }
}
