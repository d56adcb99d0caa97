import CodeGen
import LoopIR
import Support
import Testing

let m = Dim.symbol("m")
let n = Dim.symbol("n")

/// A function of a test, put together by hand.
struct Kernel {
  var name = "f"
  var symbols: [String] = []
  var parameters: [Formal] = []
  var results: [Formal] = []
  var requirements: [Requirement] = []
  var constants: [ConstantData] = []
  var body = Body()

  init(symbols: [String] = []) { self.symbols = symbols }

  mutating func input(
    _ name: String, _ shape: [Dim], _ element: DType = .f64, isInout: Bool = false,
    site: Site = .none
  ) -> BufferID {
    parameters.append(
      Formal(name: name, element: element, shape: shape, isInout: isInout, site: site))
    return buffer(name, element, shape, .parameter(parameters.count - 1))
  }

  mutating func output(
    _ name: String, _ shape: [Dim], _ element: DType = .f64, site: Site = .none
  ) -> BufferID {
    results.append(Formal(name: name, element: element, shape: shape, site: site))
    return buffer(name, element, shape, .result(results.count - 1))
  }

  mutating func constant(_ data: ConstantData, _ shape: [Dim]) -> BufferID {
    constants.append(data)
    return buffer("c", data.element, shape, .constant(constants.count - 1))
  }

  mutating func workspace(
    _ name: String, _ shape: [Dim], _ element: DType = .f64, below: [Int] = []
  ) -> BufferID {
    let id = buffer(name, element, shape, .workspace)
    body.plan.append(Placement(buffer: id, below: below))
    return id
  }

  mutating func buffer(
    _ name: String, _ element: DType, _ shape: [Dim], _ storage: Storage
  ) -> BufferID {
    body.buffers.append(
      Buffer(name: name, element: element, shape: shape, storage: storage, site: .none))
    return BufferID(body.buffers.count - 1)
  }

  /// The function with what `build` appends as its body.
  func function(_ build: (inout LoopBuilder) -> Void) -> LoopFunction {
    functionWithCommit(build) { _ in }
  }

  /// The function with what `build` appends as its body, and `commit` at its end.
  func functionWithCommit(
    _ build: (inout LoopBuilder) -> Void, commit: (inout LoopBuilder) -> Void
  ) -> LoopFunction {
    var builder = LoopBuilder(body: body)
    build(&builder)
    let commitBlock = builder.block { commit(&$0) }
    var finished = builder.finish()
    finished.commit = commitBlock
    return function(bodies: [finished])
  }

  func function(bodies: [Body], site: Site = .none) -> LoopFunction {
    LoopFunction(
      name: name, doc: "", site: site, symbols: symbols, parameters: parameters, results: results,
      requirements: requirements, constants: constants, bodies: bodies)
  }
}

/// A function that runs in this process.
final class Compiled {
  let module: JITModule
  private let name: String

  init(
    _ function: LoopFunction, files: SourceFiles = SourceFiles(),
    _ configure: (inout CodeGenOptions) -> Void = { _ in }
  ) throws {
    try function.verify()
    var options = CodeGenOptions()
    options.verifies = true
    configure(&options)
    name = function.name
    module = try JITModule([function], files: files, options: options)
  }

  /// Calls the function with integers and pointers; workspace and its size, if not given, are 0.
  @discardableResult
  func call(
    _ sizes: [Int] = [], _ memory: [Memory?], workspace: UnsafeMutableRawPointer? = nil,
    workspaceSize: Int = 0
  ) throws -> Int32 {
    var arguments = sizes + memory.map { Int(bitPattern: $0?.pointer) }
    arguments += [Int(bitPattern: workspace), workspaceSize]
    return try call(arguments)
  }

  /// Calls the function with arguments of the size of a pointer. More than it takes do no harm.
  func call(_ arguments: [Int]) throws -> Int32 {
    typealias Function = @convention(c) (
      Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int, Int
    ) -> Int32
    precondition(arguments.count <= 12)
    let a = arguments + Array(repeating: 0, count: 12 - arguments.count)
    let function = unsafeBitCast(try module.address(of: name), to: Function.self)
    return function(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11])
  }

  /// Asks for the size of the workspace.
  func workspaceSize(_ sizes: Int...) throws -> UInt {
    typealias Function = @convention(c) (Int, Int, Int) -> UInt
    let address = try module.address(of: name + "_workspace_size")
    let a = sizes + [0, 0, 0]
    return unsafeBitCast(address, to: Function.self)(a[0], a[1], a[2])
  }
}

/// The optimised LLVM IR of a function.
func optimizedIR(
  _ function: LoopFunction, _ configure: (inout CodeGenOptions) -> Void = { _ in }
) throws -> String {
  try function.verify()
  var options = CodeGenOptions()
  configure(&options)
  let generator = try CodeGenerator(
    [function], outputName: "test", files: SourceFiles(), options: options)
  return String(decoding: try generator.make(.llvmIR), as: UTF8.self)
}
