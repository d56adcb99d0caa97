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
