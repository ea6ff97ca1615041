import TallyFormat

/// A frame with everything worked out that needs no knowledge of the frames before it.
struct PreparedFrame: Sendable {
  var position: LogPosition
  var hash: Digest
  var epoch: UInt64
  /// What its header says is its first event, and what the frame before it leads one to expect.
  var firstSequence: UInt64
  var expectedSequence: UInt64
  var lastSequence: UInt64
  var columns: EventColumns
  /// Of all ids and keys in it, in no particular order.
  var fingerprints: [UInt64]
  /// Some name may be none.
  var hasOddNames: Bool
}

/// A frame as it comes from the stream, its bytes proven by its hash and its contents not yet looked at.
struct RawFrame: Sendable {
  var frame: Frame
  var position: LogPosition
  var expectedSequence: UInt64
}

/// Why no further frame comes.
enum FeedEnd: Sendable {
  case end(LogEnd)
  case failed(LogError)
}

/// Decodes frames; one for each thread.
struct FramePreparer {
  private let decompressor = LZ4Decompressor()
  let hasher: NameHasher

  init(hasher: NameHasher) { self.hasher = hasher }

  /// - Throws: ``LogError/damaged(_:sequence:reason:)`` if the payload is none. The hash is right: somebody wrote it so.
  func prepare(_ raw: RawFrame) throws(LogError) -> PreparedFrame {
    let columns: EventColumns
    do throws(MalformedBytes) {
      columns = try decompressor.columns(of: raw.frame)
    } catch {
      throw .damaged(
        raw.position, sequence: raw.expectedSequence,
        reason: "the frame matches its hash, but its payload cannot be decoded: \(error)")
    }
    var fingerprints = [UInt64]()
    fingerprints.reserveCapacity(columns.reserved.ids.count)
    for kind in EventKind.allCases {
      guard let names = columns.names(of: kind) else { continue }
      hasher.forEach(in: names) { fingerprints.append($1) }
    }
    return PreparedFrame(
      position: raw.position, hash: raw.frame.hash, epoch: raw.frame.epoch, firstSequence: raw.frame.firstSequence,
      expectedSequence: raw.expectedSequence, lastSequence: raw.frame.lastSequence, columns: columns,
      fingerprints: fingerprints, hasOddNames: !NameForm.isPlain(columns))
  }
}

extension FrameStream {
  /// The next frame, or why there is none.
  func nextRaw() -> Result<RawFrame, FeedStop> {
    let expected = nextSequence
    do throws(LogError) {
      switch try next() {
      case .frame(let frame, let position):
        return .success(RawFrame(frame: frame, position: position, expectedSequence: expected))
      case .end(let end): return .failure(FeedStop(end: .end(end)))
      }
    } catch {
      return .failure(FeedStop(end: .failed(error)))
    }
  }
}

struct FeedStop: Error, Sendable { var end: FeedEnd }
