// swift-tools-version: 6.2
import PackageDescription

/// Settings of every target: the strictest spelling of Swift 6, and no warnings.
let strict: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// A library target whose imports `Tests/ArchitectureTests` holds to the same list.
func house(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

/// A test target.
func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil,
           exclude: [String] = []) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, resources: resources,
    swiftSettings: strict)
}

let package = Package(
  name: "gradc",
  products: [.executable(name: "gradc", targets: ["gradc"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(
      name: "CLLVM", path: "Toolchain/CLLVM", pkgConfig: "gradc-llvm",
      providers: [.apt(["llvm-22-dev"])]),
    house("Support"),
    house("GraphIR", ["Support"]),
    house("LoopIR", ["Support"]),
    house("Mathematics", ["LoopIR", "Support"]),
    house("Ops", ["GraphIR", "LoopIR", "Mathematics", "Support"]),
    house("GraphText", ["GraphIR", "Ops", "Support"]),
    house("Autodiff", ["GraphIR", "Ops", "Support"]),
    house("Rewrites", ["GraphIR", "Ops", "Support"]),
    house("Lowering", ["GraphIR", "LoopIR", "Ops", "Support"]),
    house("LLVMInterop", ["CLLVM", "Support"]),
    house("CodeGen", ["LoopIR", "LLVMInterop", "Mathematics", "Support"]),
    house(
      "Driver",
      ["GraphText", "Autodiff", "Rewrites", "Lowering", "CodeGen", "LLVMInterop", "Ops",
        "GraphIR", "LoopIR", "Support"]),
    .executableTarget(
      name: "gradc",
      dependencies: [
        "Driver", "Support",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),
    house("TestSupport", ["Autodiff", "GraphIR", "Ops", "Support"]),
    tests(
      "AcceptanceTests", ["Driver", "GraphIR", "LoopIR", "Ops", "Support"],
      exclude: ["Cases", "elsewhere.py", "make_net_cases.py"]),
    tests("ArchitectureTests", []),
    tests("AutodiffTests", ["Autodiff", "GraphIR", "Ops", "Support", "TestSupport"]),
    tests("CodeGenTests", ["CodeGen", "LoopIR", "LLVMInterop", "Support"]),
    tests("DriverTests", ["CodeGen", "Driver", "GraphIR", "LoopIR", "Lowering", "Ops", "Support"]),
    tests(
      "EndToEndTests", ["Driver", "gradc", "Support"], exclude: ["Golden", "Programs"]),
    tests(
      "GenerationTests",
      ["Autodiff", "CodeGen", "Driver", "GraphIR", "GraphText", "LLVMInterop", "LoopIR", "Ops",
        "Rewrites", "Support", "TestSupport"], exclude: ["Found"]),
    tests(
      "GraphTextTests", ["GraphIR", "GraphText", "Ops", "Support", "TestSupport"],
      exclude: ["Corpus"]),
    tests("GraphIRTests", ["GraphIR", "Ops", "Support", "TestSupport"]),
    tests("LLVMInteropTests", ["LLVMInterop"]),
    tests(
      "OpsTests", ["Autodiff", "GraphIR", "LoopIR", "Ops", "Support"],
      exclude: ["make_elementwise_table.py", "make_random_table.py", "make_structure_table.py"]),
    tests("LoopIRTests", ["LoopIR", "Support"]),
    tests("LoweringTests", ["GraphIR", "LoopIR", "Lowering", "Ops", "Support"]),
    tests(
      "OracleTests", ["Driver", "GraphText", "LoopIR", "Support"],
      exclude: [
        "Accuracy", "Cases", "Stable", "make_oracle.py", "make_stable.py", "oracle.py",
      ]),
    tests(
      "RewritesTests",
      ["Autodiff", "CodeGen", "Driver", "GraphIR", "LoopIR", "Lowering", "Ops", "Rewrites",
        "Support", "TestSupport"]),
  ],
  swiftLanguageModes: [.v6])
