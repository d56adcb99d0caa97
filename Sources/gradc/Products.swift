import ArgumentParser

/// What `--blas` says.
enum Products {
  /// Whether products of large matrices are calls of BLAS.
  static func callBLAS(_ choice: String) throws -> Bool {
    guard ["none", "cblas"].contains(choice) else {
      throw ValidationError("'--blas' is none or cblas, not '\(choice)'")
    }
    return choice == "cblas"
  }
}
