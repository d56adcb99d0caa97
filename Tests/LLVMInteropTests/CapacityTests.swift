import LLVMInterop
import Testing

/// Long straight-line code.
@Suite struct CapacityTests {
  @Test func hundredThousandInstructions() throws {
    let context = Context()
    let module = Module("long", in: context)
    Sample.addFunction("f", [context.double], returning: context.double, to: module) { b, p in
      (0..<100_000).reduce(p[0]) { sum, _ in b.fadd(sum, p[0]) }
    }
    try module.verify()
    #expect(module.text.split(separator: "\n").count { $0.contains(" = fadd ") } == 100_000)
  }

  @Test func constantDataOfManyBytes() throws {
    let machine = try TargetMachine(TargetRequest(triple: "x86_64-linux-gnu"))
    let module = Module("data", in: Context())
    module.setTarget(machine)
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let data = bytes.withUnsafeBytes { module.addData("data", $0, align: 64) }
    module.addAlias("shown", of: data)
    let object = try machine.emit(module, as: .object)
    #expect(object.count > 1_000_000 && object.count < 1_010_000)
  }
}
