import GraphIR
import GraphText
import Support

/// A graph whose parameters are whole numbers from 0 on, and some places.
enum Numbers {
  /// The parameters; `s` is 1, `t` is -1, and `n` is 5.
  static let parameters =
    "x: i64[2, 3, 4], y: i64[3, 4], v: i64[6], m: i64[3, 3], i: i64[3], j: i64[3], k: i64[2, 2], "
    + "f: f64[3, 4], g: f64[4, 2], s: i64, t: i64"

  /// Their values.
  static let values: [Tensor] = [
    counting([2, 3, 4]), counting([3, 4]), counting([6]), counting([3, 3]),
    Tensor(.i64, [3], integers: [1, 0, 1]), Tensor(.i64, [3], integers: [2, 0, -1]),
    counting([2, 2]), Tensor(.f64, [3, 4], floats: (0..<12).map { Double($0) / 2 }),
    Tensor(.f64, [4, 2], floats: (0..<8).map { Double($0) / 4 }),
    Tensor(.i64, [], integers: [1]), Tensor(.i64, [], integers: [-1]),
  ]

  private static func counting(_ shape: [Int]) -> Tensor {
    Tensor(.i64, shape, integers: (0..<Int64(shape.reduce(1, *))).map { $0 })
  }

  /// The value of an expression, or what is wrong with it.
  static func value(_ expression: String) -> String {
    let checked = Checked("graph t[n](\(parameters)) -> (r) {\nr = \(expression)\n}\n")
    do {
      return spelled(try checked.run(values, sizes: ["n": 5])[0])
    } catch let failure as CheckFailure {
      return failure.errors.joined(separator: "; ")
    } catch let failure as EvaluationError {
      return failure.message
    } catch {
      return "\(error)"
    }
  }

  /// What is wrong with an expression, which begins at 2:5.
  static func errors(_ expression: String) -> [String] {
    let head = "graph t[n](\(parameters), w: f64[n], b: bool[3]) -> (r) {"
    return Checked("\(head)\nr = \(expression)\n}\n").errors
  }
}
