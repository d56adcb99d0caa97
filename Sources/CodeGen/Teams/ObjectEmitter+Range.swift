import LLVMInterop

extension ObjectEmitter {
  /// The lesser of two numbers.
  func least(_ a: IRValue, _ b: IRValue) -> IRValue {
    builder.intrinsic("llvm.smin", [a, b])
  }

  /// Emits a loop over the numbers below a count.
  func emitRange(_ name: String, count: IRValue, _ turn: (IRValue) -> Void) {
    let before = builder.block
    let header = builder.appendBlock(name)
    let end = builder.appendBlock("\(name).end")
    builder.condBr(builder.icmp(.sgt, count, index(0)), then: header, else: end)
    position(atEnd: header)
    let number = builder.phi(context.i64, name: name)
    number.add(index(0), from: before)
    turn(number.value)
    let next = builder.add(number.value, index(1), noWrap: [.signed, .unsigned])
    number.add(next, from: builder.block)
    builder.condBr(builder.icmp(.eq, next, count), then: end, else: header)
    position(atEnd: end)
  }
}
