import TallyFormat
import TallyText

/// A proof as it is passed on.
public enum ProofFile: Sendable {
  /// Of a reservation.
  case reservation(ReservationProof)
  /// Of two checkpoints.
  case consistency(ConsistencyProof)
  /// Of an event.
  case event(EventProof)
  /// Of an item's stock.
  case stock(StockStatement)

  /// Bytes that a file may have at most: a frame in base64, and some hashes.
  public static let largest = 32 << 20

  /// - Throws: ``ProofFlaw/malformed(_:)`` for what is no proof.
  public init(parsing bytes: [UInt8]) throws(ProofFlaw) {
    guard bytes.count <= ProofFile.largest else { throw .malformed("it is too large for a proof") }
    let file: JSONValue
    do throws(JSONFlaw) { file = try JSONValue(parsing: bytes, maximumDepth: 8) } catch {
      throw .malformed(error.inFile(bytes))
    }
    switch try file.text("type") {
    case ReservationProof.type: self = .reservation(try ReservationProof(file))
    case ConsistencyProof.type: self = .consistency(try ConsistencyProof(file))
    case EventProof.type: self = .event(try EventProof(file))
    case StockStatement.type: self = .stock(try StockStatement(file))
    case let other: throw .malformed("it is of type “\(other)”, which this program does not know")
    }
  }
}
