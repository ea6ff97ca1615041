import Tallystick

/// How many of which items.
typealias Amounts = [ItemName: Int64]

/// What happened, with names instead of numbers and nothing left to work out.
struct ModelEvent {
  enum What {
    case registered(ItemName)
    case received(Amounts)
    case returned(Amounts)
    case reserved(id: Name, customer: Name?, Amounts, expires: Int64?)
    case committed(reservation: UInt64, Amounts, all: Bool)
    case released(reservation: UInt64, Amounts, all: Bool, byAdjust: Bool)
    case expired(reservation: UInt64, Amounts)
    case adjusted(ItemName, change: Int64)
    case transferred(from: ItemName, to: ItemName, Int64)
    case limitSet(ItemName, Int64?)
    case batch
    case waiting(id: Name, customer: Name?, Amounts, timeToLive: Int64?, givesUp: Int64?)
    case filled(reservation: UInt64)
  }

  var sequence: UInt64
  var time: Int64
  var more: Bool
  var what: What

  var kind: EventKind {
    switch what {
    case .registered: .itemRegistered
    case .received: .received
    case .returned: .returned
    case .reserved: .reserved
    case .committed: .committed
    case .released: .released
    case .expired: .expired
    case .adjusted: .adjusted
    case .transferred: .transferred
    case .limitSet: .limitSet
    case .batch: .batch
    case .waiting: .waiting
    case .filled: .filled
    }
  }
}
