import TallyRESP

/// What a client has said about itself on its connection.
struct Session {
  var name: [UInt8] = []
  var library: [UInt8] = []
  var libraryVersion: [UInt8] = []
  /// Questions that are answered in JSON.
  var jsonTickets: Set<UInt64> = []
}
