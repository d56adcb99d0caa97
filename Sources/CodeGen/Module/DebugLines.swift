import LLVMInterop
import LoopIR
import Support

/// Tells a debugger which line each instruction comes from.
final class DebugLines {
  private let info: DebugInfo
  private let files: SourceFiles
  private var fileNodes: [FileID: IRMetadata] = [:]
  /// Where emission stands; nil in a function that stands in no file.
  private(set) var place: Place?

  /// A place in the function that is being emitted.
  struct Place {
    fileprivate var scope: IRMetadata
    /// The file of the function's own text.
    fileprivate var file: FileID
    fileprivate var foreignScopes: [FileID: IRMetadata] = [:]
    fileprivate var location: IRMetadata?
  }

  /// Begins the debug information; nil for functions that stand in no file.
  init?(_ module: borrowing Module, _ interface: ObjectInterface, isOptimized: Bool) {
    files = interface.files
    guard let first = interface.functions.first?.function.site.file,
      Int(first.index) < files.files.count
    else { return nil }
    // No directory of this machine: the same input gives the same bytes anywhere.
    let file = DebugFile(name: files[first].path, directory: ".")
    info = DebugInfo(for: module, file: file, producer: "gradc", isOptimized: isOptimized)
  }

  /// Completes the information.
  func finish() { info.finish() }

  /// Says where the function that follows was written.
  func enter(_ function: IRFunction, named name: String, at site: Site, _ emitter: ObjectEmitter) {
    place = nil
    emitter.builder.setLocation(nil)
    guard Int(site.file.index) < files.files.count else { return }
    let line = files[site.file].position(of: Int(site.start)).line
    let node = info.define(function, name: name, file: file(site.file), line: line, types: [nil])
    place = Place(scope: node, file: site.file)
    setSite(site, emitter)
  }

  /// Goes back to a place in a function that is not finished yet.
  func resume(_ place: Place?, _ emitter: ObjectEmitter) {
    self.place = place
    emitter.builder.setLocation(place?.location)
  }

  /// The place of what follows; a site in no file leaves it as it was.
  func setSite(_ site: Site, _ emitter: ObjectEmitter) {
    guard let place, Int(site.file.index) < files.files.count else { return }
    let position = files[site.file].position(of: Int(site.start))
    let scope = site.file == place.file ? place.scope : foreignScope(site.file, place.scope)
    let location = info.location(line: position.line, column: position.column, in: scope)
    self.place?.location = location
    emitter.builder.setLocation(location)
  }

  /// The part of the function whose text comes from another file.
  private func foreignScope(_ id: FileID, _ scope: IRMetadata) -> IRMetadata {
    if let known = place?.foreignScopes[id] { return known }
    let node = info.block(in: scope, file: file(id))
    place?.foreignScopes[id] = node
    return node
  }

  /// The node of a source file.
  private func file(_ id: FileID) -> IRMetadata {
    if let known = fileNodes[id] { return known }
    let node = info.file(DebugFile(name: files[id].path, directory: "."))
    fileNodes[id] = node
    return node
  }
}
