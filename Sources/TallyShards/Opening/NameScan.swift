import TallyFormat
import TallyThreads
import Tallystick

/// Reads a shard's log once when the shop is opened: every name goes into the router's directory, and carts into its book.
///
/// Cost: decompressing the log, some ten million events a second a shard; shards are read beside each other.
struct NameScan {
  private let shard: Int
  private let router: Router
  /// Parts of carts by the number of their event.
  private var parts: [UInt64: CartPart] = [:]

  init(_ shard: Int, _ router: Router) {
    self.shard = shard
    self.router = router
  }

  mutating func run(_ source: any FrameSource) throws(LogError) {
    let reader = try source.frames(from: .beginning, showsUnsynced: false)
    let decompressor = LZ4Decompressor()
    var columns = EventColumns(firstSequence: 1)
    while case .frame(let frame, let position) = try reader.next() {
      do throws(MalformedBytes) { try decompressor.refill(&columns, from: frame) } catch {
        throw .damaged(position, sequence: frame.firstSequence, reason: "\(error)")
      }
      note(columns)
      reader.recycle(frame)
    }
  }

  private mutating func note(_ columns: EventColumns) {
    var names: [Name] = []
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor) {
      if let column = columns.names(of: row.kind), !column.range(row.ordinal).isEmpty {
        let name = column[row.ordinal]
        names.append(name)
        if row.kind == .reserved, name.bytes.first == UInt8(ascii: "&"), let part = CartPart(name) {
          parts[row.sequence] = part
          router.carts.begin(part)
        } else if row.kind == .extended, let reference = columns.reference(of: row), let part = parts[reference],
          part.cart == name, Int(part.home) == shard
        {
          router.carts.confirm(part)
        }
      }
    }
    router.directory.access { directory in
      for name in names { directory.note(NameDirectory.fingerprint(name), in: shard) }
    }
    // A cart's id is looked for everywhere, and so are its parts'.
    let carts = names.filter { router.carts[$0] != nil || CartPart($0) != nil }
    if !carts.isEmpty {
      router.directory.access { directory in
        for name in carts { directory.askAll(NameDirectory.fingerprint(name)) }
      }
    }
  }
}
