import GraphText
import Support
import Testing

/// What holds for every text, however broken.
func checkInvariants(_ parsed: Parsed, location: SourceLocation = #_sourceLocation) {
  let count = UInt32(parsed.files.files[0].bytes.count)
  for diagnostic in parsed.diagnostics.all {
    let fix = diagnostic.fix.map { [$0.site] } ?? []
    for site in [diagnostic.site] + diagnostic.notes.map(\.site) + fix {
      #expect(site.start <= site.end && site.end <= count, sourceLocation: location)
    }
    #expect(!diagnostic.message.isEmpty, sourceLocation: location)
  }
  let tree = TreeDump.text(of: parsed.unit)
  if parsed.diagnostics.hasErrors {
    #expect(parsed.diagnostics.errorCount <= Diagnostics.errorLimit, sourceLocation: location)
  } else {
    // What is read without a word is whole, and is printed as it was meant.
    #expect(parsed.unit.isWhole, sourceLocation: location)
    let again = Parsed(parsed.unit.sourceText)
    #expect(again.complaints == [], sourceLocation: location)
    #expect(TreeDump.text(of: again.unit) == tree, sourceLocation: location)
  }
}

/// A text cut into words, signs and blanks.
func pieces(of text: String) -> [String] {
  var pieces: [String] = []
  var isWord = false
  for scalar in text.unicodeScalars {
    let continues = scalar.properties.isAlphabetic || scalar == "_" || ("0"..."9").contains(scalar)
    if continues, isWord {
      pieces[pieces.count - 1].unicodeScalars.append(scalar)
    } else {
      pieces.append(String(scalar))
    }
    isWord = continues
  }
  return pieces
}
