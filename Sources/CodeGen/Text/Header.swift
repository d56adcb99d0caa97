import LLVMInterop
import LoopIR
import Support

extension ObjectInterface {
  /// The C header, with what a call of each function takes of the stack, as far as that is known.
  func header(_ size: CodeSize) -> String {
    let guardName = "GRADC_\(CName.capitals(stem))_H"
    var text = banner
    text += "#ifndef \(guardName)\n#define \(guardName)\n\n"
    text += "#include <stddef.h>\n#include <stdint.h>\n\n"
    text += HeaderMacros.definitions + "\n"
    text += "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n"
    text += failures + "\n" + messageDeclaration
    text += externalDeclarations
    for function in functions {
      text += "\n" + declaration(function, size)
    }
    text += "\n#ifdef __cplusplus\n}\n#endif\n\n"
    return text + HeaderMacros.removals + "\n#endif\n"
  }

  /// The comment on top: what the file is and what its object was compiled for.
  private var banner: String {
    let source = sourceName.map { " from \($0)" } ?? ""
    var text = "\(headerName): made by gradc\(source). Changes will be lost.\n\n"
    text += "   Compiled for \(target.triple)\(cpus)."
    if !libraries.isEmpty {
      text += " Link with \(libraries.map { "-l" + $0 }.joined(separator: " "))."
    }
    if callsBLAS {
      text += "\n\n   BLAS is called through its C interface: any library with it does for -lblas,"
        + "\n   such as -lopenblas, or -lcblas in front of a BLAS without it."
    }
    if isShared {
      text += "\n\n   Threads share loops; -fopenmp, which links a runtime for OpenMP, does as well as -lgomp."
    }
    return "/* \(Comment.escaped(text)) */\n"
  }

  /// The CPU that the object is for, or the levels that it has code for, of which the lowest must
  /// be there.
  private var cpus: String {
    guard let lowest = levels.first else {
      return target.cpu.isEmpty ? "" : ", CPU \(target.cpu)"
    }
    let others = levels.dropFirst().map(\.rawValue).joined(separator: ", ")
    return ", CPU \(lowest.rawValue), faster on \(others)"
  }

  /// The numbers of the failures.
  private var failures: String {
    let lines = Failure.allCases.map { failure in
      "  \(constantName(failure)) = \(failure.rawValue)"
    }
    return """
      /* Why a call failed: the low byte of what it returned. 0 is success. */
      enum {
      \(lines.joined(separator: ",\n"))
      };

      """
  }

  private var messageDeclaration: String {
    """
    /* What went wrong, and where in the source: a static text for what a function here returned. */
    const char *GRADC_NONNULL \(messageName)(int status)
        GRADC_SYMBOL("\(labelPrefix)\(messageSymbol)");

    """
  }
}

/// The macros that a header defines for itself, and takes away at its end.
enum HeaderMacros {
  /// Attributes that only some compilers know.
  static let definitions = """
    #if defined(__cplusplus)
    #define GRADC_RESTRICT __restrict
    #elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 199901L
    #define GRADC_RESTRICT restrict
    #else
    #define GRADC_RESTRICT
    #endif
    /* Functions are linked by names with a hash of their signature, so that a header that does not
       belong to the object does not link. */
    #if defined(__GNUC__)
    #define GRADC_SYMBOL(name) __asm__(name)
    #else
    #define GRADC_SYMBOL(name)
    #endif
    #if defined(__clang__)
    #pragma clang diagnostic push
    #pragma clang diagnostic ignored "-Wnullability-extension"
    #define GRADC_NONNULL _Nonnull
    #define GRADC_NULLABLE _Nullable
    #if __has_feature(bounds_attributes) || __has_feature(bounds_safety_attributes)
    #define GRADC_COUNT(n) __attribute__((__counted_by__(n)))
    #define GRADC_COUNT_OR_NULL(n) __attribute__((__counted_by_or_null__(n)))
    #endif
    #else
    #define GRADC_NONNULL
    #define GRADC_NULLABLE
    #endif
    #if !defined(GRADC_COUNT)
    #define GRADC_COUNT(n)
    #define GRADC_COUNT_OR_NULL(n)
    #endif

    """

  /// The end of the definitions.
  static let removals = """
    #if defined(__clang__)
    #pragma clang diagnostic pop
    #endif
    #undef GRADC_RESTRICT
    #undef GRADC_SYMBOL
    #undef GRADC_NONNULL
    #undef GRADC_NULLABLE
    #undef GRADC_COUNT
    #undef GRADC_COUNT_OR_NULL

    """
}
