import TallyFormat

/// The names of a log's items by number, and the frames that registered them, as the tree over events keeps them in a
/// file: frames covered; then for each item its frame and its names, each behind its length; then the hash of all that.
///
/// What a file says stays as it stands there until the tree grows: a proof needs the names of a few of 100,000 items,
/// and two arrays for each of them took longer than all the rest of the proof.
struct RegisteredItems {
  static let name = "items"
  static let mostBytes = 1 << 31

  /// The file's, and where each item begins in them; empty once ``all`` has been asked for.
  private var bytes: [UInt8] = []
  private var places: [Int] = []
  private var names: [EventLeaf.ItemNames] = []
  private var frames: [UInt64] = []

  /// None.
  init() {}

  /// - Parameters:
  ///   - bytes: a file's.
  ///   - size: frames that the tree has. Frames that were read, and then not kept, are read again.
  /// - Returns: `nil` if it was altered, or does not cover so many frames.
  init?(parsing bytes: [UInt8], before size: UInt64) {
    guard bytes.count >= 48 else { return nil }
    var places = [Int]()
    let isWhole = bytes.withUnsafeBytes { whole in
      let raw = UnsafeRawBufferPointer(rebasing: whole.dropLast(32))
      guard whole.suffix(32).elementsEqual(MerkleHash.leaf(of: raw).bytes) else { return false }
      var reader = ByteReader(raw)
      do throws(MalformedBytes) {
        guard try reader.u64() >= size else { return false }
        for _ in 0..<(try reader.u64()) {
          let place = reader.offset
          let frame = try reader.u64()
          for _ in 0..<2 { _ = try reader.take(Int(try reader.u32())) }
          // They ascend.
          if frame < size { places.append(place) }
        }
        return true
      } catch {
        return false
      }
    }
    guard isWhole else { return nil }
    (self.bytes, self.places) = (bytes, places)
  }

  /// The names of one; `nil`: there is no such item.
  subscript(number: ItemNumber) -> EventLeaf.ItemNames? {
    let index = Int(number.rawValue)
    if index < names.count { return names[index] }
    return index < places.count ? read(places[index])?.names : nil
  }

  /// All of them.
  var all: [EventLeaf.ItemNames] {
    mutating get {
      readAll()
      return names
    }
  }

  /// Appends the next.
  mutating func append(_ item: EventLeaf.ItemNames, in frame: UInt64) {
    readAll()
    names.append(item)
    frames.append(frame)
  }

  private mutating func readAll() {
    guard !places.isEmpty else { return }
    for place in places {
      // The file was looked at when it was opened.
      guard let item = read(place) else { break }
      names.append(item.names)
      frames.append(item.frame)
    }
    (bytes, places) = ([], [])
  }

  private func read(_ place: Int) -> (frame: UInt64, names: EventLeaf.ItemNames)? {
    bytes.withUnsafeBytes { raw in
      var reader = ByteReader(raw, at: place)
      do throws(MalformedBytes) {
        let frame = try reader.u64()
        let sku = Name(bytes: Array(try reader.take(Int(try reader.u32()))))
        return (frame, .init(sku: sku, location: Name(bytes: Array(try reader.take(Int(try reader.u32()))))))
      } catch {
        return nil
      }
    }
  }

  /// The file.
  ///
  /// - Parameter covered: frames.
  mutating func encoded(_ covered: UInt64) -> [UInt8] {
    readAll()
    var out = ByteWriter(reserving: 64 + names.count * 32)
    out.u64(covered)
    out.u64(UInt64(names.count))
    for (frame, item) in zip(frames, names) {
      out.u64(frame)
      for name in [item.sku, item.location] {
        out.u32(UInt32(name.bytes.count))
        out.raw(name.bytes)
      }
    }
    let check = out.bytes.withUnsafeBytes { MerkleHash.leaf(of: $0) }
    out.raw(check.bytes)
    return out.bytes
  }
}
