import ArgumentParser
import Glibc
import TallyClient
import TallyText
import Tallystick

/// For commands that a server can answer.
struct ServerOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Ask the server that has the log, there or where --log tells: http://HOST:PORT, https://…, or a socket's path.",
      valueName: "address"))
  var server: String?

  @Option(
    help: ArgumentHelp(
      "With --server, a file that holds a user's token (default: the environment's TALLY_TOKEN).", valueName: "file"))
  var tokenFile: String?

  @Option(help: ArgumentHelp("With --server https://…, the certificates it may have, in PEM.", valueName: "file"))
  var ca: String?

  /// What stands for a value that was left out: see ``RawArguments``.
  static let ofLog = "of-the-log"

  private static let mostTokenBytes = 4_096

  /// `nil`: the log is to be opened here.
  func client(_ shared: SharedOptions) throws -> ServerClient? {
    guard let server else {
      if tokenFile != nil || ca != nil { throw CommandFailure.usage("--token-file and --ca are for --server") }
      return nil
    }
    let address = try server == ServerOption.ofLog ? announced(shared) : ServerOption.address(server, "--server")
    let token = try token()
    do throws(ClientFailure) {
      return try ServerClient(address, token: token, authority: ca)
    } catch {
      throw CommandFailure(error)
    }
  }

  private static func address(_ text: String, _ place: String) throws -> ServerAddress {
    guard let address = ServerAddress(text) else {
      throw CommandFailure.usage(
        "\(place) \(Arguments.quote(text)) is no address: write http://HOST:PORT, https://HOST:PORT, or a socket's path"
          + " with a slash")
    }
    return address
  }

  /// Where the server of the log has said that it listens.
  private func announced(_ shared: SharedOptions) throws -> ServerAddress {
    let path = try shared.path
    guard let found = try ServerNote(of: path) else {
      throw CommandFailure.usage(
        "no server has the log \(path) (there is no \(LogDirectory(path).server)); leave --server out, or say where it"
          + " is: --server http://HOST:PORT")
    }
    guard let http = found.http else {
      throw CommandFailure.usage(
        "the server of \(path), process \(found.process), speaks Redis's protocol only; tally needs one with --http")
    }
    return try ServerOption.address(http, LogDirectory(path).server)
  }

  private func token() throws -> String? {
    guard let tokenFile else { return ServeSettings.variable("TALLY_TOKEN") }
    let bytes: [UInt8]?
    do throws(FileError) {
      bytes = try LocalFileSystem().contents(of: tokenFile, maximum: ServerOption.mostTokenBytes)
    } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
    guard let bytes else { throw CommandFailure.usage("there is no file \(tokenFile), which --token-file names") }
    let token = bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 })
    guard token.count == 1, token[0].allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw CommandFailure(.badData, "\(tokenFile) must hold one token, as tally user add prints it")
    }
    return String(decoding: token[0], as: UTF8.self)
  }
}

extension CommandFailure {
  init(_ failure: ClientFailure) {
    switch failure {
    case .authority, .forbidden, .refused: self.init(.usage, failure.description)
    case .notFound: self.init(.rejected, failure.description)
    case .noAnswer, .busy, .unavailable, .stranger: self.init(.inputOutput, failure.description)
    }
  }
}
