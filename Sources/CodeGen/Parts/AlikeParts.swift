import LLVMInterop
import LoopIR

/// The parts of a block that are of the same shape, such as the steps of a chain: one function serves
/// all of a group.
struct AlikeParts {
  /// By part, its group and what it has in the places of the shape.
  private var members: [Int: (group: Int, filling: PartFilling)] = [:]
  /// By group, its function once that has been emitted.
  var functions: [IRFunction?] = []

  /// Finds the parts of a block that are alike, among those that LLVM translates as they stand.
  ///
  /// Lines of the source differ, so that there are none where these are told.
  init(_ parts: [BlockPart], _ plan: PartPlan, _ layout: FrameLayout, _ emitter: BodyEmitter) {
    guard emitter.object.debug == nil, layout.size <= Int(Int32.max) else { return }
    let numbers = ScalarNumbers(emitter.body)
    var groups: [PartShape: [(Int, PartFilling)]] = [:]
    for (number, part) in parts.enumerated() where !part.isInPlace {
      let uses = plan.uses[number]
      guard emitter.isTranslatedAsItStands(uses),
        let (shape, filling) = PartShape.of(
          part, uses, leaving: plan.left[number], emitter.body, numbers)
      else { continue }
      groups[shape, default: []].append((number, filling))
    }
    for group in groups.values where group.count > 1 {
      for (number, filling) in group { members[number] = (functions.count, filling) }
      functions.append(nil)
    }
  }

  /// The group of a part, and what it has in the places of the shape; nil for one like no other.
  func group(of part: Int) -> (group: Int, filling: PartFilling)? { members[part] }
}
