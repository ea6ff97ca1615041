/// The commands about stock, each with what help says of it.
package enum StockVerb: String, CaseIterable, Sendable {
  case receive, reserve, commit, release, `return`, adjust, transfer, limit, floor, register
  case extend, amend, reopen, recipe, prefer
  case get, show, holds, events
  case consumers, consume, ack, forget

  /// As clients call it.
  package var name: String { "STOCK." + rawValue.uppercased() }

  package var isWrite: Bool {
    switch self {
    case .get, .show, .holds, .events, .consumers, .consume: false
    default: true
    }
  }

  /// What is told again changes nothing more: no key is needed.
  package var isRepeatable: Bool {
    switch self {
    case .reserve, .register, .ack, .forget: true
    default: !isWrite
    }
  }

  /// The words of the smallest such command, its name included.
  package var fewestWords: Int {
    switch self {
    case .holds, .consumers: 1
    case .consume, .forget, .get, .show, .commit, .release, .events, .register, .reopen: 2
    case .receive, .return, .limit, .floor, .extend, .recipe, .prefer, .ack: 3
    case .reserve, .amend: 4
    case .adjust, .transfer: 5
    }
  }

  package var syntax: String {
    switch self {
    case .receive: "sku qty [sku qty ...] [REF text] [EXPECT seq] KEY k"
    case .reserve: "id sku qty [sku qty ...] [CUSTOMER c] [TTL ms] [WAIT ms|FOREVER] [EXPECT seq]"
    case .commit: "id [sku qty ...] [MORE] [EXPECT seq] KEY k"
    case .release: "id [sku qty ...] [EXPECT seq] KEY k"
    case .return: "sku qty [sku qty ...] [ORDER id] [REF text] [EXPECT seq] KEY k"
    case .adjust: "sku TO|BY qty reason [RELEASE NEWEST|OLDEST [TRIM]] [EXPECT seq] KEY k"
    case .transfer: "sku qty from to [WITH ALL | WITH id ...] [EXPECT seq] KEY k"
    case .limit: "sku qty|NONE [EXPECT seq] KEY k"
    case .floor: "sku qty [EXPECT seq] KEY k"
    case .register: "sku [sku ...]"
    case .extend: "id ms|NONE [EXPECT seq] KEY k"
    case .amend: "id sku qty [sku qty ...] [EXPECT seq] KEY k"
    case .reopen: "id [TTL ms] [EXPECT seq] KEY k"
    case .recipe: "sku part qty [part qty ...]|NONE [EXPECT seq] KEY k"
    case .prefer: "sku location [location ...]|NONE [EXPECT seq] KEY k"
    case .get: "sku [location] [JSON]"
    case .show: "id [JSON]"
    case .holds: "[SKU s] [LOCATION l] [CUSTOMER c] [DUE] [WAITING] [COUNT n] [JSON]"
    case .events: "from [COUNT n]"
    case .consumers: "[JSON]"
    case .consume: "consumer [COUNT n]"
    case .ack: "consumer seq"
    case .forget: "consumer"
    }
  }

  package var summary: String {
    switch self {
    case .receive: "Goods come in. Answers the event's sequence number."
    case .reserve: "Holds goods for an order: every line, or none. A repeat answers the first sequence number."
    case .commit: "The sale is final: all that is open of the reservation, or exactly these lines."
    case .release: "Gives back what is held: all that is open of the reservation, or exactly these lines."
    case .return: "Goods come back, of any order or of one."
    case .adjust: "Sets or changes what is on hand, after a stock-take or a loss."
    case .transfer: "Moves stock from one location to another, with the holds on it if asked."
    case .limit: "Sets how many of an item a customer may have."
    case .floor: "Sets how many of an item cannot be reserved."
    case .register: "Lets items exist, with nothing on hand. What exists already stays as it is."
    case .extend: "Moves the expiry of a hold: so many milliseconds from now on, or never."
    case .amend: "Has an open reservation hold other quantities, all or nothing."
    case .reopen: "Holds again, whole, what expired or was released, if it is there."
    case .recipe: "Says what one unit of an item takes when it is reserved; NONE: just the unit."
    case .prefer: "Says which locations a line at any location (sku@*) takes first; NONE: as they were registered."
    case .get: "What there is of an item."
    case .show: "Where a reservation stands."
    case .holds: "What is held, reservation by reservation, oldest first."
    case .events: "Events from a number on, each as a line of JSON."
    case .consumers: "Who reads the events, and how far each has come."
    case .consume: "Events that a consumer has not acknowledged, each as a line of JSON."
    case .ack: "A consumer has handled every event up to this one. Again, or of an older one, it changes nothing."
    case .forget: "Keeps a consumer's position no longer."
    }
  }

  /// - Parameter name: as it was sent, in any case.
  package init?(_ name: UnsafeBufferPointer<UInt8>) {
    guard name.count > 6, name.count <= 16, name[5] == UInt8(ascii: ".") else { return nil }
    guard let (verb, spelling) = StockVerb.byTag[StockVerb.tag(name)],
      spelling.elementsEqual(name.lazy.map(\.inCapitals))
    else { return nil }
    self = verb
  }

  /// Length and the letters behind the point in one word: finding a command costs one look.
  private static func tag(_ name: some Collection<UInt8>) -> UInt64 {
    name.dropFirst(6).reduce(UInt64(name.count)) { $0 &* 31 &+ UInt64($1.inCapitals) }
  }
  private static let byTag = Dictionary(
    allCases.map { (tag($0.name.utf8), ($0, Array($0.name.utf8))) }, uniquingKeysWith: { first, _ in first })
}
