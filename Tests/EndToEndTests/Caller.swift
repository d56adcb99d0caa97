import Foundation

/// The text of a C program that calls all functions of an object in many ways.
enum Caller {
  /// What of a manifest says how to call.
  struct Manifest: Decodable {
    struct Symbol: Decodable { var symbol: String }
    struct External: Decodable {}
    /// A number, or a formula of symbols.
    struct Size: Decodable {
      var text: String

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        text = try (try? container.decode(Int.self)).map(String.init)
          ?? container.decode(String.self)
      }
    }
    struct Formal: Decodable {
      var name: String
      var dtype: String
      var shape: [Size]
      var `inout`: Bool?
      var passedByValue: Bool?
    }
    struct Function: Decodable {
      var name: String
      var symbol: String
      var symbols: [String]
      var parameters: [Formal]
      var results: [Formal]
      var workspace: Symbol
      var stack: Int?
    }
    var functions: [Function]
    var externals: [External]
    var message: Symbol
  }

  /// The sizes of all symbols: few that are different, the least ones, and behind some lanes.
  private static let sizes = ["3 + at % 3", "1", "0", "17", "8"]

  /// The program; with `isStackKnown` what calls take of the stack is held to what is stated.
  static func text(_ manifest: Manifest, isStackKnown: Bool = false) -> String {
    let calls = manifest.functions.map { "    count += call_\($0.name)();\n" }.joined()
    return """
      #include "model.h"
      #include "bounds.h"

      \(manifest.functions.map { function($0, isStackKnown) }.joined(separator: "\n"))
      int main(void)
      {
          int count = 0;
          signal(SIGSEGV, on_signal); signal(SIGBUS, on_signal); signal(SIGFPE, on_signal);
          signal(SIGILL, on_signal);
      \(calls)    printf("stack %ld of %ld\\n%d calls\\n", most_stack, stated_stack, count);
          return faults != 0;
      }

      """
  }

  /// A function that calls one of the object's in all ways.
  private static func function(_ function: Manifest.Function, _ isStackKnown: Bool) -> String {
    """
    static int64_t sizes_\(function.name)(int variant, int at)
    {
        (void)at;
        switch (variant) {
    \(sizes.enumerated().map { "    case \($0): return \($1);" }.joined(separator: "\n"))
        }
        return 2;
    }

    \(once(function, isStackKnown))
    static int call_\(function.name)(void)
    {
        int count = 0;
        for (int variant = 0; variant < \(function.symbols.isEmpty ? 1 : sizes.count); variant++)
            for (int at_end = 0; at_end < 2; at_end++)
                for (int omit = 0; omit < 3; omit++)
                    for (int own = 0; own < 2; own++, count++)
                        once_\(function.name)(variant, at_end,
                            omit == 2 ? 0x2AAAAAAA : omit ? -1 : 0, own);
        return count;
    }

    """
  }

  /// A function that calls one of the object's in one way.
  private static func once(_ function: Manifest.Function, _ isStackKnown: Bool) -> String {
    let name = function.name
    let symbols = function.symbols.enumerated().map { number, symbol in
      "    int64_t \(symbol) = sizes_\(name)(variant, \(number));\n"
    }
    let inputs = function.parameters.map(input).joined()
    let outputs = function.results.enumerated().map { output($1, number: $0) }.joined()
    let ends = (function.parameters.filter { $0.passedByValue != true } + function.results).map {
      "    discard(&b_\($0.name));\n"
    }
    let text = """
      static void once_\(name)(int variant, int at_end, int omit, int own)
      {
      \(symbols.joined())    state = (uint64_t)variant;
          snprintf(current, sizeof current, "\(name), sizes %d, at end %d, omit %d, own %d",
                   variant, at_end, omit, own);
      \(inputs)\(outputs)\
          const size_t wanted = \(name)_workspace_size(\(function.symbols.joined(separator: ", ")));
          size_t needed = own && wanted <= (size_t)1 << 30 ? wanted : 0;
          Block workspace = place(needed, at_end, ALIGNMENT);
          int status;

      """
    return text + call(function, isStackKnown) + comparison(function) + ends.joined()
      + "    discard(&workspace);\n}\n"
  }

  /// The statements that call, on a stack that is measured where no memory is allocated.
  private static func call(_ function: Manifest.Function, _ isStackKnown: Bool) -> String {
    let arguments = function.symbols + function.parameters.map { "p_\($0.name)" }
      + function.results.map { "r_\($0.name)" } + ["needed ? workspace.data : NULL", "needed"]
    let call = "status = \(function.name)(\(arguments.joined(separator: ", ")));"
    let stack = isStackKnown ? function.stack ?? -1 : -1
    let slack = 64 + 8 * arguments.count
    return """
          if (needed == wanted)
              MEASURING(\(stack), \(slack), \(call.dropLast()));
          else
              \(call)

      """
  }

  /// The statements that look at what a call has made: the same for the same inputs, wherever memory
  /// lies and whatever was in it, and nothing of parameters after an error.
  private static func comparison(_ function: Manifest.Function) -> String {
    let states = function.parameters.filter { $0.`inout` == true }
    let unchanged = states.map { formal in
      "    if (status && !is_unchanged(&b_\(formal.name))) complain(\"inout changed on error\");\n"
    }
    let hashes = (states + function.results).map { formal in
      "        if (!status) now = hash(now, b_\(formal.name).data, b_\(formal.name).size);\n"
    }
    return unchanged.joined() + """
          if (!omit) {
              static uint64_t before;
              uint64_t now = (uint64_t)status;
      \(hashes.joined())\
              if ((at_end || own) && now != before) complain("results depend on the memory");
              before = now;
          }

      """
  }

  /// The statements that make the memory of a result.
  private static func output(_ formal: Manifest.Formal, number: Int) -> String {
    let type = cType(formal.dtype)
    let block = "b_\(formal.name)"
    return """
          Block \(block) = place(\(count(formal.shape)) * sizeof(\(type)), at_end, 1);
          memset(\(block).data, own ? 0 : CANARY, \(block).size);
          \(type) *r_\(formal.name) = omit & (1 << \(number % 30)) ? NULL : (void *)\(block).data;

      """
  }

  /// The statements that make a parameter.
  private static func input(_ formal: Manifest.Formal) -> String {
    let type = cType(formal.dtype)
    if formal.passedByValue == true {
      let name = "p_\(formal.name)"
      return "    \(type) \(name); FILL_\(fill(formal.dtype))(\(type), &\(name), 1);\n"
    }
    let block = "b_\(formal.name)"
    return """
          Block \(block) = place(\(count(formal.shape)) * sizeof(\(type)), at_end, 1);
          FILL_\(fill(formal.dtype))(\(type), \(block).data, \(count(formal.shape)));
          save(&\(block)); \(formal.`inout` == true ? "" : "protect(&\(block));")
          \(type) *p_\(formal.name) = (void *)\(block).data;

      """
  }

  /// The number of elements of a shape as a C expression, 0 where a size is negative.
  private static func count(_ shape: [Manifest.Size]) -> String {
    let sizes = shape.map { dim -> String in
      let size = dim.text.replacingOccurrences(of: "//", with: "/")
      return "((\(size)) < 0 ? 0 : (\(size)))"
    }
    return "(size_t)(\(sizes.isEmpty ? "1" : sizes.joined(separator: " * ")))"
  }

  private static func cType(_ dtype: String) -> String {
    switch dtype {
    case "f64": "double"
    case "f32": "float"
    case "f16", "bf16": "uint16_t"
    case "bool": "uint8_t"
    case _ where dtype.hasPrefix("u"): "uint\(dtype.dropFirst())_t"
    default: "int\(dtype.dropFirst())_t"
    }
  }

  private static func fill(_ dtype: String) -> String {
    switch dtype {
    case "f64", "f32": "FLOATS"
    case "f16", "bf16": "HALVES"
    case "bool": "TRUTHS"
    default: "INTEGERS"
    }
  }
}
