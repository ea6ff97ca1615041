import TallyFormat

/// What an audit that proved a log writes down for the next: a few lines of text, which name the files beside it by their
/// digests.
struct RememberedAudit: Equatable {
  /// A file beside it.
  struct File: Equatable {
    var name: String
    var bytes: Int
    var digest: Digest
  }

  var log: LogID
  /// After the last frame that was judged, and where that begins.
  var head: ChainHead
  var position: LogPosition
  /// Of all frames so far.
  var tree: GrowingTree
  /// The canonical form of the state; its digest is the state's.
  var state: File
  /// Which events made reservations, and which settled all of one.
  var marks: Marks
  /// Fingerprints of all names, the oldest first.
  var names: [NameRun]
  /// What the pieces of these files are tagged with; `nil`: what the auditor's secret key tells.
  var tags: TagKey?
  /// What they were made with.
  var hasher: NameHasher
  var counts: Counts

  /// A file of marks that grows with the log.
  struct Marks: Equatable {
    var name: String
    /// Drawn for the file: see ``TagKey/tags(of:nonce:)``.
    var nonce: UInt64
    /// The Merkle tree over the file's pages, ``MarkPage/bytes`` each; nothing behind them means anything.
    var pages = GrowingTree()
    /// The words of the page that is not full yet.
    var tail: [UInt64] = []
  }

  /// A file of fingerprints: see ``NameRunLayout``.
  struct NameRun: Equatable {
    var name: String
    var count: Int
    var nonce: UInt64
    /// Of all its pages, of their first fingerprints, and of its filter.
    var names: Digest
    var directory: Digest
    var filter: Digest
  }

  /// What is told of the log as a whole.
  struct Counts: Equatable {
    var reservations = 0
    var joined = 0
    var filled = 0
    var firstTime: Int64 = 0
    var lowest = Int64.max
    var lowestSequence: UInt64 = 0
  }
}
