package import Support

/// The type of a scalar of loop IR: an element type and a number of lanes.
///
/// `bool` is one bit in registers, one byte in memory. The half types occur only in memory: a load
/// gives `f32`, a store rounds.
package struct ScalarType: Hashable, Sendable, CustomStringConvertible {
  package var element: DType
  package var lanes: Int

  package init(_ element: DType, lanes: Int = 1) {
    self.element = element
    self.lanes = lanes
  }

  /// The type of indices and sizes.
  package static let index = ScalarType(.i64)

  package var description: String {
    lanes == 1 ? element.rawValue : "\(element.rawValue)x\(lanes)"
  }
}
