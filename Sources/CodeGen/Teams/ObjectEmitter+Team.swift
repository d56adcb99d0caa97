import LLVMInterop
import LoopIR

/// What the run-time library of OpenMP does, under the names that GCC's and LLVM's have.
extension ObjectEmitter {
  /// Runs a function in every thread of a team: `GOMP_parallel(function, data, threads, flags)`.
  var parallelRegion: IRFunction {
    runtime(
      "GOMP_parallel", [context.pointer, context.pointer, context.i32, context.i32], context.void)
  }

  /// The threads that the next team has if it may.
  var greatestThreadCount: IRFunction { runtime("omp_get_max_threads", [], context.i32) }

  /// The number of the thread in its team.
  private var threadNumber: IRFunction { runtime("omp_get_thread_num", [], context.i32) }

  /// A function of the library.
  private func runtime(_ name: String, _ parameters: [IRType], _ result: IRType) -> IRFunction {
    if let known = module.function(name) { return known }
    let function = module.declare(name, context.function(parameters, returning: result))
    function.add([.noUnwind])
    for (number, type) in parameters.enumerated() where type == context.i32 {
      function.add(.signExtended, toParameter: number)
    }
    if result == context.i32 { function.addToResult(.signExtended) }
    return function
  }

  /// The type of a function that runs the turns of a chunk: of a job, with the memory of a slot.
  var turnsType: IRType {
    context.function([context.pointer, context.i64, context.i64], returning: context.void)
  }

  /// What every thread of a team runs: it takes chunks of a job as long as there are some.
  var teamFunction: IRFunction {
    if let known = module.function("gradc.team") { return known }
    return compiling(for: nil) {
      let function = addFunction("gradc.team", [context.pointer], returning: context.void)
      elsewhere { emitTeam(function) }
      return function
    }
  }

  /// Emits that function.
  private func emitTeam(_ function: IRFunction) {
    let job = function.parameter(0)
    position(atEnd: function.appendBlock("entry"))
    let slot = builder.sext(builder.call(threadNumber, []), to: context.i64)
    let chunks = builder.load(context.i64, builder.element(context.i8, job, index(Job.chunks)))
    let turns = builder.load(context.pointer, builder.element(context.i8, job, index(Job.turns)))
    let next = function.appendBlock("next")
    let run = function.appendBlock("run")
    let end = function.appendBlock("end")
    builder.br(next)
    position(atEnd: next)
    let taken = builder.atomicAdd(
      context.i32.constant(1), to: builder.element(context.i8, job, index(Job.taken)))
    let chunk = builder.zext(taken, to: context.i64)
    builder.condBr(builder.icmp(.slt, chunk, chunks), then: run, else: end)
    position(atEnd: run)
    builder.call(turns, type: turnsType, [job, slot, chunk])
    builder.br(next)
    position(atEnd: end)
    builder.retVoid()
  }
}

/// Where a job has what it consists of: in bytes from its beginning.
struct Job {
  /// The chunks that threads have taken, and all of them.
  static let taken = 0
  static let chunks = 8
  /// The function that runs the turns of a chunk.
  static let turns = 16
  /// What turns take from outside.
  static let frame = 64

  /// The bytes of a copy, for each buffer that has copies.
  private(set) var strides = 0
  /// A byte for each check.
  private(set) var flags = 0
  /// What each chunk leaves of each carried value.
  private(set) var carried: [Int] = []
  private(set) var size = 0

  init(frame: Int, copied: Int, checks: Int, carriedBytes: [Int]) {
    strides = Job.frame + FrameLayout.padded(frame)
    flags = strides + 8 * copied
    size = FrameLayout.padded(flags + checks)
    for bytes in carriedBytes {
      carried.append(size)
      size += FrameLayout.padded(bytes * Sharing.chunkLimit)
    }
  }
}
