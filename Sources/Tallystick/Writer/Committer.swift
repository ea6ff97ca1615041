/// Makes frames of columns and has the sink append them, in order.
struct Committer {
  private let sink: any FrameSink
  private var encoder: FrameEncoder
  private let epoch: UInt64
  /// The last durable frame.
  private(set) var head: ChainHead
  /// Whether the last frame has events: nothing yet shows that it was acknowledged.
  private(set) var needsFloor: Bool
  /// What the floor names; `nil`: not known.
  private var notedHead: ChainHead?
  /// The floor does not name the last frame.
  var floorIsBehind: Bool { notedHead != head }
  /// Bytes of frames written.
  private(set) var writtenBytes = 0

  /// Makes the sink ready to go on where recovery has ended.
  init(_ sink: any FrameSink, _ recovery: Recovery) throws(SinkError) {
    self.sink = sink
    encoder = FrameEncoder(log: recovery.log)
    epoch = recovery.epoch + 1
    head = recovery.end.head
    needsFloor = recovery.end.lastFrame.map { !$0.frame.isEmpty } ?? false
    try sink.begin(after: recovery.end, epoch: epoch)
    notedHead = head
  }

  /// Returns when the columns (none: an empty frame) are on stable storage.
  mutating func commit(_ columns: EventColumns) throws(SinkError) {
    let frame = encoder.encode(columns, after: head, epoch: epoch)
    try sink.append(frame, after: head)
    writtenBytes += frame.bytes.count
    head = frame.head
    needsFloor = !columns.isEmpty
    encoder.recycle(frame)
  }

  /// Throws if another writer has taken the log away.
  func checkClaim() throws(SinkError) { try sink.checkClaim() }

  /// Shows that the last frame was acknowledged: an empty frame after it, and the floor.
  mutating func writeFloor() throws(SinkError) {
    if needsFloor { try commit(EventColumns(firstSequence: head.nextSequence)) }
    try noteFloor(isDurable: true)
  }

  mutating func noteFloor(isDurable: Bool) throws(SinkError) {
    try sink.noteFloor(head, isDurable: isDurable)
    notedHead = head
  }

  func close() { sink.close() }
}
