import CodeGen
import Driver
import Foundation
import LoopIR
import Support
import Testing

/// Parts of a function that do the same with other memory and other sizes.
@Suite struct EqualPartTests {
  private static func layers(isLastTransposed: Bool = false) -> String {
    """
    graph g(x: f64[n, i], u: f64[i, h], v: f64[h, k], w: f64[\(isLastTransposed ? "o, k" : "k, o")])
        -> (y: f64[n, o]) {
        a = relu(x @ u)
        b = relu(a @ v)
        y = relu(b @ \(isLastTransposed ? "transpose(w)" : "w"))
    }
    """
  }

  /// The number of functions of more than 300 lines that the code of a text consists of.
  private static func longFunctions(_ text: String, hasDebugInfo: Bool = false) throws -> Int {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("parts-\(UUID().uuidString).graph").path
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = CompileOptions(input: path)
    options.hasDebugInfo = hasDebugInfo
    let compiled = Session.functions(options)
    var code = options.codeGen
    code.optimization = .none
    code.debugInfo = hasDebugInfo
    let generator = try CodeGenerator(
      compiled.functions, outputName: "g", files: compiled.files, options: code)
    let functions = generator.unoptimizedIR().components(separatedBy: "\ndefine ").dropFirst()
    return functions.filter { function in
      let lines = function.split(separator: "\n")
      return lines[0].contains("@g.part") && lines.count > 300
    }.count
  }

  /// Products of one kind are one function; lines of the source would be lost.
  @Test func standThereOnce() throws {
    #expect(try Self.longFunctions(Self.layers()) == 1)
    #expect(try Self.longFunctions(Self.layers(isLastTransposed: true)) == 2)
    #expect(try Self.longFunctions(Self.layers(), hasDebugInfo: true) == 3)
  }

  @Test func computeTheirOwn() throws {
    var program = try TurnLaneTests.Program(Self.layers())
    let sizes = [5, 7, 50, 9, 30]
    func matrix(_ layer: Int, _ rows: Int, _ columns: Int) -> [[Double]] {
      (0..<rows).map { row in
        (0..<columns).map { Double((row * (layer + 3) + $0 * 7 + layer) % 11) / 4 - 1.25 }
      }
    }
    let factors = (0..<4).map { layer in
      matrix(layer, layer == 0 ? sizes[0] : sizes[layer], layer == 0 ? sizes[1] : sizes[layer + 1])
    }
    let given = zip(["x", "u", "v", "w"], factors).map { name, factor in
      (name, ([factor.count, factor[0].count], factor.flatMap { $0 }))
    }
    let found = try program.run(Dictionary(uniqueKeysWithValues: given))[0]
    var expected = factors[0]
    for factor in factors.dropFirst() {
      expected = expected.map { row in
        factor[0].indices.map { column in
          max(row.indices.reduce(0.0) { $0 + row[$1] * factor[$1][column] }, 0)
        }
      }
    }
    // All numbers are multiples of 1/4 and small, so that sums are exact in any order.
    #expect(found == expected.flatMap { $0 })
  }
}
