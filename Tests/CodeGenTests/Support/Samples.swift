import LoopIR
import Support

/// A function of each kind that C may call.
enum Samples {
  static let source = Source(
    """
    ## Slope of a curve. */ /* ??/
    graph slope(x: f64[m, n]) -> (gs, total)
    graph step(rate: f32, on: bool, inout w: f32[4]) -> (loss)
    """, path: "some/where/curve.graph")

  /// gs = 2 x, total = sum of x by way of a workspace.
  static func slope(name: String = "slope", element: DType = .f64) -> LoopFunction {
    var kernel = Kernel(symbols: ["m", "n"])
    kernel.name = name
    let x = kernel.input("x", [m, n], element, site: source.site(2, 13))
    let gs = kernel.output("gs", [m, n], element, site: source.site(2, 31))
    let total = kernel.output("total", [], element, site: source.site(2, 35))
    let sums = kernel.workspace("sums", [m], element)
    var function = kernel.function { builder in
      let zero = builder.constant(element, .float(0))
      builder.loop("i", m) { builder, i in
        builder.store(zero, to: sums, [Index(i)])
        builder.loop("j", n) { builder, j in
          let value = builder.load(x, [Index(i), Index(j)])
          builder.store(value, to: sums, [Index(i)], combining: .add)
        }
      }
      let gsWanted = builder.scalar(ScalarType(.bool), .isWanted(0))
      let double = builder.block { builder in
        builder.loop("i", m) { builder, i in
          builder.loop("j", n) { builder, j in
            let value = builder.load(x, [Index(i), Index(j)])
            builder.store(builder.add(value, value), to: gs, [Index(i), Index(j)])
          }
        }
      }
      builder.append(.branch(gsWanted, then: double, otherwise: Block()))
      let totalWanted = builder.scalar(ScalarType(.bool), .isWanted(1))
      let sum = builder.block { builder in
        builder.store(zero, to: total, [])
        builder.loop("i", m) { builder, i in
          builder.store(builder.load(sums, [Index(i)]), to: total, [], combining: .add)
        }
      }
      builder.append(.branch(totalWanted, then: sum, otherwise: Block()))
    }
    function.doc = "Slope of a curve. */ /* ??/ \u{202E}\nSecond line."
    function.parameters[0].doc = "where"
    function.site = source.site(2, 7)
    return function
  }

  /// w <- w - rate * w where `on`, else unchanged; loss = exp(rate). Fails for a rate below 0.
  static func step() -> LoopFunction {
    var kernel = Kernel()
    kernel.name = "step"
    let rate = kernel.input("rate", [], .f32, site: source.site(3, 12))
    let on = kernel.input("on", [], .bool, site: source.site(3, 23))
    let w = kernel.input("w", [Dim(4)], .f32, isInout: true, site: source.site(3, 39))
    let loss = kernel.output("loss", [], .f32, site: source.site(3, 56))
    let update = kernel.buffer("w", .f32, [Dim(4)], .update(2))
    let next = kernel.buffer("next", .f32, [Dim(4)], .local)
    var function = kernel.functionWithCommit { builder in
      let rate = builder.load(rate, [])
      let isPositive = builder.compare(
        .greaterEqual, rate, builder.constant(.f32, .float(0)))
      builder.append(
        .check(isPositive, .assertion, message: "rate \"must\" be %s", site: source.site(3, 12)))
      let zero = builder.constant(.f32, .float(0))
      let used = builder.select(builder.load(on, []), rate, zero)
      builder.loop("i", Dim(4)) { builder, i in
        let value = builder.load(w, [Index(i)])
        builder.store(
          builder.subtract(value, builder.multiply(used, value)), to: next, [Index(i)])
      }
      let isWanted = builder.scalar(ScalarType(.bool), .isWanted(0))
      let run = builder.block { builder in
        builder.store(builder.call(.exp, rate), to: loss, [])
      }
      builder.append(.branch(isWanted, then: run, otherwise: Block()))
    } commit: { builder in
      builder.loop("i", Dim(4)) { builder, i in
        builder.store(builder.load(next, [Index(i)]), to: update, [Index(i)])
      }
    }
    function.site = source.site(3, 7)
    return function
  }
}
