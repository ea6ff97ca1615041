import Glibc
import TallyServer
import TallyText
import Tallystick

/// Where a server that has a log says that it listens: `server.json` beside the lock, from its start to its end. It is no
/// part of the log, nobody trusts it further than to try to connect, and a server that was killed leaves it behind.
struct ServerNote {
  var process: Int32
  /// `http://…`, `https://…`, or a socket's path; `nil`: it does not serve HTTP.
  var http: String?
  /// For Redis's protocol.
  var resp: [String]

  private static let mostBytes = 64 << 10

  init(_ server: StockServer) {
    process = getpid()
    resp = server.resp.map(\.description)
    http = server.http.map { ServeReport.url($0, isSecure: server.isSecure) }
  }

  /// - Returns: `nil` if there is none.
  init?(of log: String) throws {
    let path = LogDirectory(log).server
    let bytes: [UInt8]?
    do throws(FileError) { bytes = try LocalFileSystem().contents(of: path, maximum: ServerNote.mostBytes) } catch {
      throw CommandFailure(.inputOutput, error.description)
    }
    guard let bytes else { return nil }
    guard let note = try? JSONValue(parsing: bytes, maximumDepth: 4), case .number(let number) = note["pid"],
      let process = number.value(in: 1...Int64(Int32.max))
    else { throw CommandFailure(.badData, "\(path) is no server's note; delete it") }
    self.process = Int32(process)
    if case .string(let text) = note["http"] { http = text }
    resp = []
    if case .array(let texts) = note["resp"] {
      for case .string(let text) in texts { resp.append(text) }
    }
  }

  /// Writes it, as a whole.
  func publish(in log: String) throws {
    let path = LogDirectory(log).server
    var json = JSONWriter()
    json.beginObject()
    json.field("pid", process)
    json.field("http", orNull: http)
    json.key("resp")
    json.beginArray()
    for address in resp { json.string(address.utf8) }
    json.endArray()
    json.endObject()
    json.newline()
    let new = path + ".new"
    let descriptor = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw CommandFailure.system("cannot write \(new)") }
    defer { close(descriptor) }
    // Not synced: after a power cut it says nothing that is true.
    guard write(descriptor, json.bytes, json.bytes.count) == json.bytes.count, rename(new, path) == 0 else {
      let failure = CommandFailure.system("cannot write \(path)")
      unlink(new)
      throw failure
    }
  }

  static func remove(from log: String) { unlink(LogDirectory(log).server) }
}
