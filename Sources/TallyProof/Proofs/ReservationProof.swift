import TallyFormat
import TallyText

/// That a reservation stands in a log at a sequence number, under a signed checkpoint: everything that it takes to check
/// it, without the log and without its owner.
///
/// What it discloses: the whole frame that the reservation was committed in, and so what other buyers did in the same
/// instant. What it does not prove: the names of the items, which the log's owner states. Whoever has the log sees whether
/// they are right, because the frame's item numbers are proven.
public struct ReservationProof: Sendable {
  /// `type` in the file.
  public static let type = "tallystick-reservation/1"

  /// The reservation's id.
  public var id: Name
  /// The number of the event that made it.
  public var sequence: UInt64
  /// The names of the items in its lines, by their numbers: stated, not proven.
  public var items: [(number: ItemNumber, sku: Name, location: Name)]
  /// The checkpoint, as it was signed.
  public var checkpoint: SignedNote
  var frame: FrameProof

  /// Makes a proof. Some 64 hashes beside reading the frame.
  ///
  /// - Parameters:
  ///   - id: the reservation's.
  ///   - sequence: of the event that made it.
  ///   - names: SKU and location of items, by their numbers.
  ///   - checkpoint: a signed one that covers the event.
  ///   - tree: of as many frames as the checkpoint, or more.
  ///   - source: the log.
  /// - Throws: ``ProofFlaw/refuted(_:)`` if the checkpoint is not one of this log or does not cover the event;
  ///   ``TreeError``.
  public init(
    id: Name, sequence: UInt64, names: ([ItemNumber]) throws -> [(sku: Name, location: Name)], checkpoint: SignedNote,
    tree: FrameTree, source: any FrameSource
  ) throws {
    let head = try CheckedHead(checkpoint).head
    let position = try source.position(ofEvent: sequence)
    let reader = try source.frames(from: .place(position, sequence: sequence), showsUnsynced: false)
    guard case .frame(let frame, _) = try reader.next(), frame.firstSequence <= sequence,
      sequence <= frame.lastSequence
    else { throw ProofFlaw.refuted("event \(sequence) is not where the log says") }
    guard frame.number < head.size else {
      throw ProofFlaw.refuted(
        "the checkpoint covers \(head.size) frames, and event \(sequence) is in frame \(frame.number): a newer checkpoint is due"
      )
    }
    let path = try tree.inclusion(of: frame.number, in: head.size)
    guard
      MerkleProof.isIncluded(
        MerkleHash.leaf(of: frame.hash), at: frame.number, in: head.size, root: head.root, path: path)
    else {
      try tree.acquit(source, of: head, at: frame.number)
      throw ProofFlaw.refuted("the checkpoint is not one of this log: its root is another")
    }
    let decompressor = LZ4Decompressor()
    let made = try ReservationProof.find(sequence, in: try decompressor.columns(of: frame))
    let numbers = made.lines.map(\.item)
    self.id = id
    self.sequence = sequence
    items = zip(numbers, try names(numbers)).map { (number: $0, sku: $1.sku, location: $1.location) }
    self.checkpoint = checkpoint
    self.frame = FrameProof(
      number: frame.number, bytes: frame.bytes, path: path)
  }

  /// What a proof that holds says.
  public struct Finding: Sendable {
    /// The checkpoint under which it stands.
    public var head: TreeHead
    /// The frame's number.
    public var frame: UInt64
    /// When the reservation was made: Unix milliseconds.
    public var time: Int64
    /// Whether it was put into the line of those that wait, and held nothing yet.
    public var waits: Bool
    /// Its lines, with the names that were stated for their items; `nil`: none was.
    public var lines: [(number: ItemNumber, quantity: Int64, item: (sku: Name, location: Name)?)]
  }

  /// Checks everything. Some 64 hashes, and the frame is decompressed.
  ///
  /// - Parameter verifier: whose signature it must have.
  /// - Throws: ``ProofFlaw``.
  public func check(_ verifier: NoteVerifier) throws(ProofFlaw) -> Finding {
    let head = try CheckedHead(checkpoint, by: verifier).head
    guard let extent = head.extent, let bytes = Hex.decode(extent.log), let log = LogID(bytes: bytes) else {
      throw .refuted("its checkpoint does not say which log it is of")
    }
    let frame = try frame.frame(of: log, in: head)
    let columns: EventColumns
    let decompressor = LZ4Decompressor()
    do throws(MalformedBytes) { columns = try decompressor.columns(of: frame) } catch {
      throw .refuted("its frame \(error)")
    }
    let made = try ReservationProof.find(sequence, in: columns)
    guard made.id == id else { throw .refuted("event \(sequence) is the reservation of another id") }
    let lines = made.lines.map { line in
      let stated = items.first { $0.number == line.item }
      return (number: line.item, quantity: line.quantity, item: stated.map { (sku: $0.sku, location: $0.location) })
    }
    return Finding(head: head, frame: frame.number, time: made.time, waits: made.waits, lines: lines)
  }

  private static func find(
    _ sequence: UInt64, in columns: EventColumns
  ) throws(ProofFlaw) -> (id: Name, lines: [LineEntry], time: Int64, waits: Bool) {
    var cursor = EventColumns.Cursor()
    while let row = columns.next(&cursor), row.sequence <= sequence {
      guard row.sequence == sequence else { continue }
      switch row.kind {
      case .reserved:
        return (columns.reserved.ids[row.ordinal], Array(columns.reserved.lines[row.ordinal]), row.time, false)
      case .waiting:
        return (columns.waiting.ids[row.ordinal], Array(columns.waiting.lines[row.ordinal]), row.time, true)
      default: throw .refuted("event \(sequence) is no reservation")
      }
    }
    throw .refuted("its frame does not have event \(sequence)")
  }

  /// The file.
  public var encoded: [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.field("type", ReservationProof.type)
    json.field("id", "\(id)")
    json.field("seq", sequence)
    json.key("items")
    json.beginArray()
    for item in items {
      json.beginObject()
      json.field("number", item.number.rawValue)
      json.field("sku", "\(item.sku)")
      json.field("location", "\(item.location)")
      json.endObject()
    }
    json.endArray()
    json.field("checkpoint", checkpoint.encoded)
    json.key("frame")
    frame.write(to: &json)
    json.endObject()
    json.newline()
    return json.bytes
  }

  init(_ file: JSONValue) throws(ProofFlaw) {
    id = Name(try file.text("id"))
    sequence = try file.number("seq")
    checkpoint = try SignedNote(in: file, "checkpoint")
    guard let frame = file["frame"], case .array(let stated)? = file["items"], stated.count <= 4096 else {
      throw .malformed("it has no frame, or no items")
    }
    self.frame = try FrameProof(frame)
    items = []
    for item in stated {
      guard let number = UInt32(exactly: try item.number("number")) else { throw .malformed("an item has no number") }
      items.append((ItemNumber(number), Name(try item.text("sku")), Name(try item.text("location"))))
    }
  }
}
