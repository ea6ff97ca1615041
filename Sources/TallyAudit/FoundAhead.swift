import TallyFormat

/// Reservations found some events before the commits and the releases that refer to them, a window of each at a time.
struct FoundAhead: ~Copyable {
  /// Settlements of a kind.
  static let window = 64

  private var handles = FlatMemory<OpenReservations.Handle?>()
  /// How often records had moved when those of a kind were found.
  private var moves = (commits: -1, releases: -1)

  init() {
    for _ in 0..<(2 * Self.window) { handles.append(nil) }
  }

  @inline(__always)
  private func place(_ kind: EventKind, _ index: Int) -> Int {
    index % Self.window + (kind == .committed ? 0 : Self.window)
  }

  /// Begins a window of a kind, whose reservations ``set(_:_:_:)`` then names.
  mutating func begin(_ kind: EventKind, _ open: borrowing OpenReservations) {
    if kind == .committed { moves.commits = open.moves } else { moves.releases = open.moves }
  }

  /// - Parameter index: among the frame's settlements of the kind.
  @inline(__always)
  mutating func set(_ kind: EventKind, _ index: Int, _ handle: OpenReservations.Handle?) {
    handles[place(kind, index)] = handle
  }

  @inline(__always)
  func record(_ kind: EventKind, _ index: Int) -> OpenRecord? { handles[place(kind, index)]?.record }

  /// The reservation found for a settlement, if it is open still and where it was.
  @inline(__always)
  func handle(_ kind: EventKind, _ index: Int, _ open: borrowing OpenReservations) -> OpenReservations.Handle? {
    guard open.moves == (kind == .committed ? moves.commits : moves.releases),
      let handle = handles[place(kind, index)], handle.isOpen
    else { return nil }
    return handle
  }
}
