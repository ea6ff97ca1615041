import Tallystick

/// Puts bottles into a cart, and then buys them, dawdles until the hold is over, or thinks better of it. Every so often
/// an answer is taken for lost, and the same order is sent again.
struct Shopper {
  let number: Int
  let log: TallyLog
  let tally: Tally

  func shop() async throws {
    var random = SystemRandomNumberGenerator()
    var misses = 0
    var order = 0
    // A shopper who found nothing twenty times, holds of others included, waits for them and looks once more.
    while misses < 20 {
      order += 1
      let item = Sale.stock[Int.random(in: 0..<Sale.stock.count, using: &random)]
      let id = Name("shopper-\(number)-\(order)")
      let quantity = misses > 3 ? 1 : Int64.random(in: 1...3, using: &random)
      let reserve = Command(.reserve(id: id, [Line(sku: item.sku, quantity)], timeToLive: Sale.holdTime))
      switch try await ask(reserve, &random) {
      case .rejected:
        misses += 1
        await tally.note { $0.refused += 1 }
        if misses > 3 { try await Task.sleep(for: .milliseconds(Int.random(in: 10...60, using: &random))) }
      case .accepted, .repeated:
        misses = 0
        try await decide(id, quantity, &random)
      case .invalid(let reason): throw SaleFailed(description: "\(id): \(reason)")
      case .busy(let busy): throw SaleFailed(description: "\(id): \(busy)")
      case .failed(let failure): throw SaleFailed(description: "\(id): \(failure)")
      }
    }
    await tally.note { $0.finished += 1 }
  }

  private func decide(_ id: Name, _ quantity: Int64, _ random: inout SystemRandomNumberGenerator) async throws {
    switch Int.random(in: 0..<20, using: &random) {
    case 0:
      guard case .accepted = try await ask(Command(.release(id: id)), &random) else { return }
      await tally.note { $0.released += 1 }
    case 1:
      // Too long in front of the mirror: the hold is over before the commit comes.
      try await Task.sleep(for: .milliseconds(Sale.holdTime + 20))
      try await buy(id, quantity, &random)
    default: try await buy(id, quantity, &random)
    }
  }

  private func buy(_ id: Name, _ quantity: Int64, _ random: inout SystemRandomNumberGenerator) async throws {
    switch try await ask(Command(.commit(id: id)), &random) {
    case .accepted, .repeated: await tally.note { $0.sold += quantity }
    case .rejected(let rejection) where rejection.reason == .expired: await tally.note { $0.late += 1 }
    case .rejected(let rejection): throw SaleFailed(description: "\(id): \(rejection.reason)")
    case .invalid(let reason): throw SaleFailed(description: "\(id): \(reason)")
    case .busy(let busy): throw SaleFailed(description: "\(id): \(busy)")
    case .failed(let failure): throw SaleFailed(description: "\(id): \(failure)")
    }
  }

  /// Sends a command; one time in ten the answer gets lost on the way and it is sent again.
  private func ask(_ command: Command, _ random: inout SystemRandomNumberGenerator) async throws -> Outcome {
    await tally.note { $0.asked += 1 }
    let first = await log.submit(command)
    guard Int.random(in: 0..<10, using: &random) == 0 else { return first }
    let again = await log.submit(command)
    switch (first, again) {
    case (.accepted(let one), .repeated(let two)) where one.sequence == two.sequence:
      await tally.note { $0.repeated += 1 }
      return first
    case (.accepted, _): throw SaleFailed(description: "a retry of an accepted order was answered \(again)")
    default: return again
    }
  }
}
