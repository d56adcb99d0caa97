import Testing

/// How operators bind, by trees with all their parentheses.
@Suite struct PrecedenceTests {
  static let table: [(String, String)] = [
    // Each level against the next tighter one, on both sides.
    ("a || b && c", "(a || (b && c))"),
    ("a && b || c", "((a && b) || c)"),
    ("a && b == c", "(a && (b == c))"),
    ("a == b && c", "((a == b) && c)"),
    ("a < b + c", "(a < (b + c))"),
    ("a + b < c", "((a + b) < c)"),
    ("a + b * c", "(a + (b * c))"),
    ("a * b + c", "((a * b) + c)"),
    ("a * -b", "(a * (-b))"),
    ("-a * b", "((-a) * b)"),
    ("-a ** b", "(-(a ** b))"),
    ("a ** -b", "(a ** (-b))"),
    ("a ** b[0]", "(a ** b[0])"),
    ("a[0] ** b", "(a[0] ** b)"),
    ("-a[0]", "(-a[0])"),
    ("-f(a)", "(-f(a))"),
    // Associativity.
    ("a || b || c", "((a || b) || c)"),
    ("a && b && c", "((a && b) && c)"),
    ("a - b - c", "((a - b) - c)"),
    ("a - b + c", "((a - b) + c)"),
    ("a - (b + c)", "(a - (b + c))"),
    ("a / b / c", "((a / b) / c)"),
    ("a / b * c // d % e @ f", "(((((a / b) * c) // d) % e) @ f)"),
    ("a ** b ** c", "(a ** (b ** c))"),
    ("(a ** b) ** c", "((a ** b) ** c)"),
    ("a ** -b ** c", "(a ** (-(b ** c)))"),
    ("a ** -b ** -c * d", "((a ** (-(b ** (-c)))) * d)"),
    ("2 ** -1 + 3", "((2 ** (-1)) + 3)"),
    // Operators in front.
    ("!a == b", "((!a) == b)"),
    ("!a && b", "((!a) && b)"),
    ("!(a && b)", "(!(a && b))"),
    ("- - -a", "(-(-(-a)))"),
    ("!!a", "(!(!a))"),
    ("-!a", "(-(!a))"),
    ("a - -b", "(a - (-b))"),
    ("a--b", "(a - (-b))"),
    ("(-a) ** b", "((-a) ** b)"),
    ("a<b", "(a < b)"),
    ("a< -b", "(a < (-b))"),
    ("a == b || c != d && e <= f || g >= h", "(((a == b) || ((c != d) && (e <= f))) || (g >= h))"),
    ("(a == b) == (c == d)", "((a == b) == (c == d))"),
    // An 'if' is a value like others.
    ("if c { a } else { b } + 1", "((if c {=> a} else {=> b}) + 1)"),
    ("1 + if c { a } else { b }", "(1 + (if c {=> a} else {=> b}))"),
    ("if a == b || c { d } else { e }", "(if ((a == b) || c) {=> d} else {=> e})"),
  ]

  @Test(arguments: table) func binds(source: String, tree: String) {
    #expect(dumped(source) == tree)
  }
}
