import LLVMInterop
import Support

/// Which of the levels that an object has bodies for the CPU has: found when it first matters, and
/// kept in one word.
///
/// All threads find the same, so that it does not matter which of them stores it last. Nothing of
/// the compiler's run-time library is needed, and nothing runs before `main`.
extension ObjectEmitter {
  /// The name of the word: 0, or the number of the CPU's level.
  private static let levelWord = "gradc.level"

  /// The name of the function that finds the level.
  private static let levelFinder = "gradc.find_level"

  /// The bytes of the word, to which it is aligned.
  private static let wordBytes = 4

  /// The number of the CPU's level.
  func emitLevel() -> IRValue {
    let word = module.global(Self.levelWord) ?? addLevelWord()
    let kept = builder.loadAtomic(context.i32, word.value, align: Self.wordBytes)
    let start = builder.block
    let find = builder.appendBlock("find_level")
    let known = builder.appendBlock("level")
    let isKnown = builder.icmp(.ne, kept, context.i32.zero)
    let jump = builder.condBr(isKnown, then: known, else: find)
    builder.setWeights([1 << 20, 1], of: jump)
    position(atEnd: find)
    let found = builder.call(module.function(Self.levelFinder) ?? addLevelFinder(word), [])
    builder.setSavingCallingConvention(found)
    builder.br(known)
    position(atEnd: known)
    let level = builder.phi(context.i32, name: "level")
    level.add(kept, from: start)
    level.add(found, from: find)
    return level.value
  }

  /// Adds the word that keeps the level.
  private func addLevelWord() -> IRGlobal {
    let word = module.addGlobal(Self.levelWord, context.i32, linkage: .internal)
    word.setInitializer(context.i32.zero)
    word.setAlignment(Self.wordBytes)
    return word
  }

  /// Adds the function that finds the level and stores it.
  private func addLevelFinder(_ word: IRGlobal) -> IRFunction {
    let finder = addFunction(Self.levelFinder, [], returning: context.i32)
    finder.setSavingCallingConvention()
    finder.add([.cold, .noInline])
    elsewhere {
      position(atEnd: finder.appendBlock("entry"))
      debug?.enter(finder, named: Self.levelFinder, at: .none, self)
      let features = CPUFeatures(self)
      var level = context.i32.constant(CPULevel.v1.number)
      var hasAll = context.true
      for higher in CPULevel.allCases where higher > .v1 {
        hasAll = builder.and(hasAll, features.has(higher))
        level = builder.select(hasAll, context.i32.constant(higher.number), level)
      }
      builder.storeAtomic(level, word.value, align: Self.wordBytes)
      builder.ret(level)
    }
    return finder
  }
}
