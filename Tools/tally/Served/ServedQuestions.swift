import TallyClient
import TallyJSON
import TallyText
import Tallystick

/// Questions to a server, and their answers as the log itself would give them.
struct ServedQuestions {
  private let client: ServerClient

  /// A question may need the log to be read from a snapshot on.
  private static let patience = Duration.seconds(120)
  private static let asLines = [("Accept", "application/x-ndjson")]
  /// Between attempts to come back to a stream that has ended.
  private static let pauseMicroseconds: UInt32 = 500_000

  init(_ client: ServerClient) { self.client = client }

  /// The lines of an answer, each as it was sent.
  private func lines(_ path: String, _ body: (ArraySlice<UInt8>) throws -> Bool) throws {
    try ServedQuestions.translating { try client.lines(.get(path, headers: Self.asLines), body) }
  }

  private static func translating<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let failure as ClientFailure { throw CommandFailure(failure) }
  }

  /// - Throws: what `read` does not understand, as an answer of a stranger.
  private func told<Value>(
    _ line: ArraySlice<UInt8>, _ read: ([UInt8]) throws(JSONFlaw) -> Value
  ) throws -> Value {
    do throws(JSONFlaw) { return try read(Array(line)) } catch {
      throw CommandFailure(ClientFailure.stranger(client.address.description, reason: error.inLine))
    }
  }

  /// `nil` where the server says that there is none.
  private func found<Value>(_ body: () throws -> Value) throws -> Value? {
    do { return try body() } catch ClientFailure.notFound { return nil }
  }

  // MARK: Questions

  func stock() throws -> StockReport {
    var report = StockReport(told: [])
    try lines("/v1/stock") { line in
      let (level, due) = try told(line, ToldStock.level)
      report.levels.append(level)
      if due > 0 { report.due[level.item] = due }
      return true
    }
    return report
  }

  func story(of id: Name) throws -> ReservationStory? {
    let path = "/v1/reservations/\(ServerAddress.escaped(id.bytes))/story"
    return try ServedQuestions.translating {
      try found { try client.ask(.get(path), atMost: Self.patience).body }.map { try told($0[...], ToldStock.story) }
    }
  }

  func holds(_ filter: HoldFilter, _ body: (ReservationStatus) throws -> Bool) throws {
    var query = Query()
    query.add("sku", filter.sku)
    query.add("location", filter.location)
    query.add("customer", filter.customer)
    if filter.isDue { query.add("due", "true") }
    if filter.isWaiting { query.add("waiting", "true") }
    if let dueBy = filter.dueBy { query.add("due_by", "\(dueBy)") }
    var from: UInt64? = 0
    while let page = from {
      var asked = query
      asked.add("from", "\(page)")
      let answer = try ServedQuestions.translating {
        try client.ask(.get("/v1/holds" + asked.text), atMost: Self.patience)
      }
      for line in answer.body.split(separator: 0x0A) where try !body(told(line, ToldStock.hold)) { return }
      from = answer.number("tally-next")
    }
  }

  /// - Returns: `nil`: there is no such item.
  func queue(of sku: Name) throws -> [WaitingPlace]? {
    var places: [WaitingPlace] = []
    let path = "/v1/queue/\(ServerAddress.escaped(sku.bytes))?location=*&limit=\(Int64.max)"
    let request = ServerClient.Request.get(path, headers: Self.asLines)
    let isFound: Void? = try ServedQuestions.translating {
      try found {
        try client.lines(request) { line in
          places.append(try told(line, ToldStock.place))
          return true
        }
      }
    }
    return isFound.map { places }
  }

  func hasItem(_ item: ItemName) throws -> Bool {
    let path =
      "/v1/stock/\(ServerAddress.escaped(item.sku.bytes))?location=\(ServerAddress.escaped(item.location.bytes))"
    return try ServedQuestions.translating { try found { try client.ask(.get(path), atMost: Self.patience) } } != nil
  }

  func consumers() throws -> [ConsumerPosition] {
    var consumers: [ConsumerPosition] = []
    try lines("/v1/consumers") { line in
      consumers.append(try told(line, ToldStock.consumer))
      return true
    }
    return consumers
  }

  // MARK: Events

  /// - Parameter body: is given the event's line of JSON; returns false to end.
  func events(_ filter: EventFilter, follows: Bool, _ body: (ArraySlice<UInt8>) throws -> Bool) throws {
    var query = Query()
    if let to = filter.to { query.add("to", "\(to)") }
    query.add("sku", filter.sku)
    query.add("location", filter.location)
    query.add("id", filter.id)
    query.add("customer", filter.customer)
    query.add("ref", filter.reference)
    if let since = filter.since { query.add("since", "\(since)") }
    if let until = filter.until { query.add("until", "\(until)") }
    query.add("from", "\(filter.from)")
    try events(at: "/v1/events" + query.text, follows: follows, body)
  }

  /// An event, from its line.
  func event(_ line: ArraySlice<UInt8>) throws -> RecordedEvent { try told(line, ToldEvent.read) }

  /// What a consumer has not acknowledged.
  ///
  /// - Returns: false: there is no such consumer.
  func events(
    for consumer: Name, limit: Int?, follows: Bool, _ body: (ArraySlice<UInt8>) throws -> Bool
  ) throws -> Bool {
    guard try consumers().contains(where: { $0.name == consumer }) else { return false }
    var query = Query()
    if let limit { query.add("limit", "\(limit)") }
    let path = "/v1/consumers/\(ServerAddress.escaped(consumer.bytes))/events"
    try events(at: path + query.text, follows: follows, body)
    return true
  }

  private func events(at path: String, follows: Bool, _ body: (ArraySlice<UInt8>) throws -> Bool) throws {
    guard follows else { return try lines(path, body) }
    var headers = [("Accept", "text/event-stream")]
    var hasBegun = false
    let isOver = { Interrupt.isRequested }
    while !Interrupt.isRequested {
      // An id counts once its event has been told: an event that was cut short is asked for again.
      var id: ArraySlice<UInt8>?
      var last: ArraySlice<UInt8>?
      do {
        var isWanted = true
        try client.lines(.get(path, headers: headers), isCancelled: isOver) { line in
          hasBegun = true
          if line.starts(with: "id: ".utf8) { id = line.dropFirst(4) }
          if line.starts(with: "data: ".utf8) {
            isWanted = try body(line.dropFirst(6))
            last = id
          }
          return isWanted
        }
        // A stream with an end has come to it, unless the server has ended.
        if !isWanted { return }
      } catch let failure as ClientFailure {
        guard hasBegun, case .noAnswer = failure else { throw CommandFailure(failure) }
      }
      if let last { headers = [headers[0], ("Last-Event-ID", String(decoding: last, as: UTF8.self))] }
      if !Interrupt.isRequested { Interrupt.pause(microseconds: Self.pauseMicroseconds) }
    }
  }

  /// `?name=value&…`
  private struct Query {
    private(set) var text = ""

    mutating func add(_ name: String, _ value: Name?) { if let value { add(name, escaped: value.bytes) } }
    mutating func add(_ name: String, _ value: String) { add(name, escaped: Array(value.utf8)) }
    private mutating func add(_ name: String, escaped bytes: [UInt8]) {
      text += "\(text.isEmpty ? "?" : "&")\(name)=\(ServerAddress.escaped(bytes))"
    }
  }
}

extension ServerOption {
  /// Whom to ask; `nil`: the log itself.
  func questions(_ shared: SharedOptions) throws -> (ServedQuestions, ServerClient)? {
    try client(shared).map { (ServedQuestions($0), $0) }
  }

  /// - Throws: a usage error where a server is asked for the past.
  func refuse(_ moment: Moment) throws {
    if server != nil, moment != .now {
      throw CommandFailure.usage("a server tells of now only; --at reads the log's directory: leave --server out")
    }
  }
}
