import Testing

@Suite("The architecture page")
struct ArchitectureTests {
  /// What the system and the toolchain bring.
  private static let system: Set<String> = ["Glibc", "Synchronization", "FoundationEssentials"]
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
  private let page: Architecture
  private let package: Architecture

  private static func folder(of target: String) -> String? {
    ["Sources", "Tools"].map { "\(ArchitectureTests.root)/\($0)/\(target)" }.first { FileTree.exists($0) }
  }

  init() throws {
    func text(_ path: String) throws -> String {
      String(decoding: try FileTree.contents(of: "\(ArchitectureTests.root)/\(path)"), as: UTF8.self)
    }
    page = Architecture(page: try text("Sources/Tallystick/Tallystick.docc/Architecture.md"))
    var package = Architecture(manifest: try text("Package.swift"))
    // What only tests are made of is not on the page.
    package.targets.removeAll { ArchitectureTests.folder(of: $0.name) == nil }
    self.package = package
  }

  @Test("has every target of the package, with its arrows and no others")
  func samePackage() {
    #expect(page.targets.count > 10)
    #expect(Set(page.targets.map(\.name)) == Set(package.targets.map(\.name)))
    for (name, arrows) in page.targets { #expect(package[name] == arrows, "the arrows of \(name)") }
  }

  @Test("has no arrow that points up, so that there is no circle")
  func down() {
    for (index, target) in page.targets.enumerated() {
      let above = Set(page.targets[...index].map(\.name))
      #expect(target.arrows.isDisjoint(with: above), "\(target.name) knows what stands above it")
    }
  }

  @Test("has an arrow for every import")
  func imports() throws {
    for (name, arrows) in page.targets {
      let folder = try #require(ArchitectureTests.folder(of: name))
      let files = FileTree.files(below: folder).filter { $0.hasSuffix(".swift") }
      #expect(!files.isEmpty, "the sources of \(name)")
      for file in files {
        let imported = Set(String(decoding: try FileTree.contents(of: file), as: UTF8.self).importedModules)
        let strange = imported.subtracting(arrows).subtracting(ArchitectureTests.system)
        #expect(
          strange.isEmpty,
          "\(file.dropFirst(ArchitectureTests.root.utf8.count + 1)) imports what the page does not let it")
      }
    }
  }

  @Test("is read, and so are a manifest and imports, as they are written")
  func reading() {
    let page = Architecture(page: "A → Z\n```\nb-c → D E\n  │\nD →\n```\n```\nF → G\n```")
    #expect(page.targets.map(\.name) == ["b-c", "D"])
    #expect(page["b-c"] == ["D", "E"])
    #expect(page["D"] == [])
    let manifest = Architecture(
      manifest: """
        .target(name: "D"), .testTarget(name: "T", dependencies: ["D"]), .systemLibrary(name: "S"),
        .executableTarget(name: "b-c", dependencies: ["D", .product(name: "E", package: "e-package")], path: "x"),
        """)
    #expect(Set(manifest.targets.map(\.name)) == ["D", "b-c"])
    #expect(manifest["b-c"] == ["D", "E"])
    #expect(manifest["D"] == [])
    #expect("import A\n@_exported import B\npackage import struct C.D\n// import E".importedModules == ["A", "B", "C"])
  }
}
