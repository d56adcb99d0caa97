/// Names that a C header cannot have, or that mean something else there.
enum ReservedNames {
  /// Why a parameter, a size or a result cannot have a name; nil if it can.
  static func objection(to name: String) -> String? {
    if name == "_" { return "'_' names nothing" }
    if keywords.contains(name) { return "'\(name)' is a keyword of C or C++" }
    if name == "workspace" || name == "workspace_size" {
      return "'\(name)' is an argument of every function that gradc makes"
    }
    if typeNames.contains(name) || macros.contains(name) || isLimit(name) {
      return "'\(name)' is declared by the headers of C"
    }
    let lowered = name.lowercased()
    if lowered.hasPrefix("gradc_") || name.hasSuffix("_WORKSPACE_SIZE") {
      return "'\(name)' may meet a name that gradc makes"
    }
    if name.contains("__") { return "names with '__' are reserved in C++" }
    let second = name.dropFirst().first
    if name.first == "_", let second, second.isUppercase {
      return "names that begin with '_' and a capital are reserved in C"
    }
    return nil
  }

  /// Why a graph cannot have a name; nil if it can.
  static func objection(toGraph name: String) -> String? {
    if let objection = objection(to: name) { return objection }
    if name == "main" { return "'main' is where C programs begin" }
    if LibraryNames.contains(name) { return "'\(name)' is a function of C's library or of POSIX" }
    if ["cblas_", "LAPACKE_"].contains(where: name.hasPrefix) {
      return "'\(name)' may be a function of BLAS or LAPACK"
    }
    if name.hasSuffix("_workspace_size") || name.hasSuffix("_message") {
      return "'\(name)' may meet a name that gradc makes"
    }
    return name.first == "_" ? "names that begin with '_' are reserved in C" : nil
  }

  /// A name in the place of one that cannot be.
  static func replacement(for name: String) -> String {
    if name == "_" { return "unused" }
    var parts = name.split(separator: "_").map(String.init)
    if parts.isEmpty { return "name" }
    if name == "main" { return "main_graph" }
    let isPrefixed = ["gradc", "cblas", "lapacke"].contains(parts.first?.lowercased())
    if isPrefixed, parts.count > 1 { parts.removeFirst() }
    let plain = parts.joined(separator: "_")
    let isFree = objection(toGraph: plain) == nil && plain != name
    return isFree ? plain : plain + "_value"
  }

  /// Whether it is a macro for a limit of a type, such as `INT64_MAX`.
  private static func isLimit(_ name: String) -> Bool {
    let heads = ["INT", "UINT", "SIZE", "PTRDIFF", "WCHAR", "WINT", "SIG_ATOMIC"]
    let tails = ["_MAX", "_MIN", "_C", "_WIDTH"]
    return heads.contains { name.hasPrefix($0) } && tails.contains { name.hasSuffix($0) }
  }

  private static func words(_ text: String) -> Set<String> {
    Set(text.split { $0 == " " || $0 == "\n" }.map(String.init))
  }

  private static let keywords = words(
    """
    alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t
    char8_t class co_await co_return co_yield compl concept const const_cast consteval constexpr
    constinit continue contract_assert decltype default delete do double dynamic_cast else enum
    explicit export extern false float for friend goto if inline int long mutable namespace new
    noexcept not not_eq nullptr operator or or_eq private protected public register
    reinterpret_cast requires restrict return short signed sizeof static static_assert static_cast
    struct switch template this thread_local throw true try typedef typeid typename typeof
    typeof_unqual union unsigned using virtual void volatile wchar_t while xor xor_eq
    """)

  private static let typeNames = words(
    """
    int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t intmax_t
    uintmax_t size_t ssize_t ptrdiff_t max_align_t nullptr_t
    """)

  /// Macros of the headers that the emitted one includes, and those that compilers know alone.
  private static let macros = words("NULL offsetof unreachable linux unix i386 errno assert")
}
