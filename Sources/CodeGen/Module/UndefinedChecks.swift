import LLVMInterop
import LoopIR
import Support

/// Checks of all that the emitted code takes for granted, for `--sanitize=undefined`.
///
/// The language leaves nothing undefined: integers wrap, conversions saturate, a division by 0 gives
/// 0. What is left are promises that the compiler makes to LLVM about sizes, indices and addresses,
/// and what the caller promises about pointers. Each becomes a check in front of the instruction, and
/// is then taken back, so that LLVM cannot conclude from it that the check never fails.
final class UndefinedChecks {
  private unowned let object: ObjectEmitter
  private var reports: UndefinedReports
  private var done: Set<String> = []

  init(_ object: ObjectEmitter) {
    self.object = object
    reports = UndefinedReports(object)
  }

  /// Adds the checks to every function of the module that has none yet.
  func add() {
    for function in object.module.functions where !function.isDeclaration {
      guard done.insert(function.name).inserted,
        !function.name.hasPrefix(UndefinedReports.prefix)
      else { continue }
      for instruction in function.instructions { add(to: instruction) }
    }
    // LLVM drops data of reports that are never made.
    reports = UndefinedReports(object)
  }

  /// Emits the check of a pointer that the caller gives, which may be null: it must be a multiple of
  /// the size of its elements.
  func addCheck(of pointer: IRValue, _ formal: Formal, isWritten: Bool) {
    let size = formal.element.byteSize
    guard size > 1 else { return }
    reports.report(
      isWritten ? .store(alignment: size) : .load(alignment: size),
      if: isNoMultiple(pointer, of: size), of: "\(formal.element) \(formal.name)", bits: 0,
      at: place(of: formal.site), [pointer])
  }

  private func place(of site: Site) -> UndefinedReports.Place {
    let files = object.interface.files
    guard Int(site.file.index) < files.files.count else { return .unknown }
    let position = files[site.file].position(of: Int(site.start))
    return .init(file: files[site.file].path, line: position.line, column: position.column)
  }

  private func place(of instruction: IRValue) -> UndefinedReports.Place {
    guard let place = instruction.place else { return .unknown }
    return .init(file: place.file, line: place.line, column: place.column)
  }

  /// Adds the check of an instruction that takes something for granted.
  private func add(to instruction: IRValue) {
    switch instruction.opcode {
    case .add: addOverflow(to: instruction, .add)
    case .sub: addOverflow(to: instruction, .subtract)
    case .mul: addOverflow(to: instruction, .multiply)
    case .shl, .lshr, .ashr: addShift(to: instruction)
    case .sdiv, .srem: addDivision(to: instruction, isSigned: true)
    case .udiv, .urem: addDivision(to: instruction, isSigned: false)
    case .load: addAccess(to: instruction, instruction.operand(0), instruction.type, isStore: false)
    case .store:
      addAccess(to: instruction, instruction.operand(1), instruction.operand(0).type, isStore: true)
    case .element: addElement(to: instruction)
    case .other: break
    }
  }

  /// Reports the two operands of an instruction if a bit is set in some lane.
  private func report(_ kind: UndefinedReports.Kind, if bit: IRValue, _ instruction: IRValue) {
    let type = instruction.type
    reports.report(
      kind, if: bit.type.isVector ? object.builder.reduce(.or, bit) : bit, of: "\(type)",
      bits: type.isVector ? 0 : type.integerBits, at: place(of: instruction),
      [instruction.operand(0), instruction.operand(1)])
  }

  // MARK: Integers

  /// The result of integer arithmetic must fit where that is promised.
  private func addOverflow(to instruction: IRValue, _ kind: UndefinedReports.Kind) {
    let promises = instruction.noWrap
    guard !promises.isEmpty else { return }
    object.inserting(before: instruction) {
      for isSigned in [true, false] where promises.contains(isSigned ? .signed : .unsigned) {
        report(kind, if: overflow(of: instruction, isSigned: isSigned), instruction)
      }
    }
    instruction.noWrap = []
  }

  /// Whether the result of integer arithmetic does not fit.
  private func overflow(of instruction: IRValue, isSigned: Bool) -> IRValue {
    let (a, b) = (instruction.operand(0), instruction.operand(1))
    switch instruction.opcode {
    case .add: return object.builder.addWithOverflow(a, b, signed: isSigned).overflow
    case .sub: return object.builder.subWithOverflow(a, b, signed: isSigned).overflow
    case .mul: return object.builder.mulWithOverflow(a, b, signed: isSigned).overflow
    case .shl, .lshr, .ashr, .sdiv, .udiv, .srem, .urem, .load, .store, .element, .other:
      preconditionFailure("no promise about the result")
    }
  }

  /// What is shifted by must be less than the width.
  private func addShift(to instruction: IRValue) {
    let (type, by) = (instruction.type, instruction.operand(1))
    if let known = by.constantInteger, known >= 0, known < type.integerBits { return }
    object.inserting(before: instruction) {
      let isTooMuch = object.builder.icmp(.uge, by, type.constant(type.integerBits))
      report(.shift, if: isTooMuch, instruction)
    }
  }

  /// A divisor must not be 0, nor −1 for the least number.
  private func addDivision(to instruction: IRValue, isSigned: Bool) {
    let (a, b, type) = (instruction.operand(0), instruction.operand(1), instruction.type)
    if let known = b.constantInteger, known != 0, known != -1 { return }
    object.inserting(before: instruction) {
      var isWrong = object.builder.icmp(.eq, b, type.zero)
      if isSigned {
        let least = type.constant(Int64.min >> Int64(64 - type.integerBits))
        let isLeast = object.builder.icmp(.eq, a, least)
        let isMinusOne = object.builder.icmp(.eq, b, type.allOnes)
        isWrong = object.builder.or(isWrong, object.builder.and(isLeast, isMinusOne))
      }
      report(.divide, if: isWrong, instruction)
    }
  }

  // MARK: Memory

  /// The address of a load or a store must not be null, and be as aligned as is promised.
  private func addAccess(to instruction: IRValue, _ pointer: IRValue, _ type: IRType, isStore: Bool) {
    guard !pointer.isOwnMemory else { return }
    let alignment = max(instruction.alignment, 1)
    object.inserting(before: instruction) {
      let isWrong = object.builder.or(
        object.builder.isNull(pointer), isNoMultiple(pointer, of: alignment))
      reports.report(
        isStore ? .store(alignment: alignment) : .load(alignment: alignment), if: isWrong,
        of: "\(type)", bits: 0, at: place(of: instruction), [pointer])
    }
  }

  /// Whether an address is no multiple of a power of 2.
  private func isNoMultiple(_ pointer: IRValue, of alignment: Int) -> IRValue {
    let address = object.builder.ptrtoint(pointer, to: object.sizeType)
    let rest = object.builder.and(address, object.sizeType.constant(alignment - 1))
    return object.builder.icmp(.ne, rest, object.sizeType.zero)
  }

  /// The address of an element must not go around the end of memory. One that is computed for a
  /// result that is not wanted, whose pointer is null, is never used.
  private func addElement(to instruction: IRValue) {
    let pointer = instruction.operand(0)
    guard instruction.isInBounds, !instruction.type.isVector, !pointer.isOwnMemory else { return }
    instruction.isInBounds = false
    object.inserting(before: instruction) {
      let index = object.builder.intCast(
        instruction.operand(1), to: object.context.i64, signed: true)
      let size = object.index(byteSize(instruction.elementType))
      let offset = object.builder.mulWithOverflow(index, size, signed: true)
      let base = object.builder.ptrtoint(pointer, to: object.context.i64)
      let end = object.builder.add(base, offset.value)
      let isDown = object.builder.icmp(.slt, offset.value, object.index(0))
      let wraps = object.builder.select(
        isDown, object.builder.icmp(.ugt, end, base), object.builder.icmp(.ult, end, base))
      let isGiven = object.builder.icmp(.ne, base, object.index(0))
      let isWrong = object.builder.and(isGiven, object.builder.or(wraps, offset.overflow))
      reports.report(
        .address, if: isWrong, of: "ptr", bits: 0, at: place(of: instruction), [pointer, end])
    }
  }

  /// The bytes of a number in memory.
  private func byteSize(_ type: IRType) -> Int {
    if type == object.context.double { return 8 }
    if type == object.context.float { return 4 }
    return type.isInteger ? type.integerBits / 8 : 1
  }
}
