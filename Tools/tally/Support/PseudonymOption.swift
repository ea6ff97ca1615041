import ArgumentParser
import TallyImport
import Tallystick

/// For commands that name customers.
struct PseudonymOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Replace customers by keyed digests (HMAC-SHA-256): without the key in this file nobody can tell who it was.",
      valueName: "keyfile"))
  var pseudonyms: String?

  /// `nil`: customers stay as they are.
  ///
  /// - Throws: ``CommandFailure`` if the key cannot be read, or is none.
  func checked() throws -> Pseudonyms? {
    do throws(ImportError) {
      guard let pseudonyms else { return nil }
      return try Pseudonyms(keyFile: pseudonyms)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// The customer, or the pseudonym.
  func name(_ customer: String?) throws -> Name? {
    guard let customer else { return nil }
    let name = try Arguments.name(customer, "customer")
    return try checked()?.pseudonym(of: name) ?? name
  }
}

extension Operation {
  /// Names no customer any more.
  mutating func replaceCustomers(by pseudonyms: Pseudonyms) {
    switch self {
    case .reserve(let id, let lines, let customer?, let timeToLive, let wait):
      self = .reserve(
        id: id, lines, customer: pseudonyms.pseudonym(of: customer), timeToLive: timeToLive, wait: wait)
    case .batch(var operations):
      for index in operations.indices { operations[index].replaceCustomers(by: pseudonyms) }
      self = .batch(operations)
    default: break
    }
  }
}
