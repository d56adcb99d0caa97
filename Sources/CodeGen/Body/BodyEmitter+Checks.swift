import LLVMInterop
import LoopIR
import Support

/// Failures of the run: kept in a status, never a jump where they occur.
///
/// Within a loop tree each check has a flag of its own, which is or-ed and tested behind the tree:
/// LLVM can do that in lanes.
extension BodyEmitter {
  /// Notes a failure where a condition is false.
  func emitCheck(_ condition: ScalarID, _ place: Place) {
    var fails = object.builder.not(value(condition))
    if fails.type.isVector {
      if let activeLanes { fails = object.builder.and(fails, activeLanes) }
      fails = object.builder.reduce(.or, fails)
    }
    emitFailure(place, if: fails)
  }

  /// Notes a failure if a bit is set.
  func emitFailure(_ place: Place, if fails: IRValue) {
    guard let flag = state.flags[place] else {
      return note(place, if: fails)
    }
    let before = object.builder.load(object.context.i1, flag)
    object.builder.store(object.builder.or(before, fails), flag)
  }

  /// Sets the status if a bit is set.
  private func note(_ place: Place, if fails: IRValue) {
    guard let status else { preconditionFailure("a check in a body that has none") }
    let before = object.builder.load(object.context.i32, status)
    object.builder.store(object.builder.select(fails, object.status(place), before), status)
  }

  /// Gives each check of a loop tree its flag.
  func openFlags(_ tree: LoopID) {
    for place in body.checks(in: body[tree].body) {
      let slot = object.entryAlloca(object.context.i1, align: 1)
      object.builder.store(object.context.false, slot)
      state.flags[place] = slot
      state.flagged.append(place)
    }
  }

  /// Turns the flags of a loop tree into a status, behind the tree.
  func closeFlags() {
    noteFlags()
    state.flags = [:]
    state.flagged = []
  }

  /// Turns the flags that are set so far into a status.
  private func noteFlags() {
    for place in state.flagged {
      guard let slot = state.flags[place] else { continue }
      note(place, if: object.builder.load(object.context.i1, slot))
    }
  }

  /// Ends the body if a check has failed.
  func emitStop() {
    guard let status, let end = state.end else { return }
    noteFlags()
    let code = object.builder.load(object.context.i32, status)
    let failed = object.builder.icmp(.ne, code, object.context.i32.zero)
    let next = object.builder.appendBlock("go_on")
    let jump = object.builder.condBr(failed, then: end, else: next)
    object.builder.setWeights([1, 1 << 20], of: jump)
    object.position(atEnd: next)
  }
}

extension Body {
  /// The places of the checks in a block, each once, in the order in which they stand.
  func checks(in block: Block) -> [Place] {
    var places: [Place] = []
    var seen: Set<Place> = []
    func add(_ block: Block) {
      for item in block.items {
        switch item {
        case .check(_, let failure, let message, let site):
          let place = Place(failure, at: site, message)
          if seen.insert(place).inserted { places.append(place) }
        case .loop(let id): add(self[id].body)
        case .branch(_, let then, let otherwise):
          add(then)
          add(otherwise)
        case .external(let call):
          if let place = Place(call), seen.insert(place).inserted { places.append(place) }
        case .scalar, .store, .stopIfFailed: break
        }
      }
    }
    add(block)
    return places
  }

  /// Whether a check stands somewhere in it.
  var hasChecks: Bool { !checks(in: block).isEmpty }
}
