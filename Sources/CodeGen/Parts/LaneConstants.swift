import LLVMInterop
import LoopIR
import Support

/// The numbers that a part computes with in several lanes, as a table in memory.
///
/// For parts that are translated as they stand: LLVM's fast translation knows no vectors of constants,
/// and hands all of a block that stands in front of one to the slow one.
struct LaneConstants {
  private let table: IRGlobal
  private let type: ScalarType
  private let slots: [ScalarID: Int]

  /// Makes the table for some steps; nil where they need none.
  init?(_ items: [Item], _ body: Body, _ object: ObjectEmitter) {
    var type: ScalarType?
    var places: [Literal: Int] = [:]
    var literals: [Literal] = []
    var slots: [ScalarID: Int] = [:]
    for case .scalar(let id) in items where body.scalars[id.index].type.lanes > 1 {
      let lanes = body.scalars[id.index].type.lanes
      body.scalars[id.index].instruction.forEachOperand { operand in
        let narrow = body.scalars[operand.index].type
        guard narrow.lanes == 1, narrow.element.isFloat,
          case .constant(let literal) = body.scalars[operand.index].instruction
        else { return }
        let wide = ScalarType(narrow.element, lanes: lanes)
        if type == nil { type = wide }
        guard type == wide else { return }
        let place = places[literal] ?? literals.count
        if place == literals.count {
          places[literal] = place
          literals.append(literal)
        }
        slots[operand] = place
      }
    }
    guard let type else { return nil }
    let vectors = literals.map { object.literal($0, type) }
    let value = IRValue.array(of: object.registerType(type), vectors)
    table = object.module.addConstant("constants", value, align: WorkspacePlan.alignment)
    self.type = type
    self.slots = slots
  }

  /// A constant in several lanes; nil for what is not in the table.
  func load(_ id: ScalarID, lanes: Int, _ object: ObjectEmitter) -> IRValue? {
    guard let slot = slots[id], lanes == type.lanes else { return nil }
    let vector = object.registerType(type)
    let bytes = type.element.byteSize * type.lanes
    let place = object.builder.element(object.context.i8, table.value, object.index(slot * bytes))
    return object.builder.load(vector, place, align: bytes)
  }
}
