import DequeModule
import TallyRESP

/// Answers of one connection, which must go out in the order in which they were asked for, whatever order they come in.
struct ReplyLine {
  /// `nil`: not there yet.
  private var places: Deque<[UInt8]?> = []
  /// Of the first place.
  private var first: UInt64 = 0

  /// All answers have been given out.
  var isEmpty: Bool { places.isEmpty }
  var count: Int { places.count }

  /// A place at the end.
  ///
  /// - Returns: the ticket for ``put(_:into:_:)``.
  mutating func take() -> UInt64 {
    places.append(nil)
    return first + UInt64(places.count - 1)
  }

  /// Puts an answer into its place, and what is ready at the beginning of the line into the output.
  ///
  /// - Parameter write: writes the answer.
  mutating func put(_ ticket: UInt64, into output: inout WireWriter, _ write: (inout WireWriter) -> Void) {
    guard ticket == first else {
      var writer = WireWriter(output.version)
      write(&writer)
      places[Int(ticket - first)] = writer.bytes
      return
    }
    write(&output)
    advance()
    while let ready = places.first, let bytes = ready {
      output.append(bytes)
      advance()
    }
  }

  private mutating func advance() {
    places.removeFirst()
    first += 1
    // An idle connection holds no memory for its busy times.
    if places.isEmpty, first % 1024 == 0 { places = [] }
  }
}
