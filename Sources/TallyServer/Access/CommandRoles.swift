import TallyRESP
import Tallystick

// Which role what needs. Without a default anywhere: what is new does not compile before it has one.

extension Operation {
  /// All of these are needed.
  var roles: Roles {
    switch self {
    case .reserve, .commit, .commitMore, .release, .extend, .amend, .reopen, .returnedOf: .sell
    case .receive, .returned, .adjust, .transfer, .transferWith, .limit, .floor, .recipe, .prefer, .register, .expire:
      .stock
    case .acknowledge, .forgetConsumer: .audit
    case .batch(let operations): operations.reduce(into: []) { $0.formUnion($1.roles) }
    case .dated(let operation, _): operation.roles
    }
  }
}

extension StockRequest {
  /// All of these are needed.
  var roles: Roles {
    switch self {
    case .command(let command): command.operation.roles
    case .level, .reservation, .holds: .read
    case .events, .consume, .consumers: .audit
    }
  }
}

extension ConnectionCommand {
  /// Whoever connects may say it before it is known who that is.
  var isOpen: Bool {
    switch self {
    case .hello, .auth, .quit, .reset: true
    case .ping, .echo, .select, .client, .command, .info, .config: false
    }
  }
}

/// What a path of HTTP needs.
enum PathNeed: Equatable {
  /// Nothing: a page, or whether the server lives.
  case nothing
  /// To be known; the body's commands decide what else.
  case user
  case roles(Roles)
  /// Nothing has been decided about it: nobody may have it.
  case undecided

  /// - Parameter path: as it was sent, without the query.
  init(path: some StringProtocol) {
    let parts = String(path).utf8.split(separator: UInt8(ascii: "/")).map { String(Substring($0)) }
    guard parts.first == "v1" else {
      // Whatever is spelled in another way is none of the pages.
      let isPlain = parts.first.map { !$0.utf8.contains(UInt8(ascii: "%")) } ?? true
      self = !isPlain ? .undecided : parts.first == "metrics" ? .roles(.audit) : .nothing
      return
    }
    switch parts.dropFirst().first {
    case "commands": self = .user
    case "stock", "reservations", "queue", "holds": self = .roles(.read)
    case "events", "consumers", "webhooks", "checkpoint", "status": self = .roles(.audit)
    default: self = .undecided
    }
  }
}
