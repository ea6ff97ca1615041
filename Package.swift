// swift-tools-version: 6.1
import PackageDescription

/// The page at `/`, as it is sent.
let dashboard = [
  "dashboard.html", "dashboard.css", "icon.svg", "main.js", "chart.js", "feed.js", "item.js", "items.js", "source.js",
  "status.js", "words.js",
]

let package = Package(
  name: "tallystick",
  products: [
    .library(name: "Tallystick", targets: ["Tallystick"]),
    .library(name: "TallyAudit", targets: ["TallyAudit"]),
    .library(name: "TallyFormat", targets: ["TallyFormat"]),
    .library(name: "TallyMetrics", targets: ["TallyMetrics"]),
    .library(name: "TallyJetStream", targets: ["TallyJetStream"]),
    .library(name: "TallyShards", targets: ["TallyShards"]),
    .executable(name: "tally", targets: ["tally"]),
    .executable(name: "tally-verify", targets: ["tally-verify"]),
    .executable(name: "tally-bench", targets: ["tally-bench"]),
  ],
  traits: [
    .default(enabledTraits: ["JetStream"]),
    .trait(name: "JetStream", description: "Logs that a NATS JetStream stream keeps: needs libnats."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0", traits: []),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    .systemLibrary(name: "CLZ4", pkgConfig: "liblz4", providers: [.apt(["liblz4-dev"])]),
    .systemLibrary(name: "CKernel"),
    .target(name: "TallyText"),
    .target(name: "TallyThreads"),
    .target(
      name: "TallyFormat",
      dependencies: ["TallyThreads", "CLZ4", "CKernel", .product(name: "Crypto", package: "swift-crypto")]),
    .target(
      name: "Tallystick",
      dependencies: [
        "TallyFormat", "TallyThreads", "CKernel", .product(name: "HeapModule", package: "swift-collections"),
      ]),
    .systemLibrary(name: "CNATS", pkgConfig: "libnats", providers: [.apt(["libnats-dev"])]),
    .target(
      name: "TallyJetStream",
      dependencies: [
        "TallyFormat", "TallyText", "TallyThreads", .byName(name: "CNATS", condition: .when(traits: ["JetStream"])),
      ]),
    .target(
      name: "TallyProof", dependencies: ["TallyFormat", "TallyText"], resources: [.embedInCode("Page/proof.html")]),
    .target(name: "TallyAudit", dependencies: ["TallyFormat", "TallyText", "TallyThreads"]),
    .target(
      name: "TallyReport", dependencies: ["TallyAudit", "TallyFormat", "TallyText"],
      resources: [.embedInCode("Page/report.css")]),
    .target(
      name: "TallyMetrics",
      dependencies: [
        "Tallystick", .product(name: "Logging", package: "swift-log"),
        .product(name: "Metrics", package: "swift-metrics"),
      ]),
    .target(name: "TallyProcess"),
    .target(name: "TallyShards", dependencies: ["Tallystick", "TallyFormat", "TallyThreads"]),
    .target(name: "TallyJSON", dependencies: ["Tallystick", "TallyText"]),
    .target(name: "TallyRESP", dependencies: ["Tallystick", "TallyJSON", "TallyText"]),
    .target(
      name: "TallyServer",
      dependencies: [
        "TallyRESP", "TallyJSON", "TallyShards", "TallyAudit", "TallyProof", "Tallystick", "TallyText", "TallyThreads",
        "CZlib",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Crypto", package: "swift-crypto"),
      ],
      resources: [.embedInCode("HTTP/openapi.json")] + dashboard.map { .embedInCode("Dashboard/\($0)") }),
    .target(
      name: "TallyClient",
      dependencies: [
        "TallyJSON", "TallyText", "TallyThreads", "Tallystick", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
      ]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(
      name: "TallyImport",
      dependencies: [
        "Tallystick", "TallyText", "CZlib", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "HeapModule", package: "swift-collections"),
      ]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "TallyExport", dependencies: ["Tallystick", "TallyJSON", "TallyText", "CSQLite"]),
    .executableTarget(
      name: "tally",
      dependencies: [
        "Tallystick", "TallyServer", "TallyShards", "TallyClient", "TallyJSON", "TallyImport", "TallyExport",
        "TallyProof", "TallyJetStream", "TallyProcess",
        "TallyText", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tools/tally"),
    .executableTarget(
      name: "tally-verify",
      dependencies: [
        "TallyAudit", "TallyReport", "TallyProof", "TallyFormat", "TallyJetStream", "TallyProcess", "TallyText",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tools/tally-verify"),
    .executableTarget(
      name: "tally-bench",
      dependencies: [
        "Tallystick", "TallyAudit", "TallyProof", "TallyText", "TallyThreads",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tools/tally-bench"),
    .executableTarget(name: "tally-demo", dependencies: ["Tallystick"], path: "Tools/tally-demo"),
    .executableTarget(name: "tally-crash-writer", dependencies: ["Tallystick"], path: "Tools/tally-crash-writer"),
    .target(name: "TallyTestSupport", dependencies: ["CKernel"], path: "Tests/TallyTestSupport"),
    .target(
      name: "TallySimulation", dependencies: ["Tallystick", "TallyShards", "TallyAudit", "TallyTestSupport"],
      path: "Tests/TallySimulation"),
    .executableTarget(
      name: "tally-sim",
      dependencies: [
        "TallySimulation", "Tallystick", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "Tools/tally-sim"),
    .testTarget(name: "TallySimulationTests", dependencies: ["TallySimulation"]),
    .target(
      name: "TallyFuzz", dependencies: ["Tallystick", "TallyAudit", "TallyJSON", "TallyImport", "TallyRESP"],
      path: "Tests/Fuzz",
      exclude: ["Corpus"]),
    .executableTarget(name: "tally-fuzz", dependencies: ["TallyFuzz"], path: "Tools/tally-fuzz"),
    .testTarget(
      name: "TallyFuzzTests", dependencies: ["TallyFuzz", "TallyText", "TallyTestSupport", "tally", "tally-verify"],
      path: "Tests/TallyFuzzTests"),
    .testTarget(name: "TallyTextTests", dependencies: ["TallyText"]),
    .testTarget(name: "TallyThreadsTests", dependencies: ["TallyThreads"]),
    .testTarget(name: "TallyFormatTests", dependencies: ["TallyFormat", "TallyTestSupport"]),
    .testTarget(
      name: "TallystickTests",
      dependencies: ["Tallystick", "TallyAudit", "TallyThreads", "TallyTestSupport", "tally-crash-writer"]),
    // What is `package` is hidden from it, as from everybody outside.
    .testTarget(
      name: "PublicAPITests",
      dependencies: ["Tallystick", "TallyAudit", "TallyFormat", "TallyMetrics", "TallyTestSupport"],
      packageAccess: false),
    .testTarget(
      name: "TallyProofTests", dependencies: ["TallyProof", "Tallystick", "TallyTestSupport"], exclude: ["Peers"]),
    .testTarget(
      name: "TallyShardsTests",
      dependencies: ["TallyShards", "Tallystick", "TallyAudit", "TallyFormat", "TallyThreads", "TallyTestSupport"]),
    .testTarget(name: "TallyJSONTests", dependencies: ["TallyJSON", "TallyText"]),
    .testTarget(
      name: "TallyMetricsTests",
      dependencies: [
        "TallyMetrics", "TallyTestSupport", .product(name: "MetricsTestKit", package: "swift-metrics"),
      ]),
    .testTarget(name: "TallyImportTests", dependencies: ["TallyImport", "Tallystick", "TallyAudit"]),
    .testTarget(
      name: "TallyExportTests", dependencies: ["TallyExport", "Tallystick", "TallyJSON", "TallyText", "CSQLite"]),
    .testTarget(
      name: "TallyAuditTests",
      dependencies: ["TallyAudit", "TallyReport", "Tallystick", "TallyThreads", "TallyFuzz", "TallyTestSupport"]),
    .testTarget(
      name: "TallyReportTests", dependencies: ["TallyReport", "TallyAudit", "TallyText", "TallyTestSupport"]),
    .executableTarget(
      name: "tally-data",
      dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
      path: "Tools/tally-data"),
    .testTarget(name: "TallyRESPTests", dependencies: ["TallyRESP", "Tallystick", "TallyTestSupport"]),
    .testTarget(
      name: "TallyServerTests",
      dependencies: [
        "TallyServer", "TallyRESP", "Tallystick", "TallyAudit", "TallyProof", "TallyThreads", "TallyTestSupport",
        "CZlib", "tally", "tally-verify", .product(name: "Logging", package: "swift-log"),
        .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
        .product(name: "Tracing", package: "swift-distributed-tracing"),
      ],
      exclude: ["Clients", "Browser"]),
    .testTarget(
      name: "TallyJetStreamTests",
      dependencies: ["TallyJetStream", "Tallystick", "TallyAudit", "TallyTestSupport", "tally", "tally-verify"]),
    .testTarget(name: "ArchitectureTests"),
    .testTarget(name: "TallyDataTests", dependencies: ["tally-data"]),
    .testTarget(
      name: "ToolsTests", dependencies: ["Tallystick", "TallyTestSupport", "tally", "tally-verify"],
      exclude: ["Browser", "Readers"]),
  ],
  swiftLanguageModes: [.v6]
)
