package import GraphIR

extension Operation {
  /// The operations on matrices, which are the last two axes; those before them are stacks.
  package static let linearAlgebra: [Operation] = solving + decompositions

  /// What is made of triangular factors.
  private static let solving: [Operation] = [
    .lu, .triangularSolve, .cholesky, .solve, .inverse, .determinant, .cofactors,
    .signedLogDeterminant, .expm, .expmDerivative,
  ]

  /// What is made of orthogonal factors.
  private static let decompositions: [Operation] = [.qr, .eigh, .svd]
}
