/// What a cart over several shards asks for.
public struct CartContent: Hashable, Sendable {
  /// So many of an item.
  public struct Line: Hashable, Sendable {
    /// What it is.
    public var sku: Name
    /// Where it is.
    public var location: Name
    /// How many.
    public var quantity: Int64
    /// So many of an item.
    public init(sku: Name, location: Name, quantity: Int64) {
      self.sku = sku
      self.location = location
      self.quantity = quantity
    }
  }
  /// The cart's id.
  public var id: Name
  /// No bytes: none.
  public var customer: Name
  /// Milliseconds; 0: none.
  public var timeToLive: Int64
  /// By SKU bytes, then location bytes; each item once.
  public let lines: [Line]

  /// - Parameters:
  ///   - id: the cart's.
  ///   - customer: no bytes: none.
  ///   - timeToLive: milliseconds; 0: none.
  ///   - lines: in any order; those of one item are added up.
  /// - Returns: `nil` if a sum passes 2^53 − 1.
  public init?(id: Name, customer: Name, timeToLive: Int64, lines: [Line]) {
    self.id = id
    self.customer = customer
    self.timeToLive = timeToLive
    var merged: [Line] = []
    for line in lines.sorted(by: { ($0.sku, $0.location) < ($1.sku, $1.location) }) {
      if let last = merged.last, last.sku == line.sku, last.location == line.location {
        // Whatever a log says: a forged one may say any number.
        let (sum, isOver) = last.quantity.addingReportingOverflow(line.quantity)
        guard !isOver, sum <= Limits.maxQuantity else { return nil }
        merged[merged.count - 1].quantity = sum
      } else {
        merged.append(line)
      }
    }
    self.lines = merged
  }

  /// SHA-256 over the cart in the form that the format document gives.
  ///
  /// - Parameters:
  ///   - home: the shard that decides.
  ///   - attempt: counts the attempts to reserve it.
  public func digest(home: UInt16, attempt: UInt8) -> Digest {
    var out = ByteWriter()
    out.raw(Array("tally-cart-1".utf8))
    out.u8(UInt8(home & 255))
    out.u8(UInt8(home >> 8))
    out.u8(attempt)
    out.u8(UInt8(truncatingIfNeeded: id.bytes.count))
    out.raw(id.bytes)
    out.u8(UInt8(truncatingIfNeeded: customer.bytes.count))
    out.raw(customer.bytes)
    out.u64(UInt64(bitPattern: timeToLive))
    out.u64(UInt64(lines.count))
    for line in lines {
      out.u8(UInt8(truncatingIfNeeded: line.sku.bytes.count))
      out.raw(line.sku.bytes)
      out.u8(UInt8(truncatingIfNeeded: line.location.bytes.count))
      out.raw(line.location.bytes)
      out.u64(UInt64(bitPattern: line.quantity))
    }
    return .sha256(out.bytes)
  }
}
