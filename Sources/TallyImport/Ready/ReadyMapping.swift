import Tallystick

/// A mapping for the export of a program that many use.
public struct ReadyMapping: Sendable {
  /// As `--map` takes it.
  public let name: String
  /// Which file it is for, in words for people.
  public let title: String
  /// The mapping file's text.
  public let json: String

  /// By name.
  public static let all: [ReadyMapping] = (shops + warehouses).sorted { $0.name < $1.name }

  public static func named(_ name: String) -> ReadyMapping? { all.first { $0.name == name } }

  /// - Throws: ``ImportError/mapping(_:)``; never for those that are in ``all``.
  public func mapping() throws(ImportError) -> ImportMapping { try ImportMapping(json: Array(json.utf8)) }
}
