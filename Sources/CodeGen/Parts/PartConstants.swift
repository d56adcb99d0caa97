import LLVMInterop
import LoopIR
import Support

/// The numbers that a part computes with, as a table in memory.
///
/// For parts that are translated as they stand: LLVM's fast translation knows no vectors of constants,
/// and hands all of a block that stands in front of one to the slow one.
struct PartConstants {
  private let table: IRValue
  private let type: ScalarType
  private let slots: [ScalarID: Int]
  /// Whether the part stands for several, each of which has a table of its own.
  private let isHandedOver: Bool

  /// Makes the table of the numbers that some steps take in several lanes; nil where there are none.
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
    table = PartConstants.table(of: literals, type, object)
    self.type = type
    self.slots = slots
    isHandedOver = false
  }

  /// The numbers in a table that a part is handed.
  init(_ filling: PartFilling, in table: IRValue) {
    self.table = table
    type = filling.constantType
    slots = Dictionary(uniqueKeysWithValues: zip(filling.constants, 0...))
    isHandedOver = true
  }

  /// A table of numbers; null without any.
  static func table(of literals: [Literal], _ type: ScalarType, _ object: ObjectEmitter) -> IRValue {
    if literals.isEmpty { return object.context.null }
    let value = IRValue.array(
      of: object.registerType(type), literals.map { object.literal($0, type) })
    return object.module.addConstant("constants", value, align: WorkspacePlan.alignment).value
  }

  /// A constant in several lanes; nil for what is not in the table.
  func load(_ id: ScalarID, lanes: Int, _ object: ObjectEmitter) -> IRValue? {
    lanes == type.lanes ? load(id, as: type, object) : nil
  }

  /// A constant in one lane; nil for a part that knows it.
  func loadNarrow(_ id: ScalarID, _ object: ObjectEmitter) -> IRValue? {
    isHandedOver ? load(id, as: ScalarType(type.element), object) : nil
  }

  /// What stands first in the place of a constant.
  private func load(
    _ id: ScalarID, as loaded: ScalarType, _ object: ObjectEmitter
  ) -> IRValue? {
    guard let slot = slots[id] else { return nil }
    let bytes = type.element.arithmetic.byteSize * type.lanes
    let place = object.builder.element(object.context.i8, table, object.index(slot * bytes))
    return object.builder.load(object.registerType(loaded), place, align: bytes)
  }
}
