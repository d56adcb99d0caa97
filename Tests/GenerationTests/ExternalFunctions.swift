import Driver
import Foundation
import GraphIR
import Ops
import Support

/// The C functions that programs call: how they are declared, what they do in C, and what the
/// reference evaluator takes them for.
struct ExternalFunctions {
  /// One of them.
  struct Function: Sendable {
    var name: String
    /// Its declaration, with the rules of its derivatives.
    var declaration: String
    /// Its definition.
    var definition: String
    /// What it gives, written once more.
    var evaluate: @Sendable ([Tensor]) throws(EvaluationError) -> [Tensor]
  }

  static let all = [scaled, turned, counted, shifted]

  /// Doubles, a result that is a scalar, and a failure.
  private static let scaled = Function(
    name: "scaled",
    declaration: """
      extern func scaled(x: f64[n], s: f64) -> (y: f64[n], total: f64)
      vjp scaled(x, s) -> (y, total) along (u, v) {
          w = u + v
          return w * s, sum(w * x)
      }
      jvp scaled(x, s) along (t, d) {
          w = t * s + x * d
          return w, sum(w)
      }
      """,
    definition: """
      int scaled(int64_t n, const double *x, double s, double *y, double *total)
      {
          if (s > 1.75) return 3;
          *total = 0;
          for (int64_t i = 0; i < n; ++i) *total += y[i] = s * x[i] + i;
          return 0;
      }
      """
  ) { operands throws(EvaluationError) in
    let s = operands[1].floats[0]
    if s > 1.75 { throw EvaluationError("'scaled' fails") }
    let y = operands[0].floats.enumerated().map { s * $1 + Double($0) }
    return [
      Tensor(.f64, operands[0].shape, floats: y), Tensor(.f64, [], floats: [y.reduce(0, +)]),
    ]
  }

  /// Two sizes; its derivative calls it again.
  private static let turned = Function(
    name: "turned",
    declaration: """
      extern func turned(x: f32[m, n]) -> (y: f32[n, m])
      vjp turned(x) along (u) = turned(u)
      """,
    definition: """
      int turned(int64_t m, int64_t n, const float *x, float *y)
      {
          for (int64_t i = 0; i < m; ++i)
              for (int64_t j = 0; j < n; ++j) y[j * m + i] = x[i * n + j];
          return 0;
      }
      """
  ) { operands in
    let (x, m, n) = (operands[0], operands[0].shape[0], operands[0].shape[1])
    let places = (0..<n).flatMap { j in (0..<m).map { $0 * n + j } }
    return [x.gathering(places, shape: [n, m])]
  }

  /// Integers and truth values, without a derivative.
  private static let counted = Function(
    name: "counted",
    declaration: """
      extern func counted(i: i32[n], flag: bool, bound: u8) -> (count: i64, low: bool[n])
      """,
    definition: """
      int counted(int64_t n, const int32_t *i, uint8_t flag, uint8_t bound, int64_t *count,
                  uint8_t *low)
      {
          *count = flag ? 100 : 0;
          for (int64_t k = 0; k < n; ++k) *count += low[k] = i[k] < bound;
          return 0;
      }
      """
  ) { operands in
    let bound = operands[2].integers[0]
    let low = operands[0].integers.map { $0 < bound ? Int64(1) : 0 }
    let count = low.reduce(operands[1].integers[0] != 0 ? 100 : 0, +)
    return [
      Tensor(.i64, [], integers: [count]), Tensor(.bool, operands[0].shape, integers: low),
    ]
  }

  /// Numbers that C has no type for, and a derivative for forward mode alone.
  private static let shifted = Function(
    name: "shifted",
    declaration: """
      extern func shifted(x: f16[n], first: f16) -> (y: f16[n])
      jvp shifted(x, first) along (t, d) = shifted(t, d)
      """,
    definition: """
      int shifted(int64_t n, const uint16_t *x, uint16_t first, uint16_t *y)
      {
          for (int64_t i = 0; i < n; ++i) y[i] = i == 0 ? first : x[i - 1];
          return 0;
      }
      """
  ) { operands in
    let x = operands[0].floats
    let y = (operands[1].floats + x).prefix(x.count)
    return [Tensor(.f16, operands[0].shape, floats: Array(y))]
  }

  // MARK: In this process

  /// What went wrong when the functions were loaded; nil if nothing did.
  static let mistake: String? = {
    let folder = NSTemporaryDirectory() + "gradc-externals-\(getpid())"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = "#include <stdint.h>\n" + all.map(\.definition).joined(separator: "\n") + "\n"
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["cc", "-shared", "-fPIC", "-O1", "-o", "library.so", "functions.c"]
    compiler.currentDirectoryURL = URL(fileURLWithPath: folder)
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try text.write(toFile: folder + "/functions.c", atomically: false, encoding: .utf8)
      try compiler.run()
    } catch {
      return "\(error)"
    }
    compiler.waitUntilExit()
    // Compiled code looks for them among the names of the process.
    if dlopen(folder + "/library.so", RTLD_NOW | RTLD_GLOBAL) != nil { return nil }
    return dlerror().map { String(cString: $0) } ?? "unknown reason"
  }()

  /// A graph whose calls of these functions can be evaluated.
  static func evaluable(_ graph: Graph) -> Graph {
    graph.has(.external) ? graph.mappingOperations(operation) : graph
  }

  private static func operation(_ node: Node) -> GraphIR.Operation? {
    guard case .external(let form) = node.attributes,
      let function = all.first(where: { $0.name == form.name })
    else { return nil }
    return GraphIR.Operation.external.replacing { context throws(EvaluationError) in
      try function.evaluate(context.operands)
    }
  }
}
