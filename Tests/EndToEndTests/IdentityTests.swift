import Foundation
import Testing

/// The same input with the same options gives the same bytes, wherever and whenever it is compiled.
@Suite struct IdentityTests {
  /// Some programs, or all that the repository has.
  static let programs: [String] = {
    let isWhole = ProcessInfo.processInfo.environment["GRADC_ALL_PROGRAMS"] != nil
    if isWhole { return BoundsTests.programs }
    return BoundsTests.programs.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
  }()

  /// The bytes of all outputs of a program that stands in a folder.
  private func outputs(
    _ name: String, in folder: Scratch, _ options: [String], _ environment: [String: String],
    through runner: [String] = []
  ) throws -> [Data] {
    let outcome = try Shell.run(
      runner + [Shell.gradc, name, "--emit=obj,header,manifest", "-o", "out.o"] + options,
      in: folder.url, environment: environment)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try ["out.o", "out.h", "out.json"].map {
      try Data(contentsOf: URL(fileURLWithPath: folder.path($0)))
    }
  }

  /// A folder with a program and the files that it loads, which stand beside it under like names.
  private func folder(_ program: URL) throws -> Scratch {
    let scratch = try Scratch()
    let stem = program.deletingPathExtension().lastPathComponent
    let source = program.deletingLastPathComponent()
    for name in try FileManager.default.contentsOfDirectory(atPath: source.path)
    where name == program.lastPathComponent || name.hasPrefix(stem + "-") {
      try FileManager.default.copyItem(
        atPath: source.appendingPathComponent(name).path, toPath: scratch.path(name))
    }
    return scratch
  }

  /// Runs a command on one core, and lets nobody else read what it writes.
  private static let narrowly = [
    "sh", "-c",
    "umask 077; exec taskset -c $(taskset -cp $$ | sed 's/.*[ ,-]//') \"$@\"", "sh",
  ]

  @Test(arguments: programs, [[], ["-mcpu=x86-64-v3", "-g"]])
  func sameBytes(_ program: String, _ options: [String]) throws {
    let file = Shell.root.appendingPathComponent(program)
    let (first, second) = (try folder(file), try folder(file))
    try second.write("graph other(x: f64) -> (y) { y = x }\n", to: "another.graph")
    let name = file.lastPathComponent
    let one = try outputs(
      name, in: first, options,
      ["HOME": first.url.path, "LANG": "C", "LC_ALL": "C", "TZ": "UTC", "USER": "one"])
    let two = try outputs(
      name, in: second, options,
      [
        "HOME": "/nonexistent", "LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo",
        "TMPDIR": second.url.path, "USER": "two", "MALLOC_PERTURB_": "165", "COLUMNS": "40",
        "SOURCE_DATE_EPOCH": "1",
      ], through: Self.narrowly)
    #expect(one[0] == two[0], "objects differ")
    #expect(one[1] == two[1], "headers differ")
    #expect(one[2] == two[2], "manifests differ")
  }

  /// The CPU of this machine by its name is the same as not naming it.
  @Test func hostByName() throws {
    let scratch = try Scratch()
    let name = "model.graph"
    try scratch.write(ObjectTests.model, to: name)
    let plain = try outputs(name, in: scratch, [], [:])
    let manifest = try #require(String(data: plain[2], encoding: .utf8))
    let cpu = try #require(manifest.firstMatch(of: /"cpu": "([^"]+)"/)).1
    #expect(try outputs(name, in: scratch, ["-mcpu=\(cpu)"], [:])[0] == plain[0])
    // A test that can fail: another CPU gives another object.
    #expect(try outputs(name, in: scratch, ["-mcpu=x86-64"], [:])[0] != plain[0])
  }

  #if arch(x86_64)
    /// A machine with another CPU, which an emulator shows, writes the same for a CPU by name.
    @Test(.enabled(if: LinkingTests.has("qemu-x86_64")))
    func sameBytesOnAnotherMachine() throws {
      let scratch = try Scratch()
      let text = "graph g(x: f64[n]) -> (y) { y = grad(sum(sin(x) / 3), wrt: x) }\n"
      try scratch.write(text, to: "model.graph")
      func both(_ options: [String]) throws -> (here: [Data], there: [Data]) {
        (
          try outputs("model.graph", in: scratch, options, [:]),
          try outputs(
            "model.graph", in: scratch, options, [:], through: ["qemu-x86_64", "-cpu", "Nehalem"])
        )
      }
      for options in [["-mcpu=x86-64-v3"], ["--multiversion"]] {
        let named = try both(options)
        #expect(named.here == named.there)
      }
      // It is another machine: where no CPU is named, it takes its own.
      let own = try both(["-O0"])
      #expect(own.here[2] != own.there[2])
      #expect(String(decoding: own.there[2], as: UTF8.self).contains("\"cpu\": \"nehalem\""))
    }
  #endif

  /// A file under another path gives the same object; only debug information names the path.
  @Test func pathsDoNotMatter() throws {
    let scratch = try Scratch()
    let path = try scratch.write(LinkingTests.model, to: "model.graph")
    let plain = try outputs("model.graph", in: scratch, [], [:])
    #expect(try outputs(path, in: scratch, [], [:]) == plain)
    #expect(try outputs("./model.graph", in: scratch, [], [:]) == plain)
  }
}
