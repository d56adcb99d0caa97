// Trains logistic regression on the Wisconsin breast cancer data; the step of gradient descent and
// the accuracy are graphs that gradc has compiled.
import training

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Rows of features with their classes.
struct Table {
  var features: [Double] = []
  var classes: [Double] = []
  var width = 0
  var count: Int { classes.count }

  /// Reads a file with a line of names, then numbers, the class last.
  init(path: String) {
    guard let file = fopen(path, "r") else { fatalError("cannot open \(path)") }
    defer { fclose(file) }
    while let line = readLine(from: file) {
      let numbers = line.split(separator: ",").compactMap { Double($0) }
      guard let last = numbers.last, numbers.count > 1 else { continue }
      width = numbers.count - 1
      features += numbers.dropLast()
      classes.append(last)
    }
  }

  /// The rows whose number fulfils a condition.
  init(_ table: Table, where isWanted: (Int) -> Bool) {
    width = table.width
    for row in 0..<table.count where isWanted(row) {
      features += table.features[row * width..<(row + 1) * width]
      classes.append(table.classes[row])
    }
  }

  /// Shifts and scales every column by the mean and the deviation of `reference`.
  mutating func standardise(by reference: Table) {
    for column in 0..<width {
      let values = stride(from: column, to: reference.features.count, by: width).map {
        reference.features[$0]
      }
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      for place in stride(from: column, to: features.count, by: width) {
        features[place] = (features[place] - mean) / variance.squareRoot()
      }
    }
  }
}

/// The next line of a file without its end.
func readLine(from file: UnsafeMutablePointer<FILE>) -> String? {
  var line: UnsafeMutablePointer<CChar>?
  var capacity = 0
  defer { free(line) }
  guard getline(&line, &capacity, file) > 0, let line else { return nil }
  return String(cString: line).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
}

/// Ends the program if a call has failed.
func check(_ status: Int32) {
  guard status != 0 else { return }
  print(String(cString: training_message(status)))
  exit(1)
}

func accuracyOf(_ table: Table, _ weights: [Double], _ bias: Double) -> Double {
  var fraction = 0.0
  check(
    accuracy(
      Int64(table.count), Int64(table.width), table.features, table.classes, weights, bias,
      &fraction, nil, 0))
  return fraction
}

let all = Table(path: CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : "breast-cancer.csv")
var rows = Table(all) { $0 % 5 != 0 }
var heldOut = Table(all) { $0 % 5 == 0 }
heldOut.standardise(by: rows)
rows.standardise(by: rows)

var weights = [Double](repeating: 0, count: rows.width)
var bias = 0.0
var loss = 0.0
for step in 0...200 {
  check(
    training_step(
      Int64(rows.count), Int64(rows.width), rows.features, rows.classes, 0.5,
      &weights, &bias, &loss, nil, 0))
  if step % 40 == 0 { print("step \(step): loss \(loss)") }
}
print("accuracy on \(heldOut.count) held-out rows: \(accuracyOf(heldOut, weights, bias))")
