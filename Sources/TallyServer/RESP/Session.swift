import TallyRESP

/// What a client has said about itself on its connection.
struct Session {
  var name: [UInt8] = []
  var library: [UInt8] = []
  var libraryVersion: [UInt8] = []
  /// Who is there; `nil`: nobody has said.
  var user: User?
  /// Of ``Access``, when that was looked up.
  var accessRound: UInt64 = 0
  /// Questions that are answered in JSON.
  var jsonTickets: Set<UInt64> = []
}
