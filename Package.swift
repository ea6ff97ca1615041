// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "tallystick",
  products: [
    .library(name: "Tallystick", targets: ["Tallystick"]),
    .library(name: "TallyAudit", targets: ["TallyAudit"]),
    .executable(name: "tally", targets: ["tally"]),
    .executable(name: "tally-verify", targets: ["tally-verify"]),
    .executable(name: "tally-bench", targets: ["tally-bench"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
  ],
  targets: [
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CStatfs"),
    .target(
      name: "TallyFormat",
      dependencies: ["CLZ4", "CStatfs", .product(name: "Crypto", package: "swift-crypto")]),
    .target(
      name: "Tallystick",
      dependencies: ["TallyFormat", .product(name: "HeapModule", package: "swift-collections")]),
    .target(name: "TallyAudit", dependencies: ["TallyFormat"]),
    .target(name: "TallyJSON", dependencies: ["Tallystick"]),
    .executableTarget(
      name: "tally",
      dependencies: ["Tallystick", "TallyJSON", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Tools/tally"),
    .executableTarget(
      name: "tally-verify",
      dependencies: ["TallyAudit", "TallyFormat", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Tools/tally-verify"),
    .executableTarget(
      name: "tally-bench",
      dependencies: ["Tallystick", "TallyAudit", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Tools/tally-bench"),
    .testTarget(name: "TallyFormatTests", dependencies: ["TallyFormat"]),
    .testTarget(name: "TallystickTests", dependencies: ["Tallystick"]),
    .testTarget(name: "TallyAuditTests", dependencies: ["TallyAudit", "Tallystick"]),
  ],
  swiftLanguageModes: [.v6]
)
