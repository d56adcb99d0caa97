import GraphIR
import GraphText
import Support
import Testing

/// Declarations: names, results, imports, consts.
@Suite struct CheckerDeclarationTests {
  /// Files with mistakes in heads and results.
  static let mistakes: [(String, [String])] = [
    ("graph t(x: f64) -> (v, w) { v = x }", ["1:24: the body does not give result 'w'"]),
    ("graph t(x: f64) -> (v) { v = x; v = 2 * x }", [
      "1:33: 'v' is given already; a name is given once", "  note 1:26: it is given here",
    ]),
    ("graph t(x: f64) -> (v, v) { v = x }", [
      "1:24: result 'v' is declared already", "  note 1:21: it is declared here",
    ]),
    ("graph t(x: f64[n]) -> (n) { y = x }", [
      "1:24: 'n' is a size already and cannot name a result", "  note 1:16: it is given here",
      "1:29: warning: 'y' is never used",
    ]),
    ("graph t(inout x: f64) -> (x) { x <- 2 }", [
      "1:27: 'x' is 'inout', and is given back already", "  note 1:15: it is given here",
    ]),
    ("graph t(x: f64, x: f64) -> (v) { v = x }", [
      "1:17: 'x' is given already; a name is given once", "  note 1:9: it is given here",
    ]),
    ("graph t[n, n](x: f64) -> (v) { v = x }", [
      "1:12: 'n' is a size already; a name is given once", "  note 1:9: it is given here",
    ]),
    (
      "graph t(x: f64[n]) -> (v: f64[m]) { v = x }",
      ["1:31: unknown name 'm'; did you mean 'n'? => 'n'"]
    ),
    ("graph t(x: f64) -> (v: f32) { v = x }", ["1:35: result 'v' is f64, declared f32"]),
    ("graph t(x: f64) -> (x: f32) { y = x }", [
      "1:21: result 'x' is f64, declared f32", "1:31: warning: 'y' is never used",
    ]),
    ("graph t(x: f64[n], y: f64[m]) -> (v: f64[m]) { v = x }", [
      "1:52: result 'v' is f64[n], declared f64[m]", "  note 1:27: 'm' is a size of 'y'",
      "  note 1:16: 'n' is a size of 'x'",
    ]),
    ("graph t(x: f64) -> () { assert x > 0, \"m\" }", ["1:7: graph 't' has no results"]),
    ("func f(x) = x\nfunc f(y) = y", ["2:6: 'f' is given already", "  note 1:6: it is given here"]),
    ("const f = 2\ngraph f(x: f64) -> (v) { v = x }", [
      "2:7: 'f' is given already", "  note 1:7: it is given here",
    ]),
    ("const c = 2\ngraph t(c: f64) -> (v) { v = c }", [
      "2:9: 'c' is given already; a name is given once", "  note 1:7: it is given here",
    ]),
    ("func f(x) = x\ngraph t(x: f64) -> (f) { f = x }", [
      "2:26: 'f' is given already; a name is given once", "  note 1:6: it is given here",
      "2:21: the body does not give result 'f'",
    ]),
  ]

  @Test(arguments: mistakes)
  func mistake(_ text: String, _ complaints: [String]) {
    #expect(Checked(text).complaints == complaints)
  }

  /// Names that cannot be names of graphs.
  static let graphs: [(String, String)] = [
    ("int", "'int' is a keyword of C or C++ and cannot name a graph; write 'int_value'"),
    ("class", "'class' is a keyword of C or C++ and cannot name a graph; write 'class_value'"),
    ("main", "'main' is where C programs begin and cannot name a graph; write 'main_graph'"),
    (
      "exp",
      "'exp' is a function of C's library or of POSIX and cannot name a graph; write 'exp_value'"
    ),
    (
      "write",
      "'write' is a function of C's library or of POSIX and cannot name a graph; write "
        + "'write_value'"
    ),
    (
      "expf",
      "'expf' is a function of C's library or of POSIX and cannot name a graph; write 'expf_value'"
    ),
    (
      "cospi",
      "'cospi' is a function of C's library or of POSIX and cannot name a graph; write "
        + "'cospi_value'"
    ),
    (
      "cblas_dgemm",
      "'cblas_dgemm' may be a function of BLAS or LAPACK and cannot name a graph; write 'dgemm'"
    ),
    (
      "LAPACKE_free",
      "'LAPACKE_free' may be a function of BLAS or LAPACK and cannot name a graph; write "
        + "'free_value'"
    ),
    (
      "workspace",
      "'workspace' is an argument of every function that gradc makes and cannot name a graph; "
        + "write 'workspace_value'"
    ),
    (
      "f_workspace_size",
      "'f_workspace_size' may meet a name that gradc makes and cannot name a graph; write "
        + "'f_workspace_size_value'"
    ),
    (
      "f_message",
      "'f_message' may meet a name that gradc makes and cannot name a graph; write "
        + "'f_message_value'"
    ),
    ("gradc_f", "'gradc_f' may meet a name that gradc makes and cannot name a graph; write 'f'"),
    ("a__b", "names with '__' are reserved in C++ and cannot name a graph; write 'a_b'"),
    ("_f", "names that begin with '_' are reserved in C and cannot name a graph; write 'f'"),
    (
      "_F",
      "names that begin with '_' and a capital are reserved in C and cannot name a graph; "
        + "write 'F'"
    ),
    ("_", "'_' names nothing and cannot name a graph; write 'unused'"),
  ]

  @Test(arguments: graphs)
  func reservedGraph(_ name: String, _ message: String) {
    let errors = Checked("graph \(name)(x: f64) -> (v) { v = x }").errors
    #expect(errors.map { $0.prefix { $0 != ">" }.dropLast(2) } == ["1:7: \(message)"])
  }

  /// Names that cannot be names of parameters, sizes or results.
  static let others = [
    "double", "template", "workspace", "workspace_size", "size_t", "int64_t", "NULL", "INT64_MAX",
    "SIZE_MAX", "GRADC_X", "T_WORKSPACE_SIZE", "a__b", "_A", "unix", "and",
  ]

  @Test(arguments: others)
  func reservedOther(_ name: String) {
    for text in [
      "graph t(\(name): f64) -> (v) { v = \(name) }", "graph t(x: f64[\(name)]) -> (v) { v = x }",
      "graph t(x: f64) -> (\(name)) { \(name) = x }", "graph t[\(name)](x: f64) -> (v) { v = x }",
    ] {
      let errors = Checked(text).errors
      #expect(errors.count == 1)
      #expect(errors.first?.contains("cannot name a") == true)
    }
  }

  /// Names that look odd and are fine.
  @Test(arguments: ["exp", "write", "y1", "gamma", "x_message", "_a", "func_", "f_message"])
  func fineParameter(_ name: String) {
    #expect(Checked("graph t(\(name): f64) -> (v) { v = \(name) }").complaints == [])
  }

  @Test func aResultThatIsAParameterMeetsNoOtherName() {
    let expected = [
      "1:17: 'x_out' is the name of result 'x' in C, where the parameter has its own; write "
        + "'x_out_value' => 'x_out_value'"
    ]
    let text = "graph t(x: f64, x_out: f64) -> (x, v) { v = x_out }"
    #expect(Checked(text).errors == expected)
    #expect(Checked("graph t(x: f64) -> (x, x_out) { x_out = x }").errors.count == 1)
  }

  // MARK: Imports

  @Test func importsBringInFuncsAndConsts() {
    let library = """
      import "deep.graph"
      const k = 3
      func f(x) = inner(x) * k
      graph g(x: f64) -> (v) { v = x }
      """
    let checked = Checked(
      "import \"lib/a.graph\"\ngraph g(x: f64) -> (v) { v = f(x) + k }",
      with: [
        "lib/a.graph": Array(library.utf8), "lib/deep.graph": Array("func inner(x) = x + 1".utf8),
      ])
    #expect(checked.complaints == [])
    #expect(checked.file.graphs.map(\.name) == ["g"])
    #expect(checked.file.dependencies == ["t.graph", "lib/a.graph", "lib/deep.graph"])
  }

  /// Other files with what is said about the file that imports `a.graph`.
  static let imports: [([String: String], String, [String])] = [
    ([:], "import \"a.graph\"", ["1:8: cannot read 'a.graph'"]),
    (["a.graph": "import \"t.graph\""], "import \"a.graph\"", [
      "a.graph:1:8: 't.graph' imports itself by way of 'a.graph'"
    ]),
    ([:], "import \"./t.graph\"", ["1:8: 't.graph' imports itself"]),
    (["a.graph": "func f(x) = x + q"], "import \"a.graph\"", [
      "a.graph:1:17: unknown name 'q'; did you mean 'x'? => 'x'"
    ]),
    (["a.graph": "func f(x) = ("], "import \"a.graph\"\ngraph t(x: f64) -> (v) { v = f(x) }", [
      "a.graph:1:14: expected a value behind '(' before the end of the file"
    ]),
    (["a.graph": "func f(x) = x"], "import \"a.graph\"\nfunc f(x) = x", [
      "2:6: 'f' is given already"
    ]),
    (
      ["a.graph": "func f(x) = x", "b.graph": "func f(x) = x"],
      "import \"a.graph\"; import \"b.graph\"",
      ["1:26: this import brings in 'f', which is given already"]
    ),
    (["a.graph": "func f(x) = x"], "import \"a.graph\"; import \"./a.graph\"", []),
    (["a.graph": "import \"b.graph\"", "b.graph": "func f(x) = x"],
     "import \"a.graph\"\ngraph t(x: f64) -> (v) { v = f(x) }", ["2:30: unknown function 'f'"]),
  ]

  @Test(arguments: imports)
  func importing(_ others: [String: String], _ text: String, _ errors: [String]) {
    #expect(Checked(text, with: others.mapValues { Array($0.utf8) }).errors == errors)
  }

  @Test func importsNestToALimit() {
    var files: [String: [UInt8]] = [:]
    for i in 0..<500 { files["f\(i).graph"] = Array("import \"f\(i + 1).graph\"".utf8) }
    let checked = Checked("import \"f0.graph\"", with: files)
    #expect(
      checked.errors == ["f98.graph:1:8: imports are nested too deeply: more than 100 files"])
  }

  @Test func aFileThatCannotBeReadIsAnError() {
    var files = SourceFiles()
    var diagnostics = Diagnostics()
    let file = Checker.check(
      path: "none.graph", read: { _ in nil }, files: &files, diagnostics: &diagnostics)
    #expect(file.graphs.isEmpty)
    #expect(diagnostics.all.map(\.message) == ["cannot read 'none.graph'"])
  }

  // MARK: Consts

  /// Consts with their types and values, or what is wrong with them.
  static let consts: [(String, String)] = [
    (
      "k: f64[4] = [0.1, 0, 3, 0]",
      "f64[4]: 0.1 0.0 3.0 0.0"), ("k: f32 = 0.1",
      "f32: 0.10000000149011612"
    ),
    ("k: i8[2, 1] = [[1], [-2]]", "i8[2, 1]: 1 -2"), ("k = [true, false]", "bool[2]: true false"),
    ("k = 2 * 3 - 1", "i64: 5"), ("k = [1 / 4, -pi]", "f64[2]: 0.25 -3.141592653589793"),
    ("k: f64 = inf", "f64: inf"), ("k: real = 2", "f64: 2.0"),
    (
      "k: i8 = 300",
      "1:15: 300 does not fit in i8"), ("k: i32 = 2.5",
      "1:16: 2.5 does not fit in i32"
    ),
    ("k: f32 = 1e300", "1:16: 1e+300 does not fit in f32"),
    ("k: f64[3] = [1, 2]", "1:10: const 'k' has shape [2], declared f64[3]"),
    ("k: f64[n] = [1]", "1:14: a const is a literal, an array of literals, or load(\"….npy\")"),
    ("k = sin(3)", "1:11: a const is a literal, an array of literals, or load(\"….npy\")"),
    ("k = [1, true]", "1:1: an array holds numbers or truth values, not both"),
    (
      "k = [[1], [2, 3]]",
      "1:17: the rows of an array have one shape: this one is 2 elements, the first 1 element"
    ),
    ("k = load(\"none.npy\")", "1:16: cannot read 'none.npy'"),
    ("k: f46 = 2", "1:10: unknown type 'f46'; did you mean 'f16'? => 'f16'"),
  ]

  @Test(arguments: consts)
  func const(_ declaration: String, _ expected: String) throws {
    let checked = Checked("const \(declaration)\ngraph t() -> (v) { v = k }")
    guard checked.errors.isEmpty else {
      #expect(checked.errors.joined(separator: "; ") == expected)
      return
    }
    #expect(spelled(try checked.run([])[0]) == expected)
  }

  @Test func aConstWithoutATypeIsWeak() {
    let checked = Checked(
      "const k = 0.5\nconst w = [1, 2]\ngraph t(x: f32[2]) -> (v) { v = k * x + w }")
    #expect(checked.type(of: "v") == "f32[2]")
  }
}
