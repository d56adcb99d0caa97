extension ObjectInterface {
  /// The module map through which Swift imports the header.
  package var moduleMap: String {
    let links = libraries.map { "  link \"\($0)\"\n" }.joined()
    return """
      module \(stem) {
        header "\(headerName)"
        export *
      \(links)}

      """
  }
}
