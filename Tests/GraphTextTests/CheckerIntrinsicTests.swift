import GraphIR
import Support
import Testing

/// `intrinsic`, by which operations are named that the language has no function for.
struct CheckerIntrinsicTests {
  @Test(arguments: [
    (#"intrinsic("polygamma {number: 1}", x)"#, "f64[n]"),
    (#"intrinsic("windows {windows: [2 stride 1 dilation 1 of 4]}", y)"#, "f32[m, 3, 2]"),
    (#"intrinsic("pad {pad: [0 | 1 | n]}", a[0], 0.0)"#, "f64[n + 5]"),
    (#"intrinsic("exp", x)"#, "f64[n]"),
  ])
  func hasItsType(_ expression: String, _ type: String) { #expect(typed(expression) == type) }

  @Test(arguments: [
    (
      #"intrinsic("polygama {number: 1}", x)"#,
      "2:15: there is no operation 'polygama'; did you mean 'polygamma'?"
    ),
    (
      #"intrinsic("exp 1", x)"#,
      "2:15: these are no attributes of an operation: text behind the attributes"
    ),
    (#"intrinsic("loop")"#, "2:15: there is no operation 'loop'"),
    (#"intrinsic("derivative", x)"#, "2:15: there is no operation 'derivative'"),
    (
      #"intrinsic("polygamma {axis: }", x)"#,
      "2:15: these are no attributes of an operation: an integer is missing"
    ),
    (#"intrinsic("top_places [k]", x)"#, "2:15: 'k' is no size of the graph"),
    (#"intrinsic("slice {slice: [9 step 1 size 4]}", x)"#, "2:15: there is no operation 'slice'"),
    (
      #"intrinsic("windows {windows: [5 stride 1 dilation 1 of 4]}", y)"#,
      "2:5: windows that reach over 5 do not fit on 4"
    ),
    (#"intrinsic("top_places [5]", y)"#, "2:5: 5 elements are more than 4"),
    (#"intrinsic("polygamma", x)"#, "2:5: 'polygamma' needs an order of 1 or more"),
    (#"intrinsic("exp", x, x)"#, "2:5: 'exp' does not take 2 values"),
    (#"intrinsic("exp", i)"#, "2:5: 'exp' takes floating-point numbers, not 'i32'"),
    (
      "intrinsic(x)",
      "2:15: 'intrinsic' begins with a text such as \"polygamma {number: 1}\""
    ),
  ])
  func mistakes(_ expression: String, _ message: String) {
    #expect(typed(expression).hasPrefix(message), "\(typed(expression))")
  }
}
