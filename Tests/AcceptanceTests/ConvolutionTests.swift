import Driver
import Foundation
import LoopIR
import Support
import Testing

/// Convolutions at sizes around those of vectors and tiles, compiled for any sizes and for fixed
/// ones, against sums by the definition. The numbers are small integers, so that sums are exact.
struct ConvolutionTests {
  /// Sizes of a convolution.
  struct Sizes: Sendable {
    var images = 2
    var channels: Int
    var outputs: Int
    var height: Int
    var width: Int
    var kernelHeight: Int
    var kernelWidth: Int
  }

  /// The options of a call.
  struct Options: Sendable {
    var stride = [1, 1]
    var dilation = [1, 1]
    var groups = 1
  }

  static let options = [
    Options(), Options(dilation: [2, 3]), Options(stride: [2, 3]),
    Options(stride: [1, 2], dilation: [3, 1], groups: 2), Options(groups: 3),
  ]

  /// Each of the sizes goes around what a tile or a vector holds.
  static let sizes: [Sizes] = {
    let widths = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 50].map {
      Sizes(channels: 2, outputs: 3, height: 4, width: $0 + 6, kernelHeight: 2, kernelWidth: 3)
    }
    let outputs = [1, 2, 7, 8, 9, 16, 17].map {
      Sizes(channels: $0, outputs: 18 - $0, height: 5, width: 21, kernelHeight: 2, kernelWidth: 3)
    }
    let places = [1, 2, 5, 6, 7, 13].map {
      Sizes(
        channels: 2, outputs: 5, height: 8, width: 3 * $0 + 9, kernelHeight: 3, kernelWidth: $0)
    }
    return widths + outputs + places
  }()

  @Test(arguments: options.indices, [DType.f32, .f64])
  func anySizes(_ number: Int, _ dtype: DType) throws {
    let options = Self.options[number]
    let program = try Program(options, dtype, fixed: nil)
    for sizes in Self.sizes { try check(program, options, dtype, sizes) }
  }

  @Test(arguments: options.indices, sizes.indices)
  func fixedSizes(_ number: Int, _ index: Int) throws {
    // Every fifth is as good as all.
    guard (number + index) % 5 == 0 else { return }
    let (options, sizes) = (Self.options[number], Self.sizes[index])
    let program = try Program(options, .f32, fixed: sizes)
    try check(program, options, .f32, sizes)
  }

  /// Compares the value and both gradients.
  private func check(
    _ program: Program, _ options: Options, _ dtype: DType, _ sizes: Sizes
  ) throws {
    var sums = Sums(sizes, options)
    sums.run()
    let results = try program.run(sums, dtype)
    for (name, expected) in [("y", sums.y), ("gx", sums.gx), ("gk", sums.gk)] {
      #expect(results[name] == expected, "\(name) at \(sizes)")
    }
  }

  /// A convolution and its gradients along its own value, by the definition.
  private struct Sums {
    let imageShape: [Int]
    let kernelShape: [Int]
    let outputShape: [Int]
    let options: Options
    let x: [Double]
    let k: [Double]
    var y: [Double]
    var gx: [Double]
    var gk: [Double]

    init(_ s: Sizes, _ options: Options) {
      let groups = options.groups
      let image = [s.images, s.channels * groups, s.height, s.width]
      let kernel = [s.outputs * groups, s.channels, s.kernelHeight, s.kernelWidth]
      let counts = (0..<2).map { (axis: Int) -> Int in
        let reach = (kernel[2 + axis] - 1) * options.dilation[axis] + 1
        return (image[2 + axis] - reach) / options.stride[axis] + 1
      }
      imageShape = image
      kernelShape = kernel
      outputShape = [s.images, s.outputs * groups] + counts
      self.options = options
      x = Sums.numbers(imageShape, upTo: 2)
      k = Sums.numbers(kernelShape, upTo: 1)
      y = Array(repeating: 0, count: outputShape.reduce(1, *))
      gx = x.map { _ in 0 }
      gk = k.map { _ in 0 }
    }

    /// Integers from `-limit` to `limit`.
    private static func numbers(_ shape: [Int], upTo limit: Int) -> [Double] {
      let count = shape.reduce(1, *)
      return (0..<count).map { (place: Int) -> Double in
        let number: Int = (place * 7 + place / 5) % (2 * limit + 1)
        return Double(number - limit)
      }
    }

    mutating func run() {
      products { sums, i, j, l in sums.y[l] += sums.x[i] * sums.k[j] }
      products { sums, i, j, l in
        sums.gx[i] += sums.y[l] * sums.k[j]
        sums.gk[j] += sums.y[l] * sums.x[i]
      }
    }

    /// Calls a function with the places of each product in image, kernel and output.
    private mutating func products(_ body: (inout Sums, Int, Int, Int) -> Void) {
      let (outputs, area) = (outputShape[1], outputShape[2] * outputShape[3])
      let places = kernelShape[1...].reduce(1, *)
      for number in 0..<outputShape[0] * outputs * area {
        let (n, o) = (number / area / outputs, number / area % outputs)
        let (r, s) = (number % area / outputShape[3], number % outputShape[3])
        let group = o / (kernelShape[0] / options.groups)
        for place in 0..<places {
          let c = place / kernelShape[3] / kernelShape[2]
          let (p, q) = (place / kernelShape[3] % kernelShape[2], place % kernelShape[3])
          let row = r * options.stride[0] + p * options.dilation[0]
          let column = s * options.stride[1] + q * options.dilation[1]
          let channel = n * imageShape[1] + group * kernelShape[1] + c
          let image = (channel * imageShape[2] + row) * imageShape[3] + column
          body(&self, image, o * places + place, number)
        }
      }
    }
  }

  /// A compiled convolution with its gradients.
  private struct Program {
    private let call: CompiledCall
    private let function: LoopFunction

    init(_ options: Options, _ dtype: DType, fixed: Sizes?) throws {
      let groups = options.groups
      let text = """
        func conv(x, k) =
            conv2d(
                x, k, stride: \(options.stride), dilation: \(options.dilation), groups: \(groups))

        graph f(
            x: \(dtype)[n, c * \(groups), h, w], k: \(dtype)[o * \(groups), c, p, q]
        ) -> (y, gx, gk) {
            y = conv(x, k)
            gx, gk = vjp(y, wrt: [x, k], along: stop_gradient(y))
        }

        """
      let path = FileManager.default.temporaryDirectory
        .appendingPathComponent("gradc-\(UUID().uuidString).graph").path
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      defer { try? FileManager.default.removeItem(atPath: path) }
      var compile = CompileOptions(input: path)
      if let fixed {
        compile.dims = [
          "n": fixed.images, "c": fixed.channels, "o": fixed.outputs, "h": fixed.height,
          "w": fixed.width, "p": fixed.kernelHeight, "q": fixed.kernelWidth,
        ]
      }
      let (functions, files, diagnostics) = Session.functions(compile)
      let message = diagnostics.first { $0.severity == .error }?.message ?? ""
      function = try #require(functions.first, "\(message)")
      call = try CompiledCall(function, files: files, options: compile.codeGen)
    }

    /// The results as flat lists.
    func run(_ sums: Sums, _ dtype: DType) throws -> [String: [Double]] {
      func tensor(_ shape: [Int], _ values: [Double]) -> RawTensor {
        var tensor = RawTensor(zeros: dtype, shape)
        for (index, value) in values.enumerated() { tensor.set(index, .float(value)) }
        return tensor
      }
      let tensors = [
        "x": tensor(sums.imageShape, sums.x), "k": tensor(sums.kernelShape, sums.k),
      ]
      let arguments = try RunArguments(function, tensors: tensors, sizes: [:])
      var results: [String: [Double]] = [:]
      for (name, value) in try call.run(arguments) {
        results[name] = (0..<value.count).map { value[$0].double }
      }
      return results
    }
  }
}
