/// A size: a polynomial over symbols and quotients, in a normal form in which equal means the same.
///
/// Quotients obey one law, `(c * p + r) // c = p + r // c`; nothing else simplifies. Sizes too large
/// for 64 bits or with too many terms become `tooLarge`, which spreads.
package struct Dim: Hashable, Sendable {
  /// What a term may be a product of.
  package enum Atom: Hashable, Sendable {
    case symbol(String)
    /// Floor of a polynomial divided by a positive integer; the polynomial's coefficients lie in
    /// `0..<divisor`.
    indirect case quotient(Dim, Int)
  }

  /// A coefficient times a sorted product of atoms.
  package struct Term: Hashable, Sendable {
    package var atoms: [Atom]
    package var coefficient: Int
  }

  /// The terms by their atoms, none with coefficient 0; the constant term comes last. Names are
  /// boxed, so that a dim is small, and constants are not: graphs have very many of them.
  private enum Form: Hashable, Sendable {
    case constant(Int)
    indirect case symbol(String)
    indirect case polynomial([Term])
    case tooLarge
  }

  private var form: Form

  /// More terms than this make a dim too large.
  private static let termLimit = 256
  private static let degreeLimit = 16

  private init(form: Form) { self.form = form }

  package static func == (a: Dim, b: Dim) -> Bool {
    if case .constant(let x) = a.form, case .constant(let y) = b.form { return x == y }
    return a.form == b.form
  }

  package init(_ constant: Int) { form = .constant(constant) }

  /// The size that a symbol names.
  package static func symbol(_ name: String) -> Dim { Dim(form: .symbol(name)) }

  package static let tooLarge = Dim(form: .tooLarge)

  package var isTooLarge: Bool { if case .tooLarge = form { true } else { false } }

  /// The value of a dim without symbols.
  package var constant: Int? {
    if case .constant(let value) = form { value } else { nil }
  }

  /// The name, where the dim is a symbol alone.
  package var symbolName: String? {
    if case .symbol(let name) = form { name } else { nil }
  }

  /// The terms of the polynomial; a dim of 0 has none.
  package var terms: [Term] {
    switch form {
    case .constant(let value): value == 0 ? [] : [Term(atoms: [], coefficient: value)]
    case .symbol(let name): [Term(atoms: [.symbol(name)], coefficient: 1)]
    case .polynomial(let terms): terms
    case .tooLarge: []
    }
  }

  /// The normal form of a sum of terms.
  private init(sumOf terms: [Term]) {
    var sums: [[Atom]: Int] = [:]
    for term in terms {
      let (sum, overflow) = sums[term.atoms, default: 0].addingReportingOverflow(term.coefficient)
      guard !overflow else {
        self = .tooLarge
        return
      }
      sums[term.atoms] = sum
    }
    let kept = sums.filter { $0.value != 0 }.map { Term(atoms: $0.key, coefficient: $0.value) }
    guard kept.count <= Dim.termLimit else {
      self = .tooLarge
      return
    }
    self.init(normal: kept.sorted())
  }

  /// Picks the case of `Form` for sorted, collected terms.
  private init(normal terms: [Term]) {
    if terms.isEmpty {
      form = .constant(0)
    } else if terms.count == 1, terms[0].atoms.isEmpty {
      form = .constant(terms[0].coefficient)
    } else if terms.count == 1, terms[0].coefficient == 1, terms[0].atoms.count == 1,
      case .symbol(let name) = terms[0].atoms[0]
    {
      form = .symbol(name)
    } else {
      form = .polynomial(terms)
    }
  }

  package static func + (a: Dim, b: Dim) -> Dim {
    if a.isTooLarge || b.isTooLarge { return .tooLarge }
    if let x = a.constant, let y = b.constant {
      let (sum, overflow) = x.addingReportingOverflow(y)
      return overflow ? .tooLarge : Dim(sum)
    }
    if a.constant == 0 { return b }
    if b.constant == 0 { return a }
    return Dim(sumOf: a.terms + b.terms)
  }

  package static func * (a: Dim, b: Dim) -> Dim {
    if a.isTooLarge || b.isTooLarge { return .tooLarge }
    if a.constant == 1 { return b }
    if b.constant == 1 { return a }
    if let x = a.constant, let y = b.constant {
      let (product, overflow) = x.multipliedReportingOverflow(by: y)
      return overflow ? .tooLarge : Dim(product)
    }
    var products: [Term] = []
    guard a.terms.count * b.terms.count <= Dim.termLimit * Dim.termLimit else { return .tooLarge }
    for x in a.terms {
      for y in b.terms {
        let (product, overflow) = x.coefficient.multipliedReportingOverflow(by: y.coefficient)
        let atoms = (x.atoms + y.atoms).sorted()
        if overflow || atoms.count > Dim.degreeLimit { return .tooLarge }
        products.append(Term(atoms: atoms, coefficient: product))
      }
    }
    return Dim(sumOf: products)
  }

  package static prefix func - (a: Dim) -> Dim { Dim(-1) * a }
  package static func - (a: Dim, b: Dim) -> Dim { a + -b }
  package static func + (a: Dim, b: Int) -> Dim { a + Dim(b) }
  package static func - (a: Dim, b: Int) -> Dim { a - Dim(b) }
  package static func * (a: Int, b: Dim) -> Dim { Dim(a) * b }

  /// Floor of the quotient by a positive integer.
  package func quotient(_ divisor: Int) -> Dim {
    precondition(divisor > 0)
    if isTooLarge || divisor == 1 { return self }
    var whole: [Term] = []
    var rest: [Term] = []
    for term in terms {
      let quotient = term.coefficient.flooredQuotient(divisor)
      let remainder = term.coefficient - quotient * divisor
      if quotient != 0 { whole.append(Term(atoms: term.atoms, coefficient: quotient)) }
      if remainder != 0 { rest.append(Term(atoms: term.atoms, coefficient: remainder)) }
    }
    if rest.contains(where: { !$0.atoms.isEmpty }) {
      whole.append(Term(atoms: [.quotient(Dim(normal: rest), divisor)], coefficient: 1))
    }
    return Dim(sumOf: whole)
  }

  /// Whether every size of the symbols gives a multiple of `divisor`.
  package func isMultiple(of divisor: Int) -> Bool {
    !isTooLarge && terms.allSatisfy { $0.coefficient % divisor == 0 }
  }

  /// The names of the symbols in it.
  package var symbols: Set<String> {
    var names: Set<String> = []
    for term in terms {
      for atom in term.atoms {
        switch atom {
        case .symbol(let name): names.insert(name)
        case .quotient(let dim, _): names.formUnion(dim.symbols)
        }
      }
    }
    return names
  }

  /// Whether it is 0 or more for all sizes (of symbols that are 0 or more); false where not known.
  package var isKnownNonNegative: Bool {
    if let constant { return constant >= 0 }
    return !isTooLarge && terms.allSatisfy { $0.coefficient >= 0 }
  }

  /// The value at given sizes; nil where a symbol has none or the value does not fit.
  package func evaluate(_ sizes: [String: Int]) -> Int? {
    if isTooLarge { return nil }
    var sum = 0
    for term in terms {
      var product = term.coefficient
      for atom in term.atoms {
        let factor: Int?
        switch atom {
        case .symbol(let name): factor = sizes[name]
        case .quotient(let dim, let divisor):
          factor = dim.evaluate(sizes)?.flooredQuotient(divisor)
        }
        guard let factor else { return nil }
        let (next, overflow) = product.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        product = next
      }
      let (next, overflow) = sum.addingReportingOverflow(product)
      if overflow { return nil }
      sum = next
    }
    return sum
  }

  /// The dim with the symbols that `sizes` names replaced by their sizes.
  package func substituting(_ sizes: [String: Dim]) -> Dim {
    if constant != nil || isTooLarge { return self }
    return terms.reduce(Dim(0)) { sum, term in
      sum
        + term.atoms.reduce(Dim(term.coefficient)) { product, atom in
          switch atom {
          case .symbol(let name): product * (sizes[name] ?? .symbol(name))
          case .quotient(let dim, let divisor):
            product * dim.substituting(sizes).quotient(divisor)
          }
        }
    }
  }

  /// The product of some dims.
  package static func product(_ dims: some Sequence<Dim>) -> Dim {
    dims.reduce(Dim(1), *)
  }
}

extension Dim.Term: Comparable {
  package static func < (a: Dim.Term, b: Dim.Term) -> Bool {
    if a.atoms.count != b.atoms.count { return a.atoms.count > b.atoms.count }
    for (x, y) in zip(a.atoms, b.atoms) where x != y { return x < y }
    return a.coefficient < b.coefficient
  }
}

extension Dim.Atom: Comparable {
  package static func < (a: Dim.Atom, b: Dim.Atom) -> Bool {
    switch (a, b) {
    case (.symbol(let x), .symbol(let y)): x < y
    case (.symbol, .quotient): true
    case (.quotient, .symbol): false
    case (.quotient(let x, let c), .quotient(let y, let d)):
      (c, x.description) < (d, y.description)
    }
  }
}

extension Dim: CustomStringConvertible {
  /// The dim as it may be written in a graph file.
  package var description: String {
    switch form {
    case .constant(let value): return String(value)
    case .symbol(let name): return name
    case .tooLarge: return "<too large>"
    case .polynomial(let terms):
      var text = ""
      for term in terms {
        let magnitude = term.coefficient.magnitude
        var factors = term.atoms.map(\.description)
        if magnitude != 1 || factors.isEmpty { factors.insert(String(magnitude), at: 0) }
        let product = factors.joined(separator: " * ")
        if text.isEmpty {
          text = term.coefficient < 0 ? "-" + product : product
        } else {
          text += (term.coefficient < 0 ? " - " : " + ") + product
        }
      }
      return text
    }
  }
}

extension Dim.Atom: CustomStringConvertible {
  package var description: String {
    switch self {
    case .symbol(let name): name
    case .quotient(let dim, let divisor):
      dim.terms.count == 1 && dim.terms[0].atoms.count == 1 && dim.terms[0].coefficient == 1
        ? "(\(dim) // \(divisor))" : "((\(dim)) // \(divisor))"
    }
  }
}

extension Int {
  /// Floor of the quotient by a positive integer.
  package func flooredQuotient(_ divisor: Int) -> Int {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
