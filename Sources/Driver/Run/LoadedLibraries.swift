import Glibc

/// Shared libraries in this process, in which compiled code finds the C functions that it calls.
enum LoadedLibraries {
  /// Loads libraries; gives what the system says where it cannot.
  static func load(_ paths: [String]) throws(RunArguments.Mistake) {
    for path in paths {
      // A name without a folder would be looked for where the system has its libraries.
      let place = path.contains("/") ? path : "./" + path
      if dlopen(place, RTLD_NOW | RTLD_GLOBAL) == nil {
        let reason = dlerror().map { String(cString: $0) } ?? "unknown reason"
        throw RunArguments.Mistake(message: "cannot load '\(path)': \(reason)")
      }
    }
  }

  /// What has LAPACK's C interface with BLAS's, in the order in which they are looked for. LAPACKE
  /// brings LAPACK along, but not always the C interface of BLAS.
  private static let lapack = [
    ["liblapacke.so.3", "libblas.so.3"], ["liblapacke.so", "libblas.so"], ["libopenblas.so.0"],
    ["libopenblas.so"],
  ]

  /// What may have BLAS's C interface, in the order in which they are looked for.
  private static let blas = [
    ["libblas.so.3"], ["libcblas.so.3"], ["libopenblas.so.0"], ["libblas.so"], ["libcblas.so"],
    ["libopenblas.so"],
  ]

  /// Loads LAPACK, where code calls it; gives the names of the libraries.
  static func loadLAPACK(if isUsed: Bool) throws(RunArguments.Mistake) -> [String] {
    if !isUsed { return [] }
    return try load(lapack, with: ["LAPACKE_dgetrf_work", "cblas_dgemm"], "LAPACK", "--lapack")
  }

  /// Loads BLAS, where code calls it and nothing has it that is loaded already; gives the names of
  /// the libraries.
  static func loadBLAS(if isUsed: Bool) throws(RunArguments.Mistake) -> [String] {
    if !isUsed || dlsym(nil, "cblas_dgemm") != nil { return [] }
    return try load(blas, with: ["cblas_dgemm"], "CBLAS", "--blas=cblas")
  }

  /// Loads the first libraries of a list that have some functions; gives their names.
  private static func load(
    _ list: [[String]], with functions: [String], _ what: String, _ option: String
  ) throws(RunArguments.Mistake) -> [String] {
    for names in list where names.allSatisfy({ dlopen($0, RTLD_NOW | RTLD_GLOBAL) != nil }) {
      if functions.allSatisfy({ dlsym(nil, $0) != nil }) { return names }
    }
    let names = list.map { $0.joined(separator: " with ") }.joined(separator: ", ")
    throw RunArguments.Mistake(
      message: "\(option) finds no \(what) on this system; it looks for \(names)")
  }

  /// Refuses a graph that calls C functions that no library has.
  static func require(
    _ externals: [String], of graph: String, from paths: [String]
  ) throws(RunArguments.Mistake) {
    for external in externals {
      let call = "'\(graph)' calls the C function '\(external)'"
      guard let last = paths.last else {
        throw RunArguments.Mistake(
          message: "\(call); give the library that has it with --load")
      }
      if dlsym(nil, external) == nil {
        let place = paths.count == 1 ? "'\(last)' does not have" : "no library has"
        throw RunArguments.Mistake(message: "\(call), which \(place)")
      }
    }
  }
}
