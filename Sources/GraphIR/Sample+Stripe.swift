extension Sample.Domain {
  /// Adds what some elements of matrices have more than the others.
  ///
  /// - Requires: `numbers` are the elements of tensors of the shape, in row-major order.
  package func addStripe(to numbers: inout [Double], _ shape: [Int]) {
    guard case .matrices(let shift, let first, let step) = self, shape.count >= 2 else { return }
    let (rows, columns) = (shape[shape.count - 2], shape[shape.count - 1])
    for place in numbers.indices {
      let row = place / columns % rows
      if place % columns == (row + shift) % columns { numbers[place] += first + Double(row) * step }
    }
  }
}
