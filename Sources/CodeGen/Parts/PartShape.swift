import LoopIR
import Support

/// What a straight part computes, apart from where its numbers stand and which constants it takes:
/// its scalars are numbered in the order in which they are met.
struct PartShape: Hashable {
  /// What is computed, from no line of the source.
  private var steps: [Scalar] = []
  /// What comes from outside, which has the first numbers.
  private var captured: [CapturedScalar] = []
  private var left: [ScalarID] = []
  private var side: BlockPart.Side?

  /// A scalar from outside.
  private struct CapturedScalar: Hashable {
    var type: ScalarType
    var isConstant: Bool
  }
}

/// What a part has in the places of its shape.
struct PartFilling {
  /// The scalars that are in the frame: those that are taken, then those that are left.
  var inFrame: [ScalarID]
  /// The constants, and the type of their table.
  var constants: [ScalarID]
  var constantType: ScalarType
}

extension PartShape {
  /// The shape of a part and what it has in its places; nil for a part with loops, loads or stores,
  /// or with numbers of different widths.
  static func of(
    _ part: BlockPart, _ uses: PartUses, leaving: [ScalarID], _ body: Body,
    _ numbers: ScalarNumbers
  ) -> (shape: PartShape, filling: PartFilling)? {
    let taken = uses.scalars
    guard uses.captured.count == taken.count, !uses.stops else { return nil }
    var shape = PartShape()
    numbers.begin()
    for id in taken {
      let scalar = body.scalars[id.index]
      _ = numbers.number(of: id)
      shape.captured.append(
        CapturedScalar(type: scalar.type, isConstant: scalar.isFloatConstant))
    }
    if case .guarded(let side, _) = part {
      shape.side = BlockPart.Side(
        condition: numbers.number(of: side.condition), isThen: side.isThen)
    }
    var constants: [ScalarID] = []
    var lanes: Int?
    for item in part.items {
      guard case .scalar(let id) = item, body.scalars[id.index].isArithmetic else { return nil }
      var scalar = body.scalars[id.index]
      scalar.site = .none
      let number = numbers.number(of: id)
      if scalar.isFloatConstant {
        constants.append(id)
        scalar.instruction = .splat(number)
      } else {
        guard lanes ?? scalar.type.lanes == scalar.type.lanes else { return nil }
        lanes = scalar.type.lanes
        scalar.instruction = scalar.instruction.mapOperands { numbers.number(of: $0) }
      }
      shape.steps.append(scalar)
    }
    shape.left = leaving.map { numbers.number(of: $0) }
    if let lanes, lanes > 1 {
      constants += taken.filter { body.scalars[$0.index].isFloatConstant }
    }
    let types = Set(constants.map { body.scalars[$0.index].type })
    guard types.count <= 1 else { return nil }
    return (
      shape,
      PartFilling(
        inFrame: taken + leaving, constants: constants,
        constantType: ScalarType(types.first?.element ?? .f64, lanes: lanes ?? 1))
    )
  }
}

extension Scalar {
  /// Whether it is a floating number that is known.
  fileprivate var isFloatConstant: Bool {
    if case .constant(.float) = instruction { true } else { false }
  }

  /// Whether it is computed from scalars alone.
  fileprivate var isArithmetic: Bool {
    switch instruction {
    case .constant, .unary, .binary, .compare, .multiplyAdd, .select, .convert, .bitcast, .call,
      .splat, .round:
      true
    case .dim, .loopVariable, .index, .isWanted, .load, .carried, .loopResult, .acrossLanes,
      .accumulate:
      false
    }
  }
}

/// Numbers the scalars of one part after the other in the order in which they are met.
final class ScalarNumbers {
  private var numbers: [Int32]
  private var parts: [Int32]
  private var part: Int32 = 0
  private var count: Int32 = 0

  init(_ body: Body) {
    numbers = Array(repeating: 0, count: body.scalars.count)
    parts = numbers
  }

  /// Begins a part.
  func begin() {
    part += 1
    count = 0
  }

  /// The number of a scalar in the part, which is the next one where it is met first.
  func number(of id: ScalarID) -> ScalarID {
    if parts[id.index] != part {
      parts[id.index] = part
      numbers[id.index] = count
      count += 1
    }
    return ScalarID(Int(numbers[id.index]))
  }
}
