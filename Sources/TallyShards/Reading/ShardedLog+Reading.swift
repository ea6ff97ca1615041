import Tallystick

/// Questions to the open shop.
///
/// One answer shows one moment at which every cart over several shards is whole: held, sold or given back in all its
/// shards or in none. Two questions are two moments.
extension ShardedLog {
  /// What there is of these items; `nil` for an item that does not exist. Blocks the thread.
  public func stock(_ items: [ItemName]) throws(LogFailure) -> [StockLevel?] {
    try blocking(items, []).0
  }

  /// Where a reservation stands; `nil` if there is none of that id. Of a cart over several shards the lines are those of
  /// all its parts. Blocks the thread.
  public func reservation(_ id: Name) throws(LogFailure) -> ReservationStatus? {
    try blocking([], [id]).1.first ?? nil
  }

  /// What there is of everything, by shard, at one moment. Carts over several shards wait meanwhile. Blocks the thread.
  public func stock() throws(LogFailure) -> [StockReport] {
    let gathered = Gathered<Result<[StockReport], LogFailure>>(1)
    stock { gathered.set(0, $0) }
    guard let result = gathered.wait().first else { throw .closed }
    return try result.get()
  }

  /// As `stock()`, and nobody waits.
  package func stock(answer: @escaping @Sendable (Result<[StockReport], LogFailure>) -> Void) {
    let shards = shards
    let isTaken = router.crew.add([], alone: true) {
      var reports: [StockReport] = []
      do throws(LogFailure) {
        for shard in shards { reports.append(try shard.stock()) }
        answer(.success(reports))
      } catch {
        answer(.failure(error))
      }
    }
    if !isTaken { answer(.failure(.busy(.ofCarts))) }
  }

  private func blocking(
    _ items: [ItemName], _ ids: [Name]
  ) throws(LogFailure) -> ([StockLevel?], [ReservationStatus?]) {
    let gathered = Gathered<Result<([StockLevel?], [ReservationStatus?]), LogFailure>>(1)
    look(up: items, ids) { gathered.set(0, $0) }
    guard let result = gathered.wait().first else { throw .closed }
    return try result.get()
  }

  /// Looks these items and reservations up, all at one moment. Nobody waits: see ``TallyLog/look(up:_:answer:)``.
  package func look(
    up items: [ItemName], _ ids: [Name],
    answer: @escaping @Sendable (Result<([StockLevel?], [ReservationStatus?]), LogFailure>) -> Void
  ) {
    let router = router
    let map = map
    var targets = Set(items.map { map.shard(of: $0.sku) })
    var isPlain = true
    router.directory.access { directory in
      for id in ids {
        switch directory[NameDirectory.fingerprint(id)] {
        case .none: break
        case .shard(let shard): targets.insert(shard)
        case .ask: isPlain = false
        }
      }
    }
    if isPlain, targets.count <= 1 {
      return shards[targets.first ?? 0].look(up: items, ids, answer: answer)
    }
    let isTaken = router.crew.add(ids, alone: true) { answer(router.look(up: items, ids)) }
    if !isTaken { answer(.failure(.busy(.ofCarts))) }
  }
}

extension Router {
  /// Asks every shard, while no cart is being changed.
  fileprivate func look(
    up items: [ItemName], _ ids: [Name]
  ) -> Result<([StockLevel?], [ReservationStatus?]), LogFailure> {
    let names = ids.map { carts[$0]?.confirmed?.name ?? $0 }
    let gathered = Gathered<Result<([StockLevel?], [ReservationStatus?]), LogFailure>>(shards.count)
    for (index, shard) in shards.enumerated() { shard.look(up: items, names) { gathered.set(index, $0) } }
    return gathered.results().map { found in
      let levels = items.enumerated().map { index, item in found[map.shard(of: item.sku)].0[index] }
      let statuses = ids.enumerated().map { index, id -> ReservationStatus? in
        let parts = found.map { $0.1[index] }
        guard let part = carts[id]?.confirmed else { return parts.lazy.compactMap { $0 }.first }
        return ReservationStatus(part, of: parts)
      }
      return (levels, statuses)
    }
  }
}

extension ReservationStatus {
  /// A cart over several shards: as its home says, with the lines of all.
  ///
  /// - Parameter parts: by shard.
  init?(_ part: CartPart, of parts: [ReservationStatus?]) {
    guard parts.indices.contains(Int(part.home)), var status = parts[Int(part.home)] else { return nil }
    let there = parts.compactMap { $0 }
    status.id = part.cart
    status.lines = there.flatMap(\.lines)
    status.expires = there.compactMap(\.expires).min()
    status.isDue = there.contains { $0.isDue }
    // Its time is over as soon as one shard has seen that, and then for all of it.
    if status.isOpen, let over = there.first(where: { !$0.isOpen }) { status.state = over.state }
    self = status
  }
}
