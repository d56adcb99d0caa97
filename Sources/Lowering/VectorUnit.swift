/// The vector registers of a CPU, as far as tiles depend on them.
package struct VectorUnit: Hashable, Sendable {
  /// The bytes of a register, and how many of them there are.
  package var bytes: Int
  package var registers: Int

  package init(bytes: Int, registers: Int) {
    self.bytes = bytes
    self.registers = registers
  }

  /// Registers as AVX-512 has them.
  package static let wide = VectorUnit(bytes: 64, registers: 32)
}
