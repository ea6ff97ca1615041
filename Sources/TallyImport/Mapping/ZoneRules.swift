import Tallystick

/// How far a place's clocks are from UTC, and when that changes.
///
/// `UTC`, an offset such as `+02:00`, or a name of the time zone database that the system has, such as `Europe/Berlin`.
public struct ZoneRules: Equatable, Sendable {
  /// As it was written.
  public let name: String
  /// Unix seconds at which an offset begins to hold; ascending.
  private let starts: [Int64]
  /// Seconds east of UTC: before the first start, then from each of them on.
  private let offsets: [Int64]

  /// UTC.
  public static let universal = ZoneRules(name: "UTC", starts: [], offsets: [0])

  private init(name: String, starts: [Int64], offsets: [Int64]) {
    self.name = name
    self.starts = starts
    self.offsets = offsets
  }

  /// - Throws: ``ImportError/mapping(_:)`` if there is no such zone.
  public init(
    named name: String, directory: String = "/usr/share/zoneinfo", files: any FileSystem = LocalFileSystem()
  ) throws(ImportError) {
    if name == "UTC" || name == "Z" {
      self = .universal
      return
    }
    if let offset = ZoneRules.fixedOffset(name) {
      self.init(name: name, starts: [], offsets: [offset])
      return
    }
    let isName = name.utf8.allSatisfy {
      ($0 | 0x20) &- 97 < 26 || $0 &- 48 < 10 || [0x2F, 0x5F, 0x2D, 0x2B].contains($0)
    }
    guard isName, !name.isEmpty, !name.hasPrefix("/"), !name.hasSuffix("/"), !name.contains("//") else {
      throw .mapping("there is no time zone \"\(name)\"; write UTC, +02:00 or a name such as Europe/Berlin")
    }
    let bytes: [UInt8]?
    do throws(FileError) { bytes = try files.contents(of: "\(directory)/\(name)", maximum: 1 << 20) } catch {
      throw .mapping("the time zone \"\(name)\" cannot be read: \(error)")
    }
    guard let bytes else {
      throw .mapping(
        "there is no time zone \"\(name)\" in \(directory); write an offset such as +02:00, or install tzdata")
    }
    guard let (starts, offsets) = ZoneFile.read(bytes) else {
      throw .mapping("\(directory)/\(name) is no time zone file")
    }
    self.init(name: name, starts: starts, offsets: offsets)
  }

  /// `+02:00`, `-0330`.
  private static func fixedOffset(_ text: String) -> Int64? {
    guard text.hasPrefix("+") || text.hasPrefix("-") else { return nil }
    var scanner = DateScanner(Array(text.utf8)[...])
    guard scanner.take(.offset), scanner.isAtEnd, let reading = scanner.reading else { return nil }
    return -reading.milliseconds / 1000
  }

  /// Unix milliseconds of what a clock there shows.
  ///
  /// An hour that the clocks show twice is its first showing, or its second if the first is before `previous`; one that
  /// they skip is reckoned with the offset before it. O(log *n*).
  func universal(_ local: Int64, after previous: Int64 = .min) -> Int64 {
    if starts.isEmpty { return local - offsets[0] * 1000 }
    let seconds = local / 1000
    let before = offset(at: seconds - 86_400)
    let after = offset(at: seconds + 86_400)
    let first = local - before * 1000
    if before == after { return first }
    let second = local - after * 1000
    let isFirst = offset(at: seconds - before) == before
    let isSecond = offset(at: seconds - after) == after
    switch (isFirst, isSecond) {
    case (true, true): return first < previous && second >= previous ? second : first
    case (false, true): return second
    default: return first
    }
  }

  private func offset(at time: Int64) -> Int64 {
    var low = 0
    var high = starts.count
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return offsets[low]
  }
}
