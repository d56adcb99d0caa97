import LoopIR
import Support

/// Something that may go wrong somewhere: what a status code tells.
struct Place: Hashable {
  var failure: Failure
  var site: Site
  /// The message of an assertion, or the name of what is wrong.
  var detail: String?

  init(_ failure: Failure, at site: Site, _ detail: String? = nil) {
    self.failure = failure
    self.site = site
    self.detail = detail
  }

  /// The failure of a C function that is called; nil where it has none.
  init?(_ call: ExternalCall) {
    guard let failure = call.failure else { return nil }
    self.init(failure, at: call.site, call.message)
  }

  /// The text behind the place.
  var words: String {
    guard let detail else { return failure.words }
    return failure == .assertion ? detail : "\(failure.words): \(detail)"
  }
}

/// The places of one object, each with its number; status codes are made of it.
struct PlaceTable {
  private(set) var places: [Place] = []
  private var numbers: [Place: Int] = [:]

  /// Bits of a status code below the number of the place: the failure.
  static let failureBits = 8
  /// More places than fit into a status code share the last number.
  static let limit = 1 << 22

  /// Gives a place a number, unless it has one.
  mutating func add(_ place: Place) {
    guard numbers[place] == nil, places.count < PlaceTable.limit else { return }
    numbers[place] = places.count
    places.append(place)
  }

  /// The status code of a place.
  func status(_ place: Place) -> Int {
    let number = numbers[place] ?? PlaceTable.limit
    return place.failure.rawValue | number << PlaceTable.failureBits
  }

  /// The message of a place, such as `step.graph:7:14: index out of range`.
  func message(_ place: Place, _ files: SourceFiles) -> String {
    (PlaceTable.spelling(place.site, files).map { "\($0): " } ?? "") + place.words
  }

  /// `file:line:column` of a site with the base name of the file.
  static func spelling(_ site: Site, _ files: SourceFiles) -> String? {
    guard Int(site.file.index) < files.files.count else { return nil }
    let position = files[site.file].position(of: Int(site.start))
    return "\(CName.baseName(files[site.file].path)):\(position.line):\(position.column)"
  }
}

extension PlaceTable {
  /// Adds the places of a function in a fixed order: those of the entry, then those of its bodies.
  mutating func addPlaces(of function: LoopFunction) {
    for symbol in function.symbols { add(Place(.negativeSize, at: function.site, symbol)) }
    for requirement in function.requirements {
      add(Place(requirement.failure, at: requirement.site))
    }
    add(Place(.overflow, at: function.site))
    for formal in function.parameters + function.results {
      guard !formal.shape.isEmpty else { continue }
      add(Place(.negativeSize, at: formal.site, formal.name))
      add(Place(.overflow, at: formal.site, formal.name))
    }
    for formal in function.parameters where formal.isPointer {
      add(Place(.nullPointer, at: formal.site, formal.name))
    }
    if function.bodies.contains(where: { !$0.plan.isEmpty }) {
      add(Place(.workspace, at: function.site))
      add(Place(.outOfMemory, at: function.site))
    }
    for body in function.bodies { addChecks(body.block, body) }
  }

  /// Adds the checks of a block and of what is nested in it.
  private mutating func addChecks(_ block: Block, _ body: Body) {
    for item in block.items {
      switch item {
      case .check(_, let failure, let message, let site):
        add(Place(failure, at: site, message))
      case .loop(let id): addChecks(body[id].body, body)
      case .branch(_, let then, let otherwise):
        addChecks(then, body)
        addChecks(otherwise, body)
      case .external(let call): if let place = Place(call) { add(place) }
      case .scalar, .store, .stopIfFailed: break
      }
    }
  }
}

extension Formal {
  /// Whether a parameter is passed as a pointer: one with axes, or one that is written.
  var isPointer: Bool { isInout || !shape.isEmpty }
}
