import LLVMInterop
import Support

/// Calls of the functions through which UndefinedBehaviorSanitizer reports.
///
/// The program that is linked with `-fsanitize=undefined` has them: those of GCC and of Clang take
/// the same data.
final class UndefinedReports {
  /// A place in the source, as reports name it.
  struct Place: Hashable {
    var file: String
    var line: Int
    var column: Int

    static let unknown = Place(file: "", line: 0, column: 0)
  }

  /// What is reported.
  enum Kind: Hashable {
    case add, subtract, multiply, divide, shift, address
    /// An address that is null or no multiple of what it must be.
    case load(alignment: Int)
    case store(alignment: Int)

    /// The function of the sanitizer, and whether it takes one value or two.
    var handler: (name: String, values: Int) {
      switch self {
      case .add: ("__ubsan_handle_add_overflow", 2)
      case .subtract: ("__ubsan_handle_sub_overflow", 2)
      case .multiply: ("__ubsan_handle_mul_overflow", 2)
      case .divide: ("__ubsan_handle_divrem_overflow", 2)
      case .shift: ("__ubsan_handle_shift_out_of_bounds", 2)
      case .address: ("__ubsan_handle_pointer_overflow", 2)
      case .load, .store: ("__ubsan_handle_type_mismatch_v1", 1)
      }
    }
  }

  /// The names of all functions that are made here begin with this.
  static let prefix = "gradc.undefined."

  private unowned let object: ObjectEmitter
  private var files: [String: IRValue] = [:]
  private var types: [String: IRValue] = [:]

  init(_ object: ObjectEmitter) { self.object = object }

  /// Emits a report of values, which is made if a bit is set.
  func report(
    _ kind: Kind, if bit: IRValue, of type: String, bits: Int, at place: Place, _ values: [IRValue]
  ) {
    let words = values.map { word($0) }
    let data = data(kind, place, descriptor(type, bits: bits))
    object.builder.call(reporter(kind), [bit, data] + words)
  }

  /// A value as the sanitizer takes it: a word, or the address of one that is not known here.
  private func word(_ value: IRValue) -> IRValue {
    let type = object.sizeType
    if value.type.isPointer { return object.builder.ptrtoint(value, to: type) }
    if value.type.isVector { return type.zero }
    return object.builder.intCast(value, to: type, signed: true)
  }

  /// A function that calls the sanitizer's if its first argument is set.
  private func reporter(_ kind: Kind) -> IRFunction {
    let (handler, count) = kind.handler
    let name = UndefinedReports.prefix + handler
    if let known = object.module.function(name) { return known }
    let (context, word) = (object.context, object.sizeType)
    let words = Array(repeating: word, count: count)
    let target = object.module.declare(
      handler, context.function([context.pointer] + words, returning: context.void))
    let function = object.module.addFunction(
      name, context.function([context.i1, context.pointer] + words, returning: context.void),
      linkage: .internal)
    object.elsewhere {
      object.builder.setLocation(nil)
      object.position(atEnd: function.appendBlock("entry"))
      let (report, done) = (function.appendBlock("report"), function.appendBlock("done"))
      let jump = object.builder.condBr(function.parameter(0), then: report, else: done)
      object.builder.setWeights([1, 1 << 20], of: jump)
      object.position(atEnd: report)
      object.builder.call(target, (1...count + 1).map { function.parameter($0) })
      object.builder.br(done)
      object.position(atEnd: done)
      object.builder.retVoid()
    }
    return function
  }

  // MARK: Data

  /// What the sanitizer is told of a place. It notes there what it has reported.
  private func data(_ kind: Kind, _ place: Place, _ type: IRValue) -> IRValue {
    let context = object.context
    var fields = [
      file(place.file), context.i32.constant(place.line), context.i32.constant(place.column),
    ]
    func logarithm(_ alignment: Int) -> IRValue {
      context.i8.constant(alignment.trailingZeroBitCount)
    }
    switch kind {
    case .add, .subtract, .multiply, .divide: fields.append(type)
    case .shift: fields += [type, type]
    case .address: break
    case .load(let alignment): fields += [type, logarithm(alignment), context.i8.constant(0)]
    case .store(let alignment): fields += [type, logarithm(alignment), context.i8.constant(1)]
    }
    let value = context.structure(fields)
    let global = object.module.addGlobal("undefined", value.type, linkage: .private)
    global.setInitializer(value)
    global.setAlignment(8)
    return global.value
  }

  /// The name of a file; a null pointer for none.
  private func file(_ name: String) -> IRValue {
    if name.isEmpty { return object.context.null }
    if let known = files[name] { return known }
    let text = object.module.addText("file", name).value
    files[name] = text
    return text
  }

  /// What the sanitizer is told of a type: integers by their bits and sign, others by name alone.
  private func descriptor(_ name: String, bits: Int) -> IRValue {
    if let known = types[name] { return known }
    let context = object.context
    let isInteger = bits > 0
    let details = bits.trailingZeroBitCount << 1 | 1
    let text = Array("'\(name)'\0".utf8)
    let value = context.structure([
      context.i16.constant(isInteger ? 0 : 0xFFFF), context.i16.constant(isInteger ? details : 0),
      text.withUnsafeBytes { context.bytes($0) },
    ])
    let global = object.module.addConstant("type", value, align: 2)
    types[name] = global.value
    return global.value
  }
}
