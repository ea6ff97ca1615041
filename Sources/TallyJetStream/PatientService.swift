/// Asks again while a stream elects a leader or a connection is being made: a question changes nothing.
struct PatientService: Sendable {
  let service: any StreamService
  /// How long to ask.
  var patience = Duration.seconds(30)

  private static let pause = Duration.milliseconds(100)

  func ask<T>(_ question: (any StreamService) throws(StreamFault) -> T) throws(StreamFault) -> T {
    let start = ContinuousClock.now
    while true {
      do throws(StreamFault) { return try question(service) } catch {
        guard error.isPassing, .now - start < patience else { throw error }
      }
      service.pause(for: PatientService.pause)
    }
  }

  func message(atOrAfter sequence: UInt64) throws(StreamFault) -> StreamMessage? {
    try ask { service throws(StreamFault) in try service.message(atOrAfter: sequence) }
  }

  func lastSequence() throws(StreamFault) -> UInt64 {
    try ask { service throws(StreamFault) in try service.lastSequence() }
  }
}
