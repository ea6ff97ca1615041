import NIOCore
import TallyRESP
import Tallystick

/// Plain reservations, many at a time: nearly all that comes in a sale.
extension RESPConnection {
  /// The client may reserve, and nothing is counted against it: a plain reservation goes straight to the gate.
  private var reservesFreely: Bool {
    if server.rates != nil { return false }
    guard server.access.isRequired else { return true }
    guard let user = session.user, session.accessRound == server.access.round else { return false }
    return user.roles.isSuperset(of: .sell)
  }

  /// Takes the plain reservations that come next, straight from the bytes, as far as there is room.
  func takePlain() {
    guard hasRoom, !gate.isBusy, !decoder.isInside, reservesFreely, let buffer = unread else { return }
    var offset = 0
    while hasRoom {
      let room = server.configuration.maxOutstanding - line.count
      let count = buffer.withUnsafeReadableBytes { bytes in
        gate.gather(from: self, line.next, questionRound: questionRound) { commands, most in
          var count = 0
          while count < min(room, most) {
            guard let plain = PlainReservation(UnsafeRawBufferPointer(rebasing: bytes[offset...])),
              commands.reserve(
                id: plain.id, sku: plain.sku, location: plain.location, quantity: plain.quantity,
                timeToLive: plain.timeToLive)
            else { break }
            offset += plain.byteCount
            count += 1
          }
          return count
        }
      }
      if count == 0 { break }
      line.take(count, output.version)
    }
    guard offset > 0 else { return }
    consume(offset)
  }

  /// Refuses the plain reservations that come next.
  ///
  /// - Returns: how many.
  func refusePlain() -> Int {
    guard hasRoom, !decoder.isInside, !isStranger, let buffer = unread else { return 0 }
    let room = server.configuration.maxOutstanding - line.count
    var offset = 0
    var count = 0
    buffer.withUnsafeReadableBytes { bytes in
      while count < room, let plain = PlainReservation(UnsafeRawBufferPointer(rebasing: bytes[offset...])) {
        offset += plain.byteCount
        count += 1
      }
    }
    guard count > 0 else { return 0 }
    consume(offset)
    line.answer(count, into: &output) { $0.append(gate.busyLine) }
    return count
  }
}
