import Tallystick

/// How many of which items.
typealias Amounts = [ItemName: Int64]

/// What happened, with names instead of numbers and nothing left to work out.
struct ModelEvent {
  enum What {
    case registered(ItemName)
    case received(Amounts)
    case returned(Amounts)
    /// - Parameter asked: with what has a recipe in place of what it is made of.
    case reserved(id: Name, customer: Name?, Amounts, asked: Amounts, expires: Int64?)
    case committed(reservation: UInt64, Amounts, all: Bool)
    case released(reservation: UInt64, Amounts, all: Bool, byAdjust: Bool)
    case expired(reservation: UInt64, Amounts)
    case adjusted(ItemName, change: Int64)
    case transferred(from: ItemName, to: ItemName, Int64)
    case limitSet(ItemName, Int64?)
    case floorSet(ItemName, Int64)
    case recipeSet(ItemName, Amounts)
    case preferenceSet(Name, [Name])
    case acknowledged(Name, UInt64)
    case consumerForgotten(Name)
    case batch
    case returnedOf(reservation: UInt64, Amounts)
    /// It holds these again.
    case reopened(reservation: UInt64, Amounts, expires: Int64?)
    case extended(reservation: UInt64, expires: Int64?)
    /// What is open of these items from then on.
    case amended(reservation: UInt64, Amounts)
    case committedMore(reservation: UInt64, Amounts)
    /// - Parameter holds: what goes along of which reservation.
    case transferredWith(from: ItemName, to: ItemName, Int64, holds: [UInt64: Int64])
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
    case .floorSet: .floorSet
    case .recipeSet: .recipeSet
    case .preferenceSet: .preferenceSet
    case .acknowledged: .acknowledged
    case .consumerForgotten: .consumerForgotten
    case .batch: .batch
    case .returnedOf: .returnedOf
    case .extended: .extended
    case .reopened: .reopened
    case .amended: .amended
    case .committedMore: .committedMore
    case .transferredWith: .transferredWith
    case .waiting: .waiting
    case .filled: .filled
    }
  }
}
